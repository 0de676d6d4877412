"""What would have been said had one token been another, everything else (the dice too) the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor

from workers.contract import (
    Ability,
    BranchesPanel,
    BranchNode,
    Figure,
    Generate,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Text,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import branch_strip, decoder_after, first_generated, ids_behind, room_after, text_before
from workers.core.factual import FactualNoise, Law
from workers.core.generation import chosen, processed
from workers.core.method import FORWARD, Findings, Method
from workers.core.noise import gumbel
from workers.core.passes import Passes
from workers.core.reading import Tokens
from workers.core.statistics import Entropy, Statistic
from workers.core.text_passes import TextPasses

_FRESH = 1 << 24
_EDIT = _FRESH + 1
"""Streams of noise of their own: for the text drawn anew, and for the token that replaces another."""
_AUTO_NUCLEUS = 0.9
_COLD = 1e-9
_EDITED, _SAME, _DIFFERENT = 0.0, 1.0, 2.0

Array = npt.NDArray[np.float32]


class CounterfactualTokens(Method):
    """What the model would have said had one token been another, and all its random choices the same.

    Each token is seen as the Gumbel-max of the model's distribution and of noise that belongs to its position. One
    token is replaced; the text after it is drawn again with the noise of the factual text (counterfactual), and
    once more with other noise (fresh). Tokens that the counterfactual keeps and the fresh text does not depend on
    chance, not on the edit. Where the noise is not known, because the text was pasted or drawn otherwise, noise is
    drawn that would have led to it (truncated Gumbel).
    """

    key: ClassVar[str] = "counterfactual_tokens"
    name: ClassVar[str] = "Counterfactual tokens"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Same: the token stands although another one was changed before it; different: it does not."
    caveat: ClassVar[str] = (
        "One of the many texts that the edit may lead to. Noise belongs to positions counted from the edit on: a "
        "token more or less, and all that follows is compared with its neighbour."
    )
    paper: ClassVar[str] = "Chatzi et al.: Counterfactual Token Generation in Large Language Models, arXiv 2409.17027"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the three columns. What is the same in the counterfactual but not in the fresh text hangs on "
            "chance; what changes with the edit hangs on the edited token."
        ),
        example=WorkedExample(
            setting=(
                "A model draws a word: “red” has 0.6, “blue” 0.4. The noise of this place is 0.1 for “red” and "
                "0.7 for “blue”. After an edit further up, “red” has 0.9 and “blue” 0.1."
            ),
            given={"before": [0.6, 0.4], "after": [0.9, 0.1], "noise": [0.1, 0.7]},
            steps=[
                Step(does="“red” before the edit", formula="ln(0.6) + 0.1", gives=-0.411),
                Step(does="“blue” before the edit: larger, so it is said", formula="ln(0.4) + 0.7", gives=-0.216),
                Step(does="“blue” after the edit, same noise", formula="ln(0.1) + 0.7", gives=-1.603),
                Step(does="“red” after the edit: now larger", formula="ln(0.9) + 0.1", gives=-0.005),
            ],
            means=(
                "With the same luck the model now says “red”. So the word changed because of the edit, not "
                "because the dice fell otherwise."
            ),
        ),
        distrust=(
            "From one seed: it is one of many possible texts. After an insertion or a lost token every later "
            "word is compared with its neighbour and looks changed."
        ),
        papers=[
            Paper(
                citation="Chatzi et al.: Counterfactual Token Generation in Large Language Models",
                year=2024,
                id="arXiv:2409.17027",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "branches")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=1.6, of=["max_new_tokens"])],
        most=[FORWARD, Term(times=1), Term(times=2, of=["max_new_tokens"])],
    )

    position: Annotated[
        int | None,
        Field(ge=0, description="The token to replace, as a unit of the strip; none: the one it was least sure of."),
    ] = None
    replacement: Annotated[
        Text | None,
        Field(min_length=1, max_length=200, description="What stands there instead; none: another likely token."),
    ] = None
    variant: Annotated[
        Literal["as_drawn", "vocabulary", "top_p", "top_k"],
        Field(description="Draw as the continuation was drawn, from all tokens, the nucleus, or the k best."),
    ] = "as_drawn"
    temperature: Annotated[
        float | None, Field(ge=0, le=10, description="None: as the continuation was drawn, else 1; 0: no chance.")
    ] = None
    top_p: Annotated[float, Field(gt=0, le=1, description="Mass of the nucleus, for the variant top_p.")] = 0.9
    top_k: Annotated[int, Field(ge=1, le=1000, description="How many tokens, for the variant top_k.")] = 50
    max_new_tokens: Annotated[int, Field(ge=1, le=512, description="How many tokens are drawn at most.")] = 40

    def statistics(self) -> Sequence[Statistic]:
        """Entropy, to find the token that the model was least sure of."""
        return (Entropy(),)

    @torch.no_grad()
    def run(self, passes: Passes) -> Findings:
        """Strips `counterfactual` and `fresh` from the edit on; tracks `stable` [categorical] and `probability`."""
        text = passes.text
        law = self._law(text)
        edit = self._edit(passes, law)
        noise = FactualNoise(text, law, passes.seed)
        limit = room_after(text, edit.prefix, self.max_new_tokens)
        counterfactual = _grow(passes, edit, law, noise.at, limit, 0.0)

        def other(token: int) -> Tensor:
            return gumbel(noise.seed, noise.position(token), text.model.vocabulary, stream=_FRESH)

        fresh = _grow(passes, edit, law, other, limit, 0.5)
        return self._findings(text, edit, [counterfactual, fresh], noise)

    def _law(self, text: TextPasses) -> Law:
        drawn = text.continuation.generate if text.continuation else Generate()
        drawn = drawn if drawn.do_sample else Generate()
        temperature = max(_COLD, drawn.temperature if self.temperature is None else self.temperature)
        top_p = {"as_drawn": drawn.top_p, "top_p": self.top_p}.get(self.variant, 1.0)
        settings = Generate(temperature=temperature, top_p=top_p)

        def law(logits: Tensor) -> Tensor:
            if self.variant == "top_k":
                kept = logits.topk(min(self.top_k, len(logits))).indices
                logits = torch.full_like(logits, -torch.inf).scatter(0, kept, logits[kept])
            return processed(logits.cpu(), settings).log()

        return law

    def _edit(self, passes: Passes, law: Law) -> "_Edit":
        text = passes.text
        token = self._token(text)
        if self.replacement is not None:
            ids = ids_behind(text, self.replacement, token)
            if not ids:
                raise _refused(f"“{self.replacement}” holds no token of “{text.model.key}”.", "replacement")
        else:
            ids = [_another(text, law, token, passes.seed)]
        start = max(token + 1, first_generated(text) if text.continuation else token + 1)
        return _Edit(token, ids, text.scored.ids[:token], text.scored.ids[token + 1 : start])

    def _token(self, text: TextPasses) -> int:
        units, places = len(text.scored.strip.units), text.scored.places
        if self.position is not None:
            if self.position in places:
                return places.index(self.position)
            detail = f"Unit {self.position} is no token that can be replaced; the strip has units 0 to {units - 1}."
            limit, value = units - 1, min(self.position, 2**31)
            raise _refused(detail, "position", limit=limit, value=value)
        entropy = text.statistic(Entropy())["entropy"][places]
        known = np.flatnonzero(~np.isnan(entropy))
        written = known[known >= first_generated(text)] if text.continuation else known
        known = written if len(written) else known
        if not len(known):
            raise Refusal("empty-continuation", "There is no token that the model predicted, so none to replace.")
        first_half = known[: (len(known) + 1) // 2]
        return int(first_half[np.argmax(entropy[first_half])])

    def _findings(self, text: TextPasses, edit: "_Edit", grown: list["_Grown"], noise: FactualNoise) -> Findings:
        scored = text.scored
        said = text_before(text, edit.token)
        names = (("counterfactual", "Counterfactual: the same noise"), ("fresh", "Fresh: other noise"))
        forced = len(edit.ids) + len(edit.kept)
        strips = [
            branch_strip(text, edit.after + one.ids, after=edit.before, said=said, id=id, label=label, forced=forced)
            for one, (id, label) in zip(grown, names, strict=True)
        ]
        stable = [_stable(scored.ids, edit, one.ids) for one in grown]
        places = scored.places
        original = np.full(len(places), np.nan, np.float32)
        behind = edit.token + 1 + len(edit.kept)
        original[edit.token] = _EDITED
        kept = stable[0][forced:][: len(places) - behind]
        original[behind : behind + len(kept)] = kept
        panels = [ScoresPanel(strip=scored.strip.id, tracks=[_stable_track(scored, original)])]
        for tokens, one, values in zip(strips, grown, stable, strict=True):
            chance = np.array([np.nan] * forced + one.probabilities, np.float32)
            tracks = [_stable_track(tokens, values)]
            if one.ids:
                tracks.append(
                    Track(
                        name="probability",
                        label="Probability",
                        domain=(0.0, 1.0),
                        aggregate=["min", "mean"],
                        values=tokens.scatter(chance),
                    )
                )
            panels.append(ScoresPanel(strip=tokens.strip.id, tracks=tracks))
        shares = [_share(values[forced:]) for values in stable]
        return Findings(
            strips=[*(tokens.strip for tokens in text.strips), *(tokens.strip for tokens in strips)],
            panels=[*panels, _branches(scored, edit, grown, shares)],
            figures={
                "stable": Figure(value=shares[0], label="Tokens kept by the counterfactual", domain=(0.0, 1.0)),
                "stable_fresh": Figure(value=shares[1], label="Tokens kept by the fresh text", domain=(0.0, 1.0)),
            },
            caveat=f"Unit {scored.places[edit.token]} was replaced; variant: {self.variant.replace('_', ' ')}. "
            f"{noise.says()} {self.caveat}",
        )


@dataclass(frozen=True)
class _Edit:
    """Token `token` becomes `ids`; `kept` are the tokens of the prompt that follow it and stay."""

    token: int
    ids: list[int]
    before: list[int]
    kept: list[int]

    @property
    def after(self) -> list[int]:
        """What is forced from the edit on."""
        return self.ids + self.kept

    @property
    def prefix(self) -> list[int]:
        """All that is forced."""
        return self.before + self.after

    @property
    def resumes(self) -> int:
        """The factual token whose noise the first token drawn again takes over."""
        return self.token + 1 + len(self.kept)


@dataclass
class _Grown:
    ids: list[int] = field(default_factory=list)
    probabilities: list[float] = field(default_factory=list)


def _grow(passes: Passes, edit: _Edit, law: Law, noise: Callable[[int], Tensor], limit: int, done: float) -> _Grown:
    model = passes.text.model
    state = decoder_after(passes.text, edit.prefix)
    grown = _Grown()
    for step in range(limit):
        passes.generating("Drawing what would have been said", done + 0.5 * step / limit)
        logits = state.next_logits()[0]
        id = chosen(law(logits), noise(edit.resumes + step))
        if id in model.end_ids:
            break
        grown.ids.append(id)
        grown.probabilities.append(float(logits.softmax(-1)[id]))
        state.append([id])
    return grown


def _another(text: TextPasses, law: Law, token: int, seed: int) -> int:
    """Another likely token: drawn from the nucleus without the factual one; the second best where that was all."""
    if token == 0 and not text.model.sequence_to_sequence:
        raise _refused("Nothing stands before the first token, so say what replaces it.", "replacement")
    raw = text.row(token).cpu()
    logs = law(processed(raw, Generate(top_p=_AUTO_NUCLEUS)).log())
    barred = [text.scored.ids[token], *text.model.end_ids]
    logs[barred] = -torch.inf
    if torch.isneginf(logs).all():
        raw[barred] = -torch.inf
        return int(raw.argmax())
    return chosen(logs, gumbel(seed & (2**63 - 1), token, len(logs), stream=_EDIT))


def _refused(detail: str, field: str, *, limit: float | None = None, value: float | None = None) -> Refusal:
    where = f"methods.counterfactual_tokens.{field}"
    return Refusal("parameter-invalid", detail, field=where, limit=limit, value=value)


def _stable(factual: list[int], edit: _Edit, ids: list[int]) -> Array:
    """Per token from the edit on: edited, kept from the prompt (no value), the same as the factual, or different."""
    follow = factual[edit.resumes :]
    compared = [_SAME if place < len(follow) and follow[place] == id else _DIFFERENT for place, id in enumerate(ids)]
    return np.array([_EDITED] * len(edit.ids) + [np.nan] * len(edit.kept) + compared, np.float32)


def _share(values: Array) -> float | None:
    return float((values == _SAME).mean()) if values.size else None


def _stable_track(tokens: Tokens, values: Array) -> Track:
    return Track(
        name="stable",
        label="Beside the factual text",
        scale="categorical",
        categories=["edited", "same", "different"],
        domain=(0, 2),
        aggregate=[],
        values=tokens.scatter(values),
    )


def _branches(scored: Tokens, edit: _Edit, grown: list[_Grown], shares: list[float | None]) -> BranchesPanel:
    """The text before the edit, and three ways on, side by side."""
    strip, place = scored.strip.id, scored.places[edit.token]
    parent = "before" if place else None
    nodes = [BranchNode(id="before", parent=None, strip=strip, range=(0, place), label="Before the edit")][:place]
    rest = (place, len(scored.strip.units))
    nodes.append(BranchNode(id="factual", parent=parent, strip=strip, range=rest, label="Factual"))
    for id, label, one, share in zip(
        ("counterfactual", "fresh"), ("Counterfactual", "Fresh"), grown, shares, strict=True
    ):
        logs = float(np.log(np.maximum(one.probabilities, 1e-45)).sum()) if one.ids else None
        nodes.append(BranchNode(id=id, parent=parent, strip=id, label=label, log_probability=logs, value=share))
    return BranchesPanel(
        label="What was said, and what would have been", layout="columns", value_label="Tokens kept", nodes=nodes
    )
