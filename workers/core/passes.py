"""Shared forward passes: each is computed once per job, whatever number of methods ask for it."""

from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PIL import Image

from workers.contract import AnalysisRequest, MethodCall, ModelSpec, Reading, Refusal, SourceData, SourceKind
from workers.core.attended import Attended
from workers.core.image_passes import ImagePasses
from workers.core.named import wanted
from workers.core.objectives import Objective
from workers.core.pair_scores import PairScores
from workers.core.pictures import read_picture
from workers.core.roles import Declared, PairedRows, RoleText
from workers.core.sampling import Generating
from workers.core.statistics import Statistic
from workers.core.text_passes import TextPasses
from workers.models.cache import Model, ModelCache
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel

if TYPE_CHECKING:
    from workers.core.method import Findings

Report = Callable[[str, float | None], None]
"""Tells what a method is doing and how far it is; raises Interrupted when the job was cancelled meanwhile."""


_ABSENT = ("unknown-model", "hub-unreachable", "no-model-folder")


_NAMES: dict[SourceKind, str] = {
    "text": "a text",
    "image": "an image",
    "table": "a labelled file",
    "logprobs": "a server's log-probabilities",
}


class Interrupted(Exception):
    """The job was cancelled between two passes."""


class Passes:
    """What a method may ask for: sources, the model's passes, further models, and a way to report progress."""

    def __init__(
        self,
        request: AnalysisRequest,
        models: ModelCache | Attended,
        statistics: Sequence[Statistic],
        report: Report,
        generating: Generating | None = None,
        declared: Declared | None = None,
    ) -> None:
        self.request = request
        self.models = models
        self.report = report
        self.generating: Generating = generating or report
        """Reports while a method generates text: raises Refusal when the person stopped that."""
        self.counts: Counter[str] = Counter()
        """How often each pass was computed."""
        self._declared = declared or Declared()
        self._statistics = tuple(dict.fromkeys([*statistics, *self._declared.alone.get(request.model or "", ())]))
        self.roles: Mapping[str, str] = {}
        """The models' keys by role of the call that is running."""
        self.found: Callable[[MethodCall], Findings]
        """What another method says of the same job, computed once; `workers.core.run` says how."""
        self._texts: dict[str, TextPasses] = {}
        self._paired: dict[tuple[str, ...], PairedRows] = {}
        self.named_models: dict[str, Model] = {}
        """Models that parameters named and that were loaded, by key."""

    @property
    def seed(self) -> int:
        """Whatever is drawn at random is drawn from this seed."""
        return self.request.seed

    @property
    def reading(self) -> Reading:
        """How the text is read."""
        return self.request.reading

    def source(self, kind: SourceKind) -> SourceData:
        """The run's text, image or file of a kind. Raises Refusal without one."""
        for source in self.request.sources:
            if source.kind == kind:
                return source
        raise Refusal(f"needs-{kind}", f"This needs {_NAMES[kind]}; the run has none.")

    @property
    def source_text(self) -> str:
        """The text as the person gave it. Raises Refusal when it is empty."""
        text = self.source("text").text or ""
        if not text:
            raise Refusal("empty-text", "The text is empty; there is nothing to read.", field="text")
        return text

    @cached_property
    def image(self) -> Image.Image:
        """The stored picture, RGB. Raises Refusal for a file that is none."""
        return read_picture(b64decode(self.source("image").data or ""))

    @cached_property
    def model(self) -> Model:
        """The job's model. Raises Refusal for an unknown one."""
        if self.request.model is None:
            raise Refusal("needs-model", "This method needs a model; none was chosen.", field="model")
        return self.models.get(self.request.model, self.request.specs.get(self.request.model))

    def spec(self, key: str) -> ModelSpec | None:
        """Where a key of the allow-list leads; None for what is built in."""
        return self.request.specs.get(key)

    def named(self, key: str, kind: str) -> Model:
        """The model that a parameter of this `x-kind` names. Raises Refusal saying what to add where it is not here."""
        try:
            model = self.named_models.get(key) or self.models.get(key, self.spec(key), beside=self._held)
        except Refusal as refusal:
            if refusal.id not in _ABSENT:
                raise
            detail = f"“{key}” is not here. This needs {wanted(kind)}; on the command line a folder can be named."
            raise Refusal("named-model-missing", detail, field="methods", status=424) from refusal
        return self.named_models.setdefault(key, model)

    @property
    def _held(self) -> list[Model]:
        """The models that the job uses already, which count together and stay."""
        main = [self.model] if self.request.model else []
        return [*main, *(text.model for text in self._texts.values()), *self.named_models.values()]

    @cached_property
    def pair_scores(self) -> PairScores:
        """What judges say of pairs of texts, each pair asked once."""
        return PairScores(self.named, self.counts, self.report)

    @cached_property
    def text(self) -> TextPasses:
        """Passes of a language model over the text. Raises Refusal for another kind of model."""
        if not isinstance(self.model, LanguageModel):
            raise Refusal("needs-language-model", f"“{self.model.key}” reads no text.", field="model")
        return TextPasses(self.model, statistics=self._statistics, **self._given)

    @property
    def _given(self) -> dict[str, Any]:
        return {
            "request": self.request,
            "text": self.source_text,
            "source": self.source("text").id,
            "counts": self.counts,
            "generating": self.generating,
        }

    @contextmanager
    def calling(self, roles: Mapping[str, str]) -> Iterator[None]:
        """Within it a call runs whose roles these models fill."""
        before, self.roles = self.roles, roles
        try:
            yield
        finally:
            self.roles = before

    def role(self, name: str) -> TextPasses:
        """Passes of a role's model over the same text, shared by all calls that name that model.

        Raises Refusal when it cannot be loaded beside the job's other models or does not predict the same.
        """
        key = self.roles[name]
        if key == self.request.model:
            return self.text
        if key not in self._texts:
            model = self.models.get(key, self.spec(key), beside=self._held)
            if not isinstance(model, LanguageModel):
                raise Refusal("needs-language-model", f"“{key}” reads no text.", field="methods")
            alone = tuple(dict.fromkeys(self._declared.alone.get(key, ())))
            self._texts[key] = RoleText(self.text, model, statistics=alone, **self._given)
        return self._texts[key]

    @property
    def paired(self) -> PairedRows:
        """The job's model and all models of the call's roles side by side, token by token."""
        keys = tuple(self.roles.values())
        if keys not in self._paired:
            texts = [self.text, *(self.role(name) for name in self.roles)]
            self._paired[keys] = PairedRows(texts, self._declared.paired.get(keys, ()), self.counts)
        return self._paired[keys]

    @cached_property
    def vision(self) -> ImagePasses:
        """Passes of an image classifier over the picture. Raises Refusal for another kind of model."""
        if not isinstance(self.model, VisionModel):
            raise Refusal("needs-image-model", f"“{self.model.key}” reads no images.", field="model")
        return ImagePasses(self.model, self.image, self.source("image").id, self.request.targets, self.counts)

    @cached_property
    def objectives(self) -> list[Objective]:
        """What is explained: one objective for all targets that can be read together."""
        return self.text.objectives if isinstance(self.model, LanguageModel) else self.vision.objectives
