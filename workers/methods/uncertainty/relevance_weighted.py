"""Surprisal weighted by relevance: a token that could be left out should not make an answer look uncertain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import logsumexp

from workers.contract import (
    Ability,
    Figure,
    Generate,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Track,
    Unit,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import sample_strip
from workers.core.method import FORWARD, Findings, Method
from workers.core.named import SIMILARITY_DEFAULT, SimilarityKey
from workers.core.passes import Passes
from workers.core.reading import Tokens
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.wording import Until, stops
from workers.models.judges import Pair

Array = npt.NDArray[np.float64]

_MOST_TOKENS = 1024
"""Each token costs the judge one text of the length of the whole."""
_TEMPERATURE = 0.001
"""t of sentenceSAR, in the paper and in both implementations."""


class RelevanceWeighted(Method):
    """How much each token adds to the answer's uncertainty, given how much it matters to what the answer says.

    Relevance is 1 − the similarity of the text with and without the token; `token_sar` is the token's surprisal times
    its share of all relevance, and their sum is tokenSAR (Shifting Attention to Relevance). With samples, sentenceSAR
    lowers the uncertainty of an answer that resembles other likely ones, and SAR does so with tokenSAR inside.
    """

    key: ClassVar[str] = "relevance_weighted"
    name: ClassVar[str] = "Relevance-weighted surprisal"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = (
        "Surprisal, relevance and their product, one above the other: a token with much of the first and little of "
        "the second was unexpected, but nothing hangs on it."
    )
    caveat: ClassVar[str] = "Relevance is what the similarity model makes of a text with one token left out."
    paper: ClassVar[str] = "Duan et al. 2024, Shifting Attention to Relevance (ACL)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the three tracks one above the other. What deserves your doubt is dark in both: unexpected, "
            "and the answer means something else without it."
        ),
        example=WorkedExample(
            setting=(
                "Three tokens of an answer have the surprisals 0.2, 1 and 2 nat. Leaving each out changes the "
                "meaning by 0.1, 0.1 and 0.6 (1 − similarity)."
            ),
            given={"surprisal": [0.2, 1.0, 2.0], "relevance": [0.1, 0.1, 0.6]},
            steps=[
                Step(does="Relevance of all", formula="0.1 + 0.1 + 0.6", gives=0.8),
                Step(does="First token", formula="0.2 · 0.1 / 0.8", gives=0.025),
                Step(does="Second token", formula="1 · 0.1 / 0.8", gives=0.125),
                Step(does="Third token", formula="2 · 0.6 / 0.8", gives=1.5),
                Step(does="tokenSAR", formula="0.025 + 0.125 + 1.5", gives=1.65),
            ],
            means=(
                "The plain mean of the surprisals would be 1.07. Weighted by relevance the answer is more "
                "doubtful, because the unexpected token is the one that matters."
            ),
        ),
        distrust=(
            "When the similarity model does not know the field or the language of the text: then relevance is "
            "noise. Numbers and negations often count too little with such models."
        ),
        papers=[Paper(citation="Duan et al.: Shifting Attention to Relevance, ACL", year=2024, id="arXiv:2307.01379")],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[
            FORWARD,
            Term(of=["answered"]),
            Term(times=0.7, of=["samples", "max_new_tokens"]),
            Term(of=["samples", "samples"]),
        ],
        most=[
            FORWARD,
            Term(times=2, of=["answered"]),
            Term(times=2),
            Term(of=["samples", "max_new_tokens"]),
            Term(times=2, of=["samples", "max_new_tokens"]),
            Term(times=2, of=["samples", "samples"]),
        ],
    )

    similarity: Annotated[
        SimilarityKey,
        Field(description="The similarity model; the authors use cross-encoder/stsb-roberta-large."),
    ] = SIMILARITY_DEFAULT
    variant: Annotated[
        Literal["lm_polygraph", "authors"],
        Field(
            description="lm_polygraph leaves out one token at a time; authors, as in their code, removes every "
            "occurrence of the token's string, and joins prompt and answer without a space."
        ),
    ] = "lm_polygraph"
    samples: Annotated[
        int, Field(ge=0, le=20, description="Continuations to draw for sentenceSAR and SAR (the paper: 5); 0: none.")
    ] = 0
    max_new_tokens: Annotated[int, Field(ge=1, le=256, description="How long a sample may get.")] = 32
    until: Until = "sentence"
    temperature: Annotated[
        float, Field(gt=0, le=10, description="At which samples are drawn; they are scored at temperature 1.")
    ] = 0.5

    def statistics(self) -> Sequence[Statistic]:
        """Log-probability of each token."""
        return (TokenLogProbability(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `surprisal` [nat], `relevance`, `token_sar` [nat] of what the model said, and of each sample."""
        text = passes.text
        surprisal = -text.statistic(TokenLogProbability())["log_probability"].astype(float) + 0.0
        answer = _answer(text.scored, text.source_text, surprisal, said=text.continuation is not None)
        if len(answer.units) > _MOST_TOKENS:
            detail = (
                f"The text has {len(answer.units):,} tokens, each of which is left out once; at most "
                f"{_MOST_TOKENS:,} are. Cut the text, or let the model say less."
            )
            raise Refusal("text-too-long", detail, field="text", limit=_MOST_TOKENS, value=len(answer.units))
        drawn = self._samples(passes)
        passages = [answer, *drawn]
        scores = [self._score(passes, passage) for passage in passages]
        panels = [_panel(passage, score) for passage, score in zip(passages, scores, strict=True)]
        figures = _figures(answer, scores[0])
        if drawn:
            figures |= self._sampled_figures(passes, drawn, scores[1:])
        notes = [self.caveat, passes.pair_scores.caveat(self.similarity), f"Variant: {self.variant}."]
        return Findings(
            strips=[*(tokens.strip for tokens in text.strips), *(passage.tokens.strip for passage in drawn)],
            panels=panels,
            figures=figures,
            caveat=" ".join(note for note in notes if note),
        )

    def _samples(self, passes: Passes) -> list["_Passage"]:
        if not self.samples:
            return []
        settings = Generate(
            max_new_tokens=self.max_new_tokens,
            do_sample=True,
            temperature=self.temperature,
            stop=stops(self.until),
            seed=passes.seed,
        )
        text = passes.text
        found = []
        for index, sample in enumerate(text.samples(self.samples, settings), 1):
            tokens = sample_strip(text, sample.ids, id=f"sample-{index}", label=f"Sample {index}")
            surprisal = tokens.scatter(-sample.log_probabilities).astype(float)
            passage = _answer(tokens, text.source_text, surprisal, said=True)
            found.append(replace(passage, end=sample.end_log_probability or 0.0))
        return found

    def _score(self, passes: Passes, passage: "_Passage") -> "_Score":
        """Relevance of every token by one similarity each, and its share of the surprisal."""
        pairs = [self._pair(passage, unit) for unit in passage.units]
        asked = [pair for pair in pairs if pair is not None]
        alone = self.variant == "lm_polygraph" and len(pairs) == 1
        similar = iter([0.5] * len(asked) if alone else passes.pair_scores.similarity(self.similarity, asked))
        relevance = np.array([0.0 if pair is None else 1.0 - float(next(similar)) for pair in pairs])
        weights = np.where(np.isnan(passage.surprisal), 0.0, relevance)
        total = weights.sum()
        share = weights / total if total > 0 else np.full_like(weights, np.nan)
        return _Score(relevance, share * passage.surprisal)

    def _pair(self, passage: "_Passage", unit: Unit) -> Pair | None:
        """The answer with and without a token, in its context; None where nothing is to be compared."""
        if unit.special or unit.byte_start is None or unit.byte_end is None:
            return None
        text, before = passage.text, passage.before
        if self.variant == "authors":
            return before + text, before + text.replace((unit.text or "").strip() or (unit.text or ""), "")
        data, offset = text.encode(), passage.offset
        rest = data[: unit.byte_start - offset] + data[unit.byte_end - offset :]
        return f"{before} {text}".strip(), f"{before} {rest.decode(errors='replace')}".strip()

    def _sampled_figures(
        self, passes: Passes, drawn: Sequence["_Passage"], scores: Sequence["_Score"]
    ) -> dict[str, Figure]:
        """sentenceSAR and SAR over the samples; lm-polygraph's p_j of the former holds the end token too."""
        count = len(drawn)
        before = drawn[0].before if self.variant == "authors" else ""
        pairs = [(before + one.text, before + two.text) for one in drawn for two in drawn]
        similar = passes.pair_scores.similarity(self.similarity, pairs).astype(float).reshape(count, count)
        ended = self.variant == "lm_polygraph"
        likely = np.array([(passage.end if ended else 0.0) - float(np.nansum(passage.surprisal)) for passage in drawn])
        shifted = np.array([-float(np.nansum(score.token_sar)) for score in scores])
        return {
            "sentence_sar": _nats("sentenceSAR over the samples", sentence_sar(likely, similar)),
            "sar": _nats("SAR over the samples", sentence_sar(shifted, similar)),
        }


