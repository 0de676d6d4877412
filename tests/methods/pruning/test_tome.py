"""Token merging: published counts, a matching done by hand, and an identity when nothing is merged."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from transformers import AutoModelForImageClassification

from tests.guides import as_shown, numbers, worked
from tests.jobs import ask, call, picture, units_of, vision
from workers.contract import ReductionPanel, Result
from workers.core.reduction import Survivors, divergence
from workers.methods.pruning.tome import Merging, Tome, match, merge


def panel(result: Result) -> ReductionPanel:
    """The reduction of a result."""
    (found,) = result.panels
    assert isinstance(found, ReductionPanel)
    return found


def counts(result: Result) -> list[int]:
    """Tokens that are left after each layer."""
    return [stage.count for stage in panel(result).stages]


def test_thirteen_merges_a_layer_on_197_tokens(vit197: Path) -> None:
    found = ask(vit197, call("tome", r=13), image=picture(224, 224)).result
    assert counts(found) == [184, 171, 158, 145, 132, 119, 106, 93, 80, 67, 54, 41]
    _each_unit_is_somewhere(found)


def test_sixteen_merges_a_layer_run_out_of_tokens(vit197: Path) -> None:
    found = ask(vit197, call("tome", r=16), image=picture(224, 224)).result
    assert counts(found) == [181, 165, 149, 133, 117, 101, 85, 69, 53, 37, 21, 11]
    _each_unit_is_somewhere(found)


def _each_unit_is_somewhere(found: Result) -> None:
    units = len(units_of(found, "image"))
    for stage in panel(found).stages:
        homes = stage.destination.astype(int)
        assert homes.shape == (units,)
        survivors = np.flatnonzero(homes == np.arange(units))
        assert len(survivors) == stage.count
        assert set(homes) == set(survivors)
        assert np.flatnonzero(~np.isnan(stage.size)).tolist() == survivors.tolist()
        np.testing.assert_array_equal(stage.size[survivors], np.bincount(homes)[survivors])
        assert np.nansum(stage.size) == units
        for special in panel(found).protected:
            assert homes[special] == special
            assert stage.size[special] == 1


def test_nothing_merged_is_the_networks_own_answer(vit197: Path) -> None:
    image = picture(224, 224)
    found = ask(vit197, call("tome", r=0), image=image).result
    model = vision(vit197)
    network: Any = AutoModelForImageClassification.from_pretrained(vit197)
    with torch.no_grad():
        pixels = model.prepare(image)
        own = network(pixel_values=pixels).logits[0]
        ours = model.reduced_logits(pixels, Merging(model, [0] * 12).between)[0]
    torch.testing.assert_close(ours, own, rtol=1e-5, atol=1e-5)
    assert counts(found) == [197] * 12
    full, reduced, random = panel(found).answers
    assert reduced.divergence == pytest.approx(0, abs=1e-6)
    assert random.divergence == pytest.approx(0, abs=1e-6)
    assert reduced.agreement == random.agreement == 1
    best = own.softmax(-1).topk(4)
    assert [one.probability for one in full.candidates] == pytest.approx(best.values.tolist(), abs=1e-5)
    assert [one.label for one in full.candidates] == [model.labels[index] for index in best.indices.tolist()]
    assert panel(found).costs[0].after == panel(found).costs[0].before


def test_a_deits_two_special_tokens_stay(deit: Path) -> None:
    image = picture(32, 32)
    found = ask(deit, call("tome", r=3), image=image).result
    assert panel(found).protected == [0, 1]
    assert counts(found) == [15, 12, 9]
    _each_unit_is_somewhere(found)
    identity = ask(deit, call("tome", r=0), image=image).result
    network: Any = AutoModelForImageClassification.from_pretrained(deit)
    with torch.no_grad():
        own = network(pixel_values=vision(deit).prepare(image)).logits[0].softmax(-1)
    assert panel(identity).answers[1].candidates[0].probability == pytest.approx(float(own.max()), abs=1e-5)


def test_a_matching_of_six_tokens_by_hand() -> None:
    # Rows 0 2 4 against rows 1 3 5; row 0 is the class token. Best of 2: row 5 (.9); best of 4: row 1 (.4).
    scores = torch.tensor([[0.99, 0.99, 0.99], [0.1, 0.2, 0.9], [0.4, 0.3, 0.2]])
    sources, destinations, rows = match(scores, 1, protected=1)
    assert (sources.tolist(), destinations.tolist(), rows.tolist()) == ([2], [5], [0, 4, 1, 3, 5])
    sources, destinations, rows = match(scores, 2, protected=1)
    assert (sources.tolist(), destinations.tolist(), rows.tolist()) == ([2, 4], [5, 1], [0, 1, 3, 5])
    # A distillation token in row 1 is no destination: row 4 goes to its second best, and 0 and 1 stay in front.
    sources, destinations, rows = match(scores, 2, protected=2)
    assert (sources.tolist(), destinations.tolist(), rows.tolist()) == ([2, 4], [5, 3], [0, 1, 3, 5])


def test_merging_is_a_mean_weighted_by_size() -> None:
    states = torch.tensor([[[0.0], [1.0], [2.0], [3.0], [4.0], [11.0]]])
    sizes = torch.tensor([1.0, 1.0, 3.0, 1.0, 2.0, 1.0])
    merged, summed = merge(states, sizes, torch.tensor([2, 4]), torch.tensor([5, 5]), torch.tensor([0, 1, 3, 5]))
    assert merged.flatten().tolist() == pytest.approx([0, 1, 3, (2 * 3 + 4 * 2 + 11) / 6])
    assert summed.tolist() == [1, 1, 1, 6]


def test_survivors_remember_through_two_layers() -> None:
    survivors = Survivors(6)
    survivors.merge(torch.tensor([2]), torch.tensor([5]), torch.tensor([0, 4, 1, 3, 5]))
    assert survivors.stage("1", 1).destination.tolist() == [0, 1, 5, 3, 4, 5]
    # Rows are now the units 0 4 1 3 5: row 4 (unit 5, two patches) joins row 2 (unit 1).
    survivors.merge(torch.tensor([4]), torch.tensor([2]), torch.tensor([0, 1, 2, 3]))
    stage = survivors.stage("2", 2)
    assert stage.destination.tolist() == [0, 1, 1, 3, 4, 1]
    assert np.nan_to_num(stage.size).tolist() == [1, 3, 0, 1, 1, 0]
    assert stage.count == 4


def test_the_most_alike_keys_are_merged(vit: Path) -> None:
    model = vision(vit)
    merging = Merging(model, [2])
    torch.manual_seed(0)
    keys = torch.randn(17, 3, 8)
    keys[4] = keys[9] * 2
    keys[6, 0] = keys[1, 0]
    merging.between(0, torch.zeros(1, 17, 24), keys, torch.ones(17))
    mean = keys.mean(1)
    alike = torch.nn.functional.cosine_similarity(mean[::2, None], mean[None, 1::2], dim=-1)
    alike[0] = -2
    (stage,) = merging.stages
    merged = np.flatnonzero(stage.destination != np.arange(17)).tolist()
    expected = (alike.amax(1).argsort(descending=True)[:2] * 2).tolist()
    assert merged == sorted(expected)
    assert int(stage.destination[4]) == 9


def test_a_patch_of_size_two_is_attended_to_as_two_equal_patches(vit: Path) -> None:
    model = vision(vit)
    pixels = model.prepare(picture(32, 32))

    def doubled(layer: int, states: Tensor, keys: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        states = torch.cat([states, states[:, 5:6]], dim=1) if layer == 0 else states
        return states, torch.ones(states.shape[1])

    def weighted(layer: int, states: Tensor, keys: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        return states, sizes.index_fill(0, torch.tensor([5]), 2.0)

    with torch.no_grad():
        torch.testing.assert_close(
            model.reduced_logits(pixels, weighted), model.reduced_logits(pixels, doubled), rtol=1e-4, atol=1e-5
        )
        off, on = (Merging(model, [4, 4, 4], proportional) for proportional in (False, True))
        assert not torch.allclose(model.reduced_logits(pixels, off.between), model.reduced_logits(pixels, on.between))


def test_the_decreasing_schedule_is_the_papers(vit197: Path) -> None:
    model = vision(vit197)
    assert Tome(r=13, schedule="decreasing")._counts(197, model) == [26, 23, 21, 18, 16, 14, 11, 9, 7, 4, 2, 0]
    assert sum(Tome()._counts(197, model)) == pytest.approx(197 / 2, abs=12)


def test_costs_follow_the_stated_formula(vit: Path) -> None:
    found = ask(vit, call("tome", r=4), image=picture(32, 32)).result
    (cost,) = panel(found).costs
    width, hidden = 24, 40

    def layer(attended: int, fed: int) -> int:
        return 4 * attended * width**2 + 2 * attended**2 * width + 2 * fed * width * hidden

    assert cost.before == 3 * layer(17, 17)
    assert cost.per_stage_after == [layer(17, 13), layer(13, 9), layer(9, 5)]
    assert cost.after == sum(cost.per_stage_after)
    assert found.figures["cost"].value == pytest.approx(cost.after / cost.before)
    latency = panel(found).latency
    assert latency is not None
    assert latency.runs >= 5


def test_the_random_baseline_depends_on_the_seed_and_keeps_the_counts(vit: Path) -> None:
    image = picture(32, 32)
    answers = [panel(ask(vit, call("tome", r=4), image=image, seed=seed).result).answers for seed in (0, 0, 1)]
    assert answers[0][2] == answers[1][2]
    assert answers[0][2] != answers[2][2]
    assert answers[0][:2] == answers[2][:2]


def test_divergence_of_two_rows_by_hand() -> None:
    full, other = torch.tensor([0.0, 0.0]), torch.tensor([0.0, float(np.log(3.0))])
    assert divergence(full, other) == pytest.approx(0.5 * np.log(0.5 / 0.25) + 0.5 * np.log(0.5 / 0.75), abs=1e-6)
    assert divergence(full, full) == 0


def test_a_family_whose_layers_nobody_described_is_refused(data: Path) -> None:
    done = ask(data / "models" / "stories260k", call("tome"), image=picture(32, 32))
    assert done.problems


def test_the_example_of_its_guide() -> None:
    example = worked("tome")
    states, sizes = torch.tensor(numbers(example, "values"))[None, :, None], torch.ones(3)
    one, other = torch.tensor([0]), torch.tensor([1])
    states, sizes = merge(states, sizes, one, other, torch.tensor([1, 2]))
    assert float(states[0, 0, 0]) == as_shown(example.steps[0].gives)
    states, sizes = merge(states, sizes, one, other, torch.tensor([1]))
    assert float(states[0, 0, 0]) == as_shown(example.result)
