"""The table: every number where the docstring says, nothing that a spreadsheet would run, nothing lost."""

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export import examples
from workers.contract import Result, ScoresPanel, Track
from workers.export import to_csv
from workers.export.csv import guarded


def rows(result: Result, record: str) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(to_csv(result), newline="")) if row["record"] == record]


def test_one_row_for_each_unit_with_a_column_for_each_track() -> None:
    result = examples.surprisal()
    units = rows(result, "unit")
    assert [int(row["index"]) for row in units] == list(range(len(result.strips[0].units)))
    assert (units[0]["text"], units[0]["surface"], units[0]["special"], units[0]["surprisal"]) == ("", "<s>", "1", "")
    assert units[2]["text"] == " put"
    assert units[2]["bytes"] == "0x20707574"
    assert float(units[2]["surprisal"]) == pytest.approx(abs(7 * math.sin(1.7)), rel=1e-6)
    assert units[-1]["segment"] == "generated"


def test_a_track_says_what_it_is() -> None:
    (track,) = rows(examples.surprisal(), "track")
    assert (track["name"], track["physical_unit"], float(track["low"]), float(track["high"])) == (
        "surprisal",
        "nat",
        0,
        8,
    )


def test_slices_are_rows_with_their_axis() -> None:
    units = rows(examples.patch_scores(), "unit")
    assert len(units) == 2 * 65
    assert [row["layer"] for row in (units[0], units[65])] == ["0", "1"]
    one = next(row for row in units if (row["layer"], row["row"], row["col"]) == ("1", "3", "5"))
    assert [float(one[side]) for side in ("left", "top", "right", "bottom")] == [40, 24, 48, 32]
    assert float(one["attribution"]) == pytest.approx(0.5, abs=1e-4)


def test_links_name_both_ends() -> None:
    links = rows(examples.links(), "link")
    assert [(row["text"], row["target_start"], row["target_stop"], float(row["value"])) for row in links[:2]] == [
        (" cat", "6", "7", 0.5),
        (" sat", "6", "7", 0.25),
    ]
    assert len(links) == 6


def test_alternatives_are_ranked_after_what_they_cover() -> None:
    found = [
        (row["index"], row["rank"], row["other"], float(row["value"]))
        for row in rows(examples.alternatives(), "alternative")
    ]
    assert found[:3] == [("1", "0", "", 0.75), ("1", "1", " cat", 0.5), ("1", "2", " dog", 0.25)]
    assert found[4] == ("2", "1", examples.HOSTILE, 0.75)


def test_segmentations_have_their_units_and_metrics() -> None:
    result = examples.segmentations()
    assert {row["strip"] for row in rows(result, "segment")} == {"words", "pairs", "bytes"}
    tokens = {row["strip"]: row["value"] for row in rows(result, "metric") if row["name"] == "fertility"}
    assert tokens == {"words": "6.5", "pairs": "2.25", "bytes": ""}


def test_stages_say_where_each_unit_lives() -> None:
    stage = [row for row in rows(examples.reduction(), "stage") if row["name"] == "Block 3"]
    assert [row["destination"] for row in stage] == ["0", "0", *map(str, range(2, 12)), "", "", "", ""]
    assert [row["value"] for row in stage[:3]] == ["2.0", "", "1.0"]
    assert {row["layer"] for row in stage} == {"3"}
    costs = {row["name"]: float(row["value"]) for row in rows(examples.reduction(), "cost")}
    assert costs == {"flops before": 20, "flops after": 15}
    assert [row["value"] for row in rows(examples.reduction(), "latency")] == ["0.25", "0.125"]


def test_figures_and_provenance_come_along() -> None:
    figures = {row["name"]: row["value"] for row in rows(examples.surprisal(), "figure")}
    assert figures == {"perplexity": "12.4375", "bits": ""}
    said = {row["name"]: row["note"] for row in rows(examples.surprisal(), "provenance")}
    assert said["seed"] == "7"
    assert "3f2a9c1d77aa" in said["models"]


def test_a_track_named_like_a_column_keeps_both() -> None:
    strip = examples.text_strip(["a"])
    track = Track(name="rank", label="Rank", domain=(0, None), values=np.array([3.0]))
    (row,) = rows(examples.result([strip], [ScoresPanel(strip="main", tracks=[track])]), "unit")
    assert row["track_rank"] == "3.0"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1"])
def test_what_a_spreadsheet_would_run_is_guarded(text: str) -> None:
    strip = examples.text_strip([text])
    track = Track(name="score", label="Score", domain=(0, 1), values=np.array([-0.5]))
    (row,) = rows(examples.result([strip], [ScoresPanel(strip="main", tracks=[track])]), "unit")
    assert row["text"] == f"'{text}"
    assert row["score"] == "-0.5"


@given(st.text(max_size=20))
def test_nothing_is_lost(text: str) -> None:
    shown = guarded(text)
    assert (shown[1:] if shown.startswith("'") else shown) == text
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_markup_and_quotes_survive_as_text() -> None:
    texts = [row["text"] for row in rows(examples.scripts(), "unit")]
    assert examples.HOSTILE in texts
    assert "\x07" in texts
    assert "東京" in texts


def test_every_example_is_a_rectangle() -> None:
    for result in examples.every().values():
        lines = list(csv.reader(io.StringIO(to_csv(result), newline="")))
        assert {len(line) for line in lines} == {len(lines[0])}
        assert len(set(lines[0])) == len(lines[0])
