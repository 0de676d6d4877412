"""Models are kept while they fit the budget; what does not fit or cannot be asked anything is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import ViTConfig, ViTModel

from tests.vits import make_vit
from workers.contract import ModelSpec, Refusal
from workers.models import hf
from workers.models.cache import ModelCache
from workers.models.language import LanguageModel

BYTES = 260_032 * 4


@pytest.fixture
def copies(stories: Path, tmp_path: Path) -> dict[str, ModelSpec]:
    """Three folders of the same model."""
    return {
        key: ModelSpec(location=str(shutil.copytree(stories, tmp_path / key))) for key in ("first", "second", "third")
    }


def test_a_model_is_loaded_once(copies: dict[str, ModelSpec]) -> None:
    cache = ModelCache(budget=10 * BYTES, device="cpu")
    assert cache.get("first", copies["first"]) is cache.get("first", copies["first"])
    assert cache.held == BYTES
    cache.clear()
    assert cache.held == 0


def test_the_least_recently_used_leaves_first(copies: dict[str, ModelSpec]) -> None:
    cache = ModelCache(budget=2 * BYTES, device="cpu")
    first, second = (cache.get(key, copies[key]) for key in ("first", "second"))
    assert cache.get("first", copies["first"]) is first
    cache.get("third", copies["third"])
    assert cache.held == 2 * BYTES
    assert cache.get("first", copies["first"]) is first
    assert cache.get("second", copies["second"]) is not second


def test_a_model_larger_than_the_budget_is_refused_with_both_numbers(copies: dict[str, ModelSpec]) -> None:
    cache = ModelCache(budget=10_000_000, device="cpu")
    cache.get("first", copies["first"])
    cache.budget = BYTES - 1
    with pytest.raises(Refusal, match="TESSERA_MODEL_BUDGET_MB") as refusal:
        cache.get("second", copies["second"])
    assert refusal.value.id == "model-too-large"
    assert refusal.value.detail.count("1 MiB") == 2


def load(folder: Path) -> Any:
    """The model of a folder, in a cache of its own."""
    return ModelCache(budget=1 << 40, device="cpu").get("mine", ModelSpec(location=str(folder)))


def refused(folder: Path) -> Refusal:
    """Why a folder is refused."""
    with pytest.raises(Refusal) as caught:
        load(folder)
    return caught.value


def rewrite(folder: Path, **fields: object) -> Path:
    """Change the configuration of a folder."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **fields}))
    return folder


def test_an_architecture_that_nothing_can_be_asked_of_is_refused_by_name(stories: Path, tmp_path: Path) -> None:
    folder = rewrite(shutil.copytree(stories, tmp_path / "odd"), architectures=["LlamaForTokenClassification"])
    refusal = refused(folder)
    assert refusal.id == "unsupported-architecture"
    assert "LlamaForTokenClassification" in refusal.detail
    assert "none named" in refused(rewrite(folder, architectures=None)).detail


def test_an_unknown_model_type_is_refused(stories: Path, tmp_path: Path) -> None:
    folder = rewrite(shutil.copytree(stories, tmp_path / "odd"), model_type="martian")
    assert refused(folder).id == "unreadable-model"


def test_code_that_comes_with_a_model_is_never_run(stories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(stories, tmp_path / "odd")
    (folder / "configuration_odd.py").write_text("raise SystemExit('remote code ran')")
    rewrite(folder, model_type="odd", auto_map={"AutoConfig": "configuration_odd.OddConfig"})
    assert refused(folder).id == "unreadable-model"


def test_weights_that_are_missing_are_not_made_up(tmp_path: Path) -> None:
    config = ViTConfig(hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16)
    body: Any = ViTModel(config, add_pooling_layer=False)
    body.save_pretrained(tmp_path)
    refusal = refused(rewrite(tmp_path, architectures=["ViTForImageClassification"]))
    assert refusal.id == "unreadable-model"
    assert "classifier.bias" in refusal.detail


def test_weights_of_another_shape_are_refused(stories: Path, tmp_path: Path) -> None:
    folder = rewrite(shutil.copytree(stories, tmp_path / "odd"), intermediate_size=100)
    assert refused(folder).id == "unreadable-model"


def test_a_cut_off_file_is_refused(stories: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(stories, tmp_path / "odd")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    assert refused(folder).id in {"damaged-weights", "unreadable-model"}


def test_a_head_that_follows_an_unknown_rule_is_refused(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = LanguageModel.logits
    monkeypatch.setattr(LanguageModel, "logits", lambda self, states: plain(self, states) * 2)
    assert refused(stories).id == "unknown-head"


def test_models_compute_in_float32_on_a_cpu_and_are_frozen(stories: Path, tmp_path: Path) -> None:
    for folder in (stories, make_vit(tmp_path / "vit")):
        model = load(folder)
        assert model.dtype == torch.float32
        assert not model.network.training
        assert not any(parameter.requires_grad for parameter in model.network.parameters())


def test_the_architecture_decides_the_task(data: Path, vit: Path) -> None:
    tasks = {folder.name: hf.task_of(hf.read_config(folder)) for folder in (data / "models").iterdir()}
    assert tasks == {
        "stories260k": "causal",
        "babyllama105": "causal",
        "news-lm": "causal",
        "arabic-transliteration": "sequence_to_sequence",
    }
    assert hf.task_of(hf.read_config(vit)) == "image_classes"
