"""Promised passes against counted ones: every method, on the models that it fits.

Methods that say how many passes they make are held to it within two (a pass that two of them share is counted once,
and text that ends a token early saves one). Methods of which chance decides never make more than they say at most,
and on a model that goes on for as long as it may at least two fifths of what they say to expect.
"""

from pathlib import Path

import pytest

from tests.contract.subjects import TINY_IMAGE, TINY_MASKED, TINY_TABLE, TINY_TEXT, Bench, Outcome, Subject, parameter
from tests.cost.counting import counting
from workers.contract import Ability, Generate, MethodCall, Result
from workers.contract.cost import Measures, job_passes
from workers.core.discovery import all_methods
from workers.core.method import Method

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
DEMO = Subject("demo-lm", "builtin", text=STORY)
TRANSLATION = Subject("demo-seq2seq", "builtin", text="Are you in the hall?")
SUBJECTS = [TINY_TEXT, TINY_MASKED, TINY_IMAGE, TINY_TABLE, DEMO, TRANSLATION, Subject("demo-vit", "builtin", "image")]
METHODS = list(all_methods().values())
STEPS = 5
LONG = {"fidelity", "integrated_gradients"}
"""Tried on small models only."""
QUICK = {"fidelity": {"orders": 8, "points": 4}}
LEAST = 0.4
"""Of the passes to expect, where chance decides and nothing ends early."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("cost"), Path("absent"))


def measured(subject: Subject, result: Result, outcome: Outcome, bench: Bench, roles: int) -> Measures:
    """The sizes of what was really read."""
    sizes = [sum(unit.id is not None or unit.kind == "patch" for unit in strip.units) for strip in result.strips]
    units = max(sizes[:2], default=0)
    output = len(outcome.continuation.ids) if outcome.continuation else 0
    abilities = bench.model(subject).abilities
    whole = units if Ability.SEQUENCE_TO_SEQUENCE not in abilities else sum(sizes[:2])
    return Measures(
        units=whole,
        output=output,
        bytes=len(subject.text.encode()) + len(outcome.continuation.text.encode() if outcome.continuation else b""),
        rows=len(subject.text.splitlines()) if subject.kind == "table" else 0,
        readings=units if Ability.MASKED_TOKEN in abilities else 1,
        roles=roles,
    )


@pytest.mark.parametrize(
    ("subject", "method"),
    [
        parameter(subject, method, id=method.key)
        for subject in SUBJECTS
        for method in METHODS
        if subject.kind in method.inputs and (subject.place == "tiny" or method.key not in LONG)
    ],
)
def test_promised_passes_are_those_that_are_made(subject: Subject, method: type[Method], bench: Bench) -> None:
    if method not in bench.methods(subject):
        pytest.skip(f"{method.key} does not suit {subject.name}")
    for generate in (None, Generate(max_new_tokens=STEPS)) if subject.kind == "text" else (None,):
        call = MethodCall(key=method.key, params=QUICK.get(method.key, {}))
        with counting(bench.cache) as counted:
            outcome = bench.run(bench.request(subject, [call], generate=generate))
        result = outcome.results[0]
        others = {use.model for use in result.provenance.models if use.role in method.roles} - {subject.name}
        measures = measured(subject, result, outcome, bench, len(others))
        made = counted.forward + counted.backward
        steps = len(outcome.continuation.ids) + 1 if outcome.continuation else 0
        promise = job_passes([(method.priced(), result.provenance.parameters)], measures, steps=steps)
        slack = 2 + len(others)
        if not method.priced().most:
            assert abs(made - promise.passes) <= slack
        assert made <= promise.most + slack
        if subject is TINY_TEXT and generate is None:
            assert made >= LEAST * promise.passes - slack
