"""What if: on a linear model the prediction is exact; elsewhere it equals a plain forward pass of the edited ids."""

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, call, language, passes, picture, text_of, units_of, values, vision
from tests.methods.importance.linear import Linear, asked
from tests.methods.importance.oracles import causal_network, classifier
from workers.contract import BranchesPanel, ChartPanel, Generate, GroupsPanel, Reading, Result, Target
from workers.core.method import Findings
from workers.methods.importance.gradient_x_input import GradientXInput
from workers.methods.importance.what_if import WhatIf

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
NAME, TEXT = "stories260k", SENTENCES["stories260k"]


def edit(units: list[int], action: str, strip: str = "main", **more: Any) -> dict[str, Any]:
    """An edit as a person sends it."""
    return {"strip": strip, "units": units, "action": action, **more}


def figure(result: Result | Findings, name: str) -> float:
    """The value of a figure."""
    return cast(float, result.figures[name].value)


def linear_passes(objective: Linear) -> Any:
    """Passes that read as usual and hold one objective."""
    made = cast(Any, asked(objective))
    made.reading = Reading()
    return made


class Zeroed(Linear):
    """The linear model with zero as what says nothing."""

    def baseline(self, kind: str) -> Any:
        """Zero for every unit but the special one."""
        gone = self.inputs.clone()
        gone[1:] = 0
        return gone


def test_on_a_linear_model_the_sum_of_the_scores_is_the_change() -> None:
    linear = Zeroed()
    scores = next(panel for panel in GradientXInput().run(linear_passes(linear)).panels if panel.kind == "links")
    found = WhatIf(edits=[edit([1, 3], "mask")], mask="zero").run(linear_passes(linear))
    for target in range(2):
        predicted = -float(scores.weights[target, [1, 3]].sum())
        assert figure(found, f"change_{target + 1}") == pytest.approx(predicted, rel=1e-4)


def test_the_example_of_its_guide() -> None:
    example = worked("what_if")
    linear = Zeroed()
    linear.weights = torch.zeros_like(linear.weights)
    linear.inputs = torch.zeros_like(linear.inputs)
    linear.weights[:, 1:4, 0] = torch.tensor(numbers(example, "weights"))
    linear.inputs[1:4, 0] = torch.tensor(numbers(example, "inputs"))
    found = WhatIf(edits=[edit([1, 2], "mask")], mask="zero").run(linear_passes(linear))
    assert figure(found, "change_1") == as_shown(example.result)


def test_what_changes_nothing_has_no_change() -> None:
    found = WhatIf().run(linear_passes(Linear()))
    assert [figure(found, f"{name}_1") for name in ("change", "divergence")] == [0.0, 0.0]


def log_probability(network: Any, before: list[int], ids: list[int]) -> float:
    """Σ ln p of `ids` after `before`, from one whole pass."""
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([before + ids]), use_cache=False).logits[0].double()
    rows = logits.log_softmax(-1)[len(before) - 1 : -1]
    return float(rows[torch.arange(len(ids)), ids].sum())


@pytest.mark.parametrize(
    ("action", "more", "come"),
    [("remove", {}, []), ("replace", {"ids": [300, 301, 302]}, [300, 301, 302]), ("mask", {}, [0])],
)
@pytest.mark.parametrize("span", [1, 2])
def test_it_equals_a_plain_pass_of_the_edited_ids(
    data: Path, action: str, more: dict[str, Any], come: list[int], span: int
) -> None:
    folder = data / "models" / NAME
    tokens = passes(folder, text=TEXT).text.prompt
    network = causal_network(folder)
    at = len(tokens.ids) - span
    target = Target.model_validate({"from": tokens.places[at], "to": tokens.places[-1] + 1})
    units = [tokens.places[row] for row in (3, 4, 7)]
    found = ask(folder, call("what_if", edits=[edit(units, action, **more)]), text=TEXT, targets=[target]).result
    ids = tokens.ids[:at]
    middle = [*come, *come] if action == "mask" else come
    after = [*ids[:3], *middle, *ids[5:7], *come, *ids[8:]]
    before = log_probability(network, ids, tokens.ids[at:])
    assert figure(found, "before") == pytest.approx(before, abs=1e-4)
    assert figure(found, "after") == pytest.approx(log_probability(network, after, tokens.ids[at:]), abs=1e-4)
    assert figure(found, "change") == pytest.approx(figure(found, "after") - figure(found, "before"), abs=1e-6)
    assert found.target is not None
    assert found.target.start == target.from_
    assert found.target.value == pytest.approx(before, abs=1e-4)
    read = [unit.id for unit in units_of(found, "edited-main") if unit.id is not None]
    assert read == after


