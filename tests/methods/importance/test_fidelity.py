"""Faithfulness of methods whose worth on an input is known."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, call, passes, picture, tracks
from tests.methods.importance.linear import Linear, asked
from workers.contract import ChartPanel, Result, Target
from workers.core.attribution import explain
from workers.core.fidelity import Curves, Faithfulness
from workers.core.method import Findings
from workers.core.passes import Passes
from workers.methods.importance.fidelity import Fidelity
from workers.methods.importance.occlusion import Occlusion

STORY = (
    "Mia put the red ball in the box. Tom put the blue key in the chest. Mia took the box to the kitchen. "
    "Where is the red ball? The red ball is in the"
)


class Knows(Linear):
    """A linear model of which methods say what they are told to."""

    def baseline(self, kind: str) -> Any:
        """Zero for every unit but the special one."""
        gone = self.inputs.clone()
        gone[1:] = 0
        return gone


def areas(findings: Findings | Result, where: str) -> dict[str, float]:
    """The areas of the methods, and of random orders, with units at one replacement."""
    chart = next(panel for panel in findings.panels if isinstance(panel, ChartPanel))
    (bars,) = [line for line in chart.series if where in line.label]
    return dict(zip(map(str, bars.x), cast(list[float], bars.y), strict=True))


def told(objective: Linear, scores: list[float]) -> Passes:
    """Passes in which any method explains both targets by these scores."""
    found = explain(objective, [np.array(scores, np.float32)] * 2, [0.0, 0.0])
    made = asked(objective)
    made.found = lambda _: Findings(strips=[], panels=[], explanations=found)
    cast(Any, made).seed = 0
    return made


def test_the_right_order_has_the_area_that_a_linear_model_gives_it() -> None:
    linear = Knows()
    added = (linear.inputs * linear.weights[0]).sum(-1).numpy()
    linear.weights[1] = linear.weights[0]
    order = sorted(range(1, 5), key=lambda row: -added[row])
    scores = [0.0] * 5
    for rank, row in enumerate(order):
        scores[row] = 4.0 - rank
    findings = Fidelity(methods=["occlusion"]).run(told(linear, scores))
    sums = np.concatenate([[0], np.cumsum(added[order])])
    expected = np.trapezoid(2 * sums - added[1:].sum(), np.linspace(0, 1, 5))
    assert areas(findings, "mean")["occlusion"] == pytest.approx(float(expected), rel=1e-4)
    backwards = Fidelity(methods=["occlusion"]).run(told(linear, [score and 5 - score for score in scores]))
    assert areas(backwards, "mean")["occlusion"] == pytest.approx(-float(expected), rel=1e-4)
    assert cast(float, findings.figures["occlusion_beaten"].value) > 0.9
    assert cast(float, backwards.figures["occlusion_beaten"].value) < 0.1


def test_areas_and_curves_are_those_of_the_methods_own_scores(data: Path) -> None:
    folder, text = data / "models" / "stories260k", SENTENCES["stories260k"]
    result = ask(folder, call("fidelity", methods=["gradient_x_input"], points=4), text=text).result
    objective = passes(folder, text=text).objectives[0]
    graded = Faithfulness(objective, 0, "pad", points=4)
    links = ask(folder, "gradient_x_input", text=text).result
    scores = next(panel for panel in links.panels if panel.kind == "scores").tracks[0].values
    curves = graded.curves(graded.order(objective.gathered({objective.strips[0].id: scores})))
    assert areas(result, "padding")["gradient_x_input"] == pytest.approx(curves.area, rel=1e-4)
    charts = [panel for panel in result.panels if isinstance(panel, ChartPanel)]
    (going,) = [line for line in charts[2].series if line.label == "gradient_x_input: going"]
    np.testing.assert_allclose(np.array(going.y, np.float64), curves.deletion, rtol=1e-4)
    (random,) = [line for line in charts[2].series if line.label == "random: coming"]
    assert random.y[-1] == pytest.approx(curves.deletion[0], rel=1e-4)


def test_a_method_that_is_asked_beside_it_is_computed_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, text = data / "models" / "stories260k", SENTENCES["stories260k"]
    runs: list[str] = []
    original = Occlusion.run

    def counted(self: Occlusion, passes: Passes) -> Findings:
        runs.append(self.replacement)
        return original(self, passes)

    monkeypatch.setattr(Occlusion, "run", counted)
    settings = {"occlusion": {"replacement": "pad"}}
    calls = [
        call("occlusion", replacement="pad"),
        call("fidelity", methods=["occlusion"], settings=settings, points=2, orders=8),
    ]
    done = ask(folder, *calls, text=text)
    assert not done.problems
    assert runs == ["pad"]


def test_on_stories_that_the_model_answers_methods_surpass_chance() -> None:
    target = Target(quantity="logprob")
    result = ask("demo-lm", call("fidelity", orders=10, points=6), text=STORY, targets=[target]).result
    beaten = [cast(float, result.figures[f"{key}_beaten"].value) for key in ("integrated_gradients", "occlusion")]
    assert min(beaten) > 0.5
    assert np.mean(beaten) > 0.85


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"methods": ["surprisal"]}, "surprisal"),
        ({"methods": ["fidelity"]}, "fidelity"),
        ({"methods": ["no_such"]}, "no_such"),
        ({"methods": ["occlusion"], "settings": {"occlusion": {"replacement": "x"}}}, "replacement"),
    ],
)
def test_what_gives_no_scores_is_refused(data: Path, params: dict[str, Any], said: str) -> None:
    folder = data / "models" / "stories260k"
    problem = ask(folder, call("fidelity", **params), text=SENTENCES["stories260k"]).problems[0]
    assert problem.status in {404, 422}
    assert said in problem.detail


def test_the_example_of_its_guide() -> None:
    example = worked("fidelity")
    deletion, insertion = (np.array(numbers(example, name)) for name in ("deletion", "insertion"))
    curves = Curves(np.linspace(0, 1, len(deletion)), deletion, insertion)
    assert curves.area == as_shown(example.result)


def test_shares_and_what_they_rest_on_are_told(data: Path) -> None:
    folder, text = data / "models" / "stories260k", SENTENCES["stories260k"]
    result = ask(folder, call("fidelity", methods=["occlusion"], points=4, orders=8), text=text).result
    figures = {name: one.value for name, one in result.figures.items()}
    objective = passes(folder, text=text).objectives[0]
    rows = Faithfulness(objective, 0, "mean", points=4).rows
    assert figures["units"] == len(rows)
    assert figures["orders"] == 16
    gone = [objective.inputs.clone() for _ in ("mean", "pad")]
    for inputs, baseline in zip(gone, ("mean", "pad"), strict=True):
        inputs[rows] = objective.baseline(baseline)[rows]  # type: ignore[arg-type]
    moved = [abs(float(objective.values(inputs[None])[0, 0] - objective.original()[0])) for inputs in gone]
    assert figures["moved"] == pytest.approx(min(moved), rel=1e-3)
    chart = next(panel for panel in result.panels if isinstance(panel, ChartPanel) and "left behind" in panel.label)
    for line in chart.series:
        assert line.low is not None
        assert line.high is not None
        (share,), (low,), (high,) = line.y, line.low, line.high
        assert share == figures[f"occlusion_{line.label}"]
        assert cast(float, low) <= cast(float, share) <= cast(float, high)


def test_attention_is_graded_by_what_it_shows(vit: Path) -> None:
    result = ask(vit, call("fidelity", methods=["cls_attention"], points=4, orders=8), image=picture(32, 32)).result
    objective = passes(vit, image=picture(32, 32)).objectives[0]
    shown = next(iter(tracks(ask(vit, "cls_attention", image=picture(32, 32)).result).values()))
    graded = Faithfulness(objective, 0, "mean", points=4)
    curves = graded.curves(graded.order(objective.gathered({"image": shown.values[-1]})))
    assert areas(result, "mean")["cls_attention"] == pytest.approx(curves.area, rel=1e-3)