@dataclass(frozen=True)
class _Passage:
    """What is judged: units of a strip that are its tokens, their text, and what stood before it.

    `end` is ln p of the end token where a sample drew it, else 0.
    """

    tokens: Tokens
    units: list[Unit]
    places: list[int]
    text: str
    before: str
    offset: int
    surprisal: Array
    end: float = 0.0


@dataclass(frozen=True)
class _Score:
    """Per token of a passage: relevance, and surprisal times the share of all relevance."""

    relevance: Array
    token_sar: Array


def sentence_sar(log_probabilities: Array, similar: Array) -> float:
    """The mean over answers j of −ln(p_j + Σ_k≠j g(j, k) p_k / t), in logarithms because p underflows."""
    others = np.where(np.eye(len(log_probabilities), dtype=bool), 0.0, similar) / _TEMPERATURE
    np.fill_diagonal(others, 1.0)
    return float(-np.mean(logsumexp(log_probabilities[None, :], b=others, axis=1)))


def _answer(tokens: Tokens, source: str, surprisal: Array, *, said: bool) -> _Passage:
    """The model's own words where it said some (after the prompt), else the whole text (after nothing)."""
    units = tokens.strip.units
    generated = said and any(unit.segment == "generated" for unit in units)
    inside = [unit.segment == "generated" if generated else not unit.special for unit in units]
    text = "".join(unit.text or "" for unit, there in zip(units, inside, strict=True) if there)
    places = [place for place in tokens.places if inside[place]]
    starts = [units[place].byte_start or 0 for place, there in enumerate(inside) if there]
    known = np.where(np.isinf(surprisal), np.nan, surprisal)
    return _Passage(
        tokens=tokens,
        units=[units[place] for place in places],
        places=places,
        text=text,
        before=source if said else "",
        offset=min(starts, default=0),
        surprisal=known[places],
    )