@pytest.mark.parametrize(("mask", "replacement"), [("mask", "mask"), ("pad", "pad"), ("remove", "delete")])
def test_one_unit_is_what_occlusion_says(data: Path, mask: str, replacement: str) -> None:
    folder = data / "models" / "news-lm"
    text = SENTENCES["news-lm"]
    drops = values(ask(folder, call("occlusion", replacement=replacement), text=text).result)
    for unit in np.flatnonzero(np.isfinite(drops))[1:4]:
        action = "remove" if mask == "remove" else "mask"
        params = {} if mask == "remove" else {"mask": mask}
        found = ask(folder, call("what_if", edits=[edit([int(unit)], action)], **params), text=text).result
        assert figure(found, "change") == pytest.approx(-float(drops[unit]), abs=1e-4)


@pytest.mark.parametrize("cover", ["grey", "mean"])
def test_one_patch_is_what_occlusion_says(vit: Path, cover: str) -> None:
    image = picture(32, 32)
    drops = values(ask(vit, call("occlusion", patch=cover), image=image).result)
    for unit in (1, 6, 16):
        method = call("what_if", edits=[edit([unit], "mask", "image")], patch=cover)
        found = ask(vit, method, image=image).result
        assert figure(found, "change") == pytest.approx(-float(drops[unit]), abs=1e-4)


def test_several_patches_are_painted_over_in_the_pixels(vit: Path) -> None:
    image = picture(32, 32)
    found = ask(vit, call("what_if", edits=[edit([1, 2, 5], "mask", "image")], patch="zero"), image=image).result
    _, logits = classifier(vit)
    pixels = vision(vit).prepare(image)
    black = vision(vit).prepare(picture(32, 32).point(lambda _: 0))
    changed = pixels.clone()
    for index in (0, 1, 4):
        row, col = divmod(index, 4)
        part = np.s_[:, :, row * 8 : row * 8 + 8, col * 8 : col * 8 + 8]
        changed[part] = black[part]
    with torch.no_grad():
        before, after = logits(pixels)[0], logits(changed)[0]
    chosen = int(before.argmax())
    assert figure(found, "change") == pytest.approx(float(after[chosen] - before[chosen]), abs=1e-4)
    (chart,) = [panel for panel in found.panels if isinstance(panel, ChartPanel)]
    shares = dict(zip(chart.series[1].x, chart.series[1].y, strict=True))
    assert shares[vision(vit).labels[chosen]] == pytest.approx(float(after.softmax(-1)[chosen]), abs=1e-5)
    assert not [panel for panel in found.panels if isinstance(panel, BranchesPanel)]


def test_the_answer_is_what_the_model_says_to_the_edited_text() -> None:
    edited = STORY.replace("kitchen", "garden")
    generate = Generate(max_new_tokens=8)
    first, other = (ask("demo-lm", "surprisal", text=text, generate=generate) for text in (STORY, edited))
    units = units_of(first.result)
    at = next(index for index, unit in enumerate(units) if unit.text == " kitchen")
    method = call("what_if", edits=[edit([at], "replace", text=" garden")], answer=8)
    found = ask("demo-lm", method, text=STORY, generate=generate, continuation=first.continuation).result
    assert text_of(found, "edited-main").startswith(edited)
    assert text_of(found, "before") == first.continuation.text
    assert text_of(found, "after") == other.continuation.text
    assert "garden" in other.continuation.text
    (marks,) = [panel for panel in found.panels if isinstance(panel, GroupsPanel)]
    assert [(group.label, group.strip, group.ranges) for group in marks.groups] == [
        ("Another token instead", "main", [(at, at + 1)]),
        ("New", "edited-main", [(at, at + 1)]),
    ]


def test_the_mean_embedding_is_what_the_baseline_of_gradients_holds(data: Path) -> None:
    folder = data / "models" / NAME
    objective = passes(folder, text=TEXT).objectives[0]
    inputs = objective.inputs.clone()
    inputs[[3, 5]] = objective.baseline("mean")[[3, 5]]
    with torch.no_grad():
        expected = float(objective.values(inputs[None])[0, 0])
    units = [objective.places[row].unit for row in (3, 5)]
    found = ask(folder, call("what_if", edits=[edit(units, "mask")], mask="mean"), text=TEXT).result
    assert figure(found, "after") == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("side", ["input", "output"])
