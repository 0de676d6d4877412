"""How importance is shown: scores for one target, links with a full row per target, whatever the method."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.contract import Figure, LinksPanel, Panel, ResolvedTarget, ScoresPanel, Strip, Track
from workers.core.method import Findings
from workers.core.objectives import Objective

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Explanation:
    """What one method says about one target: a track per strip, values (units) with NaN for no value."""

    target: ResolvedTarget
    tracks: dict[str, Array]


def explain(objective: Objective, scores: Sequence[Array], values: Sequence[float]) -> list[Explanation]:
    """Scores per row (units) of each target of an objective, and the targets' values on the input, as tracks."""
    return [
        Explanation(
            objective.targets[index].model_copy(update={"value": float(values[index])}),
            objective.spread(index, np.asarray(score, dtype=np.float32)),
        )
        for index, score in enumerate(scores)
    ]


def attribution_findings(
    strips: Sequence[Strip],
    explanations: Sequence[Explanation],
    *,
    unit: str,
    label: str = "Attribution",
    figures: dict[str, Figure] | None = None,
    caveat: str | None = None,
) -> Findings:
    """Signed attributions, drawn diverging with one domain ±max for the whole result."""
    largest = max((_largest(track) for one in explanations for track in one.tracks.values()), default=0.0) or 1.0
    domain = (-largest, largest)
    panels: list[Panel] = []
    for strip in strips:
        rows = np.stack([one.tracks[strip.id] for one in explanations])
        if len(explanations) == 1:
            track = Track(
                name="attribution",
                label=label,
                unit=unit,
                scale="diverging",
                domain=domain,
                aggregate=["sum", "mean"],
                values=rows[0],
            )
            panels.append(ScoresPanel(strip=strip.id, tracks=[track]))
    for strip in strips:
        rows = np.stack([one.tracks[strip.id] for one in explanations])
        if strip.role != "image":
            panels.append(_links(strip, explanations, rows, label, unit, domain))
        elif len(explanations) > 1:
            panels.append(ScoresPanel(strip=strip.id, tracks=_class_tracks(explanations, rows, unit, domain)))
    return Findings(
        strips=strips,
        panels=panels,
        figures=figures or {},
        targets=[one.target for one in explanations],
        caveat=caveat,
        explanations=explanations,
    )


def _largest(track: Array) -> float:
    return float(np.nanmax(np.abs(track))) if np.isfinite(track).any() else 0.0


_FULL_ROWS = 1024
_TOP = 64


def _links(
    strip: Strip,
    explanations: Sequence[Explanation],
    rows: Array,
    label: str,
    unit: str,
    domain: tuple[float, float],
) -> LinksPanel:
    weights, indices = rows, None
    if rows.shape[-1] > _FULL_ROWS:
        order = np.argsort(-np.abs(np.nan_to_num(rows)), axis=-1)[:, :_TOP]
        weights, indices = np.take_along_axis(rows, order, axis=-1), order.astype(np.float32)
    return LinksPanel(
        name="attribution",
        label=label,
        unit=unit,
        scale="diverging",
        domain=domain,
        strip=strip.id,
        target_strip=explanations[0].target.strip,
        rows=[(one.target.start or 0, one.target.stop or 1) for one in explanations],
        indices=indices,
        weights=weights,
    )


def _class_tracks(
    explanations: Sequence[Explanation], rows: Array, unit: str, domain: tuple[float, float]
) -> list[Track]:
    return [
        Track(
            name=f"attribution_{one.target.class_id}",
            label=f"Attribution to {one.target.class_label}",
            unit=unit,
            scale="diverging",
            domain=domain,
            aggregate=["sum", "mean"],
            values=row,
        )
        for one, row in zip(explanations, rows, strict=True)
    ]


def unit_of(objective: Objective) -> str:
    """The physical unit of the objective's quantity: nat for log-probabilities."""
    return "nat" if objective.targets[0].quantity == "logprob" else ""
