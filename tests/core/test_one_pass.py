"""The one-pass methods share one forward pass, and hold where a text, a model or a number is at its limit."""

import json
import math
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import LlamaConfig, LlamaForCausalLM

from tests.jobs import MODELS, SENTENCES, Done, ask, language, request, tracks, units_of, values
from tests.scripted import MODEL, script
from workers.contract import AlternativesPanel, Candidate, Continuation, Generate, Reading, Result
from workers.core.passes import Passes
from workers.core.run import run
from workers.core.steps import Step
from workers.models.cache import load
from workers.models.folders import find_model
from workers.models.language import LanguageModel

KEYS = (
    "surprisal",
    "entropy",
    "rank_buckets",
    "confidence_means",
    "quantile_deferral",
    "reasoning_entropy",
    "membership",
    "lexical_units",
    "recyclable_tokens",
    "end_of_text",
    "listwise_first_token",
    "settling_depth",
)
TEXT = "Once upon a time, there was a little girl named Lily."


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[Passes]:
    """The passes of every job, whose counts can be looked at afterwards."""
    kept: list[Passes] = []
    plain = Passes.__init__

    def keep(self: Passes, *given: Any, **options: Any) -> None:
        plain(self, *given, **options)
        kept.append(self)

    monkeypatch.setattr(Passes, "__init__", keep)
    return kept


def fine(done: Done) -> dict[str, Result]:
    """The results by method; nothing failed, and every number is finite or missing."""
    assert not done.problems, done.problems
    found = {result.method: result for result in done.results.values()}
    assert set(found) == set(KEYS)
    for result in found.values():
        for track in tracks(result).values():
            assert not np.isinf(track.values).any()
        assert all(figure.value is None or math.isfinite(figure.value) for figure in result.figures.values())
    return found


