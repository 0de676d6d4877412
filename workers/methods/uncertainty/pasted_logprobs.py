"""Log-probabilities that a server returned, coloured as they are: no model is run."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    AlternativesPanel,
    Candidate,
    Figure,
    Guide,
    Lens,
    Panel,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    SourceKind,
    Step,
    Strip,
    Track,
    Unit,
    WorkedExample,
    encode_bytes,
)
from workers.contract.formats.logprobs import Pasted, read_logprobs
from workers.contract.formats.tokens import PastedChoice, PastedToken
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.models.tokenizing.base import Piece, TextTokenizer, readable
from workers.models.tokenizing.units import continue_text, units

Array = npt.NDArray[np.float32]

FROM_FILE = "The numbers come from the file; no model was run."
_TRUNCATED = (
    "Only some alternatives are in the file, so entropy is a lower bound: it is as if all the rest were one token."
)


class PastedLogprobs(Method):
    """How probable each token was by a server's own log-probabilities, without running a model.

    Reads the JSON of OpenAI-style chat and text completions, vLLM (with `prompt_logprobs`), llama.cpp, Ollama and
    text-generation-inference, also streamed. Surprisal is −ln p of the token; the alternatives are those that the
    server sent. From them alone entropy is only known to be at least −Σ p ln p − r ln r, with r = 1 − Σ p for all the
    tokens left out. What a server did not send has no value.
    """

    key: ClassVar[str] = "pasted_logprobs"
    name: ClassVar[str] = "Pasted log-probabilities"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the server's model expected this token less; 0 nat means it was certain of it."
    caveat: ClassVar[str] = f"{FROM_FILE} Whether temperature or filters are in them is known to the server alone."
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read it like surprisal: dark tokens were unexpected to the server's model. Hover for the "
            "alternatives that it sent. A bound of the entropy that is high already is high for certain."
        ),
        example=WorkedExample(
            setting=("A server sent for one token −0.511 nat (p = 0.6) and one alternative with −1.204 nat (p = 0.3)."),
            given={"logs": [-0.511, -1.204]},
            steps=[
                Step(does="Probability of all that was left out", formula="1 − exp(−0.511) − exp(−1.204)", gives=0.1),
                Step(
                    does="Entropy is at least", formula="−(0.6 · ln(0.6) + 0.3 · ln(0.3) + 0.1 · ln(0.1))", gives=0.898
                ),
            ],
            means=(
                "What was left out is counted as one token. If it was many, the true entropy is higher: never lower."
            ),
        ),
        distrust=(
            "When the server applied a temperature, penalties or a nucleus before it wrote the numbers: they are "
            "then not the model's own, and files do not say so."
        ),
        papers=[
            Paper(
                citation=("Shannon: A Mathematical Theory of Communication (grouping can only lower entropy)"),
                year=1948,
                id="doi:10.1002/j.1538-7305.1948.tb01338.x",
            )
        ],
    )
    inputs: ClassVar[tuple[SourceKind, ...]] = ("logprobs",)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives")
    queue: ClassVar = "cpu"

    top_k: Annotated[int, Field(ge=1, le=100, description="How many alternatives are shown for each token.")] = 20

    def run(self, passes: Passes) -> Findings:
        """Per answer the tracks `surprisal` [nat], `probability`, `rank`, and of its alternatives what they tell."""
        pasted = read_logprobs(passes.source("logprobs").text or "")
        drawn = [_draw(pasted, index) for index in range(len(pasted.answers))]
        panels: list[Panel] = []
        truncated = False
        for one in drawn:
            panels.append(ScoresPanel(strip=one.strip.id, tracks=_tracks(one)))
            if any(token.top for token in one.tokens):
                panels.append(_alternatives(one, self.top_k))
                truncated = truncated or any(_rest(token) > 1e-6 for token in one.tokens if token.top)
        told = [f"{FROM_FILE} {_origin(pasted)}", *([_TRUNCATED] if truncated else []), *_missing(drawn)]
        return Findings(
            strips=[one.strip for one in drawn],
            panels=panels,
            figures=_figures(drawn),
            caveat=" ".join(told),
        )


@dataclass(frozen=True)
class _Drawn:
    """One answer as a strip; `places` is the unit of each token."""

    strip: Strip
    tokens: list[PastedToken]
    places: list[int]

    def spread(self, values: Sequence[float]) -> Array:
        """Numbers per token as numbers per unit."""
        array = np.full(len(self.strip.units), np.nan, np.float32)
        array[self.places] = values
        return array


class _ServerTokens(TextTokenizer):
    """The tokens of an answer as a vocabulary: token i of the answer has id i."""

    def __init__(self, tokens: Sequence[PastedToken]) -> None:
        self.name = ""
        self.vocabulary_size = len(tokens)
        self.special_ids = frozenset(id for id, token in enumerate(tokens) if token.special or not token.data)
        self._tokens = tokens

    def encode(self, text: str, *, special_text: str = "escape") -> list[Piece]:
        """Nothing: what was cut elsewhere cannot be cut again."""
        raise NotImplementedError("tokens of a server's answer cut no other text")

    def token_bytes(self, id: int) -> bytes:
        """What the token stands for."""
        return self._tokens[id].data

    def token_string(self, id: int) -> str:
        """The token as a person may read it; one that stands for no text as the server calls it."""
        token = self._tokens[id]
        return (token.text or "(no text)") if id in self.special_ids else readable(token.data)


def _draw(pasted: Pasted, index: int) -> _Drawn:
    """The strip of an answer: bytes joined into characters over the borders of tokens."""
    answer = pasted.answers[index]
    tokenizer = _ServerTokens(answer.tokens)
    ids = list(range(len(answer.tokens)))
    prompt = [id for id in ids if answer.tokens[id].prompt]
    before = continue_text(tokenizer, "", [], prompt)
    after = continue_text(tokenizer, before.text, before.pieces, ids[len(prompt) :])
    if not any(token.data for token in answer.tokens):
        detail = "None of the tokens has a text: the server sent ids only. Ask it for the tokens' texts."
        raise Refusal("logprobs-without-text", detail, field="source_ids")
    written = [Piece(one.id, one.start, one.end, one.surface, one.special) for one in before.pieces]
    cut = units(tokenizer, after.text, [*written, *after.pieces], generated_from=len(before.text.encode()))
    named = [_server_id(unit, answer.tokens) for unit in cut]
    name = "Answer" if len(pasted.answers) == 1 else f"Answer {index + 1}"
    by = f" of “{pasted.model}”" if pasted.model else ""
    strip = Strip(id=f"answer-{index}", role="answer", label=f"{name}{by}, numbers from the file", units=named)
    return _Drawn(strip, list(answer.tokens), [place for place, unit in enumerate(cut) if unit.id is not None])


def _server_id(unit: Unit, tokens: Sequence[PastedToken]) -> Unit:
    """The unit with the id that the server gave, or none."""
    return unit if unit.id is None else unit.model_copy(update={"id": tokens[unit.id].id})


def _tracks(one: _Drawn) -> list[Track]:
    logs = np.array([math.nan if token.log_probability is None else token.log_probability for token in one.tokens])
    surprisal = one.spread(np.where(np.isinf(logs), np.nan, np.maximum(-logs, 0.0)).tolist())
    probability = one.spread(np.minimum(np.exp(logs), 1.0).tolist())
    known = [
        Track(
            name="surprisal",
            label="Surprisal, from the file",
            unit="nat",
            domain=(0.0, _ceiling(surprisal)),
            aggregate=["sum", "mean", "max"],
            values=surprisal,
        ),
        Track(
            name="probability",
            label="Probability, from the file",
            domain=(0.0, 1.0),
            aggregate=["min", "mean"],
            values=probability,
        ),
    ]
    entropy, gap = one.spread([*map(_entropy, one.tokens)]), one.spread([*map(_gap, one.tokens)])
    if np.isfinite(entropy).any():
        label, top = "Entropy, at least", _ceiling(entropy)
        known.append(Track(name="entropy_bound", label=label, unit="nat", domain=(0.0, top), values=entropy))
        known.append(Track(name="gap", label="Behind the best alternative", domain=(0.0, 1.0), values=gap))
    return [track for track in known if np.isfinite(track.values).any()]


def _ceiling(values: Array) -> float:
    return max(float(np.nanmax(values, initial=0.0)), 1e-3)


def _chances(token: PastedToken) -> list[float]:
    return [math.exp(one.log_probability) for one in token.top if one.log_probability is not None]


def _rest(token: PastedToken) -> float:
    """The probability of all tokens that the server left out."""
    return max(0.0, 1.0 - math.fsum(_chances(token)))


def _entropy(token: PastedToken) -> float:
    """−Σ p ln p with all that was left out as one token: splitting it further could only add. NaN: no alternatives."""
    if len(token.top) < 2:
        return math.nan
    return math.fsum(-p * math.log(p) for p in [*_chances(token), _rest(token)] if p > 0)


def _gap(token: PastedToken) -> float:
    """p of the most probable token minus p of the one that stands there."""
    if len(token.top) < 2 or token.log_probability is None:
        return math.nan
    return min(1.0, max(0.0, max(_chances(token)) - math.exp(token.log_probability)))


def _alternatives(one: _Drawn, limit: int) -> AlternativesPanel:
    """The server's alternatives, each token once, known by its bytes where it has no id."""
    shown = [[best for best in token.top if best.log_probability is not None][:limit] for token in one.tokens]
    distinct = {best.key: best for row in shown for best in row}
    order = {key: index for index, key in enumerate(distinct)}
    k = max(map(len, shown))
    choices = np.full((len(one.strip.units), k), np.nan, np.float32)
    probabilities = choices.copy()
    for place, row in zip(one.places, shown, strict=True):
        choices[place, : len(row)] = [order[best.key] for best in row]
        probabilities[place, : len(row)] = [min(1.0, math.exp(best.log_probability or 0.0)) for best in row]
    covered = np.where(np.isnan(probabilities).all(-1), np.nan, np.minimum(np.nansum(probabilities, -1), 1.0))
    candidates = [_candidate(best, -1 - index) for index, best in enumerate(distinct.values())]
    return AlternativesPanel(
        strip=one.strip.id,
        candidates=candidates,
        choices=choices,
        probabilities=probabilities,
        covered=covered.astype(np.float32),
    )


