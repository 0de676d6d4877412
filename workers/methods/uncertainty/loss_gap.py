"""How much better a second model predicts each token: a small and a large one, or before and after training."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

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
    Strip,
    Track,
    WorkedExample,
)
from workers.core.aligned import Aligned
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.core.statistics import Statistic, TokenLogProbability
from workers.core.summaries import largest
from workers.core.text_passes import TextPasses

Array = npt.NDArray[np.float32]

_IMPOSSIBLE = "Where one of the models holds a token impossible (probability 0) there is no value."
_SPANS = (
    "The models have different tokenizers: losses are added up between the places where both begin a token, and a "
    "span has no value where one model predicts nothing (a first token without BOS)."
)


class LossGap(Method):
    """How much better the reference model predicts each token: loss of the model less loss of the reference.

    Of a small and a large model, this shows which tokens are difficult in the sense that more computing helps, as
    Duo-LLM defines it; a high loss alone does not. Of a model before and after training, it shows what was learned
    (ssToken's excess loss). The gaps of all tokens add up to the difference of the negative log-likelihoods. Models
    with different tokenizers are compared too: their losses are added up wherever both begin a token.
    """

    key: ClassVar[str] = "loss_gap"
    name: ClassVar[str] = "Loss gap of two models"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Above 0: the reference expected this token more than the model did; below 0, less."
    caveat: ClassVar[str] = "Raw distributions at temperature 1. A gap near 0 says that both find a token equally hard."
    paper: ClassVar[str] = "Alizadeh et al.: Duo-LLM, 2024; ssToken, 2025"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "Blue tokens are those that the reference knows better. Look what they have in common: facts, names, "
            "rules of the task? Near zero, both find the token equally easy or equally hard."
        ),
        example=WorkedExample(
            setting="A small model gives two tokens 0.1 and 0.5. A large one gives them 0.5 and 0.4.",
            given={"model": [0.1, 0.5], "reference": [0.5, 0.4]},
            steps=[
                Step(does="Gap of the first token", formula="−ln(0.1) + ln(0.5)", gives=1.609),
                Step(does="Gap of the second token", formula="−ln(0.5) + ln(0.4)", gives=-0.223),
                Step(does="Sum of the gaps", formula="1.609 − 0.223", gives=1.386),
            ],
            means=(
                "The large model knows the first token far better and the second a little worse. The sum is the "
                "difference of both models' log-likelihoods of the text."
            ),
        ),
        distrust=(
            "Where one of the models has seen the text in training: it knows everything better. Across "
            "tokenizers the gaps belong to spans, which may be long."
        ),
        papers=[
            Paper(
                citation=(
                    "Alizadeh et al.: Duo-LLM, A Framework for Studying Adaptive Computation in Large Language Models"
                ),
                year=2024,
                id="arXiv:2410.10846",
            ),
            Paper(
                citation="Qin et al.: ssToken, Self-modulated and Semantic-aware Token Selection for LLM Fine-tuning",
                year=2025,
                id="arXiv:2510.18250",
            ),
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    roles: ClassVar[dict[str, RoleCard]] = {
        "reference": RoleCard(
            summary="The model to compare with, usually the larger one; its tokenizer may be another one.",
            needs=[Ability.NEXT_TOKEN],
            tokenizers="aligned",
        )
    }

    def statistics(self) -> Sequence[Statistic]:
        """The model's log-probability of each token."""
        return (TokenLogProbability(),)

    def role_statistics(self) -> Sequence[Statistic]:
        """The reference's log-probability of each token."""
        return (TokenLogProbability(),)

    def run(self, passes: Passes) -> Findings:
        """Tracks `gap`, `loss`, `reference_loss` [nat] over the units, or over spans where the tokenizers differ."""
        text, reference = passes.text, passes.role("reference")
        strips = [tokens.strip for tokens in text.strips]
        if reference.scored is text.scored:
            passes.paired.read()
            strip, losses = text.scored.strip, (_loss(text), _loss(reference))
        else:
            aligned = Aligned(text.scored, reference.scored)
            strip = aligned.strip("spans", f"Where “{text.model.key}” and “{reference.model.key}” both cut")
            losses = (aligned.sums(text.scored, _loss(text)), aligned.sums(reference.scored, _loss(reference)))
            strips = [*strips, reference.scored.strip, strip]
        notes = [_SPANS] if strip.id == "spans" else []
        notes += [_IMPOSSIBLE] if any(np.isinf(loss).any() for loss in losses) else []
        mine, other = (np.where(np.isinf(loss), np.float32(np.nan), loss) for loss in losses)
        return Findings(
            strips=strips,
            panels=[_panel(strip, mine, other)],
            figures=_figures(mine.astype(float), other.astype(float)),
            caveat=" ".join([*notes, self.caveat]) if notes else None,
        )


def _loss(text: TextPasses) -> Array:
    return -text.statistic(TokenLogProbability())["log_probability"] + np.float32(0.0)


def _panel(strip: Strip, loss: Array, reference: Array) -> ScoresPanel:
    gap = loss - reference
    limit = largest(np.abs(gap), 1e-6)
    top = max(largest(loss), largest(reference))
    tracks = [
        Track(name="gap", label="Loss gap", unit="nat", scale="diverging", domain=(-limit, limit), values=gap),
        Track(name="loss", label="Loss of the model", unit="nat", domain=(0.0, top), values=loss),
        Track(name="reference_loss", label="Loss of the reference", unit="nat", domain=(0.0, top), values=reference),
    ]
    adding = [track.model_copy(update={"aggregate": ["sum", "mean", "max"]}) for track in tracks]
    return ScoresPanel(strip=strip.id, tracks=adding)


def _figures(loss: npt.NDArray[np.float64], reference: npt.NDArray[np.float64]) -> dict[str, Figure]:
    """Sums over what both models predict, so that the gap is the difference of the two."""
    known = ~np.isnan(loss) & ~np.isnan(reference)
    mine, other = (float(each[known].sum()) if known.any() else None for each in (loss, reference))
    gap = None if mine is None or other is None else mine - other
    better = (loss > reference)[known]
    return {
        "total_gap": Figure(value=gap, label="Sum of the gaps", unit="nat"),
        "nll": Figure(value=mine, label="Negative log-likelihood, model", unit="nat", domain=(0.0, None)),
        "reference_nll": Figure(
            value=other, label="Negative log-likelihood, reference", unit="nat", domain=(0.0, None)
        ),
        "reference_better": Figure(
            value=float(better.mean()) if better.size else None,
            label="Share that the reference predicts better",
            domain=(0.0, 1.0),
        ),
    }
