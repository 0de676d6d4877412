"""Text that fits a pattern, drawn as the model would draw it: how often it was held back, and at what price."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import regex
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
    Panel,
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
from workers.core.branches import branch_strip, decoder_after, first_generated, room_after, text_before
from workers.core.generation import processed
from workers.core.method import FORWARD, Findings, Method
from workers.core.noise import gumbel
from workers.core.passes import Passes
from workers.core.reading import Tokens, continuation_text
from workers.core.rejection import draw_allowed
from workers.core.summaries import largest

Array = npt.NDArray[np.float32]

_PATIENCE = 0.1
"""Seconds that one match may take; a pattern that needs more has too many ways to fail."""
_HEARD_EVERY = 64
"""Rejections after which whoever wishes to stop is heard."""


class ConstrainedDecoding(Method):
    """Continuations that fit a regular expression, drawn without asking about every token of the vocabulary.

    Tokens are tried in the order in which the model would draw them; the first after which the text can still fit
    the pattern is taken. `rejections` counts those before it, `weight` estimates the mass of all tokens that fit:
    the product of the weights says how far the pattern bends the model. Draws, weighted so, are draws from the
    model's own distribution given that the text fits.
    """

    key: ClassVar[str] = "constrained_decoding"
    name: ClassVar[str] = "Constrained decoding (AWRS)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More rejections: the model wanted to say more things here that the pattern forbids."
    caveat: ClassVar[str] = (
        "A weight is an unbiased estimate, right on average and not for each token. Texts cut off at the limit may "
        "still become a match, or never."
    )
    paper: ClassVar[str] = (
        "Lipkin et al.: Fast Controlled Generation from Language Models with Adaptive Weighted Rejection Sampling, "
        "COLM 2025, arXiv 2504.05410"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look where the rejections pile up: there your pattern stops the model from saying what it wanted. "
            "Then compare the draws by their share of the weight, not by their number."
        ),
        example=WorkedExample(
            setting=(
                "The model would say a forbidden word (0.5), else one of two allowed words (0.3 and 0.2). The "
                "forbidden one is tried first, then an allowed one, and one more is asked about."
            ),
            given={"p": [0.5, 0.3, 0.2]},
            steps=[
                Step(does="Mass that is left after the rejected word", formula="1 − 0.5", gives=0.5),
                Step(does="The next word is allowed too: the weight is all of it", formula="1 − 0.5", gives=0.5),
            ],
            means=(
                "The weight 0.5 says that half of the model's mass fits the pattern here. Multiplied over a "
                "text, the weights say how far the pattern bends the model."
            ),
        ),
        distrust=(
            "A single weight: it is right on average only. Where many draws are cut off at the limit, their "
            "shares are those of unfinished texts."
        ),
        papers=[
            Paper(
                citation=(
                    "Lipkin et al.: Fast Controlled Generation from Language Models with Adaptive Weighted "
                    "Rejection Sampling, COLM"
                ),
                year=2025,
                id="arXiv:2504.05410",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "branches")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=0.5, of=["draws", "max_new_tokens"])],
        most=[FORWARD, Term(of=["draws", "max_new_tokens"])],
    )

    pattern: Annotated[
        Text, Field(min_length=1, max_length=500, description="The regular expression that the whole text must fit.")
    ] = r"[^.!?\n]*[.!?]"
    leading_space: Annotated[bool, Field(description="Spaces may stand before what must fit.")] = True
    draws: Annotated[int, Field(ge=1, le=16, description="How many texts are drawn.")] = 4
    max_new_tokens: Annotated[int, Field(ge=1, le=256, description="How many tokens a text has at most.")] = 30
    temperature: Annotated[float, Field(gt=0, le=10, description="Flatter above 1, sharper below.")] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1, description="Draw from the smallest set holding this much mass.")] = 1.0
    estimator: Annotated[
        Literal["recursive", "geometric"],
        Field(description="Ask about one token more, or draw until a second is accepted and average the waste."),
    ] = "recursive"
    max_rejections: Annotated[
        int, Field(ge=2, le=100_000, description="After this many rejected tokens a draw is given up.")
    ] = 5000

    @torch.no_grad()
    def run(self, passes: Passes) -> Findings:
        """Strips `draw-1`, …; tracks `rejections` and `weight`; the draws side by side with their share of weight."""
        text = passes.text
        before = text.scored.ids[: first_generated(text)]
        draws = _Draws(self, passes, _Pattern(self.pattern, self.leading_space), before).grow()
        said = text_before(text, len(before))
        strips = [
            branch_strip(text, one.ids, after=before, said=said, id=f"draw-{at + 1}", label=f"Draw {at + 1}")
            for at, one in enumerate(draws)
        ]
        most = largest(np.array([count for one in draws for count in one.rejections], np.float32), 1.0)
        panels: list[Panel] = [
            ScoresPanel(strip=tokens.strip.id, tracks=_tracks(tokens, one, most))
            for tokens, one in zip(strips, draws, strict=True)
            if one.ids
        ]
        logs = [one.log_weight for one in draws]
        top = max(logs)
        total = math.fsum(math.exp(log - top) for log in logs) if top > -math.inf else 0.0
        shares = [math.exp(log - top) / total if total else 0.0 for log in logs]
        mass = math.exp(top) * total / len(draws) if total else 0.0
        return Findings(
            strips=[*(tokens.strip for tokens in text.strips), *(tokens.strip for tokens in strips)],
            panels=[*panels, _side_by_side(strips, draws, shares)],
            figures=_figures(draws, mass),
            caveat=f"Weights: {self.estimator} estimator. {self.caveat}",
        )


class _Pattern:
    """What a text must fit. Raises Refusal for a pattern that is none, or takes too long."""

    def __init__(self, pattern: str, leading_space: bool) -> None:
        self._spaced = leading_space
        try:
            self._compiled = regex.compile(pattern)
        except (regex.error, RecursionError, OverflowError, MemoryError) as error:
            raise _refused(f"This is no regular expression: {error or type(error).__name__}.") from error

    def fits(self, said: str, *, whole: bool) -> bool:
        """Whether the text is a match, or with more behind it might become one."""
        forms = {said, said.lstrip(" ")} if self._spaced else {said}
        try:
            return any(self._compiled.fullmatch(form, partial=not whole, timeout=_PATIENCE) for form in forms)
        except TimeoutError as error:
            detail = f"Matching took more than {_PATIENCE:g} s; the pattern has too many ways to fail. Make it simpler."
            raise _refused(detail, limit=_PATIENCE) from error


def _refused(detail: str, limit: float | None = None) -> Refusal:
    return Refusal("parameter-invalid", detail, field="methods.constrained_decoding.pattern", limit=limit)


@dataclass
class _Draw:
    """A text that grows: its tokens, and for each how many were rejected and the estimate of the allowed mass."""

    ids: list[int] = field(default_factory=list)
    rejections: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    finish: Literal["complete", "cut", "stuck"] = "cut"
    steps: list[float] = field(default_factory=list)
    """Every weight, that of the end token too."""

    @property
    def log_weight(self) -> float:
        return math.fsum(math.log(one) if one > 0 else -math.inf for one in self.steps)


class _Draws:
    """Rows that are drawn side by side."""

    def __init__(self, method: ConstrainedDecoding, passes: Passes, pattern: _Pattern, before: list[int]) -> None:
        self._method, self._passes, self._pattern, self._before = method, passes, pattern, before
        self._text = passes.text
        self._ends = self._text.model.end_ids
        self._text_of = continuation_text(self._text.model, self._text.source_text, self._text.reading)
        self._settings = Generate(temperature=method.temperature, top_p=method.top_p)
        self._seed = passes.seed & (2**63 - 1)
        self._done = 0.0

    def grow(self) -> list[_Draw]:
        """All draws, to their ends."""
        method = self._method
        room = room_after(self._text, self._before, method.max_new_tokens)
        draws = [_Draw() for _ in range(method.draws)]
        state = decoder_after(self._text, self._before)
        logits = state.next_logits().expand(method.draws, -1)
        state = state.branch(method.draws)
        growing = list(range(method.draws))
        for step in range(room):
            self._done = step / room
            goes_on = [self._step(draws[at], at, row) for at, row in zip(growing, logits, strict=True)]
            left = [place for place, on in enumerate(goes_on) if on]
            if not left or step + 1 == room:
                break
            if len(left) < len(growing):
                state.keep(left)
                growing = [growing[place] for place in left]
            state.append([draws[at].ids[-1] for at in growing])
            logits = state.next_logits()
        return draws

    def _step(self, draw: _Draw, index: int, logits: Tensor) -> bool:
        """One token more; False when the text is over."""
        position, size = len(draw.ids), len(logits)
        noise = [gumbel(self._seed, position, size, stream=2 * index + part + 1) for part in (0, 1)]
        found = draw_allowed(
            processed(logits, self._settings).log(),
            self._allowed(draw),
            (noise[0], noise[1]),
            estimator=self._method.estimator,
            most=self._method.max_rejections,
        )
        draw.steps.append(found.weight)
        if found.id is None or found.id in self._ends:
            draw.finish = "stuck" if found.id is None else "complete"
            return False
        draw.ids.append(found.id)
        draw.rejections.append(found.rejections)
        draw.weights.append(found.weight)
        return True

    def _allowed(self, draw: _Draw) -> Callable[[int], bool]:
        asked = 0

        def allowed(id: int) -> bool:
            nonlocal asked
            if asked % _HEARD_EVERY == 0:
                self._passes.generating("Drawing what fits", self._done)
            asked += 1
            if id in self._ends:
                return self._pattern.fits(self._text_of(draw.ids), whole=True)
            if self._text.model.tokenizer.is_special(id):  # it adds no text: a draw could go on with it for ever
                return False
            return self._pattern.fits(self._text_of([*draw.ids, id]), whole=False)

        return allowed


def _tracks(tokens: Tokens, draw: _Draw, most: float) -> list[Track]:
    return [
        Track(
            name="rejections",
            label="Rejected before it",
            unit="tokens",
            domain=(0.0, most),
            aggregate=["sum", "max", "mean"],
            values=tokens.scatter(draw.rejections),
        ),
        Track(
            name="weight",
            label="Estimated mass of what fits",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=tokens.scatter(draw.weights),
        ),
    ]


def _side_by_side(strips: list[Tokens], draws: list[_Draw], shares: list[float]) -> BranchesPanel:
    said = {"complete": "", "cut": " (cut off at the limit)", "stuck": " (no token fits)"}
    nodes = [
        BranchNode(
            id=tokens.strip.id,
            parent=None,
            strip=tokens.strip.id,
            label=f"{tokens.strip.label}{said[draw.finish]}",
            value=share,
            kept=draw.finish != "stuck",
        )
        for tokens, draw, share in zip(strips, draws, shares, strict=True)
    ]
    return BranchesPanel(
        label="Draws and their share of the weight", layout="columns", value_label="Share of weight", nodes=nodes
    )


def _figures(draws: list[_Draw], mass: float) -> dict[str, Figure]:
    counts = [count for one in draws for count in one.rejections]
    return {
        "rejections": Figure(
            value=sum(counts) / len(counts) if counts else None, label="Rejections per token", domain=(0.0, None)
        ),
        "mass": Figure(value=mass, label="Probability that a text fits, estimated", domain=(0.0, 1.0)),
        "complete": Figure(
            value=sum(one.finish == "complete" for one in draws) / len(draws),
            label="Draws that are whole",
            domain=(0.0, 1.0),
        ),
    }
