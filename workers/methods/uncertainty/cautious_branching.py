"""CNTP: where a cautious writer would try several ways on, and which of them it would keep."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

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
    Panel,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import branch_strip, decoder_after, first_generated, joined, room_after, text_before
from workers.core.decoding import Decoder
from workers.core.generation import chosen, processed
from workers.core.method import FORWARD, Findings, Method
from workers.core.noise import gumbel
from workers.core.passes import Passes
from workers.core.reading import Tokens
from workers.core.statistics import RowChunk, Statistic
from workers.core.summaries import largest
from workers.core.text_passes import TextPasses
from workers.models.tokenizing import TextTokenizer

Array = npt.NDArray[np.float32]

_PUNCTUATION = tuple(".,?!:;)]}\n")
_TRIALS = 64
"""Streams of noise that each branching has for its trials."""


@dataclass(frozen=True)
class DrawnEntropy(Statistic):
    """`drawn_entropy` = −Σ p ln p [nat] of the distribution after temperature and nucleus."""

    temperature: float
    top_p: float

    def of(self, chunk: RowChunk) -> dict[str, Tensor]:
        """Entropy of softmax(logits / temperature) cut to the nucleus."""
        settings = Generate(temperature=self.temperature, top_p=self.top_p)
        return {"drawn_entropy": torch.special.entr(processed(chunk.logits, settings)).sum(-1)}


class CautiousBranching(Method):
    """Where a cautious writer tries several ways on: N trials where the entropy is high, one where it is low.

    N = ⌊1 + (N_max − 1) · clamp((H − low) / (high − low), 0, 1)⌋, H the entropy of the distribution that is drawn
    from. The strip shows N for each token of the text. Then the text is continued so: at each branching N trials
    are drawn up to the next punctuation mark or the end, and the one of lowest perplexity is kept.
    """

    key: ClassVar[str] = "cautious_branching"
    name: ClassVar[str] = "Cautious branching (CNTP)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: more trials before this token, because the model was more undecided there."
    caveat: ClassVar[str] = (
        "Entropy is that after temperature and nucleus, so the limits mean something else at other settings. The "
        "lowest perplexity favours short and common trials."
    )
    paper: ClassVar[str] = "Wang et al.: Cautious Next Token Prediction, Findings of ACL 2025"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Tokens with many trials are forks. In the braid below, compare the trials of one fork: do they "
            "differ in wording only, or in what they say? The one that was kept is not always the one you would "
            "keep."
        ),
        example=WorkedExample(
            setting=("The entropy before a token is 0.75 nat. One trial is drawn up to 0.01 nat, ten from 1.5 nat on."),
            given={"entropy": 0.75, "low": 0.01, "high": 1.5, "most": 10},
            steps=[
                Step(does="How far between the limits", formula="(0.75 − 0.01) / (1.5 − 0.01)", gives=0.497),
                Step(does="Trials, not yet whole", formula="1 + (10 − 1) · 0.497", gives=5.473),
                Step(does="Whole trials", formula="floor(5.473)", gives=5),
            ],
            means=(
                "Five ways on are drawn up to the next punctuation mark, and the one with the lowest perplexity "
                "is kept."
            ),
        ),
        distrust=(
            "As a way to better facts: the lowest perplexity prefers what is common and short. At another "
            "temperature or nucleus the same limits give other counts."
        ),
        papers=[
            Paper(
                citation="Wang et al.: Cautious Next Token Prediction, ACL Findings", year=2025, id="arXiv:2507.03038"
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "branches")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=4, of=["max_new_tokens"], when="live")],
        most=[FORWARD, Term(of=["max_new_tokens", "max_trials", "trial_tokens|max_new_tokens"], when="live")],
    )

    max_trials: Annotated[int, Field(ge=2, le=40, description="How many trials at most.")] = 10
    low: Annotated[float, Field(ge=0, le=20, description="Entropy [nat] up to which there is one trial.")] = 0.01
    high: Annotated[float, Field(ge=0, le=20, description="Entropy [nat] from which there are most trials.")] = 1.5
    temperature: Annotated[float, Field(gt=0, le=10, description="Flatter above 1, sharper below.")] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1, description="Draw from the smallest set holding this much mass.")] = 1.0
    live: Annotated[bool, Field(description="Continue the text so, and show the trials.")] = True
    max_new_tokens: Annotated[int, Field(ge=1, le=512, description="How many tokens are kept at most.")] = 40
    trial_tokens: Annotated[
        int | None, Field(ge=1, le=512, description="How long a trial may be; none: as long as the text may.")
    ] = None

    def statistics(self) -> Sequence[Statistic]:
        """Entropy of what is drawn from."""
        return (DrawnEntropy(self.temperature, self.top_p),)

    def trials(self, entropy: float) -> int:
        """N, how many trials there are where the entropy [nat] is this."""
        share = min(1.0, max(0.0, (entropy - self.low) / (self.high - self.low)))
        return int(1 + (self.max_trials - 1) * share)

    @torch.no_grad()
    def run(self, passes: Passes) -> Findings:
        """Tracks `trials` and `drawn_entropy` [nat] over the text; live: the braid of trials with perplexities."""
        if self.low >= self.high:
            detail = f"The lower limit must be below the upper one; got {self.low} and {self.high}."
            raise Refusal("parameter-invalid", detail, field="methods.cautious_branching.low")
        text = passes.text
        entropy = text.statistic(self.statistics()[0])["drawn_entropy"]
        trials = np.array([np.nan if math.isnan(one) else self.trials(one) for one in entropy.tolist()], np.float32)
        known = trials[~np.isnan(trials)]
        panels: list[Panel] = []
        if known.size:
            panels.append(ScoresPanel(strip=text.scored.strip.id, tracks=[self._track(trials), _entropy(entropy)]))
        figures = {
            "branching": Figure(
                value=float((known > 1).mean()) if known.size else None,
                label="Tokens where it would branch",
                domain=(0.0, 1.0),
            )
        }
        strips = [tokens.strip for tokens in text.strips]
        if self.live:
            braid = _Braid(self, passes).grow()
            braided, panel, more = braid.shown()
            strips += [tokens.strip for tokens in braided]
            if braid.ids:
                panels.append(ScoresPanel(strip=braided[0].strip.id, tracks=[self._track(braid.counts(braided[0]))]))
            panels.append(panel)
            figures |= more
        return Findings(strips=strips, panels=panels, figures=figures)

    def _track(self, values: Array) -> Track:
        return Track(
            name="trials", label="Trials", domain=(1.0, self.max_trials), aggregate=["max", "sum"], values=values
        )


def _entropy(values: Array) -> Track:
    return Track(
        name="drawn_entropy",
        label="Entropy of what is drawn from",
        unit="nat",
        domain=(0.0, largest(values)),
        values=values,
    )


def ends_clause(tokenizer: TextTokenizer, id: int) -> bool:
    """Whether a token's text ends with a mark at which a trial ends (spaces behind it aside)."""
    return not tokenizer.is_special(id) and tokenizer.token_text(id).rstrip(" ").endswith(_PUNCTUATION)


