"""The ruler measures right: known durations, known memory, known percentiles."""

import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.rows import HEADER, at_most, faster, memory, seconds_within
from benchmarks.timing import Pair, Timing, duration, paired, peak_memory, table, timed


def test_percentiles_are_nearest_ranks() -> None:
    timing = Timing(tuple(float(second) for second in range(1, 101)))
    assert (timing.percentile(0.5), timing.percentile(0.95), timing.percentile(1)) == (50.0, 95.0, 100.0)
    assert timing.median == 50.5
    assert Timing((3.0,)).percentile(0.01) == 3.0


def test_pairs_take_turns_after_the_warm_up() -> None:
    order: list[str] = []
    pair = paired(lambda: order.append("a"), lambda: order.append("b"), repeats=3, warm_up=1)
    assert "".join(order) == "ab" + "ab" + "ba" + "ab"
    assert len(pair.ours.seconds) == len(pair.rival.seconds) == 3


def test_the_ratio_is_the_median_of_the_pairs_ratios() -> None:
    assert Pair(Timing((1.0, 10.0, 3.0)), Timing((2.0, 5.0, 4.0))).ratio == 0.75


def test_a_pause_is_timed_as_long_as_it_is() -> None:
    timing = timed(lambda: time.sleep(0.02), repeats=3, warm_up=0)
    assert 0.02 <= timing.median < 0.2


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells the peak")
def test_peak_memory_sees_what_a_call_allocated_and_gave_back() -> None:
    peak = peak_memory(lambda: np.ones(16 * 2**20, dtype=np.float64).sum())
    assert peak is not None
    assert 120 * 2**20 < peak < 200 * 2**20


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.5e-5, "25 µs"), (0.0123, "12.3 ms"), (0.5, "500 ms"), (1.234, "1.23 s")]
)
def test_durations_have_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_rows_say_ratio_and_whether_the_goal_is_met() -> None:
    pair = Pair(Timing((1.0, 1.0)), Timing((2.0, 2.0)))
    assert at_most("statistics", pair, "bare pass", 1.25).cells()[3:] == ["0.50 ×", "≤ 1.25 × its time", "yes"]
    assert faster("occlusion", pair, "loop", 1.9).cells()[3:] == ["2.00 × as fast", "≥ 1.9 × as fast", "yes"]
    assert faster("occlusion", pair, "loop", 2.1).cells()[-1] == "NO"
    assert memory("gradients", 2**20, "captum", 2**21).cells()[1:] == [
        "1 MiB",
        "captum: 2 MiB",
        "0.50 ×",
        "no higher",
        "yes",
    ]
    assert memory("gradients", None, "captum", 2**20).cells()[-1] == ""
    assert seconds_within("cold start", 3.0, 2.0).cells()[-1] == "NO"


def test_the_table_is_aligned() -> None:
    assert table(["a", "bcd"], [["long", "x"]]).splitlines() == ["a     bcd", "----  ---", "long  x"]
    assert len(HEADER) == len(seconds_within("x", 1.0).cells())