def _candidate(best: PastedChoice, unnamed: int) -> Candidate:
    text = readable(best.data) if best.data else best.text or "(no text)"
    id = unnamed if best.id is None else best.id
    return Candidate(id=id, text=text, bytes=encode_bytes(best.data), special=not best.data)


def _origin(pasted: Pasted) -> str:
    return f"They were written by “{pasted.model}”, it says." if pasted.model else "It does not say which model's."


def _missing(drawn: Sequence[_Drawn]) -> Iterator[str]:
    tokens = [token for one in drawn for token in one.tokens]
    silent = sum(token.log_probability is None for token in tokens)
    never = sum(token.log_probability == -math.inf for token in tokens)
    if silent:
        yield f"The server gave no log-probability for {silent} of {len(tokens)} tokens; they have no value."
    if never:
        yield f"{never} of {len(tokens)} tokens are called impossible (probability 0) and have no surprisal."


def _figures(drawn: Sequence[_Drawn]) -> dict[str, Figure]:
    """Of the answers' own tokens, those of prompts aside."""
    tokens = [token for one in drawn for token in one.tokens if not token.prompt]
    logs = [token.log_probability for token in tokens]
    known = [max(0.0, -log) for log in logs if log is not None and log > -math.inf]
    mean = math.fsum(known) / len(known) if known else None
    covered = [min(1.0, math.fsum(_chances(token))) for token in tokens if token.top]
    return {
        "perplexity": Figure(
            value=math.exp(mean) if mean is not None and mean < 700 else None,
            label="Perplexity per token of the answer, from the file",
            domain=(1.0, None),
        ),
        "mean_nll": Figure(value=mean, label="Mean surprisal, from the file", unit="nat", domain=(0.0, None)),
        "mean_covered": Figure(
            value=math.fsum(covered) / len(covered) if covered else None,
            label="Mean mass of the alternatives in the file",
            domain=(0.0, 1.0),
        ),
    }
