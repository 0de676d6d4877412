"""Passes of a language model over a text and its continuation."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from workers.contract import AlternativesPanel, AnalysisRequest, Continuation, Generate, Refusal, Target
from workers.core.alternatives import alternatives
from workers.core.gathering import Array, Gathering
from workers.core.layers import LayerStatistic, Lens
from workers.core.masking import MASKED, masked_states
from workers.core.objectives import CausalObjective, EncoderDecoderObjective, Objective
from workers.core.reading import Tokens, check_begin, check_room, continuation_text, read_output, read_text
from workers.core.sampling import Generating, Sample, sample
from workers.core.statistics import EndProbability, RowChunk, Statistic, Top
from workers.core.targets import TokenTarget, resolve_tokens
from workers.models.language import LanguageModel


class TextPasses:
    """Computed once each, when first asked for: strips, token rows, targets and objectives."""

    def __init__(
        self,
        model: LanguageModel,
        request: AnalysisRequest,
        text: str,
        source: str,
        statistics: Sequence[Statistic],
        counts: Counter[str],
        generating: Generating,
    ) -> None:
        self.model = model
        self.continuation: Continuation | None = request.continuation
        self._request = request
        self.source_text = text
        self.reading = request.reading
        self.source = source
        self._statistics = [statistic for statistic in statistics if not isinstance(statistic, LayerStatistic)]
        self._counts = counts
        self._generating = generating
        self._rows: dict[Statistic, dict[str, Array]] | None = None
        layered = [statistic for statistic in statistics if isinstance(statistic, LayerStatistic)]
        self._lens = Lens(model, [] if model.masked else layered)
        self._alternatives: dict[Top, AlternativesPanel] = {}
        self._samples: dict[tuple[int, str], list[Sample]] = {}

    @cached_property
    def prompt(self) -> Tokens:
        """The text alone. Raises Refusal when it does not fit the model."""
        tokens = read_text(self.model, self.source_text, self.reading, self.source)
        if not tokens.ids:
            detail = f"“{self.model.key}” finds no token in this text: its tokenizer leaves all of it out."
            raise Refusal("no-tokens", detail, field="text")
        settings = self._request.generate
        if settings is not None:
            check_begin(self.model, settings.begin)
        wanted = settings.max_new_tokens + len(settings.begin) if settings else 0
        check_room(self.model, len(tokens.ids), wanted)
        return tokens

    @cached_property
    def scored(self) -> Tokens:
        """The strip whose tokens the model predicts: text and continuation, or an encoder-decoder's output."""
        self._counts["strips"] += 1
        if self.continuation is None and not self.model.sequence_to_sequence:
            return self.prompt
        return self._read()

    def _read(self, predicted: int | None = None) -> Tokens:
        if not self.model.sequence_to_sequence:
            text = self.source_text
            return read_text(self.model, text, self.reading, self.source, self.continuation, predicted)
        if self.continuation is None:
            raise Refusal("needs-continuation", f"“{self.model.key}” says something only when it may continue.")
        return read_output(self.model, self.continuation, predicted)

    @property
    def strips(self) -> list[Tokens]:
        """All strips of the job: what is read, then what is predicted."""
        return [self.prompt, self.scored] if self.model.sequence_to_sequence else [self.scored]

    @property
    def caveat(self) -> str:
        """What has to be said of every number per token of this model; empty where nothing is particular."""
        return MASKED if self.model.masked else ""

    @cached_property
    def predicted(self) -> list[int]:
        """Which of the scored tokens the rows of `states` predict: row r is that of token predicted[r]."""
        tokens = self.scored
        if self.model.masked:
            units = tokens.strip.units
            return [token for token, place in enumerate(tokens.places) if not units[place].special]
        return list(range(self._first_predicted, len(tokens.ids)))

    @property
    def _first_predicted(self) -> int:
        return 0 if self.model.sequence_to_sequence else 1

    @cached_property
    def states(self) -> Tensor:
        """Final hidden states (rows, width): row r predicts token r + 1, of an encoder-decoder token r.

        Of a masked encoder row r is read where token predicted[r] was masked, with all others in sight.
        """
        self._counts["forward"] += 1
        with torch.no_grad(), self._lens.watching():
            if self.model.masked:
                states = masked_states(self.model, self.scored.ids, self.predicted, self._generating)
            elif self.model.sequence_to_sequence:
                encoded = self.model.encode(ids=self.model.ids(self.prompt.ids))
                ids = [self.model.decoder_start, *self.scored.ids]
                states = self.model.decode(encoded, ids=self.model.ids(ids))[0]
            else:
                states = self.model.hidden(ids=self.model.ids(self.scored.ids))[0][0]
        self._lens.close(states)
        return states

    def layers(self, statistic: LayerStatistic) -> dict[str, Array]:
        """A statistic of every layer's lens, arrays over layers and units of `scored`: (layers, units).

        Raises Refusal where it is not known how the model's layers lead to its head.
        """
        self.states  # noqa: B018 - the layers are read while the model runs
        found = [
            {name: self.spread(values[: len(self._followers)]) for name, values in layer.items()}
            for layer in self._lens.layers(statistic)
        ]
        return {name: np.stack([layer[name] for layer in found]) for name in found[0]}

    @property
    def _followers(self) -> list[int]:
        """The id that stands where each row of `states` predicts one."""
        return [self.scored.ids[token] for token in self.predicted]

    def row(self, token: int) -> Tensor:
        """Logits (vocabulary), float32, that predict this token of `scored`; for their number, what comes next."""
        if token < self._first_predicted:
            raise Refusal("first-unit", "Nothing stands before the first token that could predict it.", field="text")
        with torch.no_grad():
            return self.model.logits(self.states[token - self._first_predicted])

    @cached_property
    def end_log_probability(self) -> float | None:
        """ln p that the text ends after its last token; None where the model has no token for that."""
        if not self.ends:
            return None
        row = RowChunk(self.row(len(self.scored.ids))[None], torch.zeros(1, dtype=torch.long), self.ends)
        return float(EndProbability().of(row)["end_probability"].double().log())

    @property
    def ends(self) -> tuple[int, ...]:
        """The tokens of the vocabulary that end a text."""
        return tuple(sorted(id for id in self.model.end_ids if id < self.model.vocabulary))

    def chunks(self) -> Iterator[RowChunk]:
        """The rows that predict the scored tokens, some at a time, with the tokens that followed them.

        Whoever first goes through all of them gathers every declared statistic on the way.
        """
        gathering = Gathering(self._statistics) if self._rows is None else None
        ids = torch.tensor(self._followers, dtype=torch.long, device=self.states.device)
        for start in range(0, max(1, len(ids)), self.model.rows_per_chunk):
            part = ids[start : start + self.model.rows_per_chunk]
            with torch.no_grad():
                logits = self.model.logits(self.states[start : start + len(part)])
            for chunk in RowChunk(logits, part.to(logits.device), self.ends).slices():
                if gathering is not None:
                    gathering.add({statistic: statistic.of(chunk) for statistic in self._statistics})
                yield chunk
        if gathering is not None:
            self._counts["token_rows"] += 1
            self._rows = gathering.arrays()

    def statistic(self, statistic: Statistic) -> dict[str, Array]:
        """Per-token numbers as arrays over the units of `scored`: (units,) or (units, k); NaN without a prediction.

        One pass computes those of all methods: a method names what it needs in `Method.statistics`.
        """
        if statistic not in self._statistics:
            raise LookupError(f"{statistic} was not declared by a method's statistics()")
        if self._rows is None:
            for _ in self.chunks():
                pass
        rows = self._rows or {}
        return {name: self.spread(values) for name, values in rows[statistic].items()}

    def alternatives(self, top: Top) -> AlternativesPanel:
        """What else stood to choose at each token, for all methods that show the same number of alternatives."""
        if top not in self._alternatives:
            best = self.statistic(top)
            ids, probabilities = best["top_ids"], best["top_probabilities"]
            self._alternatives[top] = alternatives(self.model, self.scored.strip.id, ids, probabilities)
        return self._alternatives[top]

    def spread(self, values: Array) -> Array:
        """Numbers per row (rows, …) as numbers per unit of `scored` (units, …), NaN without a prediction."""
        units = len(self.scored.strip.units)
        spread = np.full((units, *values.shape[1:]), np.nan, np.float32)
        spread[[self.scored.places[token] for token in self.predicted]] = values
        return spread

    def samples(self, count: int, settings: Generate) -> list[Sample]:
        """`count` continuations of the prompt, drawn once for all methods that ask for the same ones.

        Raises Refusal where they do not fit the model, or when the person stopped them.
        """
        key = (count, settings.model_dump_json())
        if key not in self._samples:
            check_room(self.model, len(self.prompt.ids), settings.max_new_tokens)
            self._counts["samples"] += 1
            text_of = continuation_text(self.model, self.source_text, self.reading)
            self._samples[key] = sample(self.model, self.prompt.ids, count, settings, text_of, self._generating)
        return self._samples[key]

    @cached_property
    def explained(self) -> Tokens:
        """The strip that targets lie on: `scored`, with the greedy next token behind it where that is explained."""
        targets = self._request.targets or [Target()]
        unsaid = self.continuation is None and any(target.from_ is None for target in targets)
        if not unsaid and not any(target.next for target in targets):
            return self.scored
        return self._read(int(self.row(len(self.scored.ids)).argmax()))

    @cached_property
    def targets(self) -> list[TokenTarget]:
        """The run's targets, resolved. Raises Refusal for one that makes no sense."""
        wanted = self._request.targets or [Target(strip=self.scored.strip.id)]
        if not self.explained.ids[self._first_predicted :]:
            raise Refusal("empty-continuation", "The model ended at once: there is no token to explain.")
        return [resolve_tokens(self.model, self.explained, target) for target in wanted]

    @cached_property
    def objectives(self) -> list[Objective]:
        """Single tokens of one quantity together, each span by itself."""
        if self.model.sequence_to_sequence:
            return [EncoderDecoderObjective(self.model, self.prompt, self.explained, one) for one in self.targets]
        together: dict[str, list[TokenTarget]] = {}
        for index, target in enumerate(self.targets):
            key = target.resolved.quantity if target.single else f"span {index}"
            together.setdefault(key, []).append(target)
        return [CausalObjective(self.model, self.explained, group) for group in together.values()]
