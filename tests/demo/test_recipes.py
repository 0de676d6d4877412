"""The recipes in small: they learn, stop, go on from their checkpoints, and save what loads."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from workers.demo.paths import WEIGHTS
from workers.demo.recipes import language, vision
from workers.demo.recipes.checkpoint import load_checkpoint, save_checkpoint
from workers.demo.recipes.optim import optimizers, orthogonalised, schedule
from workers.demo.recipes.prose import read_prose
from workers.demo.world import LAW, story

CPU = torch.device("cpu")


@pytest.fixture
def prose_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "prose"
    folder.mkdir()
    text = "\n".join(f"Line {number} of a book that nobody wrote, for want of a better one." for number in range(3000))
    (folder / "Book.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def shipped_tokenizer() -> PreTrainedTokenizerFast:
    tokenizer: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(WEIGHTS / "demo-lm")
    return tokenizer


def test_prose_is_read_and_a_part_held_out(prose_folder: Path) -> None:
    prose = read_prose(prose_folder)
    assert prose.titles == (("prose", "Book"),)
    assert prose.held_out
    assert not set(prose.train) & set(prose.held_out)
    with pytest.raises(FileNotFoundError):
        read_prose(prose_folder / "nowhere")


def test_orthogonalised_has_singular_values_near_one() -> None:
    values = torch.linalg.svdvals(orthogonalised(torch.randn(48, 96, generator=torch.Generator().manual_seed(1))))
    assert 0.5 < values.min() < values.max() < 1.4


def test_schedule_rises_stays_and_falls() -> None:
    rates = [schedule(step / 100) for step in range(101)]
    assert rates[0] == 0.0
    assert max(rates) == rates[20] == 1.0
    assert rates[-1] == pytest.approx(0.02)


def test_rows_keep_stories_apart(shipped_tokenizer: PreTrainedTokenizerFast) -> None:
    stories = language.Stories(shipped_tokenizer, seed=3)
    batch = language.story_batch(stories, 0.1, CPU)
    ids, positions, mask = batch["ids"], batch["positions"], batch["mask"][:, 0]
    assert ids.shape == (language.STORY_ROWS, language.ROW)
    starts = positions == 0
    bos = ids == shipped_tokenizer.bos_token_id
    assert bool((starts & (batch["mask"].diagonal(dim1=2, dim2=3)[:, 0]))[bos].all())
    first = int(bos[0].nonzero()[1])
    assert not mask[0, first:, :first].any()
    assert float((batch["weights"] > 0).float().mean()) > 0.85


def test_story_ids_are_the_tokenizers(shipped_tokenizer: PreTrainedTokenizerFast) -> None:
    stories = language.Stories(shipped_tokenizer, seed=3)
    ids, _, positions, _ = stories.row(1.0)
    end = positions.index(0, 1)
    text = shipped_tokenizer.decode(ids[1:end], skip_special_tokens=True)
    assert shipped_tokenizer.encode(text) == ids[: end - 1]


def test_held_out_seeds_are_not_trained_on() -> None:
    assert language.TRAIN_SEED >= 1_000_000
    assert vision.TRAIN_SEED >= 1_000_000
    assert language.law_at(1.0, random.Random(0)) == LAW
    assert story(0).text != story(language.TRAIN_SEED).text


def test_language_recipe_learns_stops_and_goes_on(
    prose_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    shipped_tokenizer: PreTrainedTokenizerFast,
) -> None:
    weights = tmp_path / "weights"
    shipped_tokenizer.save_pretrained(weights / "demo-lm")
    monkeypatch.setattr(language, "WEIGHTS", weights)
    monkeypatch.setattr(language, "BUILD", tmp_path / "build")
    tiny = replace(language.DEMO_LM_SMALL, width=32, hidden=64, heads=2, steps=3)
    first = language.train_language(tiny, read_prose(prose_folder))
    second = language.train_language(replace(tiny, steps=5), read_prose(prose_folder))
    assert (first["step"], second["step"]) == (3, 5)
    assert second["prose_tokens"] < second["story_tokens"] / 3
    model = LlamaForCausalLM.from_pretrained(weights / tiny.name)
    assert model.dtype == torch.float16


def test_vision_recipe_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vision, "WEIGHTS", tmp_path / "weights")
    monkeypatch.setattr(vision, "BUILD", tmp_path / "build")
    tiny = vision.VisionRecipe(width=32, layers=1, hidden=32, heads=2, batch=4, steps=2)
    vision.train_vision(tiny)
    assert vision.train_vision(replace(tiny, steps=4))["step"] == 4


def test_checkpoints_bring_back_model_and_optimisers(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = torch.nn.ModuleDict({"layer": torch.nn.Linear(4, 4)})
    optims = optimizers(model, 1e-2, 1e-2)
    torch.autograd.backward(model["layer"](torch.ones(1, 4)).sum())
    for optim in optims:
        optim.step()
    save_checkpoint(tmp_path, model, optims, {"step": 1})
    other = torch.nn.ModuleDict({"layer": torch.nn.Linear(4, 4)})
    others = optimizers(other, 1e-2, 1e-2)
    assert load_checkpoint(tmp_path, other, others, CPU) == {"step": 1}
    assert torch.equal(other["layer"].weight, model["layer"].weight)  # type: ignore[arg-type]
    before, after = optims[0].state_dict()["state"][0], others[0].state_dict()["state"][0]
    assert torch.equal(before["momentum"], after["momentum"])
