"""Surprisal equals −log_softmax of the model's own logits, whatever the model."""

import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

from tests.guides import as_shown, numbers, worked
from tests.jobs import CAUSAL, MODELS, SENTENCES, ask, language, passes, text_of, tracks, units_of, values
from tests.scripted import MODEL, probabilities, scored
from workers.contract import Generate, ModelSpec, Reading
from workers.core.statistics import RowChunk, TokenLogProbability, TokenRank
from workers.models.cache import load
from workers.models.folders import find_model
from workers.models.language import LanguageModel


def own_log_probabilities(folder: Path, ids: list[int]) -> Tensor:
    """ln p over the vocabulary at each position, by the model as transformers loads it."""
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        logits: Tensor = network(input_ids=torch.tensor([ids])).logits[0]
    return logits.double().log_softmax(-1)


@pytest.mark.parametrize("name", CAUSAL)
def test_surprisal_probability_and_rank_are_the_models_own(data: Path, name: str) -> None:
    folder = data / "models" / name
    found = ask(folder, "surprisal", text=SENTENCES[name], reading=Reading(bos="no")).result
    units = units_of(found, "main")
    places = [index for index, unit in enumerate(units) if unit.id is not None]
    ids = [unit.id for unit in units if unit.id is not None]
    rows = own_log_probabilities(folder, ids)[:-1]
    chosen = rows[torch.arange(len(rows)), ids[1:]]
    np.testing.assert_allclose(values(found, "surprisal")[places[1:]], -chosen, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(values(found, "probability")[places[1:]], chosen.exp(), rtol=1e-4, atol=1e-7)
    np.testing.assert_array_equal(values(found, "rank")[places[1:]], (rows > chosen[:, None]).sum(-1))
    assert np.isnan(values(found, "surprisal")[places[0]])
    mean = -float(chosen.mean())
    assert found.figures["mean_nll"].value == pytest.approx(mean, rel=1e-5)
    assert found.figures["perplexity"].value == pytest.approx(math.exp(mean), rel=1e-5)
    covered = sum((units[place].byte_end or 0) - (units[place].byte_start or 0) for place in places[1:])
    assert found.figures["bits_per_byte"].value == pytest.approx(mean * len(rows) / math.log(2) / covered, rel=1e-5)


def test_an_encoder_decoders_output_is_scored_from_its_first_token(data: Path) -> None:
    folder = data / "models" / "arabic-transliteration"
    found = ask(folder, "surprisal", text=SENTENCES[folder.name]).result
    model = language(folder)
    read = [unit.id for unit in units_of(found, "input") if unit.id is not None]
    said = [unit.id for unit in units_of(found, "output") if unit.id is not None]
    assert text_of(found, "output") == "atzmon"
    network: Any = AutoModelForSeq2SeqLM.from_pretrained(folder)
    with torch.no_grad():
        given = torch.tensor([[model.decoder_start, *said]])
        logits = network(input_ids=torch.tensor([read]), decoder_input_ids=given).logits[0]
    expected = -logits.double().log_softmax(-1)[torch.arange(len(said)), said]
    np.testing.assert_allclose(values(found, "surprisal", "output"), expected, rtol=1e-5, atol=1e-5)


def test_prompt_and_continuation_are_both_scored_at_temperature_one(data: Path) -> None:
    folder = data / "models" / "stories260k"
    drawn = Generate(max_new_tokens=12, do_sample=True, temperature=3.0, seed=4)
    found = ask(folder, "surprisal", text="Once upon a time", generate=drawn).result
    units = units_of(found, "main")
    ids = [unit.id for unit in units if unit.id is not None]
    rows = own_log_probabilities(folder, ids)[:-1]
    expected = -rows[torch.arange(len(rows)), ids[1:]]
    np.testing.assert_allclose(values(found, "surprisal")[1:], expected, rtol=1e-5, atol=1e-5)
    assert {unit.segment for unit in units} == {"prompt", "generated"}


def test_with_bos_the_first_token_has_a_value(data: Path) -> None:
    folder = data / "models" / "stories260k"
    without = ask(folder, "surprisal", text="Lily was happy", reading=Reading(bos="no")).result
    with_bos = ask(folder, "surprisal", text="Lily was happy", reading=Reading(bos="yes")).result
    assert units_of(with_bos, "main")[0].special
    assert np.isnan(values(without, "surprisal")[0])
    assert np.isnan(values(with_bos, "surprisal")[0])
    assert values(with_bos, "surprisal")[1] > 0


def test_a_text_of_one_token_has_no_value_and_no_figure(data: Path) -> None:
    found = ask(data / "models" / "stories260k", "surprisal", "entropy", text="a", reading=Reading(bos="no"))
    assert not found.problems
    for result in found.results.values():
        assert all(np.isnan(track.values).all() for track in tracks(result).values())
    assert found.results[0].figures["perplexity"].value is None
    assert found.results[1].figures["mean_entropy"].value is None


def test_padding_rows_behind_the_vocabulary_count_for_nothing(data: Path, tmp_path: Path) -> None:
    folder = data / "models" / "stories260k"
    wider = tmp_path / "wider"
    network: Any = AutoModelForCausalLM.from_pretrained(folder)
    network.resize_token_embeddings(544, mean_resizing=False)
    with torch.no_grad():
        network.get_input_embeddings().weight[512:] = 3.0
    network.save_pretrained(wider)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / name, wider / name)
    text = SENTENCES["stories260k"]
    plain, padded = (ask(one, "surprisal", "entropy", text=text).results for one in (folder, wider))
    assert language(wider).vocabulary == 512
    with torch.no_grad():
        lifted = network(input_ids=language(folder).ids([1, 5, 9])).logits
    assert lifted.shape[-1] == 544
    for index in plain:
        for name, track in tracks(plain[index]).items():
            np.testing.assert_allclose(tracks(padded[index])[name].values, track.values, rtol=1e-5, atol=1e-6)