def _panel(passage: _Passage, score: _Score) -> ScoresPanel:
    top = max(1.0, float(np.nanmax(passage.surprisal, initial=0.0)))
    return ScoresPanel(
        strip=passage.tokens.strip.id,
        tracks=[
            _track(passage, "surprisal", "Surprisal", "nat", passage.surprisal, top).model_copy(
                update={"aggregate": ["sum", "mean", "max"]}
            ),
            _track(passage, "relevance", "Relevance", "", score.relevance, 1.0),
            _track(passage, "token_sar", "Surprisal × share of relevance", "nat", score.token_sar, top).model_copy(
                update={"aggregate": ["sum", "max"]}
            ),
        ],
    )


def _track(passage: _Passage, name: str, label: str, unit: str, values: Array, top: float) -> Track:
    spread = np.full(len(passage.tokens.strip.units), np.nan, np.float32)
    spread[passage.places] = values
    return Track(name=name, label=label, unit=unit, domain=(0.0, top), values=spread, aggregate=["mean", "max"])


def _figures(passage: _Passage, score: _Score) -> dict[str, Figure]:
    known = passage.surprisal[~np.isnan(passage.surprisal)]
    weighted = score.token_sar[~np.isnan(score.token_sar)]
    return {
        "token_sar": _nats("tokenSAR", float(weighted.sum()) if weighted.size else None),
        "mean_nll": _nats("Mean surprisal", float(known.mean()) if known.size else None),
    }


def _nats(label: str, value: float | None) -> Figure:
    return Figure(value=value, label=label, unit="nat")
