"""CoRE: how consistent several models are, token by token, and what they would say together."""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    RoleCard,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.core.aligned import counterparts
from workers.core.alternatives import alternatives
from workers.core.consistency import Ensemble, ensemble
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, Top
from workers.core.summaries import mean
from workers.core.text_passes import TextPasses
from workers.models.language import LanguageModel

Array = npt.NDArray[np.float32]

_DECISIONS = ["the model's own", "the ensemble's", "kept: one begins the other"]
_ALIGNED = (
    "Tokenizers differ: a position has a value where all of them begin a token, and a model's token counts where the "
    "first model has one of the same bytes."
)


class EnsembleConsistency(Method):
    """How consistent two or three models are at each position, how much each would count, and what they say together.

    CoRE keeps the most probable tokens of each model. A token is consistent in a model as far as its probability
    there is close to the mean over the models; a model weighs more where its tokens are consistent and its
    distribution is sharp, and the first model weighs at least as much as the others together. The ensemble says the
    token with the largest weighted probability, unless that token and the first model's own begin with each other.
    Here the models read a text that is given, so that one sees where an ensemble would have left it.
    """

    key: ClassVar[str] = "ensemble_consistency"
    name: ClassVar[str] = "Ensemble consistency (CoRE)"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "More colour: the models agreed better on which tokens are likely here; 1 is full agreement."
    caveat: ClassVar[str] = "Models that agree may all be wrong; raw distributions at temperature 1."
    paper: ClassVar[str] = "CoRE: consistency-based LLM ensembles, Findings of EACL 2026"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Dark tokens are those on which the models agree. Where the decision says that another token would "
            "come, read the alternatives: the models disagree there, and one of them is wrong."
        ),
        example=WorkedExample(
            setting=(
                "Two models give “red” 0.8 and 0.6, and “blue” 0.2 and 0.4. The mean for “red” is 0.7, so each "
                "model is 0.1 away from it; for “blue” likewise."
            ),
            given={"models": [[0.8, 0.2], [0.6, 0.4]]},
            steps=[
                Step(does="Mean for “red”", formula="(0.8 + 0.6) / 2", gives=0.7),
                Step(does="Distance of the first model", formula="|0.8 − 0.7|", gives=0.1),
                Step(does="Consistency", formula="(exp(−2 · 0.1) − exp(−2)) / (1 − exp(−2))", gives=0.79),
            ],
            means="Both models have the consistency 0.79: near 1, because both would say “red”.",
        ),
        distrust=(
            "As a sign of truth: models trained on the same texts make the same mistakes together. With "
            "different tokenizers only tokens that both can spell are compared."
        ),
        papers=[
            Paper(
                citation="CoRE: consistency-based ensembles of large language models, EACL Findings 2026",
                year=2025,
                id="arXiv:2510.13855",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores", "alternatives")
    roles: ClassVar[dict[str, RoleCard]] = {
        "second": RoleCard(
            summary="A second model of the ensemble; its tokenizer may be another one.",
            needs=[Ability.NEXT_TOKEN],
            tokenizers="aligned",
        ),
        "third": RoleCard(
            summary="One more model of the ensemble.",
            needs=[Ability.NEXT_TOKEN],
            tokenizers="aligned",
            optional=True,
        ),
    }

    score: Annotated[
        Literal["rbf", "linear", "power", "reciprocal"],
        Field(description="How a token's consistency falls with its distance from the mean over the models."),
    ] = "rbf"
    weighting: Annotated[
        Literal["open", "choice"],
        Field(description="Weigh models by consistency and sharpness (open answers), or by sharpness alone (choices)."),
    ] = "open"
    top_k: Annotated[int, Field(ge=2, le=50, description="How many tokens of each model are kept.")] = 10

    def statistics(self) -> Sequence[Statistic]:
        """The most probable tokens of the first model."""
        return (Top(self.top_k),)

    def role_statistics(self) -> Sequence[Statistic]:
        """The most probable tokens of the others."""
        return (Top(self.top_k),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `consistency` and `weight` per model, `decision` [categorical]; alternatives of the ensemble."""
        text = passes.text
        others = {name: passes.role(name) for name in passes.roles}
        if all(other.scored is text.scored for other in others.values()):
            passes.paired.read()
        own = text.statistic(Top(self.top_k))
        tops = [(own["top_ids"], own["top_probabilities"])]
        tops += [_in_terms_of(text, other, Top(self.top_k)) for other in others.values()]
        found = ensemble([ids for ids, _ in tops], [likely for _, likely in tops], self.score, self.weighting)
        decision = _decisions(text.model, own["top_ids"], found, strict=self.weighting == "choice")
        names = {"main": text.model.key} | {name: other.model.key for name, other in others.items()}
        strip = text.scored.strip.id
        cut_anew = any(other.scored is not text.scored for other in others.values())
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[
                ScoresPanel(strip=strip, tracks=_tracks(names, found, decision)),
                alternatives(text.model, strip, found.top_ids, found.top_probabilities),
            ],
            figures=_figures(names, found, decision),
            caveat=f"{_ALIGNED} {self.caveat}" if cut_anew else None,
        )


def _in_terms_of(text: TextPasses, other: TextPasses, top: Top) -> tuple[Array, Array]:
    """A model's most probable tokens (units, k) on the first model's units, as ids of its vocabulary (−1: none)."""
    said = other.statistic(top)
    ids, probabilities = said["top_ids"], said["top_probabilities"]
    if other.scored is text.scored:
        return ids, probabilities
    at = counterparts(text.scored, other.scored)
    mine, theirs = text.model.tokenizer, other.model.tokenizer
    known = {data: id for id, data in reversed(list(enumerate(mine.vocabulary_bytes))) if data}
    wanted = np.unique(ids[~np.isnan(ids)]).astype(int).tolist()
    named = {id: known.get(theirs.token_bytes(id), -1) for id in wanted}
    mapped = np.array([[np.nan if np.isnan(id) else named[int(id)] for id in row] for row in ids], np.float32)
    unknown = np.full((1, ids.shape[-1]), np.nan, np.float32)  # at −1: no counterpart
    return np.concatenate([mapped, unknown])[at], np.concatenate([probabilities, unknown])[at]


def _decisions(model: LanguageModel, own: Array, found: Ensemble, *, strict: bool) -> Array:
    """Per unit whose token the ensemble says, as indices of `_DECISIONS`."""
    decided = np.full(len(own), np.nan, np.float32)
    for unit in np.flatnonzero(~np.isnan(found.top_ids[:, 0])).tolist():
        first, together = int(own[unit, 0]), int(found.top_ids[unit, 0])
        one, other = model.tokenizer.token_bytes(first), model.tokenizer.token_bytes(together)
        begins = not strict and (one.startswith(other) or other.startswith(one))
        decided[unit] = 0 if first == together else 2 if begins else 1
    return decided


def _tracks(names: Mapping[str, str], found: Ensemble, decision: Array) -> list[Track]:
    tracks = []
    for index, (role, key) in enumerate(names.items()):
        tracks += [
            _share(_name("consistency", role), f"Consistency of “{key}”", found.consistency[:, index]),
            _share(_name("weight", role), f"Weight of “{key}”", found.weights[:, index]),
        ]
    chosen = Track(
        name="decision",
        label="Whose token comes next",
        scale="categorical",
        categories=_DECISIONS,
        domain=(0.0, 2.0),
        values=decision,
        aggregate=[],
    )
    return [*sorted(tracks, key=lambda track: track.name.startswith("weight")), chosen]


def _name(quantity: str, role: str) -> str:
    return quantity if role == "main" else f"{quantity}_{role}"


def _share(name: str, label: str, values: Array) -> Track:
    return Track(name=name, label=label, domain=(0.0, 1.0), values=values, aggregate=["mean", "min"])


def _figures(names: Mapping[str, str], found: Ensemble, decision: Array) -> dict[str, Figure]:
    figures = {
        f"mean_{_name('consistency', role)}": Figure(
            value=mean(found.consistency[:, index]), label=f"Mean consistency of “{key}”", domain=(0.0, 1.0)
        )
        for index, (role, key) in enumerate(names.items())
    }
    known = ~np.isnan(decision)
    changed = float((decision[known] == 1).mean()) if known.any() else None
    figures["changed"] = Figure(value=changed, label="Tokens that the ensemble would change", domain=(0.0, 1.0))
    return figures
