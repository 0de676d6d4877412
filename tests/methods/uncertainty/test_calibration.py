"""Calibration: closed forms, plain loops and scikit-learn know the figures; surprisal knows the answers' numbers."""

import csv
import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score

from tests.contract.checks import check_panel
from tests.jobs import ask, call, language, units_of, values
from workers.contract import ChartPanel, Continuation, Generate, GroupsPanel, Reading, Result
from workers.contract.formats.labelled import LabelledRow
from workers.core.calibration.answers import Line, ScoredAnswer, read_lines, score
from workers.core.calibration.estimators import ESTIMATORS
from workers.core.calibration.measures import Measured, Settings, measure
from workers.core.calibration.ranking import Values, auroc, kept_quality, prr, prr_interval, random_area
from workers.core.calibration.reliability import bins, ece, fit, isotonic, min_max
from workers.core.steps import Progress

ROWS = [("Once upon a", "time", 1.0), ("There was a little", "girl named Lily.", 1.0), ("Once", "xylophone", 0.0)]
SETTINGS = Settings(bins=10, confidence="probability", baseline="expected", resamples=50, seed=0)
QUALITY = np.array([1.0, 0.0, 1.0, 1.0, 0.0])


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


# --- ranking


def loop_prr(uncertainty: list[float], quality: list[float], max_rejection: float) -> float:
    """PRR from its definition, in plain loops, with the random order's exact mean; for distinct uncertainties."""
    low, high = min(quality), max(quality)
    scaled = [(value - low) / (high - low) for value in quality]
    rejected = range(int(max_rejection * len(quality)))

    def area(order: list[int]) -> float:
        return sum(float(np.mean([scaled[i] for i in order[: len(order) - k]])) for k in rejected) / len(rejected)

    indices = range(len(quality))
    ours = area(sorted(indices, key=lambda i: uncertainty[i]))
    oracle = area(sorted(indices, key=lambda i: -quality[i]))
    chance = float(np.mean(scaled))
    return (ours - chance) / (oracle - chance)


def test_kept_quality_by_hand() -> None:
    uncertain = np.array([1.0, 5.0, 2.0, 4.0, 3.0])
    assert kept_quality(uncertain, QUALITY) == pytest.approx([3 / 5, 3 / 4, 2 / 3, 1.0, 1.0])


def test_prr_of_the_oracle_is_1_of_its_reverse_below_0_and_of_chance_about_0() -> None:
    quality = np.random.default_rng(1).random(400)
    for share in (1.0, 0.5):
        assert prr(-quality, quality, share) == pytest.approx(1.0)
        assert (prr(quality, quality, share) or 0) < -0.5
        assert prr(np.random.default_rng(2).random(400), quality, share) == pytest.approx(0, abs=0.15)


@given(
    st.lists(st.floats(0, 1), min_size=4, max_size=30, unique=True),
    st.sampled_from([1.0, 0.5]),
    st.randoms(use_true_random=False),
)
def test_prr_is_what_plain_loops_say(quality: list[float], share: float, source: Any) -> None:
    uncertain = [float(value) for value in source.sample(range(1000), len(quality))]
    if max(quality) - min(quality) < 1e-3:
        return
    assert prr(np.array(uncertain), np.array(quality), share) == pytest.approx(loop_prr(uncertain, quality, share))


def test_ties_share_their_quality_so_that_the_order_of_rows_does_not_count() -> None:
    uncertain, quality = np.array([1.0, 1.0, 1.0, 2.0]), np.array([1.0, 0.0, 0.0, 1.0])
    order = np.array([2, 0, 3, 1])
    assert prr(uncertain, quality) == pytest.approx(prr(uncertain[order], quality[order]) or math.nan)
    assert prr(np.zeros(4), quality) == pytest.approx(0)


def test_equal_qualities_have_no_ranking() -> None:
    assert prr(np.arange(4).astype(float), np.ones(4)) is None
    assert prr(np.zeros(1), np.ones(1), 0.5) is None
    assert prr_interval(np.arange(4).astype(float), np.ones(4), 20, 0) is None
    assert auroc(np.arange(4).astype(float), np.ones(4, bool)) is None


def test_a_thousand_shuffles_tend_to_the_mean_and_repeat_with_their_seed() -> None:
    quality = np.random.default_rng(3).random(50)
    shuffled = random_area(quality, 0.5, "shuffled", 7)
    assert shuffled == pytest.approx(random_area(quality, 0.5, "expected", 7), abs=0.01)
    assert shuffled == random_area(quality, 0.5, "shuffled", 7) != random_area(quality, 0.5, "shuffled", 8)


