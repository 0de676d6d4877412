"""Pasted log-probabilities: the file's own numbers, characters joined from bytes, nothing invented."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.checks import check_panel
from tests.guides import as_shown, numbers, worked
from tests.jobs import ask, call, text_of, tracks, units_of, values
from workers.contract import AlternativesPanel, Result
from workers.contract.formats.tokens import PastedChoice, PastedToken
from workers.methods.uncertainty.pasted_logprobs import _entropy, _rest

THUMB = "👍🏽".encode()


def token(text: str | bytes, p: float | None, *others: tuple[str, float], **more: Any) -> dict[str, Any]:
    """A token as chat completions write it, its alternatives beside itself."""
    data = text if isinstance(text, bytes) else text.encode()
    name = data.decode("utf-8", "replace")
    log = None if p is None else math.log(p)
    own = [] if log is None else [{"token": name, "logprob": log, "bytes": list(data)}]
    top = [{"token": word, "logprob": math.log(q), "bytes": list(word.encode())} for word, q in others]
    return {"token": name, "logprob": log, "bytes": list(data), "top_logprobs": [*own, *top] if others else [], **more}


def paste(*tokens: dict[str, Any], top_k: int = 20, **more: Any) -> Result:
    """The result for an answer of these tokens."""
    document = {"choices": [{"logprobs": {"content": list(tokens)}}], **more}
    result = ask(None, call("pasted_logprobs", top_k=top_k), logprobs=json.dumps(document)).result
    for panel in result.panels:
        check_panel(result, panel)
    return result


def alternatives(result: Result) -> AlternativesPanel:
    """The panel of alternatives."""
    return next(panel for panel in result.panels if isinstance(panel, AlternativesPanel))


def test_numbers_are_the_files() -> None:
    result = paste(token("Once", 0.5), token(" upon", 0.125), model="far-away")
    assert values(result, "surprisal") == pytest.approx([math.log(2), math.log(8)])
    assert values(result, "probability") == pytest.approx([0.5, 0.125])
    assert result.figures["perplexity"].value == pytest.approx(4.0)
    assert text_of(result, "answer-0") == "Once upon"
    assert "far-away" in result.strips[0].label
    assert result.provenance.models == []
    assert "no model was run" in result.provenance.caveat


def test_what_was_left_out_counts_as_one_token_in_the_entropy() -> None:
    result = paste(token("a", 0.5, ("b", 0.3)), token("c", 0.5, ("d", 0.5)))
    bound = -0.5 * math.log(0.5) - 0.3 * math.log(0.3) - 0.2 * math.log(0.2)
    assert values(result, "entropy_bound") == pytest.approx([bound, math.log(2)])
    assert "lower bound" in result.provenance.caveat
    complete = paste(token("c", 0.5, ("d", 0.5)))
    assert "lower bound" not in complete.provenance.caveat
    assert alternatives(result).covered == pytest.approx([0.8, 1.0])


@given(st.lists(st.floats(0.01, 1), min_size=3, max_size=12), st.integers(2, 6))
def test_the_bound_is_below_the_entropy_of_the_whole_distribution(weights: list[float], kept: int) -> None:
    p = sorted(np.array(weights) / sum(weights), reverse=True)
    entropy = -sum(q * math.log(q) for q in p)
    result = paste(token("0", p[0], *((str(index), q) for index, q in enumerate(p[1:kept], start=1))))
    bound = float(values(result, "entropy_bound")[0])
    assert bound <= entropy + 1e-5
    if kept >= len(p):
        assert bound == pytest.approx(entropy, abs=1e-5)


def test_alternatives_are_best_first_and_hold_the_token_that_stands_there() -> None:
    result = paste(token("a", 0.2, ("b", 0.5), ("c", 0.1)), top_k=2)
    panel = alternatives(result)
    shown = [panel.candidates[int(index)].text for index in panel.choices[0]]
    assert shown == ["b", "a"]
    assert panel.probabilities[0] == pytest.approx([0.5, 0.2])
    assert panel.covered[0] == pytest.approx(0.7)
    assert values(result, "gap")[0] == pytest.approx(0.3)
    assert all(candidate.id < 0 for candidate in panel.candidates)


def test_characters_are_joined_over_tokens() -> None:
    cuts = [THUMB[:1], THUMB[1:5], THUMB[5:]]
    result = paste(token("Well ", 0.5), *(token(cut, 0.5) for cut in cuts), token(" done", 0.5))
    assert text_of(result, "answer-0") == "Well 👍🏽 done"
    units = units_of(result, "answer-0")
    assert [unit.text for unit in units] == ["Well ", "👍", "🏽", "", " done"]
    assert len({unit.group for unit in units}) == 3
    assert not np.isnan(values(result, "surprisal")).any()


def test_bytes_that_never_become_a_character_are_no_text() -> None:
    result = paste(token("Hm", 0.5), token(THUMB[:2], 0.25))
    assert text_of(result, "answer-0") == "Hm"
    assert units_of(result, "answer-0")[1].surface == "<0xF0><0x9F>"
    assert values(result, "probability")[1] == pytest.approx(0.25)


def test_what_the_server_did_not_say_has_no_value() -> None:
    result = paste(token("a", None), {"token": "b", "logprob": -9999.0, "bytes": None}, token("c", 0.5))
    surprisal, probability = values(result, "surprisal"), values(result, "probability")
    assert np.isnan(surprisal).tolist() == [True, True, False]
    assert np.isnan(probability).tolist() == [True, False, False]
    assert probability[1] == 0
    assert "no log-probability for 1 of 3 tokens" in result.provenance.caveat
    assert "1 of 3 tokens are called impossible" in result.provenance.caveat
    assert "entropy_bound" not in tracks(result)


def test_a_prompts_tokens_are_prompt_and_not_in_the_figures() -> None:
    position = {"5": {"logprob": math.log(0.01), "decoded_token": " there"}}
    document = {"prompt_logprobs": [None, position], "choices": [{"logprobs": {"content": [token(" was", 0.5)]}}]}
    result = ask(None, "pasted_logprobs", logprobs=json.dumps(document)).result
    assert [(unit.text, unit.segment) for unit in units_of(result, "answer-0")] == [
        (" there", "prompt"),
        (" was", "generated"),
    ]
    assert units_of(result, "answer-0")[0].id == 5
    assert result.figures["perplexity"].value == pytest.approx(2.0)


def test_every_answer_has_a_strip_of_its_own() -> None:
    choices = [{"index": index, "logprobs": {"content": [token(word, 0.5)]}} for index, word in enumerate("xyz")]
    result = ask(None, "pasted_logprobs", logprobs=json.dumps({"choices": choices})).result
    assert [text_of(result, strip.id) for strip in result.strips] == ["x", "y", "z"]
    assert len(result.panels) == 3


def test_what_is_broken_is_refused() -> None:
    for text, id in [
        ("hello", "logprobs-unreadable"),
        (json.dumps({"tokens": ["token_id:3"], "token_logprobs": [-1]}), "logprobs-without-text"),
    ]:
        assert ask(None, "pasted_logprobs", logprobs=text).problems[0].type == f"/problems/{id}"
    assert "log-probabilities" in ask(None, "pasted_logprobs", text="hello").problems[0].detail


@pytest.mark.needs_data
def test_our_own_numbers_pasted_come_back(data: Path) -> None:
    """What surprisal and entropy say of a real model, written as a server would, is coloured the same."""
    folder = data / "models" / "stories260k"
    own = ask(folder, "surprisal", call("entropy", top_k=50), text="Once upon a time, there was a café.")
    surprisal, entropy = own.results[0], own.results[1]
    panel = next(panel for panel in entropy.panels if isinstance(panel, AlternativesPanel))
    units = units_of(surprisal)
    rows = zip(units, values(surprisal, "probability"), panel.choices, panel.probabilities, strict=True)
    said = [
        token(
            unit.text or "",
            float(p),
            *(
                (panel.candidates[int(at)].text, float(q))
                for at, q in zip(choices, probabilities, strict=True)
                if panel.candidates[int(at)].id != unit.id
            ),
        )
        for unit, p, choices, probabilities in rows
        if not np.isnan(p) and unit.text
    ]
    pasted = paste(*said)
    given = values(surprisal, "surprisal")
    known = [index for index, unit in enumerate(units) if unit.text and not np.isnan(given[index])]
    np.testing.assert_allclose(values(pasted, "surprisal"), given[known], rtol=1e-4, atol=1e-5)
    bound, whole = values(pasted, "entropy_bound"), values(entropy, "entropy")[known]
    assert (bound <= whole + 1e-4).all()
    covered = panel.covered[known]
    assert (whole - bound)[covered > 0.99] == pytest.approx(0, abs=0.05)


def test_the_example_of_its_guide() -> None:
    example = worked("pasted_logprobs")
    top = tuple(
        PastedChoice(text, text.encode(), log) for text, log in zip("ab", numbers(example, "logs"), strict=True)
    )
    token = PastedToken("a", b"a", top[0].log_probability, top=top)
    assert _rest(token) == as_shown(example.steps[0].gives)
    assert _entropy(token) == as_shown(example.result)
