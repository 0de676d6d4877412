"""Calibration: estimators by hand, answers scored as surprisal scores the text, and what a file makes of them."""

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.contract.checks import check_panel
from tests.guides import as_shown, numbers, worked
from tests.jobs import ask, call, language, units_of, values
from workers.contract import ChartPanel, Continuation, Generate, GroupsPanel, Reading, Result
from workers.contract.formats.labelled import LabelledRow
from workers.core.calibration.answers import Line, ScoredAnswer, read_lines, score
from workers.core.calibration.estimators import ESTIMATORS
from workers.core.calibration.measures import Measured, Settings, measure
from workers.core.calibration.ranking import Values
from workers.core.calibration.reliability import ece
from workers.core.steps import Progress

ROWS = [("Once upon a", "time", 1.0), ("There was a little", "girl named Lily.", 1.0), ("Once", "xylophone", 0.0)]
SETTINGS = Settings(bins=10, confidence="probability", baseline="expected", resamples=50, seed=0)


def table(rows: list[tuple[str, str, Any]]) -> str:
    """The rows as CSV."""
    file = io.StringIO()
    csv.writer(file).writerows([("prompt", "answer", "label"), *rows])
    return file.getvalue()


def calibrate(folder: Path, text: str, **params: Any) -> Result:
    """The result for a file."""
    result = ask(folder, call("calibration", **params), table=text).result
    for panel in result.panels:
        check_panel(result, panel)
    return result


def charts(result: Result) -> dict[str, ChartPanel]:
    """The charts by their y axes and marks."""
    return {f"{panel.mark} {panel.y.label}": panel for panel in result.panels if isinstance(panel, ChartPanel)}


def groups(result: Result) -> dict[str, GroupsPanel]:
    """The groups by the strip that they lie on."""
    return {panel.groups[0].strip: panel for panel in result.panels if isinstance(panel, GroupsPanel)}


def answer(*logs: float, entropy: float = 0.5) -> ScoredAnswer:
    """An answer whose tokens have these log-probabilities."""
    line = Line(LabelledRow(1, "Q", "A", 1.0), "Q A", [], [], [], 0)
    count = len(logs)
    top = np.tile(np.array([0.6, 0.3], np.float32), (count, 1))
    return ScoredAnswer(line, np.array(logs, np.float32), np.full(count, entropy, np.float32), top)


def test_estimators_by_hand() -> None:
    one = answer(math.log(0.5), math.log(0.125), entropy=0.25)
    uncertainty = {each.key: each.uncertainty(one) for each in ESTIMATORS}
    assert uncertainty == pytest.approx(
        {
            "sequence_nll": math.log(16),
            "mean_nll": math.log(4),
            "largest_nll": math.log(8),
            "mean_probability": 1 - 0.3125,
            "mean_entropy": 0.25,
            "largest_entropy": 0.25,
            "mean_margin": 0.7,
            "length": 2,
        }
    )
    confidence = {each.key: each.confidence(one) for each in ESTIMATORS if each.confidence}
    assert confidence == pytest.approx(
        {
            "sequence_nll": 1 / 16,
            "mean_nll": 1 / 4,
            "largest_nll": 1 / 8,
            "mean_probability": 0.3125,
            "mean_entropy": math.exp(-0.25),
            "largest_entropy": math.exp(-0.25),
            "mean_margin": 0.3,
        }
    )


def measured(scored: list[ScoredAnswer], quality: Values, **more: Any) -> dict[str, Measured]:
    """The figures by estimator."""
    settings = Settings(**{**SETTINGS.__dict__, **more})
    return {one.estimator.key: one for one in measure(scored, quality, settings)}


