"""Lines of many points keep their means, extremes and holes; histograms count every value once."""

import numpy as np
import pytest

from workers.contract import ChartAxis
from workers.core.charts import histogram, line

NAN = float("nan")


def test_a_short_line_is_its_values() -> None:
    series = line("L", np.array([1, NAN, 3], np.float32), first=5)
    assert series.x == [5, 6, 7]
    assert series.y == [1, None, 3]
    assert series.low is None
    assert line("L", np.zeros(0)).y == []


@pytest.mark.parametrize("count", [1024, 1025, 5000, 32_768])
def test_a_long_line_is_drawn_by_means_with_extremes(count: int) -> None:
    values = np.arange(count, dtype=float)
    series = line("L", values)
    assert len(series.y) <= 1024
    assert series.y == pytest.approx([float(x) - 1 for x in series.x])
    if count > 1024:
        assert series.low is not None
        assert series.high is not None
        assert (series.low[0], series.high[-1]) == (0, count - 1)


def test_what_is_missing_is_not_in_the_means() -> None:
    values = np.tile([NAN, 4.0], 2000)
    values[:4] = NAN
    series = line("L", values)
    assert series.y[0] is None
    assert set(series.y[1:]) == {4.0}


def test_a_histogram_counts_what_has_a_value() -> None:
    panel = histogram("H", ChartAxis(label="x"), np.array([0, 0.5, 1, NAN]), [0, 0.5, 1])
    assert panel.series[0].x == [0.25, 0.75]
    assert panel.series[0].y == [1, 2]