def test_impossible_tokens_have_no_surprisal_and_probability_zero(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = data / "models" / "stories260k"
    model = language(folder)
    ids = passes(folder, text="Lily was happy").text.prompt.ids
    plain = LanguageModel.logits

    def suppressed(self: LanguageModel, states: Tensor) -> Tensor:
        return plain(self, states).index_fill(-1, torch.tensor([ids[2]]), -torch.inf)

    monkeypatch.setattr(LanguageModel, "logits", suppressed)
    found = ask(folder, "surprisal", text="Lily was happy").result
    assert np.isnan(values(found, "surprisal")[2])
    assert values(found, "probability")[2] == 0
    assert values(found, "rank")[2] == model.vocabulary - 1
    assert "impossible" in found.provenance.caveat
    assert found.figures["mean_nll"].value == pytest.approx(float(np.nanmean(values(found, "surprisal"))), rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_upcast_before_the_softmax(data: Path, dtype: torch.dtype) -> None:
    folder = data / "models" / "stories260k"
    spec = find_model("half", ModelSpec(location=str(folder)))
    model = load(spec, torch.device("cpu"), dtype)
    assert isinstance(model, LanguageModel)
    ids = passes(folder, text=SENTENCES["stories260k"]).text.prompt.ids
    with torch.no_grad():
        states = model.hidden(ids=model.ids(ids))[0][0]
        logits = model.logits(states)
        theirs = model.network(input_ids=model.ids(ids)).logits[0]
    assert states.dtype == dtype
    assert logits.dtype == torch.float32
    assert torch.equal(logits, theirs.float())
    chunk = RowChunk(logits[:-1], torch.tensor(ids[1:]))
    expected = theirs[:-1].double().log_softmax(-1).gather(-1, torch.tensor(ids[1:])[:, None])[:, 0]
    found = TokenLogProbability().of(chunk)["log_probability"]
    torch.testing.assert_close(found.double(), expected, rtol=1e-6, atol=1e-6)
    assert MODELS.device.type == "cpu"


def test_rank_counts_strictly_better_tokens() -> None:
    chunk = RowChunk(torch.tensor([[3.0, 1.0, 2.0, 2.0], [0.0, 0.0, 0.0, 0.0]]), torch.tensor([3, 2]))
    assert TokenRank().of(chunk)["rank"].tolist() == [1, 0]


def test_chunks_of_rows_change_nothing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = data / "models" / "babyllama105"
    whole = ask(folder, "surprisal", text=SENTENCES[folder.name]).result
    monkeypatch.setitem(vars(language(folder)), "rows_per_chunk", 7)
    parts = ask(folder, "surprisal", text=SENTENCES[folder.name]).result
    np.testing.assert_allclose(values(parts, "surprisal"), values(whole, "surprisal"), rtol=1e-5, atol=1e-6)


def test_the_example_of_its_guide(monkeypatch: pytest.MonkeyPatch) -> None:
    example = worked("surprisal")
    probabilities(monkeypatch, *numbers(example, "p"))
    found = ask(MODEL, "surprisal", text="the ball").result
    assert scored(found, "surprisal")[1].tolist() == pytest.approx([step.gives for step in example.steps[:2]], rel=1e-3)
    assert found.figures["mean_nll"].value == as_shown(example.steps[2].gives)
    assert found.figures["perplexity"].value == as_shown(example.result)
