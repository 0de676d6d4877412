"""The base of every method: one analysis, one file."""

import inspect
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    MethodCard,
    Panel,
    PanelKind,
    ResolvedTarget,
    RoleCard,
    SourceKind,
    Strip,
)
from workers.contract.cost import MethodCost, Term
from workers.core.paired import PairedStatistic
from workers.core.passes import Passes
from workers.core.statistics import Statistic

if TYPE_CHECKING:
    from workers.core.attribution import Explanation

PREDICTS = (frozenset({Ability.NEXT_TOKEN}), frozenset({Ability.MASKED_TOKEN}))
"""What methods need that read a distribution for each token: from what stands before it, or from all around it."""
FORWARD = Term(of=["readings"], once="forward")
"""The pass over the input that all methods of a job share."""
ROLES = Term(of=["roles", "readings"], once="roles")
"""The same by the models that fill roles."""


@dataclass(frozen=True)
class Findings:
    """What a method found; `workers.core.run` adds the provenance.

    `reads` and `caveat` replace the card's sentences where this input calls for others.
    """

    strips: Sequence[Strip]
    panels: Sequence[Panel]
    figures: dict[str, Figure] = field(default_factory=dict)
    targets: Sequence[ResolvedTarget] = ()
    reads: str | None = None
    caveat: str | None = None
    explanations: "Sequence[Explanation]" = ()
    """Of a method that explains: its scores as they are, for whoever measures how faithful they are."""


class Method(BaseModel, ABC):
    """One analysis: fields are its parameters, the docstring is what the site shows, `run` is the mathematics.

    The first line of a method's docstring is its summary; each field has a type, bounds, a default and one
    sentence of description.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=False)

    key: ClassVar[str]
    name: ClassVar[str]
    lens: ClassVar[Lens]
    version: ClassVar[int] = 1
    reads: ClassVar[str]
    """One sentence: what more colour means."""
    caveat: ClassVar[str] = ""
    paper: ClassVar[str] = ""
    guide: ClassVar[Guide | None] = None
    """How to read a result, with an example that the method's test computes anew. Every method has one (a test)."""
    inputs: ClassVar[tuple[SourceKind, ...]] = ("text",)
    needs: ClassVar[tuple[frozenset[Ability], ...]] = ()
    """Alternatives: a model fits if it has all abilities of one of them; none: the method needs no model."""
    explains: ClassVar[bool] = False
    produces: ClassVar[tuple[PanelKind, ...]]
    roles: ClassVar[dict[str, RoleCard]] = {}
    queue: ClassVar[Literal["gpu", "cpu"]] = "gpu"
    background: ClassVar[bool] = False
    cost: ClassVar[MethodCost | None] = None
    """What a call costs where that is more than the passes it shares with others, which are told from what it needs."""
    additive: ClassVar[bool] = False
    """Whether the sum of its scores over units predicts what a target loses without them."""
    follows: ClassVar[bool] = False
    """Whether it is asked of a result (of its units), and so is not offered where an input is given."""
    default: ClassVar[bool] = False
    """Whether a person who asks the lens's question without choosing a method gets it."""

    def statistics(self) -> Sequence[Statistic]:
        """The per-token statistics that `run` will ask for, so that one pass computes those of all methods."""
        return ()

    def role_statistics(self) -> Sequence[Statistic]:
        """The per-token statistics that `run` will ask of the model of each role alone."""
        return ()

    def paired_statistics(self) -> Sequence[PairedStatistic]:
        """The per-token statistics that `run` will ask of the job's model and the roles' models side by side."""
        return ()

    @abstractmethod
    def run(self, passes: Passes) -> Findings:
        """The mathematics. Raises Refusal where the input or target makes no sense for the method."""

    @classmethod
    def card(cls) -> MethodCard:
        """The self-description from which the site builds its form."""
        text = inspect.cleandoc(cls.__doc__ or "")
        schema = cls.model_json_schema()
        schema.pop("description", None)
        return MethodCard(
            key=cls.key,
            version=cls.version,
            lens=cls.lens,
            name=cls.name,
            summary=text.partition("\n")[0],
            description=text,
            reads=cls.reads,
            caveat=cls.caveat,
            paper=cls.paper,
            inputs=list(cls.inputs),
            needs=[sorted(alternative) for alternative in cls.needs],
            needs_model=bool(cls.needs),
            explains=cls.explains,
            produces=list(cls.produces),
            parameters=schema,
            roles=cls.roles,
            queue=cls.queue,
            background=cls.background,
            default=cls.default,
            additive=cls.additive,
            follows=cls.follows,
            cost=cls.priced(),
            guide=cls.guide,
        )

    @classmethod
    def priced(cls) -> MethodCost:
        """What a call costs, passes of roles included."""
        shared = [FORWARD] if cls.needs and cls.inputs != ("table",) else []
        own = cls.cost or MethodCost(passes=shared)
        roles = [ROLES] if cls.roles else []
        return own.model_copy(update={"passes": [*own.passes, *roles], "most": [*own.most, *roles] if own.most else []})

    @classmethod
    def fits(cls, abilities: Sequence[Ability]) -> bool:
        """Whether a model with these abilities can be asked."""
        return not cls.needs or any(alternative <= set(abilities) for alternative in cls.needs)
