"""Every statistic has closed forms, and holds for suppressed tokens, half precision, large logits and no rows."""

import math
from itertools import product

import pytest
import torch
from torch import Tensor

from workers.core.moments import Kurtosis, LogProbabilityDeviation
from workers.core.statistics import EndProbability, Entropy, RowChunk, Statistic, TokenLogProbability, TokenRank, Top

ALL: list[Statistic] = [
    TokenLogProbability(),
    TokenRank(),
    Entropy(),
    Top(4),
    EndProbability(),
    LogProbabilityDeviation(),
    Kurtosis("probabilities"),
    Kurtosis("logits"),
]
EACH = pytest.mark.parametrize("statistic", ALL, ids=str)
INF = math.inf


def of(statistic: Statistic, logits: list[float] | Tensor, token: int = 0, ends: tuple[int, ...] = (1,)) -> list[float]:
    """The numbers of one row, in the order of their names."""
    row = torch.as_tensor(logits, dtype=torch.float32)[None]
    found = statistic.of(RowChunk(row, torch.tensor([token]), ends))
    return [number for values in found.values() for number in values.reshape(-1).tolist()]


def rows(count: int = 40, size: int = 3001) -> RowChunk:
    """Rows of random logits, with ties, and tokens."""
    torch.manual_seed(1)
    logits = (torch.randn(count, size) * 3).mul(8).round().div(8)
    return RowChunk(logits, torch.randint(size, (count,)), (0, 7))


def told(statistic: Statistic, chunk: RowChunk) -> dict[str, Tensor]:
    """What is the same however ties are broken: everything but the ids of the best."""
    return {name: values for name, values in statistic.of(chunk).items() if name != "top_ids"}


@pytest.mark.parametrize("size", [2, 200, 50_257])
def test_a_certain_token(size: int) -> None:
    certain = [0.0] + [-INF] * (size - 1)
    assert of(TokenLogProbability(), certain) == [0]
    assert of(TokenRank(), certain) == [0]
    assert of(Entropy(), certain) == [0]
    assert of(LogProbabilityDeviation(), certain) == [0]
    assert of(EndProbability(), certain, ends=(0,)) == [1]
    assert of(Kurtosis(), certain) == [pytest.approx(size - 2 + 1 / (size - 1), rel=1e-5)]


@pytest.mark.parametrize(("k", "size"), [(2, 32_128), (4, 32_128), (10, 32_128), (3, 9)])
def test_a_tie_of_k_tokens(k: int, size: int) -> None:
    tie = [5.0] * k + [-INF] * (size - k)
    assert of(Entropy(), tie) == [pytest.approx(math.log(k), rel=1e-6)]
    assert of(LogProbabilityDeviation(), tie) == [0]
    assert of(Kurtosis(), tie) == [pytest.approx((size - k) / k + k / (size - k) - 1, rel=1e-5)]
    assert of(Top(2), tie)[2:] == pytest.approx([1 / k, 1 / k])
    assert of(EndProbability(), tie, ends=(0, 1)) == [pytest.approx(2 / k)]


def test_the_deviation_of_two_outcomes_is_that_of_a_coin() -> None:
    p = 0.9
    logits = [math.log(p), math.log(1 - p), -INF]
    assert of(LogProbabilityDeviation(), logits) == [pytest.approx(math.sqrt(p * (1 - p)) * math.log(p / (1 - p)))]


def test_all_equal_has_no_kurtosis() -> None:
    for over, value in product(("probabilities", "logits"), (0.0, 0.3, -17.25)):
        assert math.isnan(of(Kurtosis(over), [value] * 3001)[0])  # type: ignore[arg-type]


def test_normal_logits_have_kurtosis_three() -> None:
    torch.manual_seed(2)
    assert of(Kurtosis("logits"), torch.randn(400_000) * 5 - 30) == [pytest.approx(3, abs=0.05)]


