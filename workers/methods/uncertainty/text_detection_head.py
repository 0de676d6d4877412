"""A trained head that weighs what five metrics say of each token: does the text read as written by a machine?"""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field
from torch import Tensor

from workers.contract import (
    Ability,
    Figure,
    Guide,
    Lens,
    PanelKind,
    Paper,
    Refusal,
    ScoresPanel,
    Step,
    Track,
    WorkedExample,
)
from workers.contract.cost import MethodCost, Term
from workers.core.method import FORWARD, Findings, Method
from workers.core.named import HEAD_DEFAULT, HeadKey
from workers.core.observed import INPUTS, NAMES, observe
from workers.core.passes import Passes
from workers.core.statistics import Statistic
from workers.core.text_passes import TextPasses
from workers.models.heads import DetectionHead
from workers.models.language import LanguageModel

_LABELS = {
    "entropy": ("Entropy", "nat"),
    "max_log_probability": ("Log-probability of the best token", "nat"),
    "log_probability": ("Log-probability", "nat"),
    "quantile": ("Share of the vocabulary at least as probable", ""),
    "top_p": ("Mass of the tokens at least as probable", ""),
}


class TextDetectionHead(Method):
    """How much each token speaks for a text written by a machine, to a head that was trained on labelled texts.

    A small network over the frozen model (PAWN) turns five metrics of each token into features, and the model's
    states into gates that share out attention over the text. The logit is the sum of one contribution per token and
    a bias, so the colours add up to the verdict. A head belongs to the model that it was trained on; train one with
    `python -m workers.training detection`.
    """

    key: ClassVar[str] = "text_detection_head"
    name: ClassVar[str] = "Detection head"
    lens: ClassVar[Lens] = Lens.UNCERTAINTY
    reads: ClassVar[str] = "Above zero: the token speaks for a machine as the author; below zero: for a person."
    caveat: ClassVar[str] = (
        "A score, not a verdict: short texts, those of non-native writers and any unlike the training's misfire."
    )
    paper: ClassVar[str] = "Miralles-González et al. 2025, PAWN: Perplexity Attention Weighted Networks"
    guide: ClassVar[Guide | None] = Guide(
        how=(
            "The colours add up to the verdict: look for the tokens that carry it. If a few carry all, delete "
            "them and run again before you believe it."
        ),
        example=WorkedExample(
            setting=("Three tokens contribute 1.2, −0.4 and 0.6 to the logit. The bias of the head is −0.5."),
            given={"contributions": [1.2, -0.4, 0.6], "bias": -0.5},
            steps=[
                Step(does="Logit", formula="1.2 − 0.4 + 0.6 − 0.5", gives=0.9),
                Step(does="Score for a machine", formula="1 / (1 + exp(−0.9))", gives=0.711),
            ],
            means=("Two tokens speak for a machine and one against it. The score 0.71 is a leaning, no proof."),
        ),
        distrust=(
            "To accuse anybody. The head knows the texts that it was trained on; another topic, another model as "
            "the author, or a short text leads it astray."
        ),
        papers=[
            Paper(
                citation=(
                    "Miralles-González et al.: Not all tokens are created equal, Perplexity Attention Weighted "
                    "Networks, Information Fusion"
                ),
                year=2025,
                id="arXiv:2501.03940",
            )
        ],
    )
    needs: ClassVar[tuple[frozenset[Ability], ...]] = (frozenset({Ability.NEXT_TOKEN}),)
    produces: ClassVar[tuple[PanelKind, ...]] = ("scores",)
    cost: ClassVar[MethodCost | None] = MethodCost(passes=[FORWARD, Term(times=1)])

    head: Annotated[HeadKey, Field(description="The trained head.")] = HEAD_DEFAULT

    def statistics(self) -> Sequence[Statistic]:
        """The five metrics."""
        return INPUTS

    def run(self, passes: Passes) -> Findings:
        """Tracks `contribution` [logit], `gate` and the five metrics; figures: the logit, its probability, the bias."""
        text = passes.text
        head = passes.named(self.head, "detection_head")
        if not isinstance(head, DetectionHead):
            raise Refusal("no-head", f"“{self.head}” is no detection head.", field="methods")
        _check_base(head, text.model)
        observed = observe(text, head.context)
        if not observed.places:
            raise Refusal("no-tokens", "The model predicted no token of this text.", field="text")
        contributions, gates, bias = head.explain(observed.metrics, observed.states)
        logit = float(contributions.double().sum()) + bias
        read = len(observed.places)
        cut = f"Only the first {read:,} tokens were read." if read == head.context else ""
        note = f"Head trained on {head.settings.texts:,} texts." if head.settings.texts else ""
        largest = max(float(contributions.abs().max()), 1e-6)
        share = gates.mean(-1)
        tracks = [
            _track(text, observed.places, "contribution", "Contribution to the logit", contributions, largest),
            _track(text, observed.places, "gate", "Share of the attention", share, float(share.max())),
            *(_metric(text, observed.places, name, observed.metrics[:, at]) for at, name in enumerate(NAMES)),
        ]
        return Findings(
            strips=[tokens.strip for tokens in text.strips],
            panels=[ScoresPanel(strip=text.scored.strip.id, tracks=tracks)],
            figures=_figures(logit, bias),
            caveat=" ".join(filter(None, [self.caveat, cut, note])),
        )


def _check_base(head: DetectionHead, model: LanguageModel) -> None:
    settings = head.settings
    if settings.base_revision != model.folder.revision:
        detail = (
            f"“{head.key}” was trained on {settings.base_model} ({settings.base_revision}); the chosen model is "
            f"{model.key} ({model.folder.revision}), whose states mean something else to it."
        )
        raise Refusal("head-does-not-fit", detail, field="methods")


def _spread(text: TextPasses, places: Sequence[int], values: Tensor) -> npt.NDArray[np.float32]:
    found = np.full(len(text.scored.strip.units), np.nan, np.float32)
    found[list(places)] = values.numpy()
    return found


def _track(text: TextPasses, places: Sequence[int], name: str, label: str, values: Tensor, top: float) -> Track:
    signed = name == "contribution"
    return Track(
        name=name,
        label=label,
        unit="logit" if signed else "",
        scale="diverging" if signed else "sequential",
        domain=(-top if signed else 0.0, top),
        values=_spread(text, places, values),
        aggregate=["sum", "mean"],
    )


def _metric(text: TextPasses, places: Sequence[int], name: str, values: Tensor) -> Track:
    label, unit = _LABELS[name]
    spread = _spread(text, places, values)
    low = min(0.0, float(np.nanmin(spread)))
    high = 0.0 if low < 0 else max(1.0, float(np.nanmax(spread)))
    return Track(name=name, label=label, unit=unit, domain=(low, high), values=spread, aggregate=["mean", "min", "max"])


def _figures(logit: float, bias: float) -> dict[str, Figure]:
    probability = 1 / (1 + np.exp(-np.clip(logit, -60, 60)))
    return {
        "probability": Figure(value=float(probability), label="Score for a machine as the author", domain=(0.0, 1.0)),
        "logit": Figure(value=logit, label="Logit", unit="logit"),
        "bias": Figure(value=bias, label="Bias", unit="logit"),
    }
