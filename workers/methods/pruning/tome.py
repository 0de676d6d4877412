"""Token merging: patches whose keys are alike become one, layer by layer."""

from typing import Annotated, ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from workers.contract import Ability, Figure, Guide, Lens, PanelKind, Paper, ReductionPanel, Stage, Step, WorkedExample
from workers.contract.cost import MethodCost, Term
from workers.core.method import FORWARD, Findings, Method
from workers.core.passes import Passes
from workers.core.reduction import Survivors, answers, latency, vit_cost
from workers.models.vision import VisionModel

_RANDOM = 10
"""Random reductions to compare with."""
_TIMED = 16
"""Passes that are timed: the full model and the reduced one in turn, with a warm-up each."""


class Tome(Method):
    """Which patches would be merged in each layer, and whether the answer survives it.

    Between attention and MLP of every layer the patches are split alternately into two sets; each of the first is
    compared with each of the second by the cosine of their keys (mean over heads), and the r most similar pairs
    are merged by their size-weighted mean. Later attention counts a merged patch by its size. The class token is
    never merged. Beside it stand random merges at the same counts, because a method that does no better than
    those has found nothing.
    """

    key: ClassVar[str] = "tome"
    name: ClassVar[str] = "Token merging (ToMe)"
    lens: ClassVar[Lens] = Lens.PRUNING
    reads: ClassVar[str] = "Patches of one colour and outline have become one token by this layer."
    caveat: ClassVar[str] = "Fewer multiply-adds are not always less time: compare the measured latency."
    paper: ClassVar[str] = "Bolya et al. 2023, Token Merging: Your ViT but Faster (ICLR)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Go from layer to layer: patches with one outline have become one token. Then compare the three "
            "answers below: full, merged, and merged at random. Only if merging beats chance has the method "
            "found something."
        ),
        example=WorkedExample(
            setting=(
                "Two patches with the values 2 and 4 become one token. In the next layer it meets a third patch "
                "with the value 6."
            ),
            given={"values": [2.0, 4.0, 6.0]},
            steps=[
                Step(does="First merge", formula="(1 · 2 + 1 · 4) / 2", gives=3),
                Step(
                    does="Second merge: the token counts twice, for two patches", formula="(2 · 3 + 1 · 6) / 3", gives=4
                ),
            ],
            means=(
                "The token is the mean of all three patches, as it should be. Without counting sizes it would be "
                "4.5, and the third patch would weigh as much as the other two together."
            ),
        ),
        distrust=(
            "When random merges do as well, as they do on plain pictures. The share of multiply-adds is a "
            "formula: the measured time is what you would gain."
        ),
        papers=[
            Paper(
                citation="Bolya et al.: Token Merging, Your ViT But Faster, ICLR 2023", year=2022, id="arXiv:2210.09461"
            )
        ],
    )
    inputs: ClassVar = ("image",)
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.VIT_BLOCKS}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("reduction",)
    cost: ClassVar[MethodCost | None] = MethodCost(passes=[FORWARD, Term(times=1 + _RANDOM + _TIMED)])

    r: Annotated[
        int | None,
        Field(ge=0, le=1000, description="Merges per layer; empty: so many that about half of the tokens remain."),
    ] = None
    schedule: Annotated[
        Literal["constant", "decreasing"],
        Field(description="The same number in every layer, or twice as many in the first falling to none in the last."),
    ] = "constant"
    proportional: Annotated[
        bool, Field(description="Later layers count a merged patch by its size (off for some masked autoencoders).")
    ] = True

    def run(self, passes: Passes) -> Findings:
        """A reduction panel with one stage per layer."""
        vision = passes.vision
        model, pixels = vision.model, vision.pixels
        counts = self._counts(len(vision.strip.units), model)
        trace = Merging(model, counts, self.proportional)
        with torch.no_grad():
            reduced = model.reduced_logits(pixels, trace.between)[0]
            passes.report("Merging at random", 0.3)
            random = [
                model.reduced_logits(pixels, Merging(model, counts, self.proportional, passes.seed + n).between)[0]
                for n in range(_RANDOM)
            ]
            passes.report("Measuring the time", 0.7)
            timing = latency(
                lambda: model.reduced_logits(pixels, Merging(model, [0] * len(counts)).between),
                lambda: model.reduced_logits(pixels, Merging(model, counts, self.proportional).between),
            )
        before = [len(vision.strip.units), *(stage.count for stage in trace.stages[:-1])]
        after = [stage.count for stage in trace.stages]
        cost = vit_cost(model.config.hidden_size, model.config.intermediate_size, before, after)
        found = answers(model.labels, vision.logits, reduced, random)
        panel = ReductionPanel(
            strip=vision.strip.id,
            stages=trace.stages,
            costs=[cost],
            answers=found,
            latency=timing,
            positions="Absolute position embeddings were added before the first layer; merged patches keep their mean.",
            protected=list(range(trace.protected)),
        )
        return Findings(
            strips=[vision.strip],
            panels=[panel],
            figures={
                "kept": Figure(value=after[-1] / before[0], label="Share of tokens at the end", domain=(0, 1)),
                "cost": Figure(value=cost.after / cost.before, label="Share of multiply-adds", domain=(0, 1)),
                "divergence": Figure(value=found[1].divergence, label="KL from the full answer", unit="nat"),
                "random_divergence": Figure(value=found[2].divergence, label="The same at random", unit="nat"),
            },
        )

    def _counts(self, tokens: int, model: VisionModel) -> list[int]:
        layers: int = model.config.num_hidden_layers
        r = tokens // (2 * layers) if self.r is None else self.r
        if self.schedule == "constant" or layers == 1:
            return [r] * layers
        return [int(2 * r - 2 * r / (layers - 1) * layer) for layer in range(layers)]


