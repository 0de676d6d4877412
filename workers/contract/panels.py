"""The eight kinds of panels: the drawable parts of a result."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from workers.contract.arrays import Values
from workers.contract.base import Bytes, Contract

Scale = Literal["sequential", "diverging", "categorical"]
Domain = tuple[float | None, float | None]


class Axis(Contract):
    """A leading axis of a track, of links or of alternatives."""

    name: Literal["layer", "head", "step", "iteration", "parameter"]
    values: list[int | float | str]


class Coloured(Contract):
    """A named quantity with its physical unit, scale, domain and leading axes."""

    name: str
    label: str
    unit: str = ""
    scale: Scale = "sequential"
    categories: list[str] | None = None
    domain: Domain
    axes: list[Axis] = []


Rule = Literal["sum", "mean", "min", "max"]


class Track(Coloured):
    """One number per unit of a strip: values of shape (*axes, units).

    `aggregate` are the rules by which numbers of tokens make one of a word, sentence or span, the right one first:
    surprisal adds up (the chain rule), of a probability the least or the mean says something; none: no rule does.
    """

    values: Values
    aggregate: list[Rule] = ["mean", "min", "max"]

    @model_validator(mode="after")
    def _axes_fit(self) -> Self:
        leading = tuple(len(axis.values) for axis in self.axes)
        if self.values.shape[:-1] != leading:
            raise ValueError(f"track {self.name}: axes {leading} do not fit values of shape {self.values.shape}")
        return self


class ScoresPanel(Contract):
    """Tracks over one strip."""

    kind: Literal["scores"] = "scores"
    strip: str
    tracks: list[Track]


class LinksPanel(Coloured):
    """Weighted edges from the units of `strip` to targets on `target_strip`.

    `rows` are the targets as half-open unit ranges. `weights` has shape (*axes, rows, units of `strip`), or,
    with `indices` of shape (*axes, rows, k), the top k of each row.
    """

    kind: Literal["links"] = "links"
    strip: str
    target_strip: str
    rows: list[tuple[int, int]]
    indices: Values | None = None
    weights: Values


class Candidate(Contract):
    """A token that could have stood at a position; its id is negative where nobody said one."""

    id: int
    text: str
    bytes: Bytes
    special: bool = False


class AlternativesPanel(Contract):
    """Per unit the most probable tokens, best first.

    `choices` (units, k) are indices into `candidates`, `probabilities` (units, k) theirs, `covered` (units)
    the probability mass that the k together hold.
    """

    kind: Literal["alternatives"] = "alternatives"
    strip: str
    candidates: list[Candidate]
    choices: Values
    probabilities: Values
    covered: Values


class Metric(Contract):
    """One figure for each strip of a comparison."""

    name: str
    label: str
    unit: str = ""
    meaning: str
    values: list[float | None]


class SegmentationsPanel(Contract):
    """Strips that cut the same bytes; `shared` are the byte offsets where all of them cut."""

    kind: Literal["segmentations"] = "segmentations"
    strips: list[str]
    shared: list[int]
    metrics: list[Metric]
    notes: list[list[str]] = []


class Stage(Contract):
    """A point in a model at which a pruning method acts.

    `destination` (units): where each original unit now lives, as an absolute unit index: its own index = kept,
    another = merged into that one, null = dropped. `size` (units): the weight of each survivor, null for the
    others. `count` survivors.
    """

    label: str
    at: dict[str, int | float | str]
    destination: Values
    size: Values
    count: int


class Cost(Contract):
    """What a stage or the whole model costs, before and after; `formula` says how it was counted."""

    name: str
    label: str
    unit: str
    formula: str
    before: float
    after: float
    per_stage_before: list[float] = []
    per_stage_after: list[float] = []


class AnswerCandidate(Contract):
    """A class or token and its probability."""

    label: str
    probability: float


class Answer(Contract):
    """What the model says in one variant; `divergence` is KL(full ‖ variant) in nat."""

    variant: Literal["full", "reduced", "random"]
    label: str
    candidates: list[AnswerCandidate]
    divergence: float | None = None
    agreement: float | None = None


class Latency(Contract):
    """Median seconds of one forward pass, measured after a warm-up."""

    before: float
    after: float
    runs: int


class ReductionPanel(Contract):
    """What a method would keep, merge or drop, stage by stage, and whether the answer survives it."""

    kind: Literal["reduction"] = "reduction"
    strip: str
    stages: list[Stage]
    costs: list[Cost]
    answers: list[Answer]
    latency: Latency | None = None
    positions: str
    protected: list[int] = []


class ChartAxis(Contract):
    """An axis of a chart."""

    label: str
    unit: str = ""
    scale: Literal["linear", "log", "band"] = "linear"


class Series(Contract):
    """One line, set of bars or cloud of points."""

    label: str
    x: list[float | str]
    y: list[float | None]
    low: list[float | None] | None = None
    high: list[float | None] | None = None


class ChartPanel(Contract):
    """A chart with its numbers."""

    kind: Literal["chart"] = "chart"
    mark: Literal["line", "bar", "histogram", "scatter", "grid", "reliability"]
    label: str
    x: ChartAxis
    y: ChartAxis
    series: list[Series]
    baseline: float | None = None


class BranchNode(Contract):
    """A node of a tree of continuations.

    `range` are its units on `strip`, half-open (null: all of them); `at` is the unit of the parent's strip before
    which it branches off (null: it follows the parent's last unit). `log_probability` is that of its own units given
    its ancestors [nat]; `value` what the panel's `value_label` names.
    """

    id: str
    parent: str | None
    at: int | None = None
    strip: str
    range: tuple[int, int] | None = None
    label: str = ""
    log_probability: float | None = None
    value: float | None = None
    kept: bool = True
    cluster: int | None = None


class BranchesPanel(Contract):
    """Continuations that branch: a tree of tokens, trials that leave a line and come back, or texts side by side."""

    kind: Literal["branches"] = "branches"
    label: str = ""
    layout: Literal["tree", "braid", "columns"] = "tree"
    value_label: str = ""
    nodes: list[BranchNode]


class Share(Contract):
    """A named part of a whole, between 0 and 1."""

    label: str
    value: float


class Group(Contract):
    """A labelled set of unit ranges; `shares` are what its value is made of, when it has parts."""

    label: str
    strip: str
    ranges: list[tuple[int, int]]
    value: float | None = None
    unit: str = ""
    shares: list[Share] = []


class GroupsPanel(Contract):
    """Labelled groups of units, with values. `style`: brackets under runs, underlined spans, or cards of texts."""

    kind: Literal["groups"] = "groups"
    label: str = ""
    style: Literal["brackets", "underline", "cards"] = "brackets"
    groups: list[Group]


Panel = Annotated[
    ScoresPanel
    | LinksPanel
    | AlternativesPanel
    | SegmentationsPanel
    | ReductionPanel
    | ChartPanel
    | BranchesPanel
    | GroupsPanel,
    Field(discriminator="kind"),
]
PanelKind = Literal["scores", "links", "alternatives", "segmentations", "reduction", "chart", "branches", "groups"]