def test_an_impossible_answer_is_left_out_and_counted() -> None:
    scored = [answer(-1.0), answer(-math.inf), answer(-2.0), answer(-0.5, -0.1)]
    found = measured(scored, np.array([1.0, 0.0, 0.0, 1.0]))
    assert found["mean_nll"].excluded == found["largest_nll"].excluded == 1
    assert found["mean_entropy"].excluded == found["mean_probability"].excluded == 0
    assert found["mean_nll"].prr == pytest.approx(1.0)
    assert found["mean_nll"].auroc == 1.0


def test_the_best_comes_first() -> None:
    scored = [answer(*[-1.0] * count, entropy=count / 10) for count in range(1, 9)]
    quality = np.array([8.0 - count for count in range(8)]) / 8
    order = [one.estimator.key for one in measure(scored, quality, SETTINGS)]
    assert {"sequence_nll", "length", "mean_entropy"} <= set(order[:4])
    assert measured(scored, 1 - quality)["length"].prr == pytest.approx(-1.0, abs=0.2)


def test_qualities_beyond_0_and_1_have_no_calibration_error() -> None:
    scored = [answer(-1.0), answer(-2.0)]
    found = measured(scored, np.array([5.0, 1.0]))
    assert found["mean_nll"].ece_width is None
    assert found["mean_nll"].prr == pytest.approx(1.0)
    assert found["mean_nll"].auroc is None


LABELLED = [LabelledRow(index, *row) for index, row in enumerate(ROWS, start=2)]


@pytest.mark.needs_data
@pytest.mark.parametrize("name", ["stories260k", "babyllama105", "news-lm"])
@pytest.mark.parametrize("bos", ["auto", "no"])
def test_answers_have_the_numbers_that_surprisal_and_entropy_give_the_whole_text(
    data: Path, name: str, bos: Any
) -> None:
    """Batched and padded, with and without a beginning, the answer's tokens are the last ones of the text."""
    folder = data / "models" / name
    model = language(folder)
    lines, bad = read_lines(model, LABELLED, Reading(bos=bos), "space")
    assert not bad
    for line, scored in zip(lines, score(model, lines, lambda *_: None), strict=True):
        whole = ask(folder, "surprisal", "entropy", text=line.text, reading=Reading(bos=bos))
        assert line.text == f"{line.row.prompt} {line.row.answer}"
        units = units_of(whole.results[0])
        own = [index for index, unit in enumerate(units) if unit.id is not None][-len(line.ids) :]
        assert "".join(unit.text or "" for unit in units[own[0] :]).strip() == line.row.answer
        for track, values_of in (("surprisal", -scored.log_probability), ("entropy", scored.entropy)):
            expected = values(whole.results[track == "entropy"], track)[own]
            assert np.abs(values_of - expected).max() < 2e-4


@pytest.mark.needs_data
def test_an_encoder_decoders_output_is_scored_given_its_input(data: Path) -> None:
    folder = data / "models" / "arabic-transliteration"
    model = language(folder)
    rows = [LabelledRow(1, "آتزمون", "atzmon", 1.0), LabelledRow(2, "محمد", "mohamed", 1.0)]
    lines, bad = read_lines(model, rows, Reading(), "space")
    assert not bad
    for line, scored in zip(lines, score(model, lines, lambda *_: None), strict=True):
        said = Continuation(ids=line.ids, text=line.row.answer, finish="end", generate=Generate())
        whole = ask(folder, "surprisal", text=line.row.prompt, continuation=said).result
        expected = values(whole, "surprisal", "output")
        assert np.abs(-scored.log_probability - expected[np.isfinite(expected)]).max() < 2e-4


@pytest.mark.needs_data
def test_what_stands_between_and_tokens_that_span(data: Path) -> None:
    model = language(data / "models" / "stories260k")
    row = LabelledRow(1, "Once upon a ti", "me", 1.0)
    (glued,), _ = read_lines(model, [row], Reading(), "nothing")
    assert glued.text == "Once upon a time"
    assert glued.spans
    (spaced,), _ = read_lines(model, [row], Reading(), "newline")
    assert spaced.text == "Once upon a ti\nme"
    assert not spaced.spans
    (own,), _ = read_lines(model, [LabelledRow(1, "Once ", "upon", 1.0)], Reading(), "newline")
    assert own.text == "Once upon"


