"""Whether a model's uncertainty tells right answers from wrong ones, on a person's own labelled file."""

from collections.abc import Iterator, Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    Panel,
    PanelKind,
    Paper,
    Refusal,
    SourceKind,
    Step,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.contract.formats.labelled import BadRow, Labelled, read_labelled
from workers.core.calibration.answers import Between, Line, check_model, read_lines, score
from workers.core.calibration.drawn import comparison, diagrams, lines_of, rejection_curves, surprises, unusable
from workers.core.calibration.estimators import ESTIMATORS
from workers.core.calibration.measures import Confidence, Measured, Settings, measure
from workers.core.calibration.ranking import Baseline, Values
from workers.core.calibration.reliability import Binning
from workers.core.method import Findings, Method
from workers.core.passes import Passes

_CONFIDENCES: dict[Confidence, str] = {
    "probability": "as a probability",
    "min_max": "min–max of −uncertainty over the file",
    "isotonic": "isotonic, fitted on the other four fifths",
}
_LISTED = 200


class Calibration(Method):
    """Which measure of uncertainty tells right answers from wrong ones, on your own labelled file.

    The file holds a prompt, an answer and a label (0 or 1) or quality (a number) in each row, as CSV or JSON lines.
    Each answer is scored by the model token by token after its prompt (teacher-forced, temperature 1, without the
    end-of-sequence token). Prompt and answer are tokenised as one text; a token that spans both counts as answer.
    PRR says how much of an oracle's gain rejecting the most uncertain answers brings (1: all, 0: none); AUROC how
    often a wrong answer is more uncertain than a right one; ECE how far stated confidence is from observed quality.
    """

    key: ClassVar[str] = "calibration"
    name: ClassVar[str] = "Calibration on your file"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the model expected this token of the answer less."
    caveat: ClassVar[str] = "It holds for this model on this file; on other questions other estimators may rank best."
    paper: ClassVar[str] = "LM-Polygraph (Fadeeva et al., 2023): PRR, ECE and the estimators; arXiv 2311.07383"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the verdict first and its interval: if the interval reaches 0, the file is too small to tell. "
            "Then look at the diagram: bars under the diagonal are answers that the model was too sure of."
        ),
        example=WorkedExample(
            setting=(
                "A model answers three questions with the confidences 0.9, 0.9 and 0.6. The first and the third "
                "are right."
            ),
            given={"confidence": [0.9, 0.9, 0.6], "right": [1, 0, 1]},
            steps=[
                Step(does="Bin at 0.9: half are right", formula="|0.5 − 0.9|", gives=0.4),
                Step(does="Bin at 0.6: all are right", formula="|1 − 0.6|", gives=0.4),
                Step(does="ECE, weighted by the answers", formula="(2 · 0.4 + 1 · 0.4) / 3", gives=0.4),
            ],
            means=("Stated confidence and truth are 0.4 apart on average. Three answers are far too few to say more."),
        ),
        distrust=(
            "For other questions than those in the file, and below some hundred rows. ECE depends on the bins; a "
            "model that says 0.6 of everything can have ECE 0 and rank nothing."
        ),
        papers=[
            Paper(citation="Fadeeva et al.: LM-Polygraph, EMNLP demonstrations", year=2023, id="arXiv:2311.07383"),
            Paper(
                citation="Guo et al.: On Calibration of Modern Neural Networks, ICML", year=2017, id="arXiv:1706.04599"
            ),
        ],
    )
    inputs: ClassVar[tuple[SourceKind, ...]] = ("table",)
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("chart", "groups", "scores")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(passes=[Term(of=["rows"])], tokens=2048)

    bins: Annotated[int, Field(ge=2, le=100, description="How many bins the diagrams and ECE have.")] = 20
    binning: Annotated[
        Binning, Field(description="Bins of the diagrams: of equal width, or with equally many answers; ECE has both.")
    ] = "equal_width"
    confidence: Annotated[
        Confidence,
        Field(
            description=(
                "What counts as confidence: the estimator as a probability (exp of minus it), its rank between the "
                "least and the most certain answer, or an isotonic fit, each fifth of the rows fitted on the others."
            )
        ),
    ] = "probability"
    threshold: Annotated[
        float | None, Field(description="Answers of this quality or more are right, the others wrong.")
    ] = None
    between: Annotated[
        Between, Field(description="What stands between prompt and answer where neither brings white space.")
    ] = "space"
    baseline: Annotated[
        Baseline,
        Field(description="PRR's random order: a thousand shuffles, as LM-Polygraph does, or its exact mean."),
    ] = "shuffled"
    resamples: Annotated[
        int, Field(ge=0, le=2000, description="Bootstrap resamples for the intervals of PRR; 0 leaves them out.")
    ] = 200
    curves: Annotated[
        int, Field(ge=1, le=len(ESTIMATORS), description="How many estimators, the best first, get curve and diagram.")
    ] = 3

    def run(self, passes: Passes) -> Findings:
        """Charts per estimator, the rows that surprise, and those that could not be used. Raises Refusal."""
        table = read_labelled(passes.source("table").text or "")
        model = check_model(passes.model)
        lines, unread = read_lines(model, table.rows, passes.reading, self.between)
        bad = sorted([*table.bad, *unread], key=lambda row: row.line)
        if not lines:
            detail = f"No row can be scored by “{model.key}”. Line {bad[0].line}: {bad[0].reason}."
            raise Refusal("table-unreadable", detail, field="source_ids")
        scored = score(model, lines, passes.report)
        quality = self._quality(lines)
        settings = Settings(self.bins, self.confidence, self.baseline, self.resamples, passes.seed)
        measured = measure(scored, quality, settings, passes.report)
        panels, strips = self._charts(measured), []
        for rows in (surprises(model, measured[0], scored), unusable(bad)):
            if rows is not None:
                strips.append(rows.strip)
                panels += rows.panels
        return Findings(
            strips=strips,
            panels=panels,
            figures=_figures(measured, quality, bad),
            caveat=" ".join([*_as_good(measured), *self._caveats(table, lines, measured, bad), self.caveat]),
        )

    def _quality(self, lines: Sequence[Line]) -> Values:
        quality = np.array([line.row.quality for line in lines])
        return quality if self.threshold is None else (quality >= self.threshold).astype(float)

    def _charts(self, measured: Sequence[Measured]) -> list[Panel]:
        ranked = [one for one in measured if one.quality.size]
        panels = comparison(measured, verdict(measured))
        if ranked:
            panels.insert(min(1, len(panels)), rejection_curves(ranked, self.curves))
        name = _CONFIDENCES[self.confidence]
        return [*panels, *diagrams(ranked, self.bins, self.binning, name)[: self.curves]]

    def _caveats(
        self, table: Labelled, lines: Sequence[Line], measured: Sequence[Measured], bad: Sequence[BadRow]
    ) -> list[str]:
        said = []
        if bad:
            named = lines_of([row.line for row in bad[:_LISTED]]).lower()
            more = f" and {len(bad) - _LISTED} more, listed below" if len(bad) > _LISTED else ""
            said.append(f"{len(bad)} of {len(bad) + len(lines)} rows could not be used: {named}{more}.")
        if spanning := sum(line.spans for line in lines):
            said.append(f"In {_rows(spanning)} a token spans prompt and answer and counts as answer.")
        if left := [one for one in measured if one.excluded]:
            each = ", ".join(f"{one.estimator.label} {one.excluded}" for one in left)
            said.append(f"Answers with a token of probability 0 have no finite estimate and were left out ({each}).")
        if not any(one.ece_width is not None for one in measured):
            said.append("ECE needs qualities between 0 and 1; set a threshold to make them labels.")
        named = ", ".join(f"{part} “{name}”" for part, name in table.columns.items())
        return [*said, f"Columns: {named}."]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def verdict(measured: Sequence[Measured]) -> str:
    """Which estimator ranked the file best, in a sentence."""
    best = measured[0]
    if best.prr is None:
        return "All answers have the same quality, so no estimator can rank them better than another"
    said = f"“{best.estimator.label}” ranks this file best: PRR {best.prr:.2f}"
    if best.interval is not None:
        said += f" (95 % interval {best.interval[0]:.2f} to {best.interval[1]:.2f})"
    return said + (", no better than chance" if best.prr <= 0 else ", where 1 is an oracle and 0 chance")


