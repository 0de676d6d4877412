"""FIRST: passages ranked by the first token of a model's answer alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import torch
from pydantic import Field

from workers.contract import (
    Ability,
    ChartAxis,
    Figure,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Share,
    Step,
    Strip,
    Text,
    WorkedExample,
)
from workers.core.charts import bars
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.text_passes import TextPasses
from workers.models.language import LanguageModel

_MARK = re.compile(r"\[([A-Za-z0-9]{1,4})\]")
_UNMARKED = ("A", "B", "C", "D")
_MOST = 64


class ListwiseFirstToken(Method):
    """Ranks the passages of a prompt by how probable each one's label is as the first token of the answer.

    A reranker that was taught to write the labels of passages from best to worst has decided on the whole order
    before its first token: that token's distribution over the labels is the ranking. Mark passages with [A], [B], …
    and end the prompt where the answer begins. A label is any token that spells it, with or without a space before.
    """

    key: ClassVar[str] = "listwise_first_token"
    name: ClassVar[str] = "Ranking by the first token (FIRST)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "A higher bar: the model would more likely name this passage first."
    caveat: ClassVar[str] = "Models that were not taught to rank favour some labels whatever the passages say."
    paper: ClassVar[str] = "Reddy et al.: FIRST, EMNLP 2024, arXiv 2406.15657"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the bars from the top. A short lead means that another order of the passages in the prompt may "
            "turn the ranking: try it."
        ),
        example=WorkedExample(
            setting=("The labels A, B and C have the probabilities 0.3, 0.1 and 0.1 as the first token of the answer."),
            given={"p": [0.3, 0.1, 0.1]},
            steps=[
                Step(does="Mass of all labels", formula="0.3 + 0.1 + 0.1", gives=0.5),
                Step(does="Share of A", formula="0.3 / 0.5", gives=0.6),
                Step(does="Share of B", formula="0.1 / 0.5", gives=0.2),
                Step(does="Lead of A", formula="0.6 − 0.2", gives=0.4),
            ],
            means=(
                "A is ranked first by a clear lead. But half of the mass lies on tokens that are no label: the "
                "model might not have begun with one."
            ),
        ),
        distrust=(
            "With a model that was not taught to rank: it prefers some labels, and the first and last passages, "
            "whatever they say. Shuffle the passages and see whether the order stays."
        ),
        papers=[
            Paper(
                citation=("Reddy et al.: FIRST, Faster Improved Listwise Reranking with Single Token Decoding, EMNLP"),
                year=2024,
                id="arXiv:2406.15657",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("chart", "groups")

    labels: Annotated[
        Text,
        Field(
            max_length=512,
            description="The passages' labels, separated by commas; none: those marked in the text, as in [A].",
        ),
    ] = ""

    def run(self, passes: Passes) -> Findings:
        """The labels' probabilities as bars, and the passages with theirs, best first; figures of their mass."""
        text = passes.text
        marked = _MARK.findall(passes.source_text)
        given = [label.strip() for label in self.labels.split(",") if label.strip()]
        labels = list(dict.fromkeys(given or marked or _UNMARKED))[:_MOST]
        row = text.row(first_answer(text)).double().log_softmax(-1)
        spelt = spelling(text.model, labels)
        found = [float(row[torch.tensor(ids)].exp().sum()) if ids else None for ids in spelt]
        ranked = ranking(labels, found)
        nameless = [label for label, ids in zip(labels, spelt, strict=True) if not ids]
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                bars(
                    "Probability that the answer begins with each label",
                    "Label",
                    ChartAxis(label="Probability"),
                    [one.label for one in ranked],
                    [one.probability for one in ranked],
                ),
                _passages(text.prompt.strip if text.model.sequence_to_sequence else text.scored.strip, ranked),
            ],
            figures=_figures(ranked),
            caveat=f"{_unnamed(nameless)} {self.caveat}" if nameless else None,
        )


@dataclass(frozen=True)
class Ranked:
    """A label, its probability (None: no token spells it) and its share of what all labels have."""

    label: str
    probability: float | None
    share: float | None


def first_answer(text: TextPasses) -> int:
    """The token that begins the answer: the first that the model wrote, or what comes next."""
    units = text.scored.strip.units
    generated = [token for token, place in enumerate(text.scored.places) if units[place].segment == "generated"]
    return generated[0] if generated else len(text.scored.ids)


def spelling(model: LanguageModel, labels: Sequence[str]) -> list[list[int]]:
    """The ids of the tokens that spell each label, spaces around it aside."""
    wanted: dict[bytes, list[int]] = {label.strip().encode(): [] for label in labels}
    for id, data in enumerate(model.tokenizer.vocabulary_bytes[: model.vocabulary]):
        if (ids := wanted.get(data.strip(b" "))) is not None and not model.tokenizer.is_special(id):
            ids.append(id)
    return [wanted[label.strip().encode()] for label in labels]


def ranking(labels: Sequence[str], probabilities: Sequence[float | None]) -> list[Ranked]:
    """Best first; labels without a probability last, in their order."""
    total = sum(probability or 0.0 for probability in probabilities)
    made = [
        Ranked(label, probability, probability / total if probability is not None and total > 0 else None)
        for label, probability in zip(labels, probabilities, strict=True)
    ]
    return sorted(made, key=lambda one: -np.inf if one.probability is None else one.probability, reverse=True)


def _passages(strip: Strip, ranked: Sequence[Ranked]) -> GroupsPanel:
    """Each passage reaches from its label's mark to the next mark or empty line."""
    groups = [
        Group(
            label=f"{place}. [{one.label}]",
            strip=strip.id,
            ranges=_range(strip, one.label),
            value=one.probability,
            shares=[] if one.share is None else [Share(label="Of all labels", value=min(one.share, 1.0))],
        )
        for place, one in enumerate(ranked, start=1)
    ]
    return GroupsPanel(label="Passages, best first", style="cards", groups=groups)


def _range(strip: Strip, label: str) -> list[tuple[int, int]]:
    units = [(index, unit) for index, unit in enumerate(strip.units) if not unit.special and unit.segment == "prompt"]
    text = "".join(unit.text or "" for _, unit in units)
    start = text.find(f"[{label}]")
    if start < 0:
        return []
    ends = [match.start() for match in re.finditer(r"\[[A-Za-z0-9]{1,4}\]|\n\s*\n", text) if match.start() > start]
    stop = min(ends, default=len(text))
    inside = [
        index for index, unit in units if (unit.char_end or 0) > start and (unit.char_start or 0) < stop and unit.text
    ]
    return [(inside[0], inside[-1] + 1)] if inside else []


def _unnamed(labels: Sequence[str]) -> str:
    return f"No single token spells {', '.join(labels)}: no value."


def _figures(ranked: Sequence[Ranked]) -> dict[str, Figure]:
    known = [one for one in ranked if one.probability is not None]
    mass = sum(one.probability or 0.0 for one in known)
    lead = None
    if len(known) > 1 and known[0].share is not None and known[1].share is not None:
        lead = known[0].share - known[1].share
    return {
        "label_mass": Figure(
            value=min(mass, 1.0) if known else None, label="Mass of all labels together", domain=(0.0, 1.0)
        ),
        "lead": Figure(value=lead, label="Lead of the first over the second, of the labels' mass", domain=(0.0, 1.0)),
    }
