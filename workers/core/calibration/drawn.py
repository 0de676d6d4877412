"""The result of a labelled file as charts, cards and the rows that could not be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata

from workers.contract import (
    ChartAxis,
    ChartPanel,
    FloatArray,
    Group,
    GroupsPanel,
    Panel,
    ScoresPanel,
    Series,
    Strip,
    Track,
    Unit,
)
from workers.contract.formats.labelled import BadRow
from workers.core.calibration.answers import ScoredAnswer
from workers.core.calibration.measures import Measured
from workers.core.calibration.ranking import Values, kept_quality
from workers.core.calibration.reliability import Binning, bins
from workers.models.language import LanguageModel
from workers.models.tokenizing import Piece, units

POINTS = 101
SHOWN = 3
REASONS = 40
RAW = 4


def comparison(measured: Sequence[Measured], verdict: str) -> list[Panel]:
    """Bars per estimator: PRR with its interval, ECE both ways, AUROC; what is undefined everywhere is left out."""
    labels = [one.estimator.label for one in measured]

    def bar(label: str, y: str, baseline: float, **series: list[float | None]) -> Panel:
        named = [Series(label=name.replace("_", " "), x=[*labels], y=values) for name, values in series.items()]
        axes = {"x": ChartAxis(label="Estimator", scale="band"), "y": ChartAxis(label=y)}
        return ChartPanel(mark="bar", label=label, series=named, baseline=baseline, **axes)

    panels = []
    if any(one.prr is not None for one in measured):
        panels.append(_prr_bars(measured, verdict))
    if any(one.auroc is not None for one in measured):
        auroc = [one.auroc for one in measured]
        panels.append(bar("How often a wrong answer is the more uncertain one", "AUROC", 0.5, AUROC=auroc))
    if any(one.ece_width is not None for one in measured):
        width, mass = [one.ece_width for one in measured], [one.ece_mass for one in measured]
        panels.append(bar("Expected calibration error", "ECE", 0.0, equal_width_bins=width, equal_mass_bins=mass))
    return panels


def _prr_bars(measured: Sequence[Measured], verdict: str) -> Panel:
    labels = [one.estimator.label for one in measured]
    low = [None if one.interval is None else one.interval[0] for one in measured]
    high = [None if one.interval is None else one.interval[1] for one in measured]
    return ChartPanel(
        mark="bar",
        label=verdict,
        x=ChartAxis(label="Estimator", scale="band"),
        y=ChartAxis(label="PRR"),
        series=[
            Series(label="all may be rejected", x=[*labels], y=[one.prr for one in measured], low=low, high=high),
            Series(label="half may be rejected", x=[*labels], y=[one.prr_half for one in measured]),
        ],
        baseline=0.0,
    )


def rejection_curves(measured: Sequence[Measured], curves: int) -> Panel:
    """Mean quality of the answers kept, against the share rejected: the best estimators, an oracle, and chance."""
    best = _different(measured)[:curves]
    series = [_curve(one.estimator.label, one.uncertainty, one.quality) for one in best]
    first = best[0]
    mean = float(first.quality.mean())
    series.append(_curve("an oracle", -first.quality, first.quality))
    series.append(Series(label="chance", x=[0.0, 1.0], y=[mean, mean]))
    return ChartPanel(
        mark="line",
        label="What is gained by rejecting the most uncertain answers",
        x=ChartAxis(label="Share of answers rejected"),
        y=ChartAxis(label="Mean quality of those kept"),
        series=series,
    )


def _different(measured: Sequence[Measured]) -> list[Measured]:
    """The estimators without those that order the answers exactly as a better one does."""
    found: dict[tuple[bytes, bytes], Measured] = {}
    for one in measured:
        _, ranks = np.unique(one.uncertainty, return_inverse=True)
        found.setdefault((one.kept.tobytes(), ranks.tobytes()), one)
    return list(found.values())


def _curve(label: str, uncertainty: Values, quality: Values) -> Series:
    kept = kept_quality(uncertainty, quality)
    at = np.unique(np.linspace(0, len(kept) - 1, POINTS).round().astype(int))
    return Series(label=label, x=(at / len(kept)).tolist(), y=kept[at].tolist())


def diagrams(measured: Sequence[Measured], number: int, binning: Binning, name: str) -> list[Panel]:
    """The reliability diagrams of the estimators that have a confidence, each different one once."""
    found: dict[bytes, Panel] = {}
    for one in measured:
        if one.confidence is not None and (key := one.confidence.round(6).tobytes()) not in found:
            found[key] = _diagram(one, one.confidence, number, binning, name)
    return list(found.values())


def _diagram(one: Measured, confidence: Values, number: int, binning: Binning, name: str) -> Panel:
    found = bins(confidence, one.quality, number, binning)
    x = [each.confidence for each in found]
    return ChartPanel(
        mark="reliability",
        label=f"Reliability: {one.estimator.label}",
        x=ChartAxis(label=f"Confidence ({name})"),
        y=ChartAxis(label="Mean quality"),
        series=[
            Series(label="observed", x=[*x], y=[each.quality for each in found]),
            Series(label="count", x=[*x], y=[float(each.count) for each in found]),
        ],
    )


@dataclass(frozen=True)
class Rows:
    """A strip of rows and the panels that lie on it."""

    strip: Strip
    panels: list[Panel]


def surprises(model: LanguageModel, one: Measured, scored: Sequence[ScoredAnswer]) -> Rows | None:
    """The rows on which certainty and quality disagree most, coloured by surprisal."""
    answers = [answer for answer, keep in zip(scored, one.kept, strict=True) if keep]
    gap = (rankdata(-one.uncertainty) - rankdata(one.quality)) / max(1, len(answers))
    order = np.argsort(-gap, kind="stable")
    certain = [int(index) for index in order[:SHOWN] if gap[index] > 0]
    doubtful = [int(index) for index in order[::-1][:SHOWN] if gap[index] < 0]
    if not certain and not doubtful:
        return None
    shown = [answers[index] for index in (*certain, *doubtful)]
    strip, ranges, surprisal = _strip(model, shown)
    titles = [*["More certain than right"] * len(certain), *["Better than it was certain"] * len(doubtful)]
    indices = (*certain, *doubtful)
    groups = [
        Group(
            label=f"{title}, line {answers[index].line.row.line}: {_verdict(one.quality[index])}",
            strip=strip.id,
            ranges=[place],
            value=None if one.confidence is None else float(one.confidence[index]),
        )
        for title, index, place in zip(titles, indices, ranges, strict=True)
    ]
    track = Track(
        name="surprisal",
        label="Surprisal of the answers' tokens",
        unit="nat",
        domain=(0.0, max(float(np.nanmax(surprisal, initial=0.0)), 1e-3)),
        aggregate=["sum", "mean", "max"],
        values=surprisal,
    )
    cards = GroupsPanel(label="Where certainty and quality disagree most", style="cards", groups=groups)
    return Rows(strip, [cards, ScoresPanel(strip=strip.id, tracks=[track])])


def _verdict(quality: float) -> str:
    return {0.0: "labelled 0", 1.0: "labelled 1"}.get(quality, f"quality {quality:.3g}")


def _strip(model: LanguageModel, shown: Sequence[ScoredAnswer]) -> tuple[Strip, list[tuple[int, int]], FloatArray]:
    """The rows below one another as one text, the units of each, and the surprisal of the answers' tokens."""
    text, pieces, known = "", [], []
    for one in shown:
        shift = len(text.encode())
        pieces += [_shifted(piece, shift) for piece in one.line.pieces]
        silent = len(one.line.pieces) - len(one.line.answer)
        known += [*[np.nan] * silent, *(-one.log_probability).tolist()]
        text += one.line.text + "\n\n"
    made = units(model.tokenizer, text, pieces)
    places = [index for index, unit in enumerate(made) if unit.id is not None]
    surprisal = np.full(len(made), np.nan, np.float32)
    surprisal[places] = np.maximum(known, 0.0)
    surprisal[np.isinf(surprisal)] = np.nan
    ranges, at = [], 0
    for one in shown:
        ranges.append((places[at], places[at + len(one.line.pieces) - 1] + 1))
        at += len(one.line.pieces)
    strip = Strip(id="rows", role="document", label="Rows of the file", tokenizer=model.tokenizer.name, units=made)
    return strip, ranges, surprisal


