"""Divergence: nothing between a model and itself; between two, the sums and ranks written out."""

import numpy as np
import pytest
import torch

from tests.guides import as_shown, numbers, worked
from tests.jobs import tracks, values
from tests.methods.uncertainty.two_models import LARGE, SMALL, TEXT, compare, ids_of, logs
from workers.core.paired import Divergence
from workers.core.statistics import RowChunk

KEY = "model_divergence"


def test_a_model_and_itself_are_identical() -> None:
    result = compare(KEY, LARGE, reference=LARGE).result
    known = ~np.isnan(values(result, "divergence"))
    assert known.sum() > 5
    assert set(values(result, "choice")[known]) == {0}
    np.testing.assert_allclose(values(result, "divergence")[known], 0, atol=1e-6)
    assert result.figures["identical"].value == 1


@pytest.mark.parametrize("direction", ["reference_to_model", "model_to_reference"])
def test_against_the_sums_over_both_vocabularies(direction: str) -> None:
    done = compare(KEY, SMALL, reference=LARGE, params={"direction": direction})
    ids = ids_of(done)
    p, q = logs(SMALL, ids)[:-1], logs(LARGE, ids)[:-1]
    first, second = (q, p) if direction == "reference_to_model" else (p, q)
    known = ~np.isnan(values(done.result, "divergence"))
    assert known.sum() == len(ids) - 1
    found = values(done.result, "divergence")[known]
    np.testing.assert_allclose(found, (np.exp(first) * (first - second)).sum(-1), rtol=1e-3, atol=1e-5)
    rank = [(row > row[choice]).sum() for row, choice in zip(q, p.argmax(-1), strict=True)]
    assert values(done.result, "reference_rank")[known].tolist() == rank
    ways = [0 if place == 0 else 1 if place < 5 else 2 for place in rank]
    assert values(done.result, "choice")[known].tolist() == ways


def test_tokens_are_routed_by_the_models_own_entropy() -> None:
    done = compare(KEY, SMALL, reference=LARGE, params={"route_above": 0.7})
    p = logs(SMALL, ids_of(done))[:-1]
    entropy = -(np.exp(p) * p).sum(-1)
    routed = values(done.result, "routed")
    assert routed[~np.isnan(routed)].tolist() == (entropy > 0.7).astype(float).tolist()
    assert done.result.figures["routed"].value == pytest.approx((entropy > 0.7).mean())
    assert "routed" not in tracks(compare(KEY, SMALL, reference=LARGE, params={"route_above": None}).result)


def test_both_models_are_named() -> None:
    origin = compare(KEY, SMALL, reference=LARGE, text=TEXT).result.provenance
    assert [(use.role, use.model) for use in origin.models] == [("main", SMALL), ("reference", LARGE)]


def test_the_example_of_its_guide() -> None:
    example = worked("model_divergence")
    given = [torch.tensor([numbers(example, name)]).log() for name in ("model", "reference")]
    model, reference = (RowChunk(logs, torch.tensor([0])) for logs in given)
    assert float(Divergence().of([model, reference])["divergence"]) == as_shown(example.result)