@pytest.mark.needs_data
def test_rows_that_a_model_cannot_read_are_told_with_their_lines(data: Path) -> None:
    model = language(data / "models" / "stories260k")
    rows = [LabelledRow(4, "word " * 600, "x", 1.0), LabelledRow(6, "", "a", 1.0), LabelledRow(7, "Q", "A", 1.0)]
    lines, bad = read_lines(model, rows, Reading(bos="no"), "space")
    assert [line.row.line for line in lines] == [7]
    assert [row.line for row in bad] == [4, 6]
    assert "the context of “stories260k” holds 512" in bad[0].reason
    assert "no token of the answer" in bad[1].reason


@pytest.mark.needs_data
def test_a_file_with_bad_rows_gives_figures_charts_and_every_bad_line(data: Path) -> None:
    folder = data / "models" / "stories260k"
    rows = [
        *ROWS,
        ("Q", "", 1),
        ("Once upon a", "time there was", "yes"),
        ("Who?", "Zzz qq", "perhaps"),
        ("A", "zq", 0),
    ]
    result = calibrate(folder, table(rows), bins=4)
    assert result.figures["rows"].value == 5
    assert result.figures["bad_rows"].value == 2
    assert result.figures["mean_quality"].value == pytest.approx(3 / 5)
    assert "2 of 7 rows could not be used: lines 5, 7." in result.provenance.caveat
    labels = [group.label for group in groups(result)["unusable"].groups]
    assert labels == ["Line 5: the answer is empty", "Line 7: the label “perhaps” is neither yes nor no nor a number"]
    bars = charts(result)["bar PRR"]
    assert len(bars.series[0].x) == len(ESTIMATORS)
    assert bars.series[0].y[0] == result.figures["best_prr"].value
    curves = charts(result)["line Mean quality of those kept"].series
    assert [one.label for one in curves][-2:] == ["an oracle", "chance"]
    assert all(one.y[0] == pytest.approx(3 / 5) for one in curves)
    diagram = charts(result)["reliability Mean quality"]
    observed, count = diagram.series
    assert (observed.label, count.label) == ("observed", "count")
    assert sum(value or 0 for value in count.y) == 5
    assert bars.label.startswith(f"“{bars.series[0].x[0]}” ranks this file best: PRR ")


@pytest.mark.needs_data
def test_the_model_ranks_sense_over_nonsense_and_shows_what_surprised_it(data: Path) -> None:
    folder = data / "models" / "stories260k"
    prompts = ["Once upon a", "She was very", "The little girl was", "They played in the", "He wanted to"]
    sense = [(prompt, word, 1) for prompt, word in zip(prompts, ["time", "happy", "sad", "park", "play"], strict=True)]
    nonsense = [(prompt, word, 0) for prompt, word in zip(prompts, ["qzx", "7&%", "zzzq", "X#9", "vvkj"], strict=True)]
    result = calibrate(folder, table([*sense, *nonsense]))
    figures = {name: figure.value for name, figure in result.figures.items()}
    assert (figures["best_prr"] or 0) > 0.95
    assert figures["best_auroc"] == 1.0
    turned = calibrate(folder, table([(one, two, 1 - label) for one, two, label in [*sense, *nonsense]]))
    certain = next(iter(groups(turned)["rows"].groups))
    assert certain.label.startswith("More certain than right")
    assert "labelled 0" in certain.label
    start, stop = certain.ranges[0]
    shown = "".join(unit.text or "" for unit in units_of(turned, "rows")[start:stop])
    assert shown in {f"{one} {two}" for one, two, _ in sense}
    coloured = values(turned, "surprisal", "rows")[start:stop]
    assert np.isnan(coloured[:-4]).all() or np.isfinite(coloured).any()
    assert np.isfinite(coloured[-1])


