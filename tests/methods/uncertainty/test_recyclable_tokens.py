"""A scripted text: a token is recycled when its predecessor's last row holds it, never by what came later."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, numbers, rows, worked
from tests.jobs import ask, call, units_of
from tests.scripted import MODEL, scored, script
from workers.methods.uncertainty.recyclable_tokens import FRESH, MISSED, RECYCLED, _figures, recycle

NAN = float("nan")


def test_a_script_by_hand() -> None:
    ids = [5, 7, 5, 8, 5, 7, 5]
    best = np.array([[NAN, NAN], [8, 9], [5, 1], [7, 1], [5, 2], [1, 2], [3, 4]], np.float32)
    hits, places = recycle(ids, best)
    # After 5 first came 7 (stored 8 9); then 8, which is in that row; now 7 1 is stored; then 7, which is in it.
    # After 7 first came 5 (stored 5 1), after 8 also (fresh); at last 5 follows 7 again: the row 5 1 holds it.
    expected = [NAN, FRESH, FRESH, RECYCLED, FRESH, RECYCLED, RECYCLED]
    np.testing.assert_array_equal(hits, expected)
    np.testing.assert_array_equal(places, [NAN, NAN, NAN, 0, NAN, 0, 0])


def test_a_row_holds_only_what_was_seen_last() -> None:
    hits, _ = recycle([1, 2, 1, 2, 1, 2], np.array([[NAN], [2], [1], [3], [1], [2]], np.float32))
    # The first row of 1 holds 2: recycled; the second holds 3: the last 2 is missed, whatever is stored by it.
    np.testing.assert_array_equal(hits, [NAN, FRESH, FRESH, RECYCLED, RECYCLED, MISSED])


def test_what_stands_before_an_output_has_a_row_too() -> None:
    hits, _ = recycle([4, 0, 4], np.array([[4], [4], [4]], np.float32), before=0)
    np.testing.assert_array_equal(hits, [FRESH, FRESH, RECYCLED])


def test_a_model_that_always_predicts_the_same_recycles_what_repeats(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "the box in the box in the box in the box"
    real = [unit.id for unit in units_of(ask(MODEL, "surprisal", text=text).result)]
    follows: dict[int, int] = {int(last): int(id) for last, id in pairwise(real) if last is not None and id is not None}

    def logits(ids: list[int]) -> Tensor:
        rows = torch.zeros(len(ids), model.vocabulary)
        for row, id in enumerate(ids):
            rows[row, follows.get(id, 0)] = 9.0
        return rows

    model = script(monkeypatch, logits)
    found = ask(MODEL, call("recyclable_tokens", successors=1), text=text).result
    _, recycled = scored(found, "recycled")
    seen: set[int | None] = set()
    for last, id, hit in zip(real, real[1:], recycled, strict=False):
        stored = follows.get(last or 0) == id
        assert hit == (FRESH if last not in seen else RECYCLED if stored else MISSED)
        seen.add(last)
    share = found.figures["recycled_share"].value
    assert share == pytest.approx(float((recycled == RECYCLED).mean()))
    assert share is not None
    assert share > 0.4


def test_the_example_of_its_guide() -> None:
    example = worked("recyclable_tokens")
    best = np.array(rows(example, "best"), np.float32)
    hits, _ = recycle([int(id) for id in numbers(example, "ids")], best)
    assert int((~np.isnan(hits)).sum()) == example.steps[0].gives
    assert _figures(hits)["recycled_share"].value == as_shown(example.result)
