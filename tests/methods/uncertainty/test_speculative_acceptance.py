"""Acceptance: all is accepted of a model that drafts for itself; else Σ min(p, q) and min(1, p/q), written out."""

import numpy as np
import pytest
import torch

from tests.guides import as_shown, number, numbers, worked
from tests.jobs import values
from tests.methods.uncertainty.two_models import LARGE, SMALL, compare, ids_of, logs
from workers.core.paired import Overlap
from workers.core.statistics import RowChunk
from workers.methods.uncertainty.speculative_acceptance import expected_tokens

KEY = "speculative_acceptance"


def test_a_model_accepts_all_of_its_own_drafts() -> None:
    result = compare(KEY, LARGE, draft=LARGE, params={"draft_length": 3}).result
    for name in ("expected_acceptance", "token_acceptance", "several_drafts", "greedy"):
        found = values(result, name)
        np.testing.assert_allclose(found[~np.isnan(found)], 1, atol=1e-6, err_msg=name)
    assert result.figures["tokens_per_check"].value == pytest.approx(4, abs=1e-4)


def test_against_both_distributions_written_out() -> None:
    done = compare(KEY, LARGE, draft=SMALL, params={"drafts": 3})
    ids = ids_of(done)
    p, q = logs(LARGE, ids)[:-1], logs(SMALL, ids)[:-1]
    overlap = np.exp(np.minimum(p, q)).sum(-1)
    own = np.array([np.exp(min(0.0, p[at, id] - q[at, id])) for at, id in enumerate(ids[1:])])
    wanted = {
        "expected_acceptance": overlap,
        "token_acceptance": own,
        "several_drafts": 1 - (1 - overlap) ** 3,
        "greedy": p.argmax(-1) == q.argmax(-1),
    }
    for name, expected in wanted.items():
        found = values(done.result, name)
        np.testing.assert_allclose(found[~np.isnan(found)], expected, atol=1e-4, err_msg=name)
    assert 0.05 < overlap.mean() < 0.999


def test_acceptance_is_one_less_the_total_variation_distance_and_symmetric() -> None:
    there = values(compare(KEY, LARGE, draft=SMALL).result, "expected_acceptance")
    back = values(compare(KEY, SMALL, draft=LARGE).result, "expected_acceptance")
    np.testing.assert_allclose(there, back, atol=1e-5)


@pytest.mark.parametrize(("rate", "length", "tokens"), [(1, 4, 5), (0, 4, 1), (0.5, 2, 1.75)])
def test_tokens_of_one_check(rate: float, length: int, tokens: float) -> None:
    assert expected_tokens(rate, length) == tokens


def test_the_example_of_its_guide() -> None:
    example = worked("speculative_acceptance")
    given = [torch.tensor([numbers(example, name)]).log() for name in ("model", "draft")]
    expected = float(Overlap().of([RowChunk(logs, torch.tensor([0])) for logs in given])["overlap"])
    assert expected == as_shown(example.steps[0].gives)
    assert expected_tokens(expected, int(number(example, "length"))) == as_shown(example.result)