def _shifted(piece: Piece, by: int) -> Piece:
    return replace(piece, start=piece.start + by, end=piece.end + by)


def unusable(bad: Sequence[BadRow]) -> Rows | None:
    """Every row that could not be used, by reason, with all its lines and how the first of them begin."""
    reasons: dict[str, list[BadRow]] = {}
    for row in bad:
        reasons.setdefault(row.reason, []).append(row)
    if not reasons:
        return None
    kept = list(reasons.items())
    if len(kept) > REASONS:
        rest = sorted((row for _, rows in kept[REASONS:] for row in rows), key=lambda row: row.line)
        kept = [*kept[:REASONS], ("other reasons", rest)]
    made: list[Unit] = []
    groups = []
    for reason, rows in kept:
        start = len(made)
        for row in rows[:RAW]:
            made.append(_raw(made[-1] if made else None, f"{row.raw}\n"))
        label = f"{lines_of([row.line for row in rows])}: {reason}"
        groups.append(Group(label=label, strip="unusable", ranges=[(at, at + 1) for at in range(start, len(made))]))
    strip = Strip(id="unusable", role="document", label="Rows that could not be used", units=made)
    return Rows(strip, [GroupsPanel(label="Rows that could not be used", style="cards", groups=groups)])


def _raw(before: Unit | None, text: str) -> Unit:
    start, char = (before.byte_end or 0, before.char_end or 0) if before else (0, 0)
    return Unit(
        kind="span",
        text=text,
        byte_start=start,
        byte_end=start + len(text.encode()),
        char_start=char,
        char_end=char + len(text),
    )


def lines_of(lines: Sequence[int]) -> str:
    """Line numbers, neighbours drawn together: "Lines 3, 5–9"."""
    runs: list[list[int]] = []
    for line in sorted(lines):
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    named = ", ".join(f"{start}" if start == end else f"{start}–{end}" for start, end in runs)
    return f"Line {named}" if len(lines) == 1 else f"Lines {named}"
