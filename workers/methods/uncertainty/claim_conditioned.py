"""Claim-conditioned probability: how sure the model was of what it claims, whatever words it chose for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    Figure,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Share,
    Step,
    Strip,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.alternatives import alternatives
from workers.core.method import FORWARD, Findings, Method
from workers.core.named import NLI_DEFAULT, NliKey
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability, Top
from workers.core.summaries import counted
from workers.core.text_passes import TextPasses
from workers.core.wording import is_stop_word, sentences_of, words_of
from workers.models.judges import Pair

Array = npt.NDArray[np.float64]

_ENTAILS, _CONTRADICTS, _NEUTRAL = range(3)
_MOST_TOKENS = 512
"""Each token costs the judge two readings of every alternative."""
_STRIPPED = " \n\t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


class ClaimConditioned(Method):
    """How probable each token's meaning was, not its wording: alternatives that say the same count as agreement.

    At every token the model's best alternatives are compared with it by natural language inference, in both
    directions. CCP is the probability of the token and of those that entail it, over that of these and of those that
    contradict it; alternatives about something else leave both sums. A claim's CCP is the product over its tokens.
    Claims are the sentences of what the model said, or spans that you mark.
    """

    key: ClassVar[str] = "claim_conditioned"
    name: ClassVar[str] = "Claim-conditioned probability"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = (
        "The lower the probability, the more of the model's mass lay on alternatives that say otherwise."
    )
    caveat: ClassVar[str] = (
        "Only the most probable alternatives are judged; what the judge makes of parts of words is worth little."
    )
    paper: ClassVar[str] = "Fadeeva et al. 2024, Fact-Checking the Output of LLMs via Token-Level Uncertainty (ACL)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the claims first: the one with the lowest value deserves a check. Then look inside it for the "
            "token where mass says otherwise: that is the point at which the model might have claimed something "
            "else."
        ),
        example=WorkedExample(
            setting=(
                "A model writes “Paris” with 0.6. Its other candidates are one that means the same (0.2), one "
                "that contradicts it (0.1) and one about something else (0.1)."
            ),
            given={"token": 0.6, "same": 0.2, "otherwise": 0.1, "else": 0.1},
            steps=[
                Step(does="Mass that says the same", formula="0.6 + 0.2", gives=0.8),
                Step(does="Mass that takes a stand", formula="0.8 + 0.1", gives=0.9),
                Step(does="Claim-conditioned probability", formula="0.8 / 0.9", gives=0.889),
            ],
            means=(
                "The token alone had 0.6, but of all that was said about this point 0.89 says the same. The "
                "wording was open, the claim hardly."
            ),
        ),
        distrust=(
            "When the judge is the built-in stand-in or reads another language than it was taught, and for "
            "candidates that are parts of words: what they mean cannot be judged."
        ),
        papers=[
            Paper(
                citation=(
                    "Fadeeva et al.: Fact-Checking the Output of Large Language Models via Token-Level "
                    "Uncertainty Quantification, ACL Findings"
                ),
                year=2024,
                id="arXiv:2403.04696",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "groups", "alternatives")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=0.8, of=["answered", "alternatives"])],
        most=[FORWARD, Term(times=2.5, of=["answered", "alternatives"])],
    )

    nli: Annotated[
        NliKey,
        Field(description="The model of natural language inference; the authors use microsoft/deberta-large-mnli."),
    ] = NLI_DEFAULT
    alternatives: Annotated[
        int, Field(ge=2, le=50, description="How many of the most probable tokens are compared (the paper: 10).")
    ] = 10
    context: Annotated[
        Literal["fact_pref", "no_context"],
        Field(
            description="What is compared: the claim up to the token, ending in the one or the other (fact_pref), or "
            "the two tokens alone, stripped of spaces and punctuation (no_context)."
        ),
    ] = "fact_pref"
    stop_words: Annotated[
        Literal["skip", "count"],
        Field(
            description="Leave out English function words and punctuation, as the paper does, or count every token, as "
            "lm-polygraph's rule does in effect. Where nothing else was said, all count."
        ),
    ] = "skip"
    spans: Annotated[
        list[tuple[int, int]],
        Field(max_length=64, description="Claims as pairs of units, first and behind the last; none: every sentence."),
    ] = []

    def statistics(self) -> Sequence[Statistic]:
        """Log-probability of each token, and the best alternatives."""
        return (TokenLogProbability(), Top(self.alternatives))

    def run(self, passes: Passes) -> Findings:
        """Tracks `ccp` and the three masses per token; groups: the claims, each with its CCP and mean masses."""
        text = passes.text
        strip = text.scored.strip
        claims = self._claims(text)
        rule = self.stop_words
        positions = [position for claim in claims for position in self._positions(text, claim, rule)]
        if not positions:  # nothing but function words was said
            rule = "count"
            positions = [position for claim in claims for position in self._positions(text, claim, rule)]
        _check_size(len(positions))
        answers = passes.pair_scores.entailment(self.nli, [pair for one in positions for pair in one.pairs()])
        masses = np.full((len(strip.units), 3), np.nan)
        rows = iter(answers)
        for position in positions:
            classes = [(int(next(rows).argmax()), int(next(rows).argmax())) for _ in position.others]
            masses[position.unit] = position.masses(combined(*both) for both in classes)
        ccp = masses[:, _ENTAILS] / (masses[:, _ENTAILS] + masses[:, _CONTRADICTS])
        top = text.statistic(Top(self.alternatives))
        notes = [
            self.caveat,
            passes.pair_scores.caveat(self.nli),
            f"Variant: {self.context}, stop words: {rule}.",
        ]
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip.id, tracks=_tracks(ccp, masses)),
                GroupsPanel(
                    label="Claims", style="underline", groups=[_group(strip, one, ccp, masses) for one in claims]
                ),
                alternatives(text.model, strip.id, top["top_ids"], top["top_probabilities"]),
            ],
            figures={"ccp": Figure(value=product(ccp), label="CCP of all that was judged", domain=(0.0, 1.0))},
            caveat=" ".join(note for note in notes if note),
        )

    def _claims(self, text: TextPasses) -> list[tuple[int, int]]:
        strip = text.scored.strip
        if not self.spans:
            inside = np.flatnonzero(counted(text, "continuation"))
            return sentences_of(strip, int(inside[0]), int(inside[-1]) + 1) if inside.size else []
        spans = sorted(self.spans)
        for start, stop in spans:
            if not 0 <= start < stop <= len(strip.units):
                detail = f"A claim is units [first, behind the last) of {len(strip.units)}; got [{start}, {stop})."
                raise Refusal("span-invalid", detail, field="methods", limit=len(strip.units), value=stop)
        for (_, stop), (start, _) in pairwise(spans):
            if start < stop:
                raise Refusal("span-invalid", f"Two claims share unit {start}; they may not overlap.", field="methods")
        return spans

    def _positions(self, text: TextPasses, claim: tuple[int, int], rule: str) -> "Iterable[_Position]":
        """The claim's tokens that have a prediction and say something, each with its alternatives."""
        units, tokenizer = text.scored.strip.units, text.model.tokenizer
        known = np.exp(text.statistic(TokenLogProbability())["log_probability"].astype(float))
        top = text.statistic(Top(self.alternatives))
        words = words_of(text.scored.strip)
        said, before = "", None
        for index in range(*claim):
            unit = units[index]
            silent = rule == "skip" and is_stop_word(words[index])
            if unit.id is not None and not unit.special and not np.isnan(known[index]) and not silent:
                ranked = zip(top["top_ids"][index].astype(int), top["top_probabilities"][index], strict=True)
                others = [
                    (tokenizer.decode_bytes([int(id)], before=before).decode(errors="replace"), float(p))
                    for id, p in ranked
                    if id != unit.id and not tokenizer.is_special(int(id))
                ]
                prefix = said if self.context == "fact_pref" else None
                yield _Position(index, prefix, unit.text or "", float(known[index]), others[: self.alternatives - 1])
            said += "" if unit.special else unit.text or ""
            before = unit.id if unit.id is not None and not unit.special else before


