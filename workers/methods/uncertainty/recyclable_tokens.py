"""Token Recycling: which tokens a table of earlier predictions would have drafted for free."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import Ability, Figure, Guide, Lens, PanelKind, Paper, ScoresPanel, Step, Track, WorkedExample
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, Top
from workers.core.summaries import Over, counted, largest

Array = npt.NDArray[np.float32]

FRESH, MISSED, RECYCLED = range(3)


class RecyclableTokens(Method):
    """Tokens that a table of earlier predictions would have drafted: stored for the token before, when it last came.

    Each time a token has been read, the table keeps the most probable successors that the model saw there. When the
    same token comes again, its row is the draft: a token that is in it is recycled. No second model is needed, and
    the table takes a few megabytes.
    """

    key: ClassVar[str] = "recyclable_tokens"
    name: ClassVar[str] = "Recyclable tokens"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Recycled: the token stood in the row stored when the token before it came last."
    caveat: ClassVar[str] = (
        "The table starts empty with the text. Only direct successors are looked at, not the paper's tree."
    )
    paper: ClassVar[str] = "Luo et al.: Token Recycling, ACL 2025, arXiv 2408.08696"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Coloured tokens would have come for free. They pile up where a text repeats itself: in lists, code "
            "and names. A text without repetition has none."
        ),
        example=WorkedExample(
            setting=(
                "The text is “the cat the dog”. After the first “the”, the model's two best guesses were “cat” "
                "and “dog”."
            ),
            given={"ids": [1, 2, 1, 3], "best": [[0, 0], [2, 3], [1, 4], [3, 2]]},
            steps=[
                Step(does="Tokens with a prediction", formula="4 − 1", gives=3),
                Step(does="Recycled: “dog”, kept from the first “the”", formula="1 / 3", gives=0.333),
            ],
            means=(
                "When “the” comes again, its row still holds “dog”. So one of three tokens need not have been "
                "computed one by one."
            ),
        ),
        distrust=(
            "As the speed of the published system, which keeps a tree of guesses and a table filled by earlier "
            "texts: here the table starts empty."
        ),
        papers=[
            Paper(
                citation=(
                    "Luo et al.: Turning Trash into Treasure, Accelerating Inference of Large Language Models "
                    "with Token Recycling, ACL 2025"
                ),
                year=2024,
                id="arXiv:2408.08696",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)

    successors: Annotated[int, Field(ge=1, le=50, description="How many successors a row of the table holds.")] = 8
    over: Over = "all"

    def statistics(self) -> Sequence[Statistic]:
        """The most probable successors of each token."""
        return (Top(self.successors),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `recycled` [categorical] and, where some are, `place` in the row (0: the most probable)."""
        text = passes.text
        top = text.statistic(Top(self.successors))["top_ids"]
        tokens = text.scored
        before = None if not text.model.sequence_to_sequence else text.model.decoder_start
        hits, places = recycle(tokens.ids, top[tokens.places], before)
        of = counted(text, self.over)
        recycled = np.where(of, tokens.scatter(hits), np.float32(np.nan))
        place = np.where(of, tokens.scatter(places), np.float32(np.nan))
        return Findings(
            strips=[one.strip for one in text.strips],
            panels=[ScoresPanel(strip=tokens.strip.id, tracks=_tracks(recycled, place))],
            figures=_figures(recycled),
        )


def recycle(ids: Sequence[int], successors: Array, before: int | None = None) -> tuple[Array, Array]:
    """FRESH, MISSED or RECYCLED for each token, and its place in the row; NaN for a token without a prediction.

    `successors` (tokens, k) are the best ids at each token's own position, `before` stands before the first token.
    """
    hits, places = np.full(len(ids), np.nan, np.float32), np.full(len(ids), np.nan, np.float32)
    table: dict[int, list[int]] = {}
    for at, (last, id) in enumerate(zip([before, *ids], ids, strict=False)):
        if last is None or np.isnan(successors[at]).any():
            continue
        row = table.get(last)
        hits[at] = FRESH if row is None else RECYCLED if id in row else MISSED
        if row is not None and id in row:
            places[at] = row.index(id)
        table[last] = successors[at].astype(int).tolist()
    return hits, places


def _tracks(recycled: Array, place: Array) -> list[Track]:
    tracks = [
        Track(
            name="recycled",
            label="Recyclable",
            scale="categorical",
            categories=["nothing stored yet", "not in the stored row", "recycled"],
            domain=(0, 2),
            aggregate=[],
            values=recycled,
        )
    ]
    if np.isfinite(place).any():
        tracks.append(
            Track(
                name="place",
                label="Place in the stored row (0 = the most probable)",
                domain=(0.0, largest(place)),
                aggregate=["max", "mean"],
                values=place,
            )
        )
    return tracks


def _figures(recycled: Array) -> dict[str, Figure]:
    known = int((~np.isnan(recycled)).sum())
    hits, stored = int((recycled == RECYCLED).sum()), int((recycled >= MISSED).sum())
    return {
        "recycled_share": Figure(
            value=hits / known if known else None, label="Share of tokens recycled", domain=(0.0, 1.0)
        ),
        "hit_rate": Figure(
            value=hits / stored if stored else None, label="Share recycled where a row was stored", domain=(0.0, 1.0)
        ),
    }
