"""GLTR: each token by its rank in what the model expected."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.charts import bars, histogram
from workers.core.method import PREDICTS, Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability, TokenRank, Top
from workers.core.summaries import largest

Array = npt.NDArray[np.float32]

_FIRST = 10
"""The histogram of entropies is that of the ten most probable tokens, as in GLTR."""


class RankBuckets(Method):
    """Each token by how many others the model would rather have seen there: top 10, top 100, top 1000, or beyond.

    Text that a model wrote, or could have written, stays in the first bucket; people reach for rarer words. Three
    histograms show the whole text: tokens per bucket, the token's probability beside that of the most probable one,
    and how undecided the model was between its ten most probable tokens. Hover a token for what it expected.
    """

    key: ClassVar[str] = "rank_buckets"
    name: ClassVar[str] = "Rank buckets (GLTR)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "A later bucket: the model ranked more tokens above the one that came."
    caveat: ClassVar[str] = (
        "A sign, not a verdict about who wrote the text: short texts and those of non-native writers mislead it. "
        "Rank 0 is the most probable token; equally probable tokens share the better rank."
    )
    paper: ClassVar[str] = "Gehrmann, Strobelt, Rush: GLTR, ACL 2019 demonstrations"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look at how many tokens leave the first bucket, and which: names and facts leave it in any text. "
            "Then read the histogram of buckets for the whole text."
        ),
        example=WorkedExample(
            setting=("At one place the model gives four words 0.5, 0.3, 0.15 and 0.05. The word that came has 0.15."),
            given={"p": [0.5, 0.3, 0.15, 0.05], "came": 0.15},
            steps=[
                Step(does="Words that were more probable: its rank", formula="1 + 1", gives=2),
                Step(does="Beside the most probable word", formula="0.15 / 0.5", gives=0.3),
            ],
            means=(
                "Rank 2 lies in the bucket “top 10”. The word had three tenths of the probability of the model's "
                "first choice: a usual second thought."
            ),
        ),
        distrust=(
            "As proof of who wrote a text. People who write simply, or in a foreign language, stay in the first "
            "bucket too, and a model that draws at a high temperature leaves it."
        ),
        papers=[
            Paper(
                citation=(
                    "Gehrmann, Strobelt & Rush: GLTR, Statistical Detection and Visualization of Generated Text, "
                    "ACL demonstrations"
                ),
                year=2019,
                id="arXiv:1906.04043",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = PREDICTS
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives", "chart")

    first: Annotated[int, Field(ge=1, le=1_000_000, description="The first bucket holds ranks below this.")] = 10
    second: Annotated[int, Field(ge=1, le=1_000_000, description="The second bucket holds ranks below this.")] = 100
    third: Annotated[int, Field(ge=1, le=1_000_000, description="The third bucket holds ranks below this.")] = 1000
    top_k: Annotated[int, Field(ge=10, le=50, description="How many alternatives are kept for each token.")] = 10

    def statistics(self) -> Sequence[Statistic]:
        """Rank, probability and the most probable tokens."""
        return (TokenRank(), TokenLogProbability(), Top(self.top_k))

    def run(self, passes: Passes) -> Findings:
        """Tracks `rank`, `bucket` [categorical] and `fraction` = p / p of the most probable; three histograms."""
        limits = [self.first, self.second, self.third]
        if not self.first < self.second < self.third:
            detail = f"The limits of the buckets must grow; got {self.first}, {self.second}, {self.third}."
            raise Refusal("parameter-invalid", detail, field="methods.rank_buckets.first")
        text = passes.text
        rank = text.statistic(TokenRank())["rank"]
        best = text.statistic(Top(self.top_k))["top_probabilities"]
        probability = np.exp(text.statistic(TokenLogProbability())["log_probability"])
        fraction = np.minimum(probability / best[:, 0], np.float32(1.0))
        bucket = np.where(np.isnan(rank), np.float32(np.nan), np.digitize(rank, limits)).astype(np.float32)
        names = [f"top {limit:,}" for limit in limits] + ["beyond"]
        counts = [int((bucket == index).sum()) for index in range(len(names))]
        strip = text.scored.strip.id
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=_tracks(rank, bucket, fraction, names)),
                text.alternatives(Top(self.top_k)),
                bars("Tokens in each bucket", "Rank", ChartAxis(label="Tokens"), names, counts),
                histogram(
                    "Probability of the token beside that of the most probable one",
                    ChartAxis(label="p(token) / p(most probable)"),
                    fraction,
                    np.linspace(0, 1, 11).tolist(),
                ),
                histogram(
                    "How undecided the model was between its ten most probable tokens",
                    ChartAxis(label="Entropy of the ten, renormalised", unit="nat"),
                    among_the_first(best),
                    np.linspace(0, np.log(_FIRST) * (1 + 1e-6), 9).tolist(),
                ),
            ],
            figures=_figures(names, counts),
        )


def among_the_first(best: Array) -> Array:
    """Entropy [nat] of the ten most probable of `best` (units, k), their probabilities made to add up to 1."""
    first = best[:, :_FIRST]
    shares = first / first.sum(-1, keepdims=True)
    entropy: Array = -(shares * np.log(np.where(shares > 0, shares, 1))).sum(-1)
    return entropy


def _tracks(rank: Array, bucket: Array, fraction: Array, names: list[str]) -> list[Track]:
    return [
        Track(
            name="bucket",
            label="Bucket of ranks",
            scale="categorical",
            categories=names,
            domain=(0, len(names) - 1),
            aggregate=[],
            values=bucket,
        ),
        Track(
            name="rank",
            label="Rank (0 = the most probable)",
            domain=(0.0, largest(rank)),
            aggregate=["max", "mean"],
            values=rank,
        ),
        Track(
            name="fraction",
            label="Probability beside that of the most probable token",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=fraction,
        ),
    ]


def _figures(names: list[str], counts: list[int]) -> dict[str, Figure]:
    """The share of tokens in each bucket."""
    total = sum(counts)
    keys = ("share_first", "share_second", "share_third", "share_beyond")
    return {
        key: Figure(value=count / total if total else None, label=f"Share {name}", domain=(0.0, 1.0))
        for key, name, count in zip(keys, names, counts, strict=True)
    }
