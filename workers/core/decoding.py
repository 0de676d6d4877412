"""Rows of tokens that grow side by side after one prompt, one position at a time, on the network's own cache."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from workers.models.hf import repeated_cache, selected_cache
from workers.models.language import LanguageModel


class Decoder:
    """What a model would say next in each row. Without a cache, or with one that cannot be split, rows are read anew.

    `next_logits` reads what was appended since the last time; so one `append` stands between two of its calls.
    """

    def __init__(self, model: LanguageModel, prompt: Sequence[int]) -> None:
        self._model = model
        self._past: Any = None
        self._read = 0
        self._encoded: Tensor | None = None
        start = list(prompt)
        if model.sequence_to_sequence:
            self._encoded = model.encode(ids=model.ids(start)).states
            start = [model.decoder_start]
        self._ids = model.ids(start)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._ids.shape[0]

    def next_logits(self) -> Tensor:
        """Raw logits (rows, vocabulary) of what comes next, float32, on the CPU."""
        return self._model.logits(self._states()[:, -1]).cpu()

    def force(self, ids: Sequence[int]) -> Tensor:
        """Let every row go on with these ids, in one pass; their raw log-probabilities (rows, ids), on the CPU."""
        if not ids:
            return torch.zeros(self.rows, 0)
        self._extend(torch.tensor([ids[:-1]] * self.rows, dtype=torch.long))
        states = self._states()[:, -len(ids) :]
        size = max(1, self._model.rows_per_chunk // self.rows)
        found = []
        for start in range(0, len(ids), size):
            logs = self._model.logits(states[:, start : start + size]).log_softmax(-1).cpu()
            wanted = torch.tensor(ids[start : start + size]).expand(self.rows, -1)
            found.append(logs.gather(-1, wanted[..., None]).squeeze(-1))
        self.append([ids[-1]] * self.rows)
        return torch.cat(found, dim=1)

    def append(self, ids: Sequence[int]) -> None:
        """The token that was chosen in each row."""
        self._extend(torch.tensor(ids, dtype=torch.long)[:, None])

    def extend(self, *rows: Sequence[int]) -> None:
        """Tokens that each row goes on with, as many in all of them; they are read together."""
        self._extend(torch.tensor(rows, dtype=torch.long))

    def branch(self, rows: int) -> "Decoder":
        """The only row, `rows` times, to be continued apart from this one."""
        made = object.__new__(Decoder)
        made._model = self._model
        made._ids = self._ids.repeat(rows, 1)
        made._encoded = None if self._encoded is None else self._encoded.repeat(rows, 1, 1)
        made._past = repeated_cache(self._past, rows)
        made._read = 0 if made._past is None else self._read
        return made

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows alone."""
        chosen = torch.tensor(rows, dtype=torch.long, device=self._ids.device)
        self._ids = self._ids[chosen]
        self._encoded = None if self._encoded is None else self._encoded[chosen]
        self._past = selected_cache(self._past, chosen)
        self._read = 0 if self._past is None else self._read

    def _extend(self, ids: Tensor) -> None:
        self._ids = torch.cat([self._ids, ids.to(self._ids.device)], dim=1)

    def _states(self) -> Tensor:
        given: dict[str, Any] = {} if self._past is None else {"past_key_values": self._past}
        if self._encoded is not None:
            given["encoder_hidden_states"] = self._encoded
        pending = self._ids[:, self._read :]
        output = self._model.body(input_ids=pending, use_cache=True, return_dict=True, **given)
        self._past = getattr(output, "past_key_values", None)
        self._read = 0 if self._past is None else self._ids.shape[1]
        states: Tensor = output.last_hidden_state
        return states
