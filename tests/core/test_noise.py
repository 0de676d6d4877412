"""Gumbel noise draws from the distribution, and its posterior explains what was drawn."""

import math

import pytest
import torch

from workers.core.generation import chosen
from workers.core.noise import exponential, gumbel, posterior

P = torch.tensor([0.5, 0.3, 0.15, 0.05, 0.0], dtype=torch.float64)
LOGS = P.log()
MANY = 6000


def test_noise_belongs_to_seed_stream_and_position() -> None:
    first = gumbel(3, 5, 8)
    assert torch.equal(first, gumbel(3, 5, 8))
    assert torch.equal(first[:4], gumbel(3, 5, 4))
    for other in (gumbel(4, 5, 8), gumbel(3, 6, 8), gumbel(3, 5, 8, stream=1)):
        assert not torch.equal(first, other)
    assert first.dtype == torch.float64
    assert gumbel(0, 0, 4)[:2].tolist() == pytest.approx([4.4555, 1.2856], abs=1e-4)


def test_noise_is_gumbel() -> None:
    noise = gumbel(1, 0, 200_000)
    assert float(noise.mean()) == pytest.approx(0.5772157, abs=0.02)
    assert float(noise.var()) == pytest.approx(math.pi**2 / 6, rel=0.02)


def test_the_gumbel_max_draws_from_the_distribution() -> None:
    drawn = torch.tensor([chosen(LOGS, gumbel(2, position, 5)) for position in range(MANY)])
    shares = torch.bincount(drawn, minlength=5) / MANY
    assert shares.tolist() == pytest.approx(P.tolist(), abs=4 * math.sqrt(0.25 / MANY))
    assert shares[4] == 0


@pytest.mark.parametrize("token", [0, 2, 3])
def test_posterior_noise_explains_the_token(token: int) -> None:
    for position in range(200):
        assert chosen(LOGS, posterior(exponential(0, position, 5), LOGS, token)) == token


def test_posterior_noise_is_what_is_left_of_the_prior_where_it_chose_the_token() -> None:
    """Rejection is the definition: other distributions then choose alike with both."""
    other = torch.tensor([0.1, 0.2, 0.3, 0.2, 0.2], dtype=torch.float64).log()
    token = 1
    kept = [noise for at in range(4 * MANY) if chosen(LOGS, noise := gumbel(5, at, 5)) == token]
    drawn = [posterior(exponential(6, at, 5), LOGS, token) for at in range(MANY)]
    expected = torch.bincount(torch.tensor([chosen(other, noise) for noise in kept]), minlength=5) / len(kept)
    found = torch.bincount(torch.tensor([chosen(other, noise) for noise in drawn]), minlength=5) / MANY
    assert found.tolist() == pytest.approx(expected.tolist(), abs=0.03)
    means = torch.stack(kept).mean(0)
    assert torch.stack(drawn).mean(0).tolist() == pytest.approx(means.tolist(), abs=0.08)
