"""Samples are drawn as continuations are, once for all methods, and each by its own seed."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.jobs import MODELS, SENTENCES, ask, language, passes, request
from workers.contract import Generate, Refusal
from workers.core.decoding import Decoder
from workers.core.generation import processed
from workers.core.passes import Interrupted, Passes
from workers.core.sampling import Sample

FREE = Generate(max_new_tokens=12, do_sample=True, seed=3)


def samples(folder: Path, count: int, settings: Generate, text: str | None = None) -> list[Sample]:
    return passes(folder, text=text or SENTENCES[folder.name]).text.samples(count, settings)


@pytest.mark.parametrize("name", ["stories260k", "news-lm", "arabic-transliteration"])
def test_log_probabilities_are_those_of_a_teacher_forced_pass(data: Path, name: str) -> None:
    folder = data / "models" / name
    settings = FREE.model_copy(update={"temperature": 1.7, "top_p": 0.9})
    model = language(folder)
    prompt = passes(folder, text=SENTENCES[name]).text.prompt.ids
    for found in samples(folder, 4, settings):
        state = Decoder(model, prompt)
        with torch.no_grad():
            for place, id in enumerate(found.ids):
                logits = state.next_logits()[0]
                assert found.log_probabilities[place] == pytest.approx(float(logits.log_softmax(-1)[id]), abs=1e-4)
                assert found.processed[place] == pytest.approx(float(processed(logits, settings)[id].log()), abs=1e-4)
                state.append([id])
            if found.finish == "end":
                logs = state.next_logits()[0].log_softmax(-1)
                ends = [float(logs[id]) for id in model.end_ids]
                assert any(found.end_log_probability == pytest.approx(one, abs=1e-4) for one in ends)
            else:
                assert found.end_log_probability is None


def test_a_sample_is_the_same_in_any_company(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = samples(stories, 2, FREE)
    many = samples(stories, 5, FREE)
    monkeypatch.setattr("workers.core.sampling.ROWS", 2)
    batched = samples(stories, 5, FREE)
    assert [one.ids for one in many[:2]] == [one.ids for one in few]
    assert [one.ids for one in batched] == [one.ids for one in many]
    assert len({tuple(one.ids) for one in many}) > 1
    other = samples(stories, 2, FREE.model_copy(update={"seed": 4}))
    assert [one.ids for one in other] != [one.ids for one in few]


@pytest.mark.parametrize("name", list(SENTENCES))
def test_greedy_samples_are_the_greedy_continuation(data: Path, name: str) -> None:
    folder = data / "models" / name
    settings = Generate(max_new_tokens=10)
    made = ask(folder, "surprisal", text=SENTENCES[name], generate=settings).continuation
    for found in samples(folder, 2, settings):
        assert found.ids == made.ids
        assert found.text == made.text
        assert found.finish == made.finish


def test_first_tokens_come_as_often_as_they_are_probable(stories: Path) -> None:
    count = 2000
    text = passes(stories, text="Once upon a time there was a").text
    found = text.samples(count, Generate(max_new_tokens=1, do_sample=True, top_p=0.9))
    with torch.no_grad():
        chances = processed(text.model.logits(text.states[-1]), Generate(top_p=0.9)).numpy()
    drawn = np.bincount([one.ids[0] for one in found], minlength=len(chances)) / count
    assert np.abs(drawn - chances).max() < 4 * np.sqrt(0.25 / count)
    assert (drawn[chances == 0] == 0).all()


def test_rows_that_end_leave_the_others_alone(names: Path) -> None:
    settings = Generate(max_new_tokens=20, do_sample=True, temperature=1.5, seed=1)
    found = samples(names, 8, settings)
    assert len({len(one.ids) for one in found}) > 1
    assert {one.finish for one in found} >= {"end"}
    assert [one.ids for one in samples(names, 3, settings)] == [one.ids for one in found[:3]]


def test_a_stop_text_ends_a_sample(stories: Path) -> None:
    settings = Generate(max_new_tokens=60, stop=["Lily"])
    (found,) = samples(stories, 1, settings, text="Once upon a time")
    assert found.finish == "stop"
    assert found.text.endswith("Lily")


def test_methods_that_ask_for_the_same_samples_share_them(stories: Path) -> None:
    shared = passes(stories, text="Once upon a time")
    first = shared.text.samples(3, FREE)
    assert shared.text.samples(3, Generate.model_validate(FREE.model_dump())) is first
    shared.text.samples(3, FREE.model_copy(update={"temperature": 0.5}))
    assert shared.counts["samples"] == 2


def test_what_does_not_fit_is_refused_with_both_numbers(stories: Path) -> None:
    with pytest.raises(Refusal, match="600 more were asked for; the model's context holds 512"):
        samples(stories, 2, Generate(max_new_tokens=600, do_sample=True))


@pytest.mark.parametrize("error", [Interrupted(), Refusal("stopped", "You stopped this.")])
def test_whoever_stops_is_heard_between_two_tokens(stories: Path, error: Exception) -> None:
    told: list[float | None] = []

    def generating(message: str, fraction: float | None) -> None:
        told.append(fraction)
        if len(told) == 5:
            raise error

    made = Passes(request(stories, text="Once upon a time"), MODELS, (), lambda *_: None, generating)
    with pytest.raises(type(error)):
        made.text.samples(3, FREE)
    assert told == pytest.approx([0, 1 / 12, 2 / 12, 3 / 12, 4 / 12])
