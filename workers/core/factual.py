"""The noise behind a text: what random choices, seen as Gumbel-max draws, have led to its tokens.

Chatzi et al. 2024, arXiv 2409.17027 (noise replayed); truncated Gumbel noise for texts drawn otherwise.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from workers.core.branches import first_generated
from workers.core.generation import chosen
from workers.core.noise import exponential, posterior
from workers.core.text_passes import TextPasses

Law = Callable[[Tensor], Tensor]
"""From raw logits (V) to ln p (V), float64, of the distribution that is drawn from."""


class FactualNoise:
    """The noise behind the factual text: the seed's where that explains the token, else drawn to explain it."""

    def __init__(self, text: TextPasses, law: Law, seed: int) -> None:
        """`seed` counts where no continuation says what it was drawn with."""
        self._text, self._law = text, law
        made = text.continuation
        self.seed = (made.generate.seed if made else seed) & (2**63 - 1)
        self._first = first_generated(text) if made else 0
        self._outcomes = list(text.scored.ids)
        if made is not None and made.finish == "end" and text.model.end_ids:
            logits = text.row(len(self._outcomes))
            self._outcomes.append(max(text.model.end_ids, key=lambda id: float(logits[id])))
        self.counts = {"replayed": 0, "inferred": 0, "impossible": 0}

    def position(self, token: int) -> int:
        """Where the noise of a token was drawn: counted from the first generated one."""
        return token - self._first

    def at(self, token: int) -> Tensor:
        """Gumbel noise (V) of the factual token of this index, of new noise behind the last."""
        drawn = exponential(self.seed, self.position(token), self._text.model.vocabulary)
        prior = -drawn.log()
        if token >= len(self._outcomes):
            return prior
        logs, outcome = self._law(self._text.row(token)), self._outcomes[token]
        if torch.isneginf(logs[outcome]):
            self.counts["impossible"] += 1
            return prior
        if chosen(logs, prior) == outcome:
            self.counts["replayed"] += 1
            return prior
        self.counts["inferred"] += 1
        return posterior(drawn, logs, outcome)

    def says(self) -> str:
        """Where the noise came from, in a sentence."""
        replayed, inferred, impossible = self.counts.values()
        said = f"Noise of the seed explained {replayed} factual tokens and was drawn to explain {inferred}."
        more = f" {impossible} tokens cannot be drawn under these settings; their noise is new."
        return said + (more if impossible else "")