@pytest.mark.needs_data
def test_its_parameters_say_what_they_do(data: Path) -> None:
    folder = data / "models" / "stories260k"
    text = table([(f"Once upon a {index}", word, index / 20) for index, word in enumerate(["time", "cat", "qz"] * 7)])
    labels = calibrate(folder, text, threshold=0.5)
    assert labels.figures["mean_quality"].value == pytest.approx(11 / 21)
    assert labels.figures["best_auroc"].value is not None
    assert calibrate(folder, text).figures["best_auroc"].value is None
    fitted = calibrate(folder, text, confidence="isotonic", binning="equal_mass", curves=1, resamples=0)
    assert "isotonic" in charts(fitted)["reliability Mean quality"].x.label
    assert len(charts(fitted)["line Mean quality of those kept"].series) == 3
    assert sum(panel.kind == "chart" and panel.mark == "reliability" for panel in fitted.panels) == 1
    assert charts(fitted)["bar PRR"].series[0].low == [None] * len(ESTIMATORS)
    scaled = calibrate(folder, text, confidence="min_max")
    assert None not in charts(scaled)["bar ECE"].series[0].y
    beyond = calibrate(folder, table([("Once", "upon", 3), ("Once", "qq", -4)]))
    assert "bar ECE" not in charts(beyond)
    assert "set a threshold" in beyond.provenance.caveat


@pytest.mark.needs_data
def test_estimators_that_agree_are_told_and_drawn_once(data: Path) -> None:
    """Of answers of one token, sum, mean and largest surprisal are the same."""
    words = [("time", 1), ("day", 1), ("cat", 0), ("dog", 0)]
    result = calibrate(data / "models" / "stories260k", table([("Once upon a", *word) for word in words]), resamples=0)
    assert "rank as well as the best: this file does not tell them apart" in result.provenance.caveat
    drawn = [panel for panel in result.panels if isinstance(panel, ChartPanel)]
    diagrams = [panel.series[0] for panel in drawn if panel.mark == "reliability"]
    assert len({(tuple(one.x), tuple(one.y)) for one in diagrams}) == len(diagrams) > 1
    curves = charts(result)["line Mean quality of those kept"].series
    assert "Mean surprisal (perplexity)" not in [one.label for one in curves]


@pytest.mark.needs_data
def test_equal_labels_are_told_and_unscorable_files_refused(data: Path) -> None:
    folder = data / "models" / "stories260k"
    result = calibrate(folder, table([("Once", "upon", 1), ("She", "was", 1)]))
    assert "same quality" in result.provenance.caveat
    assert result.figures["best_prr"].value is None
    done = ask(folder, "calibration", table=table([("long " * 700, "x", 1)]))
    assert "Line 2" in done.problems[0].detail


@pytest.mark.needs_data
def test_progress_is_told_batch_by_batch_and_the_run_can_be_cancelled(data: Path) -> None:
    folder = data / "models" / "stories260k"
    text = table([(f"Once upon a time {'there was ' * 40}{index}", "cat", index % 2) for index in range(120)])
    done = ask(folder, "calibration", table=text)
    told = [step.fraction for step in done.steps if isinstance(step, Progress) and "Scoring" in step.message]
    assert len(told) > 3
    assert told == sorted(told, key=lambda fraction: fraction or 0)
    asked = iter(["go"] * 5 + ["cancel"] * 100)
    cancelled = ask(folder, "calibration", table=text, control=lambda: next(asked))  # type: ignore[arg-type]
    assert not cancelled.results


def test_the_example_of_its_guide() -> None:
    example = worked("calibration")
    confidence, right = (np.array(numbers(example, name)) for name in ("confidence", "right"))
    assert ece(confidence, right, 20, "equal_width") == as_shown(example.result)
