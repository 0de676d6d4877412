"""Continuations are those of transformers' generate, seeds reproduce, and the nucleus is the one of the book."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM

from tests.jobs import SENTENCES, ask, language, passes, units_of, values
from workers.contract import Generate
from workers.core.continuing import Stream
from workers.core.generation import Drawn, processed
from workers.core.steps import Delta, Step

PUBLISHED = "there was a little girl named Lily. She loved to play outside in the park."


def test_greedy_text_is_the_published_one(stories: Path) -> None:
    done = ask(stories, "surprisal", text="Once upon a time", generate=Generate(max_new_tokens=40))
    assert f"Once upon a time{done.continuation.text}".startswith(f"Once upon a time, {PUBLISHED}")
    assert done.continuation.finish == "length"
    assert len(done.continuation.ids) == 40


def test_transliteration_is_the_published_one(names: Path) -> None:
    done = ask(names, "surprisal", text="آتزمون", generate=Generate(max_new_tokens=20))
    assert done.continuation.text == "atzmon"
    assert done.continuation.finish == "end"


@pytest.mark.parametrize("name", list(SENTENCES))
def test_greedy_ids_equal_transformers_generate(data: Path, name: str) -> None:
    folder = data / "models" / name
    kind: Any = AutoModelForSeq2SeqLM if name == "arabic-transliteration" else AutoModelForCausalLM
    network = kind.from_pretrained(folder)
    ids = passes(folder, text=SENTENCES[name]).text.prompt.ids
    made = network.generate(
        torch.tensor([ids]), attention_mask=torch.ones(1, len(ids)), max_new_tokens=25, max_length=None, do_sample=False
    )[0].tolist()
    ours = ask(folder, "surprisal", text=SENTENCES[name], generate=Generate(max_new_tokens=25)).continuation
    theirs = made[1:] if network.config.is_encoder_decoder else made[len(ids) :]
    end = network.generation_config.eos_token_id
    assert ours.ids == [id for id in theirs if id != end]


def test_the_same_seed_draws_the_same_tokens(stories: Path) -> None:
    drawn = [
        ask(
            stories,
            "surprisal",
            text="Once upon a time",
            generate=Generate(max_new_tokens=30, do_sample=True, seed=seed),
        ).continuation
        for seed in (7, 7, 8)
    ]
    assert drawn[0].ids == drawn[1].ids
    assert drawn[0].ids != drawn[2].ids


def test_the_nucleus_by_hand() -> None:
    logits = torch.tensor([0.1, 0.5, 0.15, 0.25]).log()

    def nucleus(top_p: float) -> list[float]:
        found: list[float] = processed(logits, Generate(do_sample=True, top_p=top_p)).tolist()
        return found

    assert nucleus(1.0) == pytest.approx([0.1, 0.5, 0.15, 0.25])
    assert nucleus(0.7) == pytest.approx([0, 2 / 3, 0, 1 / 3])
    assert nucleus(0.8) == pytest.approx([0, 5 / 9, 1.5 / 9, 2.5 / 9])
    assert nucleus(0.01) == pytest.approx([0, 1, 0, 0])


def test_temperature_by_hand() -> None:
    logits = torch.tensor([0.0, 2.0])
    assert processed(logits, Generate(temperature=2.0)).tolist() == pytest.approx(logits.div(2).softmax(-1).tolist())
    assert processed(logits, Generate(temperature=1e-300)).tolist() == [0, 1]


def test_draws_follow_the_distribution_that_is_processed(stories: Path) -> None:
    first = [
        ask(
            stories,
            "surprisal",
            text="Once upon a time there was a little",
            generate=Generate(max_new_tokens=1, do_sample=True, top_p=0.9, seed=seed),
        ).continuation.ids[0]
        for seed in range(40)
    ]
    text = passes(stories, text="Once upon a time there was a little").text
    with torch.no_grad():
        inside = processed(text.model.logits(text.states[-1]), Generate(top_p=0.9)) > 0
    assert all(inside[id] for id in first)
    assert len(set(first)) > 1


def test_a_stop_text_ends_the_continuation(stories: Path) -> None:
    settings = Generate(max_new_tokens=60, stop=["Lily"])
    made = ask(stories, "surprisal", text="Once upon a time", generate=settings).continuation
    assert made.finish == "stop"
    assert made.text.endswith("Lily")


def test_deltas_add_up_to_the_continuation(stories: Path) -> None:
    done = ask(stories, "surprisal", text="Once upon a time", generate=Generate(max_new_tokens=30))
    deltas = [step for step in done.steps if isinstance(step, Delta)]
    assert [id for delta in deltas for id in delta.ids] == done.continuation.ids
    assert deltas[-1].text == done.continuation.text
    starts = [0]
    for delta in deltas[:-1]:
        starts.append(starts[-1] + len(delta.ids))
    assert [delta.start for delta in deltas] == starts
    ends = [end for delta in deltas for end in delta.ends]
    assert len(ends) == len(done.continuation.ids)
    assert ends == sorted(ends)
    assert ends[-1] == len(done.continuation.text)


def test_probabilities_of_drawn_tokens_are_raw(stories: Path) -> None:
    settings = Generate(max_new_tokens=8, do_sample=True, temperature=4.0, seed=2)
    done = ask(stories, "surprisal", text="Once upon a time", generate=settings)
    sent = [p for step in done.steps if isinstance(step, Delta) for p in step.probabilities]
    generated = [
        index for index, unit in enumerate(units_of(done.result, "main")) if unit.segment == "generated" and unit.id
    ]
    assert values(done.result, "probability")[generated].tolist() == pytest.approx(sent, rel=1e-3, abs=1e-6)


def test_tokens_go_out_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("workers.core.continuing.time.monotonic", lambda: now[0])
    sent: list[Step] = []
    stream = Stream(lambda ids: "x" * len(ids), sent.append)
    for tick in range(25):
        now[0] = tick * 0.02
        stream.add(Drawn(tick, 0.5))
    stream.flush()
    batches = [step for step in sent if isinstance(step, Delta)]
    assert len(batches) == 5
    assert stream.ids == list(range(25))


@pytest.mark.parametrize("name", ["stories260k", "arabic-transliteration"])
def test_no_room_for_what_was_asked_is_refused_with_both_numbers(data: Path, name: str) -> None:
    folder = data / "models" / name
    context = 512 if name == "stories260k" else 256
    done = ask(folder, "surprisal", text=SENTENCES[name], generate=Generate(max_new_tokens=600))
    problem = done.problems[None]
    assert f"{context:,}" in problem.detail or f"{context - 1:,}" in problem.detail
    assert "600" in problem.detail
    assert problem.status == 422


@pytest.mark.parametrize("name", list(SENTENCES))
def test_what_begins_as_the_greedy_text_goes_on_as_it_does(data: Path, name: str) -> None:
    folder = data / "models" / name
    whole = ask(folder, "surprisal", text=SENTENCES[name], generate=Generate(max_new_tokens=14)).continuation
    settings = Generate(max_new_tokens=14 - 4, begin=whole.ids[:4])
    again = ask(folder, "surprisal", text=SENTENCES[name], generate=settings).continuation
    assert (again.ids, again.text, again.finish) == (whole.ids, whole.text, whole.finish)


@pytest.mark.parametrize("name", ["stories260k", "arabic-transliteration"])
def test_forced_tokens_are_shown_with_their_raw_probabilities(data: Path, name: str) -> None:
    folder = data / "models" / name
    begin = [11, 40, 11]
    settings = Generate(max_new_tokens=5, do_sample=True, temperature=3.0, seed=1, begin=begin)
    done = ask(folder, "surprisal", text=SENTENCES[name], generate=settings)
    assert done.continuation.ids[:3] == begin
    assert len(done.continuation.ids) == 8 or done.continuation.finish == "end"
    sent = [p for step in done.steps if isinstance(step, Delta) for p in step.probabilities]
    strip = "output" if name == "arabic-transliteration" else "main"
    said = [
        place
        for place, unit in enumerate(units_of(done.result, strip))
        if unit.segment == "generated" and unit.id is not None
    ]
    assert values(done.result, "probability", strip)[said].tolist() == pytest.approx(sent, rel=1e-3, abs=1e-6)
    again = ask(folder, "surprisal", text=SENTENCES[name], generate=settings)
    assert again.continuation.ids == done.continuation.ids


def test_a_draw_after_forced_tokens_depends_on_its_seed_alone(stories: Path) -> None:
    drawn = [
        ask(
            stories,
            "surprisal",
            text="Once upon a time",
            generate=Generate(max_new_tokens=20, do_sample=True, seed=seed, begin=[44, 89]),
        ).continuation.ids
        for seed in (7, 7, 8)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_text_resumed_with_its_seed_goes_on_as_it_was_drawn(stories: Path) -> None:
    drawn = Generate(max_new_tokens=20, do_sample=True, temperature=1.3, top_p=0.9, seed=7)
    whole = ask(stories, "surprisal", text="Once upon a time", generate=drawn).continuation
    resumed = drawn.model_copy(update={"begin": whole.ids[:8], "max_new_tokens": 12})
    assert ask(stories, "surprisal", text="Once upon a time", generate=resumed).continuation.ids == whole.ids


def test_the_new_tokens_are_counted_not_the_forced_ones(stories: Path) -> None:
    begin = passes(stories, text="there was a little girl named Lily.").text.prompt.ids[1:]
    settings = Generate(max_new_tokens=3, begin=begin, stop=["Lily"])
    made = ask(stories, "surprisal", text="Once upon a time, ", generate=settings).continuation
    assert len(made.ids) == len(begin) + 3
    assert made.finish == "length"


def test_a_forced_end_token_ends_the_text(stories: Path) -> None:
    (end,) = language(stories).end_ids
    settings = Generate(max_new_tokens=9, begin=[44, end, 44])
    made = ask(stories, "surprisal", text="Once upon a time", generate=settings).continuation
    assert (made.ids, made.finish) == ([44], "end")


def test_forced_ids_outside_the_vocabulary_are_refused_with_both_numbers(stories: Path) -> None:
    settings = Generate(max_new_tokens=9, begin=[44, 512])
    problem = ask(stories, "surprisal", text="Once upon a time", generate=settings).problems[None]
    assert problem.type == "/problems/begin-out-of-range"
    assert problem.field == "generate.begin.1"
    assert (problem.limit, problem.value) == (511, 512)
    assert "0 to 511" in problem.detail


def test_forced_tokens_need_room_too(stories: Path) -> None:
    settings = Generate(max_new_tokens=100, begin=[44] * 500)
    problem = ask(stories, "surprisal", text="Once upon a time", generate=settings).problems[None]
    assert problem.type == "/problems/text-too-long"
    assert "600 more" in problem.detail
