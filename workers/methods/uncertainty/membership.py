"""Was this text in the training data? Min-K %, Min-K %++ and DC-PDD."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Figure,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    Panel,
    PanelKind,
    Paper,
    ScoresPanel,
    Series,
    Step,
    Text,
    Track,
    WorkedExample,
)
from workers.core.method import Findings, Method
from workers.core.moments import LogProbabilityDeviation
from workers.core.passes import Passes
from workers.core.reading import Tokens
from workers.core.statistics import Entropy, Statistic, TokenLogProbability
from workers.core.summaries import IMPOSSIBLE, Over, counted, mean, possible
from workers.models.language import LanguageModel

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_NO_FREQUENCIES = "DC-PDD needs token frequencies: give a reference text of which to count them."
_PERCENTAGES = tuple(range(5, 101, 5))


class Membership(Method):
    """Signs that a model has seen this text in training: its least expected tokens are still rather expected.

    Min-K % is −mean ln p of the K % least probable tokens: low for a text that was learnt. Min-K %++ first compares
    each ln p with what the model expects of it there, z = (ln p − E ln p) / σ, so that easy places do not count as
    known ones; high for a text that was learnt. DC-PDD weighs p with how rare the token is in general,
    p · ln(1 / frequency), over each token's first occurrence, no more than `clip` each; high for a text that was
    learnt. The frequencies are counted, add one, in the reference text that you give, by the model's tokenizer.
    """

    key: ClassVar[str] = "membership"
    name: ClassVar[str] = "Membership (Min-K %, Min-K %++, DC-PDD)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the token was more probable than the model expects of a token there."
    caveat: ClassVar[str] = (
        "A score, not a verdict: it means something beside scores of texts that are known to be in or out, and short "
        "texts mislead it."
    )
    paper: ClassVar[str] = (
        "Shi et al.: Min-K %, ICLR 2024, arXiv 2310.16789; Zhang et al.: Min-K %++, arXiv 2404.02936; "
        "Zhang et al.: DC-PDD, arXiv 2409.14781"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Compare the figures with those of a text that you know was, and one that you know was not, in the "
            "training data. Alone they mean nothing. The underlined tokens are the ones that decide."
        ),
        example=WorkedExample(
            setting="Five tokens have the log-probabilities −0.1, −0.7, −3, −0.2 and −0.3. K is 40 %.",
            given={"logs": [-0.1, -0.7, -3.0, -0.2, -0.3], "percent": 40},
            steps=[
                Step(does="How many tokens are looked at", formula="0.4 · 5", gives=2),
                Step(does="Mean of the two lowest, without the sign", formula="−(−3 − 0.7) / 2", gives=1.85),
            ],
            means=(
                "A text that the model has seen often would have no token as low as −3: even its rarest words "
                "would be expected, and the score would be lower."
            ),
        ),
        distrust=(
            "As evidence by itself. Common phrases score like training data, and a difference in topic or date "
            "between the known and the unknown texts explains more of many published results than memory does."
        ),
        papers=[
            Paper(
                citation=("Shi et al.: Detecting Pretraining Data from Large Language Models (Min-K %), ICLR"),
                year=2024,
                id="arXiv:2310.16789",
            ),
            Paper(citation="Zhang et al.: Min-K%++, ICLR 2025", year=2024, id="arXiv:2404.02936"),
            Paper(
                citation=("Zhang et al.: Pretraining Data Detection by Divergence-based Calibration (DC-PDD), EMNLP"),
                year=2024,
                id="arXiv:2409.14781",
            ),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "groups", "chart")

    percent: Annotated[float, Field(gt=0, le=100, description="K: the share of tokens that is looked at, in %.")] = 20
    reference: Annotated[
        Text, Field(max_length=200_000, description="A text of which token frequencies are counted, for DC-PDD.")
    ] = ""
    clip: Annotated[float, Field(gt=0, le=100, description="DC-PDD: no token counts more than this.")] = 0.01
    over: Over = "all"

    def statistics(self) -> Sequence[Statistic]:
        """ln p, its expectation (minus the entropy) and its deviation."""
        return (TokenLogProbability(), Entropy(), LogProbabilityDeviation())

    def run(self, passes: Passes) -> Findings:
        """Tracks `z`, `log_probability` and, with a reference, `calibrated`; the lowest K % underlined."""
        text = passes.text
        raw = text.statistic(TokenLogProbability())["log_probability"]
        logs = possible(raw)
        z = standardised(
            logs, text.statistic(Entropy())["entropy"], text.statistic(LogProbabilityDeviation())["deviation"]
        )
        of = counted(text, self.over)
        strip = text.scored.strip.id
        tracks = _tracks(logs, z)
        panels: list[Panel] = [self._lowest(strip, logs, z, of), _chart(logs[of], z[of])]
        figures = self._figures(logs[of], z[of])
        notes = [IMPOSSIBLE] if np.isneginf(raw).any() else []
        if self.reference:
            calibrated = self._calibrated(text.model, text.scored, logs, of)
            tracks.append(_calibrated_track(calibrated, self.clip))
            figures["dc_pdd"] = Figure(value=mean(calibrated), label="DC-PDD", domain=(0.0, self.clip))
        else:
            notes.append(_NO_FREQUENCIES)
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=strip, tracks=tracks), *panels],
            figures=figures,
            caveat=" ".join([*notes, self.caveat]),
        )

    def _lowest(self, strip: str, logs: Array, z: Array, of: Mask) -> GroupsPanel:
        named = (("ln p (Min-K %)", logs, "nat"), ("z (Min-K %++)", z, ""))
        return GroupsPanel(
            label=f"The lowest {self.percent:g} %",
            style="underline",
            groups=[
                Group(
                    label=f"Lowest {self.percent:g} % by {name}",
                    strip=strip,
                    ranges=[(int(unit), int(unit) + 1) for unit in lowest(np.where(of, values, np.nan), self.percent)],
                    value=_mean_of_lowest(values[of], self.percent),
                    unit=unit,
                )
                for name, values, unit in named
            ],
        )

    def _figures(self, logs: Array, z: Array) -> dict[str, Figure]:
        least = _mean_of_lowest(logs, self.percent)
        return {
            "min_k": Figure(
                value=None if least is None else -least,
                label=f"Min-{self.percent:g} %",
                unit="nat",
                domain=(0.0, None),
            ),
            "min_k_plus_plus": Figure(value=_mean_of_lowest(z, self.percent), label=f"Min-{self.percent:g} %++"),
        }

    def _calibrated(self, model: LanguageModel, tokens: Tokens, logs: Array, of: Mask) -> Array:
        """min(p · ln(1/f), clip) at the first occurrence of each token that counts, nowhere else."""
        frequency = Counter(model.tokenizer.ids(self.reference))
        total = frequency.total() + model.vocabulary
        found = np.full(logs.shape, np.nan, np.float32)
        seen: set[int] = set()
        for place, id in zip(tokens.places, tokens.ids, strict=True):
            if of[place] and not math.isnan(logs[place]) and id not in seen:
                seen.add(id)
                rarity = math.log(total / (frequency[id] + 1))
                found[place] = min(math.exp(logs[place]) * rarity, self.clip)
        return found


def standardised(logs: Array, entropy: Array, deviation: Array) -> Array:
    """z = (ln p − E ln p) / σ; no value where σ is 0."""
    varied = deviation > 0
    return np.where(varied, (logs + entropy) / np.where(varied, deviation, 1), np.float32(np.nan)).astype(np.float32)


def lowest(values: Array, percent: float) -> npt.NDArray[np.intp]:
    """Where the lowest K % of what has a value are, in their order in the text: at least one, where there is one."""
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    return np.sort(order[: _share(len(order), percent)])


def _share(count: int, percent: float) -> int:
    return min(count, max(1, int(count * percent / 100 + 1e-9)))


def _mean_of_lowest(values: Array, percent: float) -> float | None:
    return mean(values[lowest(values, percent)])


def _tracks(logs: Array, z: Array) -> list[Track]:
    reach = float(np.nanmax(np.abs(z))) if np.isfinite(z).any() else 1.0
    least = float(np.nanmin(logs)) if np.isfinite(logs).any() else -1.0
    return [
        Track(
            name="z",
            label="ln p beside what is expected of it: z",
            unit="σ",
            scale="diverging",
            domain=(-max(reach, 1e-6), max(reach, 1e-6)),
            aggregate=["mean", "min"],
            values=z,
        ),
        Track(
            name="log_probability",
            label="Log-probability",
            unit="nat",
            domain=(least, 0.0),
            aggregate=["sum", "min", "mean"],
            values=logs,
        ),
    ]


def _calibrated_track(values: Array, clip: float) -> Track:
    return Track(
        name="calibrated",
        label="p · ln(1 / frequency), first occurrences",
        domain=(0.0, clip),
        aggregate=["mean", "max"],
        values=values,
    )


def _chart(logs: Array, z: Array) -> ChartPanel:
    """Both scores over K: which K tells most differs from model to model."""
    shares: list[float | str] = [float(percent) for percent in _PERCENTAGES]
    named = (("Mean ln p of the lowest (− Min-K %)", logs), ("Mean z of the lowest (Min-K %++)", z))
    return ChartPanel(
        mark="line",
        label="Scores by the share of tokens that is looked at",
        x=ChartAxis(label="K", unit="%"),
        y=ChartAxis(label="Mean of the lowest K %"),
        series=[
            Series(label=label, x=shares, y=[_mean_of_lowest(values, percent) for percent in _PERCENTAGES])
            for label, values in named
        ],
    )
