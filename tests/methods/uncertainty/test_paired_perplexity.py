"""Binoculars: with one model as both, mean surprisal over mean entropy; with two, the sums written out."""

import numpy as np
import pytest

from tests.guides import as_shown, numbers, worked
from tests.jobs import values
from tests.methods.uncertainty.two_models import LARGE, SMALL, compare, ids_of, logs
from workers.core.summaries import mean
from workers.methods.uncertainty.paired_perplexity import _figures

KEY = "paired_perplexity"


@pytest.mark.parametrize("positions", ["same", "published"])
def test_with_one_model_as_both_the_score_is_surprisal_over_entropy(positions: str) -> None:
    done = compare(KEY, LARGE, observer=LARGE, params={"positions": positions})
    ids = ids_of(done)
    rows = logs(LARGE, ids)
    entropy = -(np.exp(rows) * rows).sum(-1)
    nll = [-rows[at, id] for at, id in enumerate(ids[1:])]
    over = entropy if positions == "published" else entropy[:-1]
    assert done.result.figures["score"].value == pytest.approx(np.mean(nll) / over.mean(), rel=1e-3)


@pytest.mark.parametrize("positions", ["same", "published"])
def test_with_two_models_the_performer_is_surprised_by_the_observers_words(positions: str) -> None:
    done = compare(KEY, LARGE, observer=SMALL, params={"positions": positions})
    ids = ids_of(done)
    performer, observer = logs(LARGE, ids), logs(SMALL, ids)
    cross = -(np.exp(observer) * performer).sum(-1)
    found = values(done.result, "cross_entropy")
    np.testing.assert_allclose(found[~np.isnan(found)], cross[:-1], rtol=1e-3, atol=1e-4)
    nll = np.array([-performer[at, id] for at, id in enumerate(ids[1:])])
    excess = values(done.result, "excess")
    np.testing.assert_allclose(excess[~np.isnan(excess)], nll - cross[:-1], rtol=1e-3, atol=1e-3)
    over = cross if positions == "published" else cross[:-1]
    assert done.result.figures["score"].value == pytest.approx(nll.mean() / over.mean(), rel=1e-3)


def test_it_is_called_a_score_and_not_a_verdict() -> None:
    result = compare(KEY, LARGE, observer=SMALL).result
    assert "not a verdict" in result.provenance.caveat
    assert result.figures["score"].domain == (0.0, None)


def test_the_example_of_its_guide() -> None:
    example = worked("paired_perplexity")
    nll, cross = (mean(np.array(numbers(example, name))) for name in ("nll", "cross"))
    assert _figures(nll, cross)["score"].value == as_shown(example.result)
