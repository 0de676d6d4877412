"""Loss gap: zero for a model and itself; else the gaps add up to the difference of likelihoods, also across cuts."""

from pathlib import Path

import numpy as np
import pytest

from tests.guides import as_shown, numbers, worked
from tests.jobs import text_of, values
from tests.methods.uncertainty.two_models import LARGE, SMALL, compare, ids_of, logs
from workers.contract import Generate, Result
from workers.methods.uncertainty.loss_gap import _figures

KEY = "loss_gap"
SPANS = "spans"
STORY = "Once upon a time there was a dog. It saw a cat."


def nll(model: Path | str, ids: list[int]) -> float:
    """−Σ ln p of all tokens but the first."""
    rows = logs(model, ids)
    return float(-sum(rows[at - 1, id] for at, id in enumerate(ids) if at))


def test_a_model_and_itself_have_no_gap() -> None:
    result = compare(KEY, LARGE, reference=LARGE).result
    gap = values(result, "gap")
    assert set(gap[~np.isnan(gap)]) == {0}
    assert result.figures["total_gap"].value == 0


def test_gaps_add_up_to_the_difference_of_the_likelihoods() -> None:
    done = compare(KEY, SMALL, reference=LARGE)
    ids = ids_of(done)
    gap = values(done.result, "gap")
    expected = nll(SMALL, ids) - nll(LARGE, ids)
    assert np.nansum(gap.astype(float)) == pytest.approx(expected, abs=1e-3)
    assert done.result.figures["total_gap"].value == pytest.approx(expected, abs=1e-3)
    assert len(done.result.strips) == 1


def plain(result: Result, strip: str, model: Path) -> dict[tuple[int, int], float]:
    """−ln p of each token that the model predicts, by the bytes that it covers with the gap before it."""
    units = result.strip(strip).units
    rows = logs(model, [unit.id for unit in units if unit.id is not None])
    found, token, start = {}, 0, 0
    for unit in units:
        if unit.id is None:
            continue
        if not unit.special:
            found[start, unit.byte_end or 0] = float(-rows[token - 1, unit.id]) if token else np.nan
            start = unit.byte_end or 0
        token += 1
    return found


@pytest.mark.needs_data
@pytest.mark.parametrize("generate", [None, Generate(max_new_tokens=12)])
@pytest.mark.parametrize("swap", [False, True])
def test_across_tokenizers_losses_are_added_up_where_both_cut(
    data: Path, generate: Generate | None, swap: bool
) -> None:
    model, reference = data / "models" / "stories260k", data / "models" / "babyllama105"
    if swap:
        model, reference = reference, model
    done = compare(KEY, model, STORY, reference=reference, generate=generate)
    result = done.result
    text = STORY + (done.continuation.text if generate else "")
    assert text_of(result, "spans") == text_of(result, "main") == text
    mine, theirs = plain(result, "main", model), plain(result, f"main-{reference.name}", reference)
    cuts = {start for start, _ in mine} & {start for start, _ in theirs}
    spans = result.strip(SPANS).units
    assert [unit.byte_start for unit in spans] == sorted(cuts)
    for track, losses in (("loss", mine), ("reference_loss", theirs)):
        summed = [
            sum(loss for (at, end), loss in losses.items() if start <= at and end <= stop)
            for start, stop in ((unit.byte_start or 0, unit.byte_end or 0) for unit in spans)
        ]
        assert len(summed) > 8
        assert np.isfinite(summed[1:]).all()
        np.testing.assert_allclose(values(result, track, "spans"), summed, rtol=1e-4, atol=1e-4)
    gap = values(result, "gap", "spans")
    known = [start for start, value in zip(sorted(cuts), gap, strict=True) if np.isfinite(value)]
    totals = [sum(loss for (at, _), loss in losses.items() if at >= known[0]) for losses in (mine, theirs)]
    assert np.nansum(gap.astype(float)) == pytest.approx(totals[0] - totals[1], abs=1e-3)
    assert result.figures["total_gap"].value == pytest.approx(totals[0] - totals[1], abs=1e-3)


def test_the_example_of_its_guide() -> None:
    example = worked("loss_gap")
    model, reference = (-np.log(numbers(example, name)) for name in ("model", "reference"))
    assert _figures(model, reference)["total_gap"].value == as_shown(example.result)
