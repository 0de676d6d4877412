"""Faithfulness: how well importance methods know, on this very input, what the target hangs on."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field
from torch import Tensor

from workers.contract import (
    Ability,
    ChartAxis,
    ChartPanel,
    Guide,
    Lens,
    MethodCall,
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
from workers.core import fidelity_charts as charts
from workers.core.attribution import unit_of
from workers.core.discovery import all_methods, method
from workers.core.fidelity import Array, Chance, Curves, Faithfulness
from workers.core.fidelity_charts import NAMES, Tried
from workers.core.method import FORWARD, Findings, Method
from workers.core.objectives import ClassObjective, Objective
from workers.core.objectives.base import BaselineKind
from workers.core.passes import Passes
from workers.core.soft_fidelity import Distance, SoftFidelity, log_ratio

Measure = Callable[[SoftFidelity, Tensor, int], Array]


def _explaining(schema: dict[str, Any]) -> None:
    """The form offers the methods that explain a target, whichever there are."""
    schema["items"]["enum"] = sorted(key for key, one in all_methods().items() if _graded(one))


def _graded(kind: type[Method]) -> bool:
    return kind.lens == Lens.IMPORTANCE and "scores" in kind.produces


class Fidelity(Method):
    """How faithful importance methods are on this very input: whether the target falls when what they find is gone.

    Units go (deletion) and come (insertion) in the order of a method's scores by absolute value. The area between
    the two curves is compared with random orders on the same input; an order that knows nothing lies around 0, and
    the band says how far chance alone reaches. Two replacements are tried, so that no method is graded by its own:
    shares of random orders left behind are those under the replacement where they are least. Soft-NS and Soft-NC say
    the same of the whole distribution, as the logarithm of how many times random importances are surpassed. A method
    that explains no target (attention) is graded by what it shows: its last layer, over heads the mean.
    """

    key: ClassVar[str] = "fidelity"
    name: ClassVar[str] = "Faithfulness"
    lens: ClassVar[Lens] = Lens.IMPORTANCE
    version: ClassVar[int] = 2
    reads: ClassVar[str] = (
        "The larger a method's area beside those of random orders, the better it knows what the target hangs on; "
        "within their band chance does as well."
    )
    caveat: ClassVar[str] = "Inputs with units taken away are unusual ones; both replacements should agree."
    paper: ClassVar[str] = (
        "Petsiuk, Das & Saenko 2018, RISE (BMVC); Zhao & Shan 2024, ReAGent (arXiv 2402.00794) for Soft-NS and Soft-NC"
    )
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Look at a method's area beside the band of random orders. Above the band, the map knows something "
            "about this answer. Within it, a map drawn with dice would do as well, however convincing it looks."
        ),
        example=WorkedExample(
            setting=(
                "Three units go one by one in the order of a map, and the target falls 1, 0.4, 0.1, 0. They come "
                "in the same order, and it rises 0, 0.7, 0.9, 1."
            ),
            given={"deletion": [1.0, 0.4, 0.1, 0.0], "insertion": [0.0, 0.7, 0.9, 1.0]},
            steps=[
                Step(does="Area under insertion", formula="(0 / 2 + 0.7 + 0.9 + 1 / 2) / 3", gives=0.7),
                Step(does="Area under deletion", formula="(1 / 2 + 0.4 + 0.1 + 0 / 2) / 3", gives=0.333),
                Step(does="Area between them", formula="0.7 − 0.333", gives=0.367),
            ],
            means=(
                "The first units of the map carry most of the target. A random order would have an area around 0 here."
            ),
        ),
        distrust=(
            "When the two replacements disagree: then the curves measure how strange the emptied inputs are. And "
            "it says nothing about whether the model is right, only whether the map fits the model."
        ),
        papers=[
            Paper(citation="Petsiuk, Das & Saenko: RISE, BMVC", year=2018, id="arXiv:1806.07421"),
            Paper(citation="Zhao & Shan: ReAGent (Soft-NS and Soft-NC)", year=2024, id="arXiv:2402.00794"),
        ],
    )
    inputs: ClassVar = ("text", "image")
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (
        frozenset({Ability.TEXT_GRADIENT}),
        frozenset({Ability.IMAGE_GRADIENT, Ability.PATCHES}),
    )
    explains: ClassVar[bool] = True
    produces: ClassVar[tuple[PanelKind, ...]] = ("chart",)
    background: ClassVar[bool] = True

    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[FORWARD, Term(times=6, of=["orders", "points"]), Term(times=100)],
        most=[FORWARD, Term(times=16, of=["orders", "points"]), Term(times=3600), Term(times=16, of=["units"])],
        backward=[Term(times=50)],
        backward_most=[Term(times=1600)],
        tokens=4096,
    )

    methods: Annotated[
        list[str],
        Field(min_length=1, max_length=8, description="The methods that are graded.", json_schema_extra=_explaining),
    ] = ["gradient_x_input", "integrated_gradients", "occlusion"]
    settings: Annotated[
        dict[str, dict[str, Any]], Field(description="Parameters of these methods, by key; else their defaults.")
    ] = {}
    orders: Annotated[int, Field(ge=8, le=200, description="Random orders that say what chance reaches.")] = 20
    points: Annotated[int, Field(ge=2, le=64, description="Steps in which the units go and come.")] = 12
    draws: Annotated[int, Field(ge=1, le=64, description="Draws of noise for Soft-NS and Soft-NC.")] = 8
    distance: Annotated[
        Distance, Field(description="hellinger as ReAGent's paper says, squared as its code computes.")
    ] = "hellinger"

    def run(self, passes: Passes) -> Findings:
        """Charts of areas, curves and Soft-NS/NC; figures per method. Areas are means over the targets."""
        scores = {key: self._scores(key, passes) for key in dict.fromkeys(self.methods)}
        objectives = passes.objectives
        pairs = [(one, target) for one in objectives for target in range(len(one.targets))]
        if not any(len(Faithfulness(*pair, baseline="mean").rows) for pair in pairs):
            raise Refusal("nothing-to-cover", "There is no unit before the target that could be taken away.")
        second: BaselineKind = "blurred" if isinstance(objectives[0], ClassObjective) else "pad"
        tried = [self._try(pairs, scores, baseline, passes) for baseline in ("mean", second)]
        unit = unit_of(objectives[0])
        soft = self._soft(pairs, scores, passes)
        units = len(Faithfulness(*pairs[0], "mean").rows)
        curves = [charts.curves(one, unit) for one in tried]
        return Findings(
            strips=list(objectives[0].strips),
            panels=[charts.areas(tried, unit), *curves, charts.behind(tried), soft],
            figures={**charts.figures(tried, soft), **charts.worth(tried, units, unit)},
            targets=[target for one in objectives for target in _valued(one)],
        )

    def _scores(self, key: str, passes: Passes) -> list[npt.NDArray[np.float32]]:
        """The method's scores per row (units), target after target."""
        if not _graded(method(key)):
            raise Refusal("method-explains-nothing", f"The method {key} has no score per unit.", field="methods")
        passes.report(f"Asking {key}", None)
        found = passes.found(MethodCall(key=key, params=self.settings.get(key, {})))
        pairs = [one for one in passes.objectives for _ in one.targets]
        if found.explanations:
            told = zip(pairs, found.explanations, strict=True)
            return [one.gathered(explained.tracks) for one, explained in told]
        shown = {panel.strip: _shown(panel.tracks[0]) for panel in found.panels if isinstance(panel, ScoresPanel)}
        if any(strip.id not in shown for one in pairs for strip in one.strips):
            raise Refusal("method-explains-nothing", f"The method {key} gives no score per unit.", field="methods")
        return [one.gathered(shown) for one in pairs]

    def _try(
        self,
        pairs: Sequence[tuple[Objective, int]],
        scores: Mapping[str, Sequence[npt.NDArray[np.float32]]],
        baseline: BaselineKind,
        passes: Passes,
    ) -> Tried:
        graded = [Faithfulness(one, target, baseline, points=self.points) for one, target in pairs]
        curves = {
            key: [one.curves(one.order(row)) for one, row in zip(graded, rows, strict=True)]
            for key, rows in scores.items()
        }
        random = list(self._random(graded, baseline, passes))
        return Tried(
            baseline,
            {key: lines[0] for key, lines in curves.items()},
            {key: float(np.mean([line.area for line in lines])) for key, lines in curves.items()},
            {key: np.mean([line.sums for line in lines], axis=0) for key, lines in curves.items()},
            [lines[0] for lines in random],
            Chance(
                np.array([np.mean([line.area for line in lines]) for lines in random]),
                np.array([np.mean([line.sums for line in lines], axis=0) for lines in random]),
            ),
        )

    def _random(self, graded: Sequence[Faithfulness], baseline: BaselineKind, passes: Passes) -> Iterator[list[Curves]]:
        source = np.random.default_rng(passes.seed)
        for index in range(self.orders):
            passes.report(f"Random orders, units at {NAMES[baseline]}", index / self.orders)
            yield [one.curves(one.random_order(source)) for one in graded]

    def _soft(
        self,
        pairs: Sequence[tuple[Objective, int]],
        scores: Mapping[str, Sequence[npt.NDArray[np.float32]]],
        passes: Passes,
    ) -> ChartPanel:
        """ln of Σ over targets, the method's over that of a random importance."""
        graded = [SoftFidelity(one, target, kind=self.distance, draws=self.draws) for one, target in pairs]
        source = np.random.default_rng(passes.seed)
        chance = [one.chance(source) for one in graded]
        mine = [[one.importance(row) for one, row in zip(graded, rows, strict=True)] for rows in scores.values()]
        measures: Mapping[str, Measure] = {
            "Soft-NS": SoftFidelity.sufficiency_draws,
            "Soft-NC": SoftFidelity.comprehensiveness_draws,
        }
        series = []
        for name, measure in measures.items():
            random, *drawn = (
                np.stack([measure(one, share, passes.seed) for one, share in zip(graded, shares, strict=True)]).sum(0)
                for shares in (chance, *mine)
            )
            series.append(charts.ratios(name, list(scores), [log_ratio(draws, random) for draws in drawn]))
        return ChartPanel(
            mark="bar",
            label="Soft-NS and Soft-NC: how many times random importances are surpassed",
            x=ChartAxis(label="Method", scale="band"),
            y=ChartAxis(label="ln of the ratio"),
            series=series,
            baseline=0.0,
        )


def _shown(track: Track) -> npt.NDArray[np.float32]:
    """One number per unit of a track with leading axes: the last index of each, of heads the mean."""
    values: npt.NDArray[np.float32] = np.asarray(track.values, np.float32)
    for axis in track.axes:
        values = values.mean(0) if axis.name == "head" else values[-1]
    return values


def _valued(objective: Objective) -> list[ResolvedTarget]:
    """The targets with their values on the input as it is."""
    values = objective.original().tolist()
    return [target.model_copy(update={"value": value}) for target, value in zip(objective.targets, values, strict=True)]
