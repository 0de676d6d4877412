"""Models that judge texts against each other: entailment classifiers, similarity cross-encoders, sentence embedders.

Each takes one batch; `workers.core.pair_scores` cuts what is asked into batches and remembers the scores. Of a text
that is too long the beginning is cut: what is compared stands at the end, behind its context.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from workers.contract import Ability, Refusal
from workers.models.folders import ModelFolder

Pair = tuple[str, str]
Verdict = Literal["entailment", "contradiction", "neutral"]

_PREFIXES: dict[Verdict, str] = {"entailment": "entail", "contradiction": "contradict", "neutral": "neutral"}


@dataclass(frozen=True)
class Judged:
    """What a judge says of one batch, float32 on the CPU; `truncated` texts or pairs were longer than it reads."""

    values: Tensor
    truncated: int


@dataclass(frozen=True)
class PairClassifier:
    """A cross-encoder that reads two texts at once: natural language inference, or (one output) similarity."""

    key: str
    folder: ModelFolder
    network: Any
    processor: Any
    device: torch.device
    dtype: torch.dtype

    def __post_init__(self) -> None:
        if self.config.num_labels > 1 and not {"entailment", "contradiction"} <= self._verdicts.keys():
            detail = (
                f"“{self.key}” sorts texts into {', '.join(self.labels[:6])}; a judge of entailment needs the classes "
                "entailment and contradiction, a judge of similarity a single output."
            )
            raise Refusal("no-judge", detail, field="model")

    @property
    def config(self) -> Any:
        """The transformers configuration."""
        return self.network.config

    @cached_property
    def labels(self) -> list[str]:
        """Class names, by class id."""
        return [str(self.config.id2label[index]) for index in range(self.config.num_labels)]

    @cached_property
    def _verdicts(self) -> dict[Verdict, int]:
        """Class ids by what they mean: `ENTAILMENT`, `entailment` and `Entailed` are one."""
        return {
            verdict: index
            for verdict, prefix in _PREFIXES.items()
            for index, label in enumerate(self.labels)
            if label.strip().lower().startswith(prefix)
        }

    @cached_property
    def abilities(self) -> frozenset[Ability]:
        """Similarity where there is one output, else entailment."""
        return frozenset({Ability.SIMILARITY if self.config.num_labels == 1 else Ability.NLI})

    @cached_property
    def context(self) -> int:
        """How many tokens of a pair are read."""
        return _context(self.config, self.processor)

    def entailment(self, pairs: Sequence[Pair]) -> Judged:
        """Probabilities (pairs, 3) that the first entails, contradicts or is neutral to the second.

        Without a neutral class the third column is 0.
        """
        logits, truncated = self._logits(pairs)
        kept = logits.softmax(-1)
        empty = torch.zeros(len(pairs))
        columns = [kept[:, self._verdicts[name]] if name in self._verdicts else empty for name in _PREFIXES]
        return Judged(torch.stack(columns, -1), truncated)

    def similarity(self, pairs: Sequence[Pair]) -> Judged:
        """Similarity (pairs) in [0, 1]: the logistic function of the one output."""
        logits, truncated = self._logits(pairs)
        return Judged(logits[:, 0].sigmoid(), truncated)

    @torch.no_grad()
    def _logits(self, pairs: Sequence[Pair]) -> tuple[Tensor, int]:
        first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        given, truncated = _encode(self.processor, self.context, first, second)
        return self.network(**given.to(self.device)).logits.float().cpu(), truncated


@dataclass(frozen=True)
class SentenceEncoder:
    """An encoder in the folder layout of sentence-transformers: token states pooled to one vector of length 1."""

    key: str
    folder: ModelFolder
    network: Any
    processor: Any
    device: torch.device
    dtype: torch.dtype

    def __post_init__(self) -> None:
        self._pooling  # noqa: B018 - an unknown way of pooling is refused when the model is loaded

    @property
    def config(self) -> Any:
        """The transformers configuration."""
        return self.network.config

    @cached_property
    def abilities(self) -> frozenset[Ability]:
        """Similarity, as the cosine of two vectors."""
        return frozenset({Ability.SIMILARITY})

    @cached_property
    def context(self) -> int:
        """How many tokens of a text are read: what the folder says, else what the positions allow."""
        said = _json(self.folder.path / "sentence_bert_config.json").get("max_seq_length")
        most = _context(self.config, self.processor)
        return min(int(said), most) if said else most

    @cached_property
    def _pooling(self) -> Literal["mean", "first"]:
        modules = _json(self.folder.path / "modules.json") or []
        kinds = [str(module["type"]).rpartition(".")[2] for module in modules]
        paths = [module["path"] for module in modules if str(module["type"]).endswith("Pooling")]
        chosen = _json(self.folder.path / paths[0] / "config.json") if paths else {}
        ways = {name for name, on in chosen.items() if name.startswith("pooling_mode_") and on is True}
        if set(kinds) <= {"Transformer", "Pooling", "Normalize"} and ways == {"pooling_mode_mean_tokens"}:
            return "mean"
        if set(kinds) <= {"Transformer", "Pooling", "Normalize"} and ways == {"pooling_mode_cls_token"}:
            return "first"
        detail = f"“{self.key}” pools by {', '.join(sorted(ways)) or 'no known rule'} in {', '.join(kinds)}; "
        raise Refusal("no-judge", detail + "known are the mean over tokens and the first token.", field="model")

    @torch.no_grad()
    def embed(self, texts: Sequence[str]) -> Judged:
        """Vectors (texts, width) of length 1."""
        given, truncated = _encode(self.processor, self.context, list(texts))
        states: Tensor = self.network(**given.to(self.device)).last_hidden_state.float()
        if self._pooling == "first":
            pooled = states[:, 0]
        else:
            weight = given["attention_mask"].to(states)[..., None]
            pooled = (states * weight).sum(1) / weight.sum(1).clamp_min(1)
        return Judged(torch.nn.functional.normalize(pooled, dim=-1).cpu(), truncated)


Judge = PairClassifier | SentenceEncoder


def is_sentence_encoder(folder: Path) -> bool:
    """Whether the folder says how token states become one vector."""
    return (folder / "modules.json").is_file()


def _encode(processor: Any, context: int, first: list[str], second: list[str] | None = None) -> tuple[Any, int]:
    """The padded batch, and how many of its rows had to be truncated, from the left, to `context` tokens."""
    processor.truncation_side = "left"
    given = processor(first, second, truncation="longest_first", max_length=context, padding=True, return_tensors="pt")
    truncated = 0
    if given["input_ids"].shape[1] >= context:
        whole = processor(first, second, verbose=False)["input_ids"]
        truncated = sum(len(ids) > context for ids in whole)
    return given, truncated


def _context(config: Any, processor: Any) -> int:
    """Positions of the network: RoBERTa types count them from the padding id on."""
    positions = int(getattr(config, "max_position_embeddings", 512) or 512)
    if "roberta" in config.model_type or config.model_type == "camembert":
        positions -= int(config.pad_token_id or 0) + 1
    return min(positions, int(processor.model_max_length))


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
