"""What judges say of pairs of texts: entailment and similarity, in batches, each pair asked once per job."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from torch import Tensor

from workers.contract import Ability, Refusal
from workers.models.cache import Model
from workers.models.judges import Judge, Judged, Pair, PairClassifier, SentenceEncoder

Array = npt.NDArray[np.float32]
Item = TypeVar("Item", bound=Hashable)

_BATCH = 32


class _Named(Protocol):
    def __call__(self, key: str, kind: str) -> Model: ...


class PairScores:
    """The shared pass `pair_scores`; counts `pairs` (and `sentences` of an encoder) that a judge had to read."""

    def __init__(self, model: _Named, counts: Counter[str], report: Callable[[str, float | None], None]) -> None:
        self._model = model
        self._counts = counts
        self._report = report
        self._known: dict[tuple[str, str, Hashable], Tensor] = {}
        self._truncated: Counter[str] = Counter()

    def entailment(self, key: str, pairs: Sequence[Pair]) -> Array:
        """Probabilities (pairs, 3) that the first text entails, contradicts or is neutral to the second.

        Raises Refusal where `key` names no model of natural language inference.
        """
        judge = self._judge(key, Ability.NLI)
        assert isinstance(judge, PairClassifier)
        rows = self._ask(key, "entailment", pairs, judge.entailment, "pairs")
        return np.stack(rows) if rows else np.empty((0, 3), np.float32)

    def similarity(self, key: str, pairs: Sequence[Pair]) -> Array:
        """Similarity (pairs) in [0, 1]; of a sentence encoder the cosine, 0 where that is negative.

        Raises Refusal where `key` names no model of similarity.
        """
        judge = self._judge(key, Ability.SIMILARITY)
        if isinstance(judge, SentenceEncoder):
            return self._cosines(key, judge, pairs)
        rows = self._ask(key, "similarity", pairs, judge.similarity, "pairs")
        return np.array(rows, np.float32)

    def judges_by(self, key: str) -> Ability:
        """What the model of this key judges by. Raises Refusal where it judges nothing."""
        found = self._model(key, "nli|similarity").abilities & {Ability.NLI, Ability.SIMILARITY}
        if not found:
            raise Refusal("no-judge", f"“{key}” judges neither entailment nor similarity.", field="methods")
        return next(iter(found))

    def caveat(self, *keys: str) -> str:
        """A sentence on what these judges did not read to its end; empty when they read all."""
        cut = sum(self._truncated[key] for key in keys)
        return f"{cut} of the texts were longer than the judge reads: their beginnings were cut." if cut else ""

    def _judge(self, key: str, ability: Ability) -> Judge:
        model = self._model(key, ability.value)
        if ability not in model.abilities or not isinstance(model, Judge):
            wanted = "of natural language inference" if ability is Ability.NLI else "of similarity"
            raise Refusal("no-judge", f"“{key}” is no model {wanted}.", field="methods")
        return model

    def _cosines(self, key: str, judge: SentenceEncoder, pairs: Sequence[Pair]) -> Array:
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        vectors = dict(zip(texts, self._ask(key, "vector", texts, judge.embed, "sentences"), strict=True))
        cosines = [float(np.dot(vectors[first], vectors[second])) for first, second in pairs]
        return np.clip(np.array(cosines, np.float32), 0.0, 1.0)

    def _ask(
        self, key: str, what: str, items: Sequence[Item], ask: Callable[[Sequence[Item]], Judged], counted: str
    ) -> list[Array]:
        """One row per item: those that were not asked before go to the judge, similar lengths together."""
        fresh = sorted({item for item in items if (key, what, item) not in self._known}, key=_length)
        for start in range(0, len(fresh), _BATCH):
            self._report(f"Asking {key}", start / len(fresh))
            batch = fresh[start : start + _BATCH]
            judged = ask(batch)
            self._counts["pair_scores"] += 1
            self._counts[counted] += len(batch)
            self._truncated[key] += judged.truncated
            self._known |= {(key, what, item): row for item, row in zip(batch, judged.values, strict=True)}
        return [self._known[key, what, item].numpy() for item in items]


def _length(item: Hashable) -> tuple[int, str]:
    texts: Iterable[str] = [item] if isinstance(item, str) else item if isinstance(item, tuple) else ()
    return sum(map(len, texts)), repr(item)