def test_the_interval_is_that_of_resampled_answers() -> None:
    source = np.random.default_rng(6)
    quality = source.integers(0, 2, 40).astype(float)
    uncertain = source.integers(0, 9, 40) - 3 * quality
    again = np.random.default_rng(11)
    draws = [again.integers(0, 40, 40) for _ in range(30)]
    plain = [value for draw in draws if (value := prr(uncertain[draw], quality[draw])) is not None]
    assert prr_interval(uncertain, quality, 30, 11) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])))


def test_the_interval_holds_the_figure_and_narrows_with_more_rows() -> None:
    source = np.random.default_rng(4)
    widths = []
    for count in (60, 1000):
        quality = source.random(count)
        uncertain = -quality + source.normal(0, 0.3, count)
        low, high = prr_interval(uncertain, quality, 200, 0) or (math.nan, math.nan)
        assert low < (prr(uncertain, quality) or math.nan) < high
        widths.append(high - low)
    assert widths[1] < widths[0] / 2


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_auroc_is_scikit_learns(rows: list[tuple[int, bool]]) -> None:
    uncertain, right = np.array([float(one) for one, _ in rows]), np.array([two for _, two in rows])
    if right.all() or not right.any():
        assert auroc(uncertain, right) is None
        return
    assert auroc(uncertain, right) == pytest.approx(roc_auc_score(~right, uncertain))


# --- reliability


def test_ece_by_hand() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.15, 0.15])
    quality = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 1.0])
    expected = 4 / 6 * abs(0.75 - 0.95) + 2 / 6 * abs(0.5 - 0.15)
    assert ece(confidence, quality, 10, "equal_width") == pytest.approx(expected)
    assert ece(confidence, quality, 2, "equal_mass") == pytest.approx(expected)
    assert ece(quality, quality, 20, "equal_width") == 0
    assert ece(1 - quality, quality, 20, "equal_mass") == 1


def test_borders_belong_to_the_bin_below_and_zero_to_the_first() -> None:
    found = bins(np.array([0.0, 0.1, 0.2, 1.0]), np.zeros(4), 10, "equal_width")
    assert [(one.count, one.confidence) for one in found] == [(2, pytest.approx(0.05)), (1, 0.2), (1, 1.0)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(2, 20))
def test_bins_of_equal_width_are_scikit_learns(rows: list[tuple[float, bool]], number: int) -> None:
    confidence, quality = np.array([one for one, _ in rows]), np.array([float(two) for _, two in rows])
    right, stated = calibration_curve(quality, confidence, n_bins=number, pos_label=1.0)
    found = bins(confidence, quality, number, "equal_width")
    assert [one.quality for one in found] == pytest.approx(right.tolist())
    assert [one.confidence for one in found] == pytest.approx(stated.tolist())


@given(st.lists(st.integers(0, 20), min_size=1, max_size=60), st.integers(2, 12))
def test_bins_of_equal_mass_part_no_equals(values: list[int], number: int) -> None:
    confidence = np.array(values) / 20
    found = bins(confidence, np.zeros(len(values)), number, "equal_mass")
    assert sum(one.count for one in found) == len(values)
    assert len(found) <= number
    distinct, largest = len(set(values)), max(values.count(one) for one in values)
    assert len(found) <= distinct
    assert max(one.count for one in found) <= math.ceil(len(values) / number) + largest


def test_distinct_confidences_are_parted_evenly() -> None:
    found = bins(np.linspace(0, 1, 103), np.zeros(103), 10, "equal_mass")
    assert {one.count for one in found} == {10, 11}


@given(st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), min_size=2, max_size=40))
def test_the_isotonic_fit_is_scikit_learns(rows: list[tuple[int, float]]) -> None:
    x, y = np.array([float(one) for one, _ in rows]), np.array([two for _, two in rows])
    places, fitted = fit(x, y)
    other = IsotonicRegression(out_of_bounds="clip").fit(x, y)
    at = np.linspace(-1, 10, 45)
    assert np.interp(at, places, fitted) == pytest.approx(other.predict(at), abs=1e-9)


def test_an_isotonic_confidence_has_not_seen_its_own_label() -> None:
    source = np.random.default_rng(5)
    uncertain = source.random(2000)
    honest = isotonic(uncertain, (source.random(2000) > uncertain).astype(float), 0)
    assert honest is not None
    assert np.abs(honest - (1 - uncertain)).mean() < 0.06
    noise = isotonic(uncertain, source.integers(0, 2, 2000).astype(float), 0)
    assert noise is not None
    assert noise.std() < 0.1
    assert isotonic(uncertain[:9], uncertain[:9], 0) is None


def test_min_max_of_equals_is_undefined() -> None:
    assert min_max(np.array([2.0, 4.0, 3.0])) == pytest.approx([1.0, 0.0, 0.5])
    assert min_max(np.ones(3)) is None


# --- estimators


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


# --- answers

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


# --- the method


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