class Merging:
    """Merges rows after the attention of each layer and remembers where every original unit went."""

    def __init__(
        self, model: VisionModel, counts: list[int], proportional: bool = True, seed: int | None = None
    ) -> None:
        assert model.blocks is not None
        self.protected = model.blocks.prefix_tokens
        self.stages: list[Stage] = []
        self._counts = counts
        self._proportional = proportional
        self._generator = None if seed is None else torch.Generator().manual_seed(seed)
        self._survivors: Survivors | None = None
        self._sizes = torch.empty(0)

    def between(self, layer: int, states: Tensor, keys: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        """See `VisionModel.reduced_logits`."""
        if self._survivors is None:
            self._survivors = Survivors(states.shape[1])
            self._sizes = sizes
        merges = min(self._counts[layer], (states.shape[1] - self.protected) // 2)
        if merges > 0:
            sources, destinations, rows = match(self._scores(keys), merges, self.protected)
            states, self._sizes = merge(states, self._sizes, sources, destinations, rows)
            self._survivors.merge(sources.cpu(), destinations.cpu(), rows.cpu())
        self.stages.append(self._survivors.stage(f"After layer {layer + 1}", layer + 1))
        return states, (self._sizes if self._proportional else torch.ones_like(self._sizes))

    def _scores(self, keys: Tensor) -> Tensor:
        """Similarity of every even row to every odd one (even, odd) by keys (rows, heads, width); random to compare."""
        mean = keys.float().mean(1)
        if self._generator is not None:
            return torch.rand((len(mean[::2]), len(mean[1::2])), generator=self._generator).to(keys.device)
        unit = mean / mean.norm(dim=-1, keepdim=True)
        similarity: Tensor = unit[::2] @ unit[1::2].T
        return similarity


def match(scores: Tensor, merges: int, protected: int) -> tuple[Tensor, Tensor, Tensor]:
    """The `merges` best pairs of a bipartite matching: source rows, their destinations, and the rows that stay.

    `scores` (even rows, odd rows). The first `protected` rows are neither sources nor destinations. The rows that
    stay are the unmerged even ones in order, then the odd ones; a protected odd row keeps its place in front.
    """
    scores = scores.clone()
    if protected >= 1:
        scores[0] = -torch.inf
    if protected >= 2:
        scores[:, 0] = -torch.inf
    best, partner = scores.max(-1)
    order = best.argsort(descending=True, stable=True)
    chosen, left = order[:merges], order[merges:].sort().values
    even, odd = left * 2, torch.arange(scores.shape[1], device=scores.device) * 2 + 1
    head = torch.cat([even[:1], odd[:1]]) if protected >= 2 else even[:0]
    rows = torch.cat([head, even[1:], odd[1:]]) if protected >= 2 else torch.cat([even, odd])
    return chosen * 2, partner[chosen] * 2 + 1, rows


def merge(states: Tensor, sizes: Tensor, sources: Tensor, destinations: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """States (1, rows, width) and sizes (rows) with sources joined to destinations by size-weighted means."""
    weighted = states[0] * sizes[:, None]
    weighted = weighted.index_add(0, destinations, weighted[sources])
    summed = sizes.index_add(0, destinations, sizes[sources])
    return (weighted / summed[:, None])[None, rows], summed[rows]