def _as_good(measured: Sequence[Measured]) -> Iterator[str]:
    """Which estimators the file cannot tell from the best."""
    best, *others = measured
    if best.prr is None:
        yield f"{verdict(measured)}."
        return
    low = best.prr if best.interval is None else best.interval[0]
    if close := [one.estimator.label for one in others if one.prr is not None and one.prr >= low]:
        reach = "rank as well as the best" if best.interval is None else "lie within the interval of the best"
        yield f"{', '.join(close)} {reach}: this file does not tell them apart."


def _figures(measured: Sequence[Measured], quality: Values, bad: Sequence[BadRow]) -> dict[str, Figure]:
    best = measured[0]
    name = best.estimator.label
    return {
        "rows": Figure(value=float(len(quality)), label="Rows used", domain=(0.0, None)),
        "bad_rows": Figure(value=float(len(bad)), label="Rows that could not be used", domain=(0.0, None)),
        "mean_quality": Figure(value=float(quality.mean()), label="Mean quality"),
        "best_prr": Figure(value=best.prr, label=f"PRR of {name}", domain=(None, 1.0)),
        "best_prr_half": Figure(value=best.prr_half, label=f"PRR of {name}, half rejected", domain=(None, 1.0)),
        "best_auroc": Figure(value=best.auroc, label=f"AUROC of {name}", domain=(0.0, 1.0)),
        "best_ece": Figure(value=best.ece_width, label=f"ECE of {name}, equal width", domain=(0.0, 1.0)),
        "best_ece_mass": Figure(value=best.ece_mass, label=f"ECE of {name}, equal mass", domain=(0.0, 1.0)),
    }
