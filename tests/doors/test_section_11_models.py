"""Models come from the admin's list, pinned and as safetensors; nobody's code is run and nothing is unpickled."""

import ast
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from django.conf import settings
from django.core.exceptions import ValidationError
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from tests.borders.test_sources import SOURCES
from tests.webapp.person import Person
from webapp.catalogue.models import Allowed
from webapp.config.celery import app
from workers.contract import ModelSpec, Refusal
from workers.models.cache import ModelCache
from workers.models.folders import _MODEL_FILES, BUILTIN, find_model

PATHS = [
    "../../etc/passwd",
    "/etc",
    "~root",
    "owner/name",
    "./demo-lm",
    "demo-lm/..",
    "demo-lm\n",
    "file:///etc",
    "https://evil.example/model",
    "..",
    "",
    "Demo-LM",
    "a" * 101,
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_no_path_or_address_names_a_model(person: Person, path: str) -> None:
    roles = [{"key": "two_models", "roles": {"reference": path}}]
    tokenizers = [{"key": "compare_tokenizers", "params": {"tokenizers": [path]}}]
    for answer in (person.ask(models=[path]), person.ask(methods=roles), person.ask(models=[], methods=tokenizers)):
        assert answer.status_code == 422, answer.content
        assert "Traceback" not in answer.content.decode()


@pytest.mark.parametrize("revision", ["", "main", "v1.0", "refs/heads/main", "HEAD", "g" * 40, "ab", "../ab12cd"])
def test_a_hub_id_is_allowed_only_with_a_commit(revision: str, db: None) -> None:
    with pytest.raises(ValidationError) as caught:
        Allowed(key="theirs", location="owner/name", revision=revision).full_clean()
    assert "revision" in caught.value.message_dict
    Allowed(key="theirs", location="owner/name", revision="0123456789abcdef0123456789abcdef01234567").full_clean()


# ---------------------------------------------------------------------------------------------- what is loaded


class Planted:
    """Unpickled, it runs a command."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.mark}",)


@pytest.fixture
def planted(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A folder with a pickle and code of its own, and the file that appears if either is run."""
    mark, folder = tmp_path / "ran", tmp_path / "model"
    shutil.copytree(BUILTIN / "demo-lm", folder)
    code = f"open({str(mark)!r}, 'w')\n"
    for name in ("modeling_theirs", "configuration_theirs", "tokenization_theirs"):
        (folder / f"{name}.py").write_text(code)
    torch.save({"weight": Planted(mark)}, folder / "pytorch_model.bin")
    config = json.loads((folder / "config.json").read_text())
    config["auto_map"] = {
        "AutoConfig": "configuration_theirs.Config",
        "AutoModelForCausalLM": "modeling_theirs.Model",
        "AutoTokenizer": ["tokenization_theirs.Tokenizer", None],
    }
    (folder / "config.json").write_text(json.dumps(config))
    yield folder, mark
    assert not mark.exists()


def test_code_beside_a_model_is_never_run(planted: tuple[Path, Path]) -> None:
    folder, _ = planted
    model = ModelCache(2**30, "cpu").get("theirs", ModelSpec(location=str(folder)))
    assert type(model).__module__.startswith("workers.")


def test_a_model_of_unknown_kind_is_not_asked_for_its_code(planted: tuple[Path, Path]) -> None:
    folder, _ = planted
    config = json.loads((folder / "config.json").read_text()) | {"model_type": "theirs", "architectures": ["Theirs"]}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(Refusal):
        ModelCache(2**30, "cpu").get("theirs", ModelSpec(location=str(folder)))


def test_a_pickle_is_never_opened(planted: tuple[Path, Path]) -> None:
    folder, _ = planted
    (folder / "model.safetensors").unlink()
    with pytest.raises(Refusal) as caught:
        ModelCache(2**30, "cpu").get("theirs", ModelSpec(location=str(folder)))
    assert caught.value.id == "pickle-only"


def test_a_pickle_called_safetensors_is_not_opened_either(planted: tuple[Path, Path]) -> None:
    folder, _ = planted
    (folder / "pytorch_model.bin").replace(folder / "model.safetensors")
    with pytest.raises(Refusal):
        find_model("theirs", ModelSpec(location=str(folder)))


def test_from_the_hub_come_neither_pickles_nor_code() -> None:
    endings = {pattern.rpartition(".")[2] for pattern in _MODEL_FILES}
    assert not endings & {"bin", "pt", "pth", "ckpt", "pkl", "py", "pickle", "msgpack", "h5", "so", "*"}


def calls(name: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Every call of a method of this name in our sources: where, and its keywords that are constants."""
    for path in SOURCES:
        if {"benchmarks", "demo"} & set(path.parts):  # rivals, and the recipes of our own weights
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name:
                given = {k.arg: k.value.value for k in node.keywords if k.arg and isinstance(k.value, ast.Constant)}
                yield f"{path.name}:{node.lineno}", dict(given)


def test_every_loader_reads_local_files_and_no_code() -> None:
    found = list(calls("from_pretrained"))
    assert found
    for where, given in found:
        assert given.get("local_files_only") is True, where
        assert given.get("trust_remote_code", False) is False, where
    assert [where for where, given in found if given.get("use_safetensors") is True]


def test_messages_and_sessions_are_json() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
    assert settings.SESSION_SERIALIZER.endswith("JSONSerializer")
    assert settings.CACHES["default"]["BACKEND"].endswith("DummyCache")
    with pytest.raises(ContentDisallowed):
        loads(b"cos\nsystem\n.", "application/x-python-serialize", "binary", accept=app.conf.accept_content)


def test_no_source_imports_what_pickles() -> None:
    pickling = {"pickle", "shelve", "dill", "cloudpickle", "joblib", "marshal"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not pickling & {name.split(".")[0] for name in names}, path