@dataclass
class _Trial:
    """A way on: its tokens, ln p of each (the end token's too) after temperature and nucleus; whether it is over."""

    ids: list[int] = field(default_factory=list)
    logs: list[float] = field(default_factory=list)
    done: bool = False
    ended: bool = False

    @property
    def perplexity(self) -> float:
        return math.exp(-math.fsum(self.logs) / len(self.logs))


@dataclass
class _Branching:
    """Trials that left the line before the kept token of index `at`."""

    at: int
    trials: list[_Trial]
    kept: int


class _Braid:
    """The text that is kept, token by token, and what was tried on the way."""

    def __init__(self, method: CautiousBranching, passes: Passes) -> None:
        self._method = method
        self._passes = passes
        self._text: TextPasses = passes.text
        self._settings = Generate(temperature=method.temperature, top_p=method.top_p)
        self._seed = passes.seed & (2**63 - 1)
        self._before = self._text.scored.ids[: first_generated(self._text)]
        self._room = room_after(self._text, self._before, method.max_new_tokens)
        self.ids: list[int] = []
        self.logs: list[float] = []
        self.branchings: list[_Branching] = []

    def grow(self) -> "_Braid":
        """Draw the whole text."""
        state = decoder_after(self._text, self._before)
        ended = False
        while not ended and len(self.ids) < self._room:
            self._passes.generating("Trying ways on", len(self.ids) / self._room)
            logits = state.next_logits()[0]
            chances = processed(logits, self._settings)
            count = self._method.trials(float(torch.special.entr(chances).sum()))
            trials = self._tried(state, logits, count)
            kept = min(range(count), key=lambda index: trials[index].perplexity)
            if count > 1:
                self.branchings.append(_Branching(len(self.ids), trials, kept))
            ended = trials[kept].ended
            self.ids += trials[kept].ids
            self.logs += trials[kept].logs[: len(trials[kept].ids)]
            if trials[kept].ids:
                state.extend(trials[kept].ids)
        return self

    def _tried(self, state: Decoder, logits: Tensor, count: int) -> list[_Trial]:
        """`count` trials, drawn side by side; a single one is a step of one token."""
        trials = [_Trial() for _ in range(count)]
        left = self._room - len(self.ids)
        limit = 1 if count == 1 else min(left, self._method.trial_tokens or left)
        rows = state.branch(count) if limit > 1 else state
        growing = list(range(count))
        every = logits.expand(count, -1)
        for step in range(limit):
            drawn = [self._draw(trials[index], index, row) for index, row in zip(growing, every, strict=True)]
            stay = [place for place, index in enumerate(growing) if not trials[index].done]
            if not stay or step + 1 == limit:
                break
            self._passes.generating("Trying ways on", len(self.ids) / self._room)
            rows.append(drawn)
            if len(stay) < len(growing):
                rows.keep(stay)
                growing = [growing[place] for place in stay]
            every = rows.next_logits()
        return trials

    def _draw(self, trial: _Trial, index: int, logits: Tensor) -> int:
        chances = processed(logits, self._settings).log()
        position = len(self.ids) + len(trial.ids)
        stream = (len(self.branchings) + 1) * _TRIALS + index
        id = chosen(chances, gumbel(self._seed, position, len(chances), stream=stream))
        trial.logs.append(float(chances[id]))
        trial.ended = id in self._text.model.end_ids
        trial.done = trial.ended or ends_clause(self._text.model.tokenizer, id)
        if not trial.ended:
            trial.ids.append(id)
        return id

    def counts(self, kept: Tokens) -> Array:
        """How many trials there were before each kept token; no value within a trial."""
        counts = np.ones(len(self.ids), np.float32)
        for one in self.branchings:
            counts[one.at : one.at + len(one.trials[one.kept].ids)] = np.nan
            counts[one.at : one.at + 1] = len(one.trials)
        return kept.scatter(counts)

    def shown(self) -> tuple[list[Tokens], BranchesPanel, dict[str, Figure]]:
        """The strip of the kept text and that of all dropped trials, the braid, and what it cost."""
        said = text_before(self._text, len(self._before))
        kept = branch_strip(self._text, self.ids, after=self._before, said=said, id="branched", label="Kept")
        nodes = [BranchNode(id="kept", parent=None, strip="branched", label="Kept", log_probability=sum(self.logs))]
        dropped: list[Tokens] = []
        waiting: list[BranchNode] = []
        edges = [*kept.places, len(kept.strip.units)]
        for number, one in enumerate(self.branchings):
            before, at = self._before + self.ids[: one.at], edges[one.at]
            written = said + "".join(unit.text or "" for unit in kept.strip.units[:at] if not unit.special)
            for index, trial in enumerate(one.trials):
                node = _node(f"{number}.{index}", at, trial)
                if index == one.kept:
                    nodes.append(node.model_copy(update={"range": (at, edges[one.at + len(trial.ids)])}))
                else:
                    dropped.append(branch_strip(self._text, trial.ids, after=before, said=written, id="t", label=""))
                    waiting.append(node.model_copy(update={"strip": "trials", "kept": False}))
        strips = [kept]
        if dropped:
            trials, ranges = joined(dropped, id="trials", label="Trials that were dropped")
            strips.append(trials)
            nodes += [node.model_copy(update={"range": where}) for node, where in zip(waiting, ranges, strict=True)]
        panel = BranchesPanel(label="Trials", layout="braid", value_label="Perplexity", nodes=nodes)
        return strips, panel, self._figures()

    def _figures(self) -> dict[str, Figure]:
        drawn = sum(len(trial.logs) for one in self.branchings for trial in one.trials)
        inside = sum(len(one.trials[one.kept].ids) for one in self.branchings)
        total = drawn + len(self.ids) - inside
        value = math.exp(-math.fsum(self.logs) / len(self.logs)) if self.logs else None
        return {
            "branchings": Figure(value=len(self.branchings), label="Branchings", domain=(0.0, None)),
            "cost": Figure(
                value=total / len(self.ids) if self.ids else None,
                label="Tokens drawn for each that was kept",
                domain=(0.0, None),
            ),
            "perplexity": Figure(value=value, label="Perplexity of what was kept", domain=(1.0, None)),
        }


def _node(id: str, at: int, trial: _Trial) -> BranchNode:
    label = "ended at once" if not trial.ids else "ends" if trial.ended else ""
    return BranchNode(
        id=id,
        parent="kept",
        at=at,
        strip="branched",
        label=label,
        log_probability=math.fsum(trial.logs),
        value=trial.perplexity,
    )
