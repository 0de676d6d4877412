"""Only folders of safetensors are read; whatever else is refused by name."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from workers.contract import ModelSpec, Refusal
from workers.models.folders import BUILTIN, builtin_keys, download, find_model


def refused(folder: Path) -> Refusal:
    """Why a folder is refused."""
    with pytest.raises(Refusal) as caught:
        find_model("mine", ModelSpec(location=str(folder)))
    return caught.value


def test_a_folder_with_a_pickle_only_is_refused_naming_the_file(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    torch.save({"weight": torch.zeros(1)}, tmp_path / "pytorch_model.bin")
    refusal = refused(tmp_path)
    assert refusal.id == "pickle-only"
    assert "pytorch_model.bin" in refusal.detail


def test_what_a_folder_lacks_is_named(tmp_path: Path) -> None:
    assert refused(tmp_path).id == "no-model-config"
    (tmp_path / "config.json").write_text("{}")
    assert refused(tmp_path).id == "no-weights"
    (tmp_path / "model.safetensors").write_bytes(b"\x10" * 40)
    assert refused(tmp_path).id == "damaged-weights"
    assert refused(tmp_path / "none" / "such").id == "no-model-folder"


def test_parameters_are_counted_over_all_shards(stories: Path, tmp_path: Path) -> None:
    whole = find_model("mine", ModelSpec(location=str(stories), revision="abc"))
    assert (whole.parameters, whole.revision, whole.builtin) == (260_032, "abc", False)
    shutil.copytree(stories, tmp_path / "two")
    shutil.copy(stories / "model.safetensors", tmp_path / "two" / "more.safetensors")
    assert find_model("two", ModelSpec(location=str(tmp_path / "two"))).parameters == 2 * whole.parameters


def test_an_unknown_key_is_refused_with_those_that_are_built_in() -> None:
    with pytest.raises(Refusal, match="no model “nothing”") as refusal:
        find_model("nothing", None)
    assert refusal.value.status == 404
    assert all(key in refusal.value.detail for key in builtin_keys())


def test_built_in_models_are_folders_with_a_config() -> None:
    assert builtin_keys() == sorted(path.parent.name for path in BUILTIN.glob("*/config.json"))
    for key in builtin_keys():
        folder = find_model(key, None)
        assert folder.builtin
        assert folder.parameters > 0
        assert isinstance(folder.card(), dict)


def test_a_hub_that_cannot_be_reached_is_no_fault_of_the_house(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*given: object, **named: object) -> str:
        raise ConnectionError("no network\nsecond line")

    monkeypatch.setattr("huggingface_hub.snapshot_download", unreachable)
    with pytest.raises(Refusal, match=r"cannot be had from here: no network$") as refusal:
        find_model("mine", ModelSpec(location="someone/something", revision="v1"))
    assert refusal.value.status == 424


def test_a_hub_is_asked_for_safetensors_of_the_pinned_revision(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def fetched(location: str, **named: object) -> str:
        asked.update(named, location=location)
        return str(stories)

    monkeypatch.setattr("huggingface_hub.snapshot_download", fetched)
    found = find_model("mine", ModelSpec(location="someone/something", revision="v1"))
    assert found.path == stories
    assert (asked["location"], asked["revision"]) == ("someone/something", "v1")
    patterns = asked["allow_patterns"]
    assert isinstance(patterns, list)
    assert "*.safetensors" in patterns
    assert not {"*.bin", "*.pt", "*.py"} & set(patterns)
    assert download(ModelSpec(location="a/b"), ["*.json"]) == stories


def test_a_card_is_read_for_built_in_models_only(stories: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    shutil.copytree(stories, folder)
    (folder / "card.json").write_text(json.dumps({"title": "forged"}))
    assert find_model("mine", ModelSpec(location=str(folder))).card() == {}
