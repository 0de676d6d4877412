"""A job: passes are computed once, methods fail alone, cancelling and stopping are heard between passes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
import torch

from tests.jobs import MODELS, Done, ask, call, passes, picture, request
from workers.contract import Generate, MethodCall, Target
from workers.core.method import Findings
from workers.core.passes import Passes
from workers.core.run import run
from workers.core.statistics import Entropy, TokenLogProbability, TokenRank, Top
from workers.core.steps import Cancelled, Continued, Delta, Failed, Finished, Progress, Step
from workers.methods.uncertainty.entropy import Entropy as EntropyMethod

Order = Literal["go", "stop", "cancel"]


def test_one_forward_pass_serves_every_method_that_reads_rows(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Passes] = []
    plain = EntropyMethod.run

    def spying(self: EntropyMethod, given: Passes) -> Findings:
        seen.append(given)
        return plain(self, given)

    monkeypatch.setattr(EntropyMethod, "run", spying)
    methods: list[str | MethodCall] = ["surprisal", "entropy", call("entropy", top_k=3), "surprisal"]
    done = ask(stories, *methods, text="Once upon a time", generate=Generate(max_new_tokens=5))
    assert sorted(done.results) == [0, 1, 2, 3]
    assert seen[0] is seen[1]
    assert seen[0].counts == {"forward": 1, "token_rows": 1, "strips": 1}


def test_one_forward_pass_serves_every_method_on_a_picture(vit: Path) -> None:
    shared = passes(vit, image=picture(32, 32))
    for _ in range(2):
        assert shared.vision.logits.shape == (4,)
        assert shared.vision.class_token_attention.shape == (3, 3, 17)
        assert shared.objectives
    assert shared.counts == {"forward": 1}


def test_statistics_must_be_declared(stories: Path) -> None:
    shared = passes(stories, [TokenRank(), TokenRank()], text="Once upon")
    assert shared.text.statistic(TokenRank())["rank"].shape == (len(shared.text.scored.strip.units),)
    for other in (Entropy(), Top(2), TokenLogProbability()):
        with pytest.raises(LookupError, match="not declared"):
            shared.text.statistic(other)


def test_what_takes_long_comes_last_and_keeps_its_call(stories: Path) -> None:
    slow, quick = call("counterfactual_tokens", max_new_tokens=3), "surprisal"
    done = ask(stories, slow, quick, call("cautious_branching", live=False), "entropy", text="Once upon a time")
    order = [step.call for step in done.steps if isinstance(step, Finished)]
    assert order == [1, 3, 0, 2]
    assert [done.results[at].method for at in range(4)] == [
        "counterfactual_tokens",
        "surprisal",
        "cautious_branching",
        "entropy",
    ]
    reported = list(dict.fromkeys(step.call for step in done.steps if isinstance(step, Progress)))
    assert reported == [None, 1, 3, 0, 2]


def test_a_failing_method_leaves_the_others(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: EntropyMethod, given: Passes) -> Findings:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(EntropyMethod, "run", broken)
    methods: list[str | MethodCall] = [
        "surprisal",
        "entropy",
        call("surprisal", nonsense=1),
        "no_such_method",
        "tome",
        "occlusion",
    ]
    done = ask(stories, *methods, text="Once upon a time", targets=[Target.model_validate({"from": 3})])
    assert sorted(done.results) == [0, 5]
    faults = {step.call: (step.fault, step.problem.type, step.problem.status) for step in failures(done)}
    assert faults == {
        1: ("system", "/problems/computation-failed", 500),
        2: ("person", "/problems/parameter-invalid", 422),
        3: ("person", "/problems/unknown-method", 404),
        4: ("person", "/problems/method-does-not-fit", 422),
    }
    assert not any("secret" in step.problem.detail for step in failures(done))


def failures(done: Done) -> list[Failed]:
    """What failed."""
    return [step for step in done.steps if isinstance(step, Failed)]


def test_a_parameter_out_of_bounds_names_the_field_the_limit_and_the_value(stories: Path) -> None:
    problem = ask(stories, call("entropy", top_k=51), text="Once").problems[0]
    assert problem.field == "methods.entropy.top_k"
    assert "50" in problem.detail
    assert "51" in problem.detail


def test_memory_that_runs_out_is_said(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def starved(self: EntropyMethod, given: Passes) -> Findings:
        raise torch.OutOfMemoryError("tried to allocate 20 GiB")

    monkeypatch.setattr(EntropyMethod, "run", starved)
    problem = ask(stories, "entropy", text="Once").problems[0]
    assert (problem.type, problem.status) == ("/problems/out-of-memory", 507)
    assert "needed 20,480 MiB" in problem.detail
    assert problem.value == 20 * 2**30
    assert problem.limit is not None
    assert f"{problem.limit / 2**20:,.0f} MiB were available" in problem.detail
    assert "Shorten the input" in problem.detail


def test_a_job_whose_model_is_unknown_fails_as_a_whole() -> None:
    done = ask("no-such-model", "surprisal", text="Once")
    assert list(done.problems) == [None]
    assert done.problems[None].type == "/problems/unknown-model"
    assert ask("no-such-model", "no_such_method", text="Once").problems.keys() == {0}


def test_a_method_without_its_source_is_refused(stories: Path, vit: Path) -> None:
    assert ask(stories, "surprisal", image=picture(8, 8)).problems[None].type == "/problems/needs-text"
    assert ask(vit, "cls_attention", text="Once").problems[0].type == "/problems/needs-image"
    assert ask(None, "surprisal", text="Once").problems[0].type == "/problems/needs-model"


def after(times: int, order: Order) -> Iterator[Order]:
    """Go on so many times, then the order."""
    for _ in range(times):
        yield "go"
    yield order


def steps_until(folder: Path, orders: Iterator[Order], *methods: str | MethodCall, **more: Any) -> list[Step]:
    """The steps of a job whose control answers these orders, then the last of them for ever."""
    last: list[Order] = ["go"]

    def control() -> Order:
        last[0] = next(orders, last[0])
        return last[0]

    steps: list[Step] = []
    run(request(folder, *methods, **more), MODELS, control, steps.append)
    return steps


def test_cancelling_is_heard_between_passes_and_nothing_follows(stories: Path) -> None:
    text = "Lily saw a dog. " * 16
    steps: list[Step] = []

    def control() -> Order:
        return "cancel" if sum(isinstance(step, Progress) for step in steps) == 4 else "go"

    run(request(stories, "surprisal", "occlusion", "entropy", text=text), MODELS, control, steps.append)
    assert isinstance(steps[-1], Cancelled)
    assert [step.call for step in steps if isinstance(step, Finished)] == [0, 2]
    assert sum(isinstance(step, Progress) for step in steps) == 4
    assert not any(isinstance(step, Failed) for step in steps)


def test_cancelling_during_generation(stories: Path) -> None:
    orders = after(6, "cancel")
    steps = steps_until(stories, orders, "surprisal", text="Once", generate=Generate(max_new_tokens=100))
    assert isinstance(steps[-1], Cancelled)
    assert not any(isinstance(step, Continued | Finished) for step in steps)


def test_stopping_keeps_what_was_generated_and_goes_on(stories: Path) -> None:
    orders = after(7, "stop")
    steps = steps_until(stories, orders, "surprisal", text="Once", generate=Generate(max_new_tokens=100))
    (made,) = [step.continuation for step in steps if isinstance(step, Continued)]
    assert made.finish == "stopped"
    assert 0 < len(made.ids) < 100
    (finished,) = [step for step in steps if isinstance(step, Finished)]
    generated = [unit for unit in finished.result.strips[0].units if unit.segment == "generated"]
    assert [unit.id for unit in generated if unit.id is not None] == made.ids
    assert any(isinstance(step, Delta) for step in steps)


def test_progress_goes_from_nothing_towards_one(stories: Path) -> None:
    done = ask(stories, "occlusion", text="Lily saw a dog. " * 16)
    fractions = [step.fraction for step in done.steps if isinstance(step, Progress) and step.call == 0]
    known = [fraction for fraction in fractions if fraction is not None]
    assert known == sorted(known)
    assert known[0] == 0
    assert 0 < known[-1] < 1


def test_provenance_says_how_to_compute_it_again(stories: Path) -> None:
    target = Target.model_validate({"from": 4, "quantity": "logit"})
    found = ask(stories, call("occlusion", replacement="pad"), text="Once upon a time", targets=[target], seed=9).result
    provenance = found.provenance
    assert provenance.parameters == {"replacement": "pad", "patch": "grey"}
    assert (provenance.method, provenance.version, provenance.seed, provenance.device) == ("occlusion", 1, 9, "cpu")
    assert [use.role for use in provenance.models] == ["main"]
    assert provenance.models[0].tokenizer_hash
    assert provenance.target[0].ids == [found.strips[0].units[4].id]
    assert provenance.rows == provenance.target[0].rows
    assert provenance.seconds > 0
    assert provenance.peak_memory_bytes > 0
    assert provenance.reads


def test_many_units_hold_only_the_strongest_links(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.core.attribution._FULL_ROWS", 8)
    monkeypatch.setattr("workers.core.attribution._TOP", 3)
    from tests.jobs import links, values

    found = ask(stories, "gradient_x_input", text="Once upon a time there was a dog").result
    panel = links(found)
    assert panel.indices is not None
    assert panel.weights.shape == (1, 3)
    full = values(found)
    strongest = np.sort(np.abs(full[~np.isnan(full)]))[::-1][:3]
    np.testing.assert_allclose(np.abs(panel.weights[0]), strongest)
    np.testing.assert_array_equal(full[panel.indices[0].astype(int)], panel.weights[0])
