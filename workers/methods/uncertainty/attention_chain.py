"""UQAC: how sure the model is of an answer and of the steps that its attention took to it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import torch
from pydantic import Field
from torch import Tensor

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    LinksPanel,
    Panel,
    PanelKind,
    Paper,
    Refusal,
    ResolvedTarget,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import first_generated
from workers.core.chains import Chain, Rules, follow, reduced_attention
from workers.core.method import FORWARD, Findings, Method
from workers.core.passes import Passes
from workers.core.reading import Tokens
from workers.core.summaries import largest
from workers.core.targets import TokenTarget
from workers.core.text_passes import TextPasses

Array = npt.NDArray[np.float32]

_LEAST = 1e-12
_BATCH = 8
"""Variants that are read side by side."""
_WORDS = (
    "a an the and or but if then else of at by for with about to from in on up down out off over under is are "
    "was were be been being am do does did have has had will would shall should can could may might must not "
    "no nor so than too very it its he she they them his her their we us our you your i me my this that these "
    "those as s t there here don doesn didn isn aren wasn weren won wouldn ll re ve d m "
)
_STOP = frozenset(_WORDS.split())


class AttentionChain(Method):
    """How sure the model is of an answer, counted over the chain of tokens that its attention goes back to.

    From the answer that you select, attention is followed back: of each row the sharpest heads, without the sink
    and with the nearest tokens damped. Of the chain, the tokens most similar to the answer are kept. Their
    probabilities and the answer's are multiplied; the same is added up for variants in which one of these tokens is
    another likely one. So the confidence approximates how probable the answer is whatever was said on the way.
    """

    key: ClassVar[str] = "attention_chain"
    name: ClassVar[str] = "Attention chain (UQAC)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the answer, or a step towards it, attended more to this token."
    caveat: ClassVar[str] = (
        "Attention shows what was looked at, not what it did. Summed over sources, a score may exceed 1. Stop words "
        "are English."
    )
    paper: ClassVar[str] = "Li et al.: Language Model Uncertainty Quantification with Attention Chain, arXiv 2503.19168"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Follow the links back from the answer. If the chain runs through the steps that a person would "
            "name, the confidence is about those steps; if it runs through punctuation, it is about nothing."
        ),
        example=WorkedExample(
            setting=(
                "A head of the row before the answer attends 0.5 to the first token, 0.2 to “red”, 0.2 to the "
                "token just before it and 0.1 to itself."
            ),
            given={"row": [0.5, 0.2, 0.2, 0.1], "damping": [0.166, 0.209]},
            steps=[
                Step(does="The nearest token, damped", formula="0.2 · 0.166", gives=0.0332),
                Step(does="“red”, two tokens back, damped less", formula="0.2 · 0.209", gives=0.0418),
                Step(does="Share of “red”, without sink and self", formula="0.0418 / (0.0418 + 0.0332)", gives=0.557),
            ],
            means=(
                "The first token (a sink) and the row itself are left out, and nearness is not allowed to win by "
                "itself. So “red” enters the chain, although the head gave most of its attention to the sink."
            ),
        ),
        distrust=(
            "As an explanation of why the answer came: attention shows what was looked at. The damping was "
            "measured on the authors' models and may not fit yours."
        ),
        papers=[
            Paper(
                citation="Li et al.: Language Model Uncertainty Quantification with Attention Chain",
                year=2025,
                id="arXiv:2503.19168",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.ATTENTION}),)
    explains: ClassVar[bool] = True
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "links")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=2), Term(of=["targets"]), Term(of=["variants", "targets"])],
        most=[
            FORWARD,
            Term(times=2),
            Term(of=["targets"]),
            Term(of=["variants", "targets"]),
            Term(of=["keep", "targets"]),
        ],
        attention=True,
    )

    heads: Annotated[int, Field(ge=1, le=1024, description="How many of the sharpest heads of a row count.")] = 16
    reduce: Annotated[Literal["max", "mean"], Field(description="What makes one map of them.")] = "max"
    width: Annotated[int, Field(ge=1, le=10, description="How many tokens a step adds at most.")] = 3
    threshold: Annotated[float, Field(ge=0, le=10, description="Attention a token needs to be added.")] = 0.5
    least_chain: Annotated[int, Field(ge=0, le=100, description="So many tokens are added whatever they have.")] = 5
    keep: Annotated[int, Field(ge=1, le=100, description="How many of the most similar tokens are kept.")] = 10
    within: Annotated[
        Literal["response", "all"], Field(description="Look in what the model wrote, or in the prompt too.")
    ] = "response"
    stop_words: Annotated[bool, Field(description="Leave English stop words and punctuation out.")] = True
    variants: Annotated[
        int, Field(ge=0, le=64, description="Beside the tokens kept, so many other likely ones are tried.")
    ] = 10
    least_probability: Annotated[float, Field(gt=0, lt=1, description="How likely another token has to be.")] = 0.01

    @torch.no_grad()
    def run(self, passes: Passes) -> Findings:
        """Links from the answer back along the chain; tracks `attention`, `similarity`, `probability`; `confidence`."""
        text = passes.text
        targets = text.targets
        if any(target.contrast for target in targets):
            raise Refusal("no-contrast", "An attention chain explains one answer, not a contrast.", field="targets")
        tokens = text.explained
        attention, states = reduced_attention(text.model, tokens.ids, self.heads, self.reduce, passes.report)
        found = [self._found(passes, target, attention, states) for target in targets]
        return _findings(tokens, found)

    def _found(self, passes: Passes, target: TokenTarget, attention: Tensor, states: Tensor) -> "_Found":
        text = passes.text
        answer = list(range(target.start, target.start + len(target.ids)))
        ids = [*text.explained.ids[: target.start], *target.ids]
        allowed = self._allowed(text, target.start)
        rules = Rules(width=self.width, least=self.threshold, short=self.least_chain)
        chain = follow(attention, answer, allowed.__contains__, rules)
        similarity = _similarity(states, list(chain.scores), answer)
        kept = [token for token in sorted(similarity, key=lambda token: -similarity[token]) if similarity[token] >= 0]
        kept = sorted(kept[: self.keep])
        logs = _log_probabilities(text, [ids], [*kept, *answer])[0]
        own = logs.gather(1, torch.tensor([ids[token] for token in [*kept, *answer]])[:, None])[:, 0]
        others = self._others(ids, kept, logs)
        total = math.exp(float(own.sum()))
        for start in range(0, len(others), _BATCH):
            passes.report("Trying other steps", 0.4 + 0.6 * start / len(others))
            total += sum(_joint(text, ids, others[start : start + _BATCH], [*kept, *answer]))
        value = float(own[len(kept) :].sum())
        return _Found(
            target.resolved.model_copy(update={"value": value}),
            answer,
            chain,
            similarity,
            {token: math.exp(float(log)) for token, log in zip([*kept, *answer], own, strict=True)},
            max(total, _LEAST),
            len(others),
        )

    def _allowed(self, text: TextPasses, answer: int) -> set[int]:
        """The tokens before the answer that a chain may hold."""
        tokens = text.explained
        first = first_generated(text) if self.within == "response" and text.continuation else 0
        first = first if first < answer else 0
        return {
            token
            for token in range(first, answer)
            if not tokens.strip.units[tokens.places[token]].special
            and not (self.stop_words and _is_stop(text.model.tokenizer.token_text(tokens.ids[token])))
        }

    def _others(self, ids: Sequence[int], kept: list[int], logs: Tensor) -> list[tuple[int, int]]:
        """(token, other id) of the most probable other tokens at the places of the chain."""
        best = logs[: len(kept)].topk(min(5, logs.shape[-1]), dim=-1) if kept else None
        if best is None:
            return []
        pairs = [
            (float(log), token, id)
            for token, row, named in zip(kept, best.values.tolist(), best.indices.tolist(), strict=True)
            for log, id in zip(row, named, strict=True)
            if log > math.log(self.least_probability)
        ]
        pairs = sorted(pairs, reverse=True)[: self.variants + len(kept)]
        return [(token, id) for _, token, id in pairs if id != ids[token]]


@dataclass(frozen=True)
class _Found:
    """One answer: its chain, similarities to it, probabilities of what was kept, and the confidence."""

    target: ResolvedTarget
    answer: list[int]
    chain: Chain
    similarity: dict[int, float]
    probability: dict[int, float]
    confidence: float
    variants: int


def _is_stop(text: str) -> bool:
    word = text.strip().lower().replace("’", "'")
    return not any(char.isalnum() for char in word) or word in _STOP or word.replace("'", "") in _STOP


def _similarity(states: Tensor, chain: list[int], answer: list[int]) -> dict[int, float]:
    """Mean cosine of a token's final state and those of the answer's tokens."""
    if not chain:
        return {}
    normed = torch.nn.functional.normalize(states.double(), dim=-1)
    cosines = (normed[chain] @ normed[answer].T).mean(-1)
    return dict(zip(chain, cosines.tolist(), strict=True))


def _log_probabilities(text: TextPasses, rows: list[list[int]], at: list[int]) -> Tensor:
    """ln p (rows, tokens, V) of the distributions before the tokens `at` of each row of ids."""
    states = text.model.hidden(ids=torch.tensor(rows, device=text.model.device))[0]
    return text.model.logits(states[:, [token - 1 for token in at]]).log_softmax(-1).cpu()


def _joint(text: TextPasses, ids: list[int], changes: list[tuple[int, int]], at: list[int]) -> list[float]:
    """The product of the probabilities of the tokens `at`, with one of them changed, for each change."""
    rows = [[*ids[:token], id, *ids[token + 1 :]] for token, id in changes]
    logs = _log_probabilities(text, rows, at)
    wanted = torch.tensor([[row[token] for token in at] for row in rows])
    found: list[float] = logs.gather(2, wanted[..., None]).squeeze(-1).double().sum(-1).exp().tolist()
    return found


def _findings(tokens: Tokens, found: list[_Found]) -> Findings:
    strip = tokens.strip.id
    panels: list[Panel] = [ScoresPanel(strip=strip, tracks=_tracks(tokens, found))]
    links = _links(tokens, found)
    panels += [links] if links is not None else []
    return Findings(
        strips=[tokens.strip],
        panels=panels,
        figures=_figures(found),
        targets=[one.target for one in found],
    )


def _spread(tokens: Tokens, values: dict[int, float]) -> Array:
    every = np.full(len(tokens.ids), np.nan, np.float32)
    for token, value in values.items():
        every[token] = value
    return tokens.scatter(every)


def _tracks(tokens: Tokens, found: list[_Found]) -> list[Track]:
    """Probabilities of all that was kept; attention and similarity where they are those of one answer."""
    probability = {token: value for one in found for token, value in one.probability.items()}
    every = [_track(tokens, "probability", "Probability", probability, (0.0, 1.0))]
    if len(found) > 1 or not found[0].chain.scores:
        return every
    scores = found[0].chain.scores
    attention = _track(tokens, "attention", "Attention, summed", scores, (0.0, max(scores.values())))
    similarity = _track(tokens, "similarity", "Similarity to the answer", found[0].similarity, (-1.0, 1.0))
    return [attention, similarity.model_copy(update={"scale": "diverging"}), *every]


def _track(tokens: Tokens, name: str, label: str, values: dict[int, float], domain: tuple[float, float]) -> Track:
    return Track(name=name, label=label, domain=domain, values=_spread(tokens, values))


def _links(tokens: Tokens, found: list[_Found]) -> LinksPanel | None:
    """From each answer and each token of its chain to what it attended to."""
    rows: list[tuple[int, int]] = []
    weights: list[Array] = []
    for one in found:
        first = tokens.places[one.answer[0]], tokens.places[one.answer[-1]] + 1
        edges: dict[tuple[int, int], dict[int, float]] = {first: {}}
        for token, key, weight in one.chain.edges:
            row = first if token in one.answer else (tokens.places[token], tokens.places[token] + 1)
            kept = edges.setdefault(row, {})
            kept[key] = kept.get(key, 0.0) + weight
        rows += list(edges)
        weights += [_spread(tokens, values) for values in edges.values()]
    together = np.stack(weights)
    if not np.isfinite(together).any():
        return None
    return LinksPanel(
        name="attention",
        label="Attention",
        domain=(0.0, largest(together)),
        strip=tokens.strip.id,
        target_strip=tokens.strip.id,
        rows=rows,
        weights=together,
    )


def _figures(found: list[_Found]) -> dict[str, Figure]:
    """The confidence, and cheaper ones that need no variants; of the first answer."""
    one = found[0]
    chain = [value for token, value in one.probability.items() if token not in one.answer]
    answer = [one.probability[token] for token in one.answer]
    mean = sum(chain) / len(chain) if chain else None
    return {
        "confidence": Figure(value=one.confidence, label="Confidence, variants added up", domain=(0.0, None)),
        "answer_probability": Figure(value=math.prod(answer), label="Probability of the answer", domain=(0.0, 1.0)),
        "chain_probability": Figure(value=mean, label="Mean probability of the chain", domain=(0.0, 1.0)),
        "chain_product": Figure(
            value=math.prod(chain) if chain else None, label="Product over the chain", domain=(0.0, 1.0)
        ),
        "variants": Figure(value=one.variants, label="Variants added", domain=(0.0, None)),
    }