class Calls:
    """How often a model's body ran, and how many rows its head read."""

    def __init__(self, model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies = 0
        self.rows = 0
        self.most = 0
        body, logits = type(model.body).forward, LanguageModel.logits

        def forward(module: Any, *given: Any, **options: Any) -> Any:
            self.bodies += 1
            return body(module, *given, **options)

        def head(model: LanguageModel, states: Tensor) -> Tensor:
            rows = states.numel() // states.shape[-1]
            self.rows += rows
            self.most = max(self.most, rows)
            return logits(model, states)

        monkeypatch.setattr(type(model.body), "forward", forward)
        monkeypatch.setattr(LanguageModel, "logits", head)


def test_all_methods_share_one_forward_pass_and_one_reading_of_its_rows(
    data: Path, monkeypatch: pytest.MonkeyPatch, counted: list[Passes]
) -> None:
    folder = data / "models" / "stories260k"
    calls = Calls(language(folder), monkeypatch)
    monkeypatch.setitem(vars(language(folder)), "rows_per_chunk", 7)
    fine(ask(folder, *KEYS, text=TEXT))
    (passes,) = counted
    assert passes.counts == {"strips": 1, "forward": 1, "token_rows": 1}
    tokens, layers = len(passes.text.scored.ids), language(folder).config.num_hidden_layers
    assert calls.bodies == 1
    # every row once, each layer's lens once, and what comes next for end_of_text and listwise_first_token
    assert calls.rows == (tokens - 1) + layers * tokens + 2
    assert calls.most == 7, "never more rows over the vocabulary at a time than fit a chunk"


def test_each_alone_says_the_same_as_all_together(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    together = fine(ask(folder, *KEYS, text=SENTENCES[folder.name]))
    for key in KEYS:
        alone = ask(folder, key, text=SENTENCES[folder.name]).result
        for name, track in tracks(alone).items():
            np.testing.assert_array_equal(track.values, tracks(together[key])[name].values)


FIRST_RULE = {
    "surprisal": "sum",
    "log_probability": "sum",
    "probability": "min",
    "fraction": "min",
    "margin": "min",
    "top_k_mass": "min",
    "level": "min",
    "survival": "min",
    "agreement": "min",
    "entropy": "mean",
    "smoothed_entropy": "mean",
    "kurtosis": "mean",
    "log10_kurtosis": "mean",
    "z": "mean",
    "effective_choices": "max",
    "rank": "max",
    "place": "max",
    "unit_length": "max",
    "eos_probability": "max",
    "depth": "max",
    "bucket": None,
    "recycled": None,
}


def test_numbers_of_tokens_make_those_of_words_by_the_rule_that_is_right() -> None:
    found = fine(ask(MODEL, *KEYS, text="the box in the box in the box"))
    for result in found.values():
        for name, track in tracks(result).items():
            assert next(iter(track.aggregate), None) == FIRST_RULE[name], name
            assert (track.scale == "categorical") == (track.aggregate == [])


def test_a_words_surprisal_is_the_sum_over_its_tokens(data: Path) -> None:
    folder = data / "models" / "stories260k"
    found = ask(folder, "surprisal", text=TEXT).result
    ids = [unit.id or 0 for unit in units_of(found)]
    logs = own_log_probabilities(folder, ids)
    start, stop = 3, 6
    joint = sum(float(logs[row - 1, ids[row]]) for row in range(start, stop))
    assert float(values(found, "surprisal")[start:stop].sum()) == pytest.approx(-joint, rel=1e-5)


def own_log_probabilities(folder: Path, ids: list[int]) -> Tensor:
    """ln p over the vocabulary at each position, by the model as transformers loads it."""
    network: Any = LlamaForCausalLM.from_pretrained(folder)
    with torch.no_grad():
        logits: Tensor = network(input_ids=torch.tensor([ids])).logits[0]
    return logits.double().log_softmax(-1)


def test_a_stored_continuation_needs_no_second_pass(data: Path, counted: list[Passes]) -> None:
    folder = data / "models" / "stories260k"
    first = ask(folder, *KEYS, text=TEXT, generate=Generate(max_new_tokens=6))
    again = ask(folder, *KEYS, text=TEXT, continuation=first.continuation)
    for one, other in zip(fine(first).values(), fine(again).values(), strict=True):
        for name, track in tracks(one).items():
            np.testing.assert_array_equal(track.values, tracks(other)[name].values)
    assert counted[1].counts == {"strips": 1, "forward": 1, "token_rows": 1}


@pytest.mark.parametrize("bos", ["yes", "no"])
def test_the_first_token_has_a_value_after_a_bos_token_only(data: Path, bos: Any) -> None:
    found = fine(ask(data / "models" / "stories260k", *KEYS, text=TEXT, reading=Reading(bos=bos)))
    for key, result in found.items():
        for name, track in tracks(result).items():
            first, second = track.values[:2]
            assert np.isnan(first), f"{key}.{name}"
            if name not in ("place", "z"):
                assert np.isfinite(second), f"{key}.{name}"


def test_an_encoder_decoders_output_has_a_value_from_its_first_token_on(data: Path) -> None:
    folder = data / "models" / "arabic-transliteration"
    found = fine(ask(folder, *KEYS, text=SENTENCES[folder.name]))
    for key, result in found.items():
        for name, track in tracks(result, "output").items():
            if name != "place":
                assert np.isfinite(track.values).all(), f"{key}.{name}"


def test_an_encoder_decoder_that_ends_at_once_has_an_output_without_units(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = data / "models" / "arabic-transliteration"
    model = language(folder)
    plain = LanguageModel.logits

    def ended(self: LanguageModel, states: Tensor) -> Tensor:
        logits = plain(self, states)
        logits[..., min(model.end_ids)] = 99.0
        return logits

    monkeypatch.setattr(LanguageModel, "logits", ended)
    done = ask(folder, *KEYS, text=SENTENCES[folder.name])
    assert (done.continuation.ids, done.continuation.finish) == ([], "end")
    found = fine(done)
    assert units_of(found["surprisal"], "output") == []
    assert found["end_of_text"].figures["ends_now"].value == pytest.approx(1)
    assert found["confidence_means"].figures["geometric_mean"].value is None


def test_a_model_that_ends_at_once_leaves_the_text_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    model = language_of(MODEL)
    monkeypatch.setitem(vars(model), "end_ids", frozenset(range(model.vocabulary)))
    done = ask(MODEL, *[key for key in KEYS if key != "end_of_text"], text=TEXT, generate=Generate(max_new_tokens=5))
    assert not done.problems
    assert (done.continuation.ids, done.continuation.finish) == ([], "end")
    plain = ask(MODEL, "surprisal", text=TEXT).result
    np.testing.assert_array_equal(values(done.results[0], "surprisal"), values(plain, "surprisal"))


def language_of(key: str) -> LanguageModel:
    """A built-in language model."""
    model = MODELS.get(key, None)
    assert isinstance(model, LanguageModel)
    return model


def test_an_empty_continuation_is_no_continuation() -> None:
    empty = Continuation(ids=[], text="", finish="stopped", generate=Generate())
    found = fine(ask(MODEL, *KEYS, text=TEXT, continuation=empty))
    plain = fine(ask(MODEL, *KEYS, text=TEXT))
    for key in KEYS:
        assert found[key].figures == plain[key].figures


def test_a_text_of_one_token_has_no_value_anywhere(data: Path) -> None:
    found = fine(ask(data / "models" / "stories260k", *KEYS, text="a", reading=Reading(bos="no")))
    for key, result in found.items():
        assert all(np.isnan(track.values).all() for track in tracks(result).values()), key
    assert found["end_of_text"].figures["ends_now"].value is not None
    assert found["listwise_first_token"].figures["label_mass"].value is not None


def test_suppressed_tokens_make_no_statistic_infinite_or_missing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = data / "models" / "stories260k"
    found = fine(ask(folder, *KEYS, text=TEXT))
    unused = sorted(set(range(language(folder).vocabulary)) - used(found["surprisal"]))
    plain = LanguageModel.logits
    monkeypatch.setattr(
        LanguageModel,
        "logits",
        lambda self, states: plain(self, states).index_fill(-1, torch.tensor(unused[::2]), -torch.inf),
    )
    suppressed = fine(ask(folder, *KEYS, text=TEXT))
    for key in KEYS:
        for name, track in tracks(suppressed[key]).items():
            was = np.isfinite(tracks(found[key])[name].values) if name in tracks(found[key]) else None
            if was is not None and name != "place":
                np.testing.assert_array_equal(np.isfinite(track.values), was, err_msg=f"{key}.{name}")
    assert np.nanmax(values(suppressed["surprisal"], "surprisal") - values(found["surprisal"], "surprisal")) <= 1e-5


def used(result: Result) -> set[int]:
    """All ids that stand in the text."""
    return {unit.id for unit in units_of(result) if unit.id is not None}


def test_impossible_tokens_are_missing_where_they_have_no_logarithm(monkeypatch: pytest.MonkeyPatch) -> None:
    def logits(ids: list[int]) -> Tensor:
        rows = torch.zeros(len(ids), model.vocabulary)
        rows[torch.arange(len(ids) - 1), ids[1:]] = -torch.inf
        return rows

    model = script(monkeypatch, logits)
    done = ask(MODEL, *[key for key in KEYS if key != "settling_depth"], text=TEXT)
    assert not done.problems
    for result in done.results.values():
        for name, track in tracks(result).items():
            assert not np.isinf(track.values).any()
            if name in ("surprisal", "log_probability", "z"):
                assert np.isnan(track.values).all()
                assert "impossible" in result.provenance.caveat
            if name in ("probability", "fraction"):
                assert set(track.values[~np.isnan(track.values)].tolist()) == {0.0}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_upcast_before_every_statistic(
    data: Path, monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype
) -> None:
    folder = data / "models" / "stories260k"
    half = load(find_model("half", request(folder, text=TEXT).specs["stories260k"]), torch.device("cpu"), dtype)
    full = fine(ask(folder, *KEYS, text=TEXT))
    monkeypatch.setattr(MODELS, "get", lambda *given, **options: half)
    steps: list[Step] = []
    run(request(folder, *KEYS, text=TEXT), MODELS, lambda: "go", steps.append)
    found = fine(Done(steps))
    for key in ("surprisal", "entropy", "membership"):
        for name in ("surprisal", "entropy", "log_probability"):
            if name in tracks(found[key]):
                near, exact = values(found[key], name), values(full[key], name)
                np.testing.assert_allclose(near, exact, atol=0.35, rtol=0.1)
    entropy = values(found["entropy"], "entropy")
    assert len(np.unique(entropy[~np.isnan(entropy)])) == np.isfinite(entropy).sum()


def test_padded_rows_of_the_vocabulary_count_for_nothing(data: Path, tmp_path: Path) -> None:
    folder = data / "models" / "stories260k"
    wider = tmp_path / "wider"
    network: Any = LlamaForCausalLM.from_pretrained(folder)
    network.resize_token_embeddings(544, mean_resizing=False)
    with torch.no_grad():
        network.get_input_embeddings().weight[512:] = 3.0
    network.save_pretrained(wider)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(folder / name, wider / name)
    plain, padded = (fine(ask(one, *KEYS, text=TEXT)) for one in (folder, wider))
    for key in KEYS:
        for name, track in tracks(plain[key]).items():
            found = tracks(padded[key])[name].values
            np.testing.assert_allclose(found, track.values, rtol=1e-4, atol=1e-5, err_msg=f"{key}.{name}")


def test_tokens_of_single_bytes_say_which_they_are(data: Path) -> None:
    text = "Lily saw 東!"
    found = fine(ask(data / "models" / "stories260k", *KEYS, text=text))
    units = units_of(found["surprisal"])
    places = [place for place, unit in enumerate(units) if unit.bytes in ("5g==", "nQ==", "sQ==")]
    assert b"".join(b64decode(units[place].bytes or "") for place in places) == "東".encode()
    assert [units[place].text for place in places] == ["東", "", ""]
    assert len({units[place].group for place in places}) == 1
    assert np.isfinite(values(found["surprisal"], "surprisal")[places]).all()
    assert all("\ufffd" not in one.text for one in candidates(found["entropy"]))
    spelt = [language(data / "models" / "stories260k").tokenizer.token_text(units[place].id or 0) for place in places]
    assert spelt == ["<0xE6>", "<0x9D>", "<0xB1>"]


def candidates(result: Result) -> list[Candidate]:
    """All that could have stood somewhere."""
    return [one for panel in result.panels if isinstance(panel, AlternativesPanel) for one in panel.candidates]


@pytest.mark.parametrize("special_text", ["escape", "parse"])
def test_special_tokens_typed_into_the_text_are_text_or_themselves(data: Path, special_text: Any) -> None:
    folder = data / "models" / "stories260k"
    text = "Lily was happy.</s> Tom"
    found = fine(ask(folder, *KEYS, text=text, reading=Reading(special_text=special_text)))
    units = units_of(found["surprisal"])
    ids = [unit.id for unit in units]
    assert (2 in ids) == (special_text == "parse")
    assert "".join(unit.text or "" for unit in units if not unit.special) == text
    if special_text == "parse":
        place = ids.index(2)
        assert units[place].text == "</s>"
        ended = values(found["end_of_text"], "eos_probability")[place]
        assert values(found["surprisal"], "probability")[place] == pytest.approx(float(ended), rel=1e-5)


def test_a_long_text_of_a_large_vocabulary_is_read_in_slices(tmp_path: Path) -> None:
    folder = large_vocabulary(tmp_path)
    model = language(folder)
    text = "x" * 200
    whole = fine(ask(folder, *KEYS, text=text))
    vars(model)["rows_per_chunk"] = 7
    parts = fine(ask(folder, *KEYS, text=text))
    for key in KEYS:
        for name, track in tracks(whole[key]).items():
            found = tracks(parts[key])[name].values
            np.testing.assert_allclose(found, track.values, rtol=1e-4, atol=1e-4, err_msg=f"{key}.{name}")


def large_vocabulary(folder: Path) -> Path:
    """A tiny Llama over 50 000 tokens, of which the text uses a few."""
    source = find_model(MODEL, None).path
    vocabulary = json.loads((source / "tokenizer.json").read_text("utf-8"))
    known = vocabulary["model"]["vocab"]
    size = len(known) + len(vocabulary["added_tokens"])
    known |= {f"zz{index}": index for index in range(max(known.values()) + 1, 50_000)} if size < 50_000 else {}
    path = folder / "large"
    torch.manual_seed(3)
    config = LlamaConfig(
        vocab_size=50_000,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=512,
        initializer_range=0.5,
    )
    network: Any = LlamaForCausalLM(config)
    network.save_pretrained(path)
    (path / "tokenizer.json").write_text(json.dumps(vocabulary), "utf-8")
    shutil.copy(source / "tokenizer_config.json", path / "tokenizer_config.json")
    return path