@EACH
def test_equals_double_precision(statistic: Statistic) -> None:
    chunk = rows()
    logs = chunk.logits.double().log_softmax(-1)
    p = logs.exp()
    token = logs.gather(-1, chunk.ids[:, None])
    mean = (p * logs).sum(-1, keepdim=True)
    expected = {
        "log_probability": token[:, 0],
        "rank": (chunk.logits > chunk.token_logits).sum(-1),
        "entropy": -mean[:, 0],
        "top_probabilities": p.topk(4).values,
        "end_probability": p[:, 0] + p[:, 7],
        "deviation": (p * (logs - mean) ** 2).sum(-1).sqrt(),
        "kurtosis": kurtosis(p if statistic == Kurtosis("probabilities") else chunk.logits.double()),
    }
    for name, values in statistic.of(chunk).items():
        if name == "top_ids":
            torch.testing.assert_close(chunk.logits.gather(-1, values), chunk.logits.topk(4).values)
        else:
            torch.testing.assert_close(values.double(), expected[name].double(), rtol=2e-5, atol=2e-6)


def kurtosis(values: Tensor) -> Tensor:
    """Pearson's kurtosis of each row."""
    centred = values - values.mean(-1, keepdim=True)
    return (centred**4).mean(-1) / (centred**2).mean(-1) ** 2


@EACH
def test_suppressed_tokens_change_nothing_for_the_others(statistic: Statistic) -> None:
    chunk = rows()
    kept = RowChunk(chunk.logits[:, :2000], chunk.ids % 2000, (0, 7))
    gone = RowChunk(chunk.logits.clone().index_fill_(-1, torch.arange(2000, 3001), -INF), kept.ids, (0, 7))
    for name, values in told(statistic, gone).items():
        if statistic == Kurtosis("probabilities"):
            expected = kurtosis(gone.logits.double().softmax(-1)).float()
        else:
            expected = told(statistic, kept)[name]
        torch.testing.assert_close(values, expected, rtol=1e-5, atol=1e-6)


def test_a_suppressed_token_is_impossible_and_last() -> None:
    assert of(TokenLogProbability(), [1.0, -INF, 0.0, 0.5], token=1) == [-INF]
    assert of(TokenRank(), [1.0, -INF, 0.0, 0.5], token=1) == [3]
    assert of(EndProbability(), [1.0, -INF, 0.0], ends=(1,)) == [0]


@EACH
@pytest.mark.parametrize("shift", [4000.0, -4000.0])
def test_shifted_logits_say_the_same(statistic: Statistic, shift: float) -> None:
    chunk = rows(8, 600)
    moved = RowChunk(chunk.logits + shift, chunk.ids, chunk.end_ids)
    for name, values in told(statistic, moved).items():
        torch.testing.assert_close(values, told(statistic, chunk)[name], rtol=1e-5, atol=2e-5)


@EACH
def test_slices_and_no_rows_at_all(statistic: Statistic) -> None:
    chunk = rows(300, 3001)
    whole = told(statistic, chunk)
    parts = [told(statistic, part) for part in chunk.slices()]
    assert len(parts) > 1
    for name, values in whole.items():
        torch.testing.assert_close(torch.cat([part[name] for part in parts]), values, rtol=1e-5, atol=1e-6)
    none = RowChunk(chunk.logits[:0], chunk.ids[:0], chunk.end_ids)
    (only,) = none.slices()
    assert {name: values.shape[1:] for name, values in told(statistic, only).items()} == {
        name: values.shape[1:] for name, values in whole.items()
    }


@pytest.mark.parametrize(("k", "size"), [(1, 127), (3, 128), (8, 5000), (10, 50_257), (50, 50_257), (50, 20)])
def test_the_best_by_blocks_are_the_best(k: int, size: int) -> None:
    chunk = rows(16, size)
    chunk.logits[3, : size // 2] = -INF
    values, ids = chunk.top(k)
    expected = chunk.logits.topk(min(k, size)).values
    torch.testing.assert_close(values, expected)
    torch.testing.assert_close(chunk.logits.gather(-1, ids), expected)
    assert all(len(set(row)) == len(row) for row in ids.tolist())


def test_log_probabilities_are_log_softmax() -> None:
    chunk = rows()
    torch.testing.assert_close(chunk.log_probabilities, chunk.logits.log_softmax(-1), rtol=1e-6, atol=1e-5)
