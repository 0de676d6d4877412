"""Statistics of two distributions side by side, against the sums written out."""

import math

import numpy as np
import torch

from workers.core.paired import CrossEntropy, Divergence, Overlap, TopRank
from workers.core.statistics import RowChunk

P = [[0.5, 0.5], [0.9, 0.1], [1.0, 0.0]]
Q = [[0.5, 0.5], [0.6, 0.4], [0.25, 0.75]]


def chunk(probabilities: list[list[float]]) -> RowChunk:
    """Rows of these probabilities, with logits that are shifted by 7."""
    return RowChunk(torch.tensor(probabilities).log() + 7, torch.zeros(len(probabilities), dtype=torch.long))


def test_two_tokens_by_hand() -> None:
    both = [chunk(P), chunk(Q)]
    forward = Divergence(first=True).of(both)["divergence"]
    by_hand = [0.0, 0.9 * math.log(0.9 / 0.6) + 0.1 * math.log(0.1 / 0.4), math.log(4)]
    np.testing.assert_allclose(forward, by_hand, atol=1e-6)
    overlap = Overlap().of(both)["overlap"]
    np.testing.assert_allclose(overlap, [1.0, 0.7, 0.25], atol=1e-6)
    assert TopRank().of(both)["top_rank"].tolist() == [0, 0, 1]


def test_what_one_model_rules_out_and_the_other_allows_is_infinite() -> None:
    both = [chunk(P), chunk(Q)]
    reverse = Divergence().of(both)["divergence"]
    cross = CrossEntropy().of(both)["cross_entropy"]
    np.testing.assert_allclose(reverse[1], 0.6 * math.log(0.6 / 0.9) + 0.4 * math.log(0.4 / 0.1), atol=1e-6)
    np.testing.assert_allclose(cross[:2], [math.log(2), -0.6 * math.log(0.9) - 0.4 * math.log(0.1)], atol=1e-6)
    assert reverse[2] == math.inf
    assert cross[2] == math.inf


def test_many_tokens_against_the_sums_in_double_precision() -> None:
    torch.manual_seed(0)
    first, second = torch.randn(2, 9, 4099) * 4
    both = [RowChunk(logits, torch.zeros(9, dtype=torch.long)) for logits in (first, second)]
    p, q = (logits.double().log_softmax(-1) for logits in (first, second))
    wanted = {
        "cross": -(q.exp() * p).sum(-1),
        "forward": (p.exp() * (p - q)).sum(-1),
        "overlap": torch.minimum(p, q).exp().sum(-1),
        "rank": (q > q.gather(-1, p.argmax(-1, keepdim=True))).sum(-1),
    }
    found = {
        "cross": CrossEntropy().of(both)["cross_entropy"],
        "forward": Divergence(first=True).of(both)["divergence"],
        "overlap": Overlap().of(both)["overlap"],
        "rank": TopRank().of(both)["top_rank"],
    }
    for name, values in wanted.items():
        np.testing.assert_allclose(found[name], values, rtol=2e-5, err_msg=name)
