"""Trains a detection head on labelled texts: the language model stays frozen, only the head learns.

The recipe is PAWN's as described: AdamW at 1e-3 with weight decay 1e-2, batches of 128, 5 epochs, 512 tokens of each
text, 15 % of the tokens left out at random, labels smoothed by 0.2, classes weighed by their frequencies.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from workers.contract import AnalysisRequest, ModelSpec, Refusal, SourceData
from workers.core.observed import INPUTS, Observed, observe
from workers.core.passes import Passes
from workers.models.cache import ModelCache
from workers.models.heads import DetectionNetwork, HeadSettings
from workers.models.language import LanguageModel

Report = Callable[[str], None]


@dataclass(frozen=True)
class Recipe:
    """How a head is trained."""

    epochs: int = 5
    batch: int = 128
    rate: float = 1e-3
    decay: float = 1e-2
    left_out: float = 0.15
    smoothing: float = 0.2
    seed: int = 0


@dataclass(frozen=True)
class Example:
    """What the model computed of a text, and whether a machine wrote it."""

    observed: Observed
    machine: bool


def read_texts(path: Path) -> list[tuple[str, bool]]:
    """(text, machine) of a CSV file or JSON lines with the columns `text` and `label`: 1 for a machine, 0 for a person.

    Raises ValueError naming the line that cannot be read.
    """
    found = []
    for line, row in _rows(path):
        text, label = row.get("text"), str(row.get("label")).strip().lower()
        if not isinstance(text, str) or not text.strip() or label not in ("0", "1", "human", "machine"):
            raise ValueError(f"{path}, line {line}: a row has a `text` and a `label` of 0 (human) or 1 (machine)")
        found.append((text, label in ("1", "machine")))
    if len({machine for _, machine in found}) < 2:
        raise ValueError(f"{path} holds texts of one class only; a head learns from both")
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            reader = csv.DictReader(stream)
            yield from ((reader.line_num, row) for row in reader)
            return
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError as error:
                    raise ValueError(f"{path}, line {number}: this is no JSON") from error
                yield number, row if isinstance(row, dict) else {}


def observe_text(models: ModelCache, model: str, spec: ModelSpec | None, text: str, tokens: int) -> Observed:
    """What a head reads of a text. Raises Refusal as a method would, too long a text among the reasons."""
    request = AnalysisRequest(
        model=model,
        specs={model: spec} if spec else {},
        sources=[SourceData(id="text", kind="text", text=text)],
        methods=[],
    )
    found = observe(Passes(request, models, INPUTS, lambda message, fraction: None).text, tokens)
    return replace(found, states=found.states.cpu())


def train(examples: Sequence[Example], settings: HeadSettings, recipe: Recipe, report: Report) -> DetectionNetwork:
    """A head for these examples; the same seed gives the same head."""
    torch.manual_seed(recipe.seed)
    network = DetectionNetwork(settings)
    every = torch.cat([example.observed.metrics for example in examples])
    network.centre.copy_(every.mean(0))
    network.spread.copy_(every.std(0).clamp_min(1e-3))
    machines = sum(example.machine for example in examples)
    weight = torch.tensor((len(examples) - machines) / machines)
    optimiser = torch.optim.AdamW(network.parameters(), lr=recipe.rate, weight_decay=recipe.decay)
    for epoch in range(recipe.epochs):
        total = 0.0
        for chosen in torch.split(torch.randperm(len(examples)), recipe.batch):
            batch = [examples[int(index)] for index in chosen]
            labels = torch.tensor([float(example.machine) for example in batch])
            smooth = labels * (1 - recipe.smoothing) + recipe.smoothing / 2
            loss = binary_cross_entropy_with_logits(logits(network, batch, recipe.left_out), smooth, pos_weight=weight)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            total += float(loss.detach()) * len(batch)
        report(f"epoch {epoch + 1} of {recipe.epochs}: loss {total / len(examples):.4f}")
    return network.eval().requires_grad_(False)


def logits(network: DetectionNetwork, batch: Sequence[Example], left_out: float = 0.0) -> Tensor:
    """The logit of each text of a batch; a share of the tokens is left out at random, never all of a text."""
    longest = max(len(example.observed.metrics) for example in batch)
    width = batch[0].observed.states.shape[-1]
    metrics = torch.zeros(len(batch), longest, batch[0].observed.metrics.shape[-1])
    states = torch.zeros(len(batch), longest + 1, width)
    kept = torch.zeros(len(batch), longest, dtype=torch.bool)
    for row, example in enumerate(batch):
        count = len(example.observed.metrics)
        metrics[row, :count] = example.observed.metrics
        states[row, : count + 1] = example.observed.states
        staying = torch.rand(count) >= left_out
        kept[row, :count] = staying if bool(staying.any()) else True
    contributions, _ = network(metrics, states, kept)
    found: Tensor = contributions.sum(-1) + network.output.bias
    return found


def train_head(
    models: ModelCache,
    model: str,
    spec: ModelSpec | None,
    texts: Sequence[tuple[str, bool]],
    recipe: Recipe,
    report: Report,
) -> tuple[DetectionNetwork, HeadSettings, float]:
    """A head for a model from labelled texts, what it was made for, and its accuracy on the last tenth, unseen.

    Raises Refusal for another kind of model.
    """
    language = models.get(model, spec)
    if not isinstance(language, LanguageModel) or language.masked:
        raise Refusal("needs-language-model", f"“{model}” predicts no next token.", field="model")
    order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(recipe.seed)).tolist()
    examples = []
    for done, index in enumerate(order):
        text, machine = texts[index]
        examples.append(Example(observe_text(models, model, spec, text, HeadSettings.tokens), machine))
        if (done + 1) % 100 == 0:
            report(f"{done + 1} of {len(texts)} texts were read")
    unseen = examples[len(examples) - max(1, len(examples) // 10) :]
    learned = examples[: len(examples) - len(unseen)]
    width = examples[0].observed.states.shape[-1]
    settings = HeadSettings(model, language.folder.revision, width, texts=len(learned))
    network = train(learned, settings, recipe, report)
    right = [bool((logits(network, [one]) > 0) == one.machine) for one in unseen]
    return network, settings, sum(right) / len(right)
