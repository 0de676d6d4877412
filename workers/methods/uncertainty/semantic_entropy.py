"""Semantic entropy: how undecided a model is about what to say, however differently it may be worded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import logsumexp

from workers.contract import (
    Ability,
    BranchesPanel,
    BranchNode,
    Figure,
    Generate,
    Group,
    GroupsPanel,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Step,
    Strip,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.branches import joined, sample_strip
from workers.core.method import Findings, Method
from workers.core.named import NLI_DEFAULT, JudgeKey
from workers.core.passes import Passes
from workers.core.sampling import Sample
from workers.core.text_passes import TextPasses
from workers.core.wording import Until, stops

Array = npt.NDArray[np.float64]

_ENTAILS, _CONTRADICTS, _NEUTRAL = range(3)


class SemanticEntropy(Method):
    """How undecided the model is about what to say: samples are sorted by meaning, and the meanings' entropy is taken.

    A sample joins the first group whose first member means the same: each entails the other, by a model of natural
    language inference; or they are similar enough, if the judge is a similarity model. A model that says one thing in
    many ways has much token entropy and no semantic entropy.
    """

    key: ClassVar[str] = "semantic_entropy"
    name: ClassVar[str] = "Semantic entropy"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = (
        "Each column is something the model might have said; equal numbers mark equal meanings, and 0 nat means that "
        "all mean the same."
    )
    caveat: ClassVar[str] = "Another seed draws other samples; few samples underestimate the entropy."
    paper: ClassVar[str] = "Kuhn et al. 2023, Semantic Uncertainty (ICLR); Farquhar et al. 2024 (Nature)"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Read the cards: each is one thing that the model might have said. One card with most of the mass is "
            "a sure model, whatever its words; several cards that contradict each other are a guess."
        ),
        example=WorkedExample(
            setting="Four answers are drawn, equally probable. Three of them mean the same.",
            given={"group": [0, 0, 0, 1]},
            steps=[
                Step(does="Share of the first meaning", formula="3 / 4", gives=0.75),
                Step(does="Share of the second", formula="1 / 4", gives=0.25),
                Step(does="Semantic entropy", formula="−(0.75 · ln(0.75) + 0.25 · ln(0.25))", gives=0.562),
            ],
            means=(
                "Four different sentences would have the entropy ln 4 = 1.39. Counted by meaning the model is "
                "much surer."
            ),
        ),
        distrust=(
            "With few samples, at a low temperature (all answers are alike), or with a judge that does not know "
            "the language. A model that is always wrong in the same way has the entropy 0."
        ),
        papers=[
            Paper(citation="Kuhn, Gal & Farquhar: Semantic Uncertainty, ICLR", year=2023, id="arXiv:2302.09664"),
            Paper(
                citation=(
                    "Farquhar et al.: Detecting hallucinations in large language models using semantic entropy, Nature"
                ),
                year=2024,
                id="doi:10.1038/s41586-024-07421-0",
            ),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN, Ability.GENERATE}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("branches", "groups")
    background: ClassVar[bool] = True
    cost: ClassVar[MethodCost | None] = MethodCost(
        passes=[Term(times=1), Term(times=0.7, of=["samples", "max_new_tokens"]), Term(of=["samples", "samples"])],
        most=[Term(times=1), Term(of=["samples", "max_new_tokens"]), Term(times=2, of=["samples", "samples"])],
    )

    judge: Annotated[
        JudgeKey,
        Field(description="Who says what means the same: a model of natural language inference, or of similarity."),
    ] = NLI_DEFAULT
    equivalence: Annotated[
        Literal["strict", "loose"],
        Field(
            description="Same meaning by inference: each entails the other (strict), or neither contradicts the other "
            "and one of them at least entails (loose)."
        ),
    ] = "strict"
    threshold: Annotated[
        float, Field(ge=0, le=1, description="Same meaning by similarity: at least this much, in both directions.")
    ] = 0.85
    variant: Annotated[
        Literal["nature", "lm_polygraph"],
        Field(
            description="nature: mean log-probability per token, normalised over the samples. lm_polygraph: sums, not "
            "normalised, and the mean surprisal of the samples' meanings."
        ),
    ] = "nature"
    with_prompt: Annotated[bool, Field(description="Let the judge read the prompt before each sample.")] = False
    samples: Annotated[int, Field(ge=2, le=64, description="How many continuations to draw.")] = 10
    max_new_tokens: Annotated[int, Field(ge=1, le=256, description="How long a sample may get.")] = 32
    until: Until = "sentence"
    temperature: Annotated[float, Field(gt=0, le=10, description="Flatter above 1, sharper below.")] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1, description="Draw from the smallest set holding this much mass.")] = 1.0

    def run(self, passes: Passes) -> Findings:
        """Branches: the samples side by side with their groups; groups: the meanings; figures: their entropies."""
        kind = passes.pair_scores.judges_by(self.judge)
        drawn = passes.text.samples(self.samples, self.settings(passes.seed))
        clusters = np.array(self._clusters(passes, [sample.text for sample in drawn], kind))
        found = _Meanings(clusters, self._log_likelihoods(drawn))
        strip, ranges = _strip(passes.text, drawn)
        rule = f"inference, {self.equivalence}" if kind is Ability.NLI else f"similarity ≥ {self.threshold:g}"
        variant = f"Variant: {self.variant}; same meaning by {rule}."
        return Findings(
            strips=[*(tokens.strip for tokens in passes.text.strips), strip],
            panels=[found.branches(strip.id, ranges, drawn), found.groups(strip.id, ranges)],
            figures=self._figures(found, drawn),
            caveat=" ".join(filter(None, [self.caveat, passes.pair_scores.caveat(self.judge), variant])),
        )

    def settings(self, seed: int) -> Generate:
        """How the samples are drawn."""
        return Generate(
            max_new_tokens=self.max_new_tokens,
            do_sample=True,
            temperature=self.temperature,
            top_p=self.top_p,
            stop=stops(self.until),
            seed=seed,
        )

    def _clusters(self, passes: Passes, texts: Sequence[str], kind: Ability) -> list[int]:
        """The group of each text, by comparison with each group's first member.

        Equal texts mean the same without asking, but in lm-polygraph, whose judge is asked about them too.
        """
        firsts: list[str] = []
        found: list[int] = []
        for text in (text.strip() for text in texts):
            if text not in firsts or self.variant == "lm_polygraph":
                same = self._same(passes, text, firsts, kind)
                found.append(next((index for index, yes in enumerate(same) if yes), len(firsts)))
                if found[-1] == len(firsts):
                    firsts.append(text)
            else:
                found.append(firsts.index(text))
        return found

    def _same(self, passes: Passes, text: str, firsts: Sequence[str], kind: Ability) -> list[bool]:
        prompt = f"{passes.source_text} " if self.with_prompt else ""
        pairs = [(prompt + first, prompt + text) for first in firsts]
        both = [*pairs, *((two, one) for one, two in pairs)]
        if kind is Ability.SIMILARITY:
            similar = passes.pair_scores.similarity(self.judge, both).reshape(2, -1)
            return [bool(least >= self.threshold) for least in similar.min(0)]
        classes = passes.pair_scores.entailment(self.judge, both).argmax(-1).reshape(2, -1)
        rule = strictly_same if self.equivalence == "strict" else loosely_same
        return [rule(int(forth), int(back)) for forth, back in classes.T]

    def _log_likelihoods(self, drawn: Sequence[Sample]) -> Array:
        """Mean per token, or the sum with the end token; of a sample that ended at once, that of the end."""
        found = []
        for sample in drawn:
            logs = sample.log_probabilities.astype(float)
            end = sample.end_log_probability or 0.0
            if self.variant == "lm_polygraph":
                found.append(logs.sum() + end)
            else:
                found.append(logs.mean() if logs.size else end)
        return np.array(found)

    def _figures(self, found: "_Meanings", drawn: Sequence[Sample]) -> dict[str, Figure]:
        entropy = found.rao() if self.variant == "nature" else found.monte_carlo()
        said = float(np.mean([-sample.log_probabilities.astype(float).sum() for sample in drawn]))
        return {
            "semantic_entropy": Figure(value=entropy, label=f"Semantic entropy ({self.variant})", unit="nat"),
            "discrete_entropy": Figure(
                value=found.discrete(), label="Entropy of the groups' sizes", unit="nat", domain=(0.0, None)
            ),
            "predictive_entropy": Figure(
                value=said, label="Mean surprisal of a whole sample", unit="nat", domain=(0.0, None)
            ),
            "meanings": Figure(value=float(found.count), label="Different meanings", domain=(1.0, None)),
        }


def strictly_same(forth: int, back: int) -> bool:
    """Each entails the other."""
    return forth == back == _ENTAILS


def loosely_same(forth: int, back: int) -> bool:
    """Neither contradicts the other, and not both are neutral."""
    return _CONTRADICTS not in (forth, back) and not forth == back == _NEUTRAL


@dataclass(frozen=True)
class _Meanings:
    """The group of each sample, numbered from 0 in the order of their first members, and its log-likelihood [nat]."""

    clusters: npt.NDArray[np.int64]
    log_likelihoods: Array

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.clusters.max()) + 1

    def masses(self) -> Array:
        """ln of each group's summed likelihood, not normalised."""
        return np.array([logsumexp(self.log_likelihoods[self.clusters == index]) for index in range(self.count)])

    def probabilities(self) -> Array:
        """Each group's share of the likelihood of all samples."""
        masses = self.masses()
        shares: Array = np.exp(masses - logsumexp(masses))
        return shares

    def rao(self) -> float:
        """−Σ P ln P over the groups."""
        return _entropy(self.probabilities())

    def discrete(self) -> float:
        """The entropy of how many samples each group has: needs no probabilities."""
        return _entropy(np.bincount(self.clusters) / len(self.clusters))

    def monte_carlo(self) -> float:
        """The mean over samples of −ln of their group's summed likelihood."""
        return float(-self.masses()[self.clusters].mean()) + 0.0

    def branches(self, strip: str, ranges: Sequence[tuple[int, int]], drawn: Sequence[Sample]) -> BranchesPanel:
        """The samples side by side, those of one meaning together."""
        shares = self.probabilities()
        nodes = [
            BranchNode(
                id=f"sample-{index + 1}",
                parent=None,
                strip=strip,
                range=ranges[index],
                label=f"Sample {index + 1}, meaning {self.clusters[index] + 1}",
                log_probability=float(drawn[index].log_probabilities.astype(float).sum()),
                value=float(shares[self.clusters[index]]),
                cluster=int(self.clusters[index]) + 1,
            )
            for index in np.argsort(self.clusters, kind="stable")
        ]
        return BranchesPanel(label="Samples", layout="columns", value_label="share of its meaning", nodes=nodes)

    def groups(self, strip: str, ranges: Sequence[tuple[int, int]]) -> GroupsPanel:
        """The meanings, the most probable first, each with its samples and its share of the likelihood."""
        shares = self.probabilities()
        made = []
        for cluster in np.argsort(-shares, kind="stable"):
            members = np.flatnonzero(self.clusters == cluster)
            label = f"Meaning {cluster + 1}: {len(members)} of {len(self.clusters)} samples"
            inside = [ranges[index] for index in members if ranges[index][0] < ranges[index][1]]
            made.append(Group(label=label, strip=strip, ranges=inside, value=float(shares[cluster])))
        return GroupsPanel(label="Meanings", style="cards", groups=made)


def _strip(text: TextPasses, drawn: Sequence[Sample]) -> tuple[Strip, list[tuple[int, int]]]:
    """One strip with all samples, and where each lies on it."""
    parts = [sample_strip(text, sample.ids, id="sample", label="Sample") for sample in drawn]
    whole, ranges = joined(parts, id="samples", label="Samples")
    return whole.strip, ranges


def _entropy(shares: Array) -> float:
    known = shares[shares > 0]
    return float(-(known * np.log(known)).sum()) + 0.0