def test_on_an_encoder_decoder_both_sides_can_be_edited(data: Path, side: str) -> None:
    folder = data / "models" / "arabic-transliteration"
    target = Target.model_validate({"from": 3})
    method = call("what_if", edits=[edit([1], "remove", side)])
    found = ask(folder, method, text=SENTENCES[folder.name], targets=[target]).result
    model = language(folder)
    read, said = ([unit.id for unit in units_of(found, strip) if unit.id is not None] for strip in ("input", "output"))
    wanted = said[3]
    said = said[:3]
    place = [unit.id is not None for unit in units_of(found, side)].index(True, 1) if side == "input" else 1
    del (read if side == "input" else said)[place]
    with torch.no_grad():
        given = torch.tensor([[model.decoder_start, *said]])
        logits = model.network(input_ids=torch.tensor([read]), decoder_input_ids=given).logits[0, -1]
    assert figure(found, "after") == pytest.approx(float(logits.double().log_softmax(-1)[wanted]), abs=1e-4)


@pytest.mark.parametrize(
    ("edits", "problem", "numbers"),
    [
        ([edit([12], "mask")], "edit-touches-target", (11, 12)),
        ([edit([14], "mask")], "edit-touches-target", (11, 14)),
        ([edit([0], "mask")], "special-unit", (None, 0)),
        ([edit([1000], "mask")], "unit-out-of-range", (None, 1000)),
        ([edit([3], "mask"), edit([3], "remove")], "unit-twice", (None, 3)),
        ([edit([], "mask")], "parameter-invalid", (None, None)),
        ([edit([3], "replace")], "parameter-invalid", (None, None)),
        ([edit([3], "mask", "elsewhere")], "unknown-strip", (None, None)),
        ([edit([3], "replace", ids=[999_999])], "unknown-token", (511, 999_999)),
        ([edit([3], "replace", text="a b c " * 600)], "replacement-too-long", (256, None)),
        ([edit([3], "replace", ids=[300] * 256), edit([4], "replace", ids=[300] * 256)], "text-too-long", (512, None)),
    ],
)
def test_what_cannot_be_changed_is_refused(
    data: Path, edits: list[dict[str, Any]], problem: str, numbers: tuple[int | None, int | None]
) -> None:
    target = Target.model_validate({"from": 12})
    done = ask(data / "models" / NAME, call("what_if", edits=edits), text=TEXT, targets=[target])
    (found,) = done.problems.values()
    assert found.type == f"/problems/{problem}", found.detail
    assert found.status == 422
    for wanted, given in zip(numbers, (found.limit, found.value), strict=True):
        assert wanted is None or given == wanted


def test_an_input_cannot_grow_without_end(data: Path) -> None:
    folder, target = data / "models" / "arabic-transliteration", Target.model_validate({"from": 3})
    text = " ".join([SENTENCES[folder.name]] * 8)
    units = ask(folder, call("what_if", edits=[edit([1], "remove", "input")]), text=text, targets=[target])
    tokens = [at for at, unit in enumerate(units_of(units.result, "input")) if unit.id is not None and not unit.special]
    apart = edit(tokens[: 2 * 17 : 2], "replace", "input", ids=[5] * 256)
    (found,) = ask(folder, call("what_if", edits=[apart]), text=text, targets=[target]).problems.values()
    assert (found.status, found.type) == (422, "/problems/edits-too-long")
    assert (found.limit, found.value) == (4096, 17 * 255)


def test_what_predicts_a_target_cannot_all_be_removed(data: Path) -> None:
    folder, text = data / "models" / "news-lm", "The president"
    places = passes(folder, text=text).text.prompt.places
    target = Target.model_validate({"from": places[1]})
    done = ask(folder, call("what_if", edits=[edit([places[0]], "remove")]), text=text, targets=[target])
    assert done.problems[0].type == "/problems/nothing-left"


@pytest.mark.parametrize("action", ["remove", "replace"])
def test_patches_are_masked_only(vit: Path, action: str) -> None:
    more = {"ids": [1]} if action == "replace" else {}
    done = ask(vit, call("what_if", edits=[edit([1], action, "image", **more)]), image=picture(32, 32))
    assert done.problems[0].type == "/problems/patches-stay"