@dataclass(frozen=True)
class _Position:
    """A token of a claim: what was said before it (None: compared without), its probability, and its alternatives."""

    unit: int
    prefix: str | None
    token: str
    probability: float
    others: list[tuple[str, float]]

    def pairs(self) -> Iterable[Pair]:
        """Token and alternative in both directions, for each alternative."""
        ours = self._shown(self.token)
        for other, _ in self.others:
            theirs = self._shown(other)
            yield ours, theirs
            yield theirs, ours

    def masses(self, classes: Iterable[int]) -> Array:
        """Probability of the token and what entails it, of what contradicts it, and of the rest that was judged."""
        found = np.zeros(3)
        found[_ENTAILS] = self.probability
        for (_, probability), kind in zip(self.others, classes, strict=True):
            found[kind] += probability
        return found

    def _shown(self, token: str) -> str:
        return token.strip(_STRIPPED) if self.prefix is None else (self.prefix + token).strip()


def combined(forth: int, back: int) -> int:
    """The class of both directions: theirs where they agree, what is not neutral of the two, neutral if they clash."""
    if forth == back:
        return forth
    clash = {forth, back} == {_ENTAILS, _CONTRADICTS}
    return _NEUTRAL if clash else min(forth, back)


def product(values: Array) -> float | None:
    """The product of what has a value, in logarithms; None where nothing has."""
    known = values[~np.isnan(values)]
    return float(np.exp(np.log(np.maximum(known, np.finfo(float).tiny)).sum())) if known.size else None


def _check_size(tokens: int) -> None:
    if tokens > _MOST_TOKENS:
        detail = (
            f"{tokens:,} tokens would be judged, each beside its alternatives; the limit is {_MOST_TOKENS:,}. "
            "Mark claims, or cut the text."
        )
        raise Refusal("text-too-long", detail, field="text", limit=_MOST_TOKENS, value=tokens)


def _tracks(ccp: Array, masses: Array) -> list[Track]:
    named = [
        ("ccp", "Claim-conditioned probability", ccp),
        ("entailing", "Mass that says the same", masses[:, _ENTAILS]),
        ("contradicting", "Mass that says otherwise", masses[:, _CONTRADICTS]),
        ("neutral", "Mass about something else", masses[:, _NEUTRAL]),
    ]
    return [
        Track(
            name=name,
            label=label,
            domain=(0.0, 1.0),
            values=values.clip(0.0, 1.0).astype(np.float32),
            aggregate=["min", "mean"] if name == "ccp" else ["mean", "max"],
        )
        for name, label, values in named
    ]


def _group(strip: Strip, claim: tuple[int, int], ccp: Array, masses: Array) -> Group:
    inside = slice(*claim)
    text = "".join(unit.text or "" for unit in strip.units[inside] if not unit.special).strip()
    known = masses[inside][~np.isnan(ccp[inside])]
    share = known.mean(0) / known.mean(0).sum() if len(known) else np.full(3, np.nan)
    names = ("says the same", "says otherwise", "something else")
    shares = [Share(label=name, value=float(part)) for name, part in zip(names, share, strict=True) if len(known)]
    return Group(label=text, strip=strip.id, ranges=[claim], value=product(ccp[inside]), shares=shares)
