"""Shared forward passes: each is computed once per job, whatever number of methods ask for it."""

from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property

from PIL import Image

from workers.contract import AnalysisRequest, ModelSpec, Reading, Refusal, SourceData
from workers.core.image_passes import ImagePasses
from workers.core.objectives import Objective
from workers.core.pictures import read_picture
from workers.core.sampling import Generating
from workers.core.statistics import Statistic
from workers.core.text_passes import TextPasses
from workers.models.cache import Model, ModelCache
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel

Report = Callable[[str, float | None], None]
"""Tells what a method is doing and how far it is; raises Interrupted when the job was cancelled meanwhile."""


class Interrupted(Exception):
    """The job was cancelled between two passes."""


class Passes:
    """What a method may ask for: sources, the model's passes, further models, and a way to report progress."""

    def __init__(
        self,
        request: AnalysisRequest,
        models: ModelCache,
        statistics: Sequence[Statistic],
        report: Report,
        generating: Generating | None = None,
    ) -> None:
        self.request = request
        self.models = models
        self.report = report
        self.generating: Generating = generating or report
        """Reports while a method generates text: raises Refusal when the person stopped that."""
        self.counts: Counter[str] = Counter()
        """How often each pass was computed."""
        self._statistics = tuple(dict.fromkeys(statistics))

    @property
    def seed(self) -> int:
        """Whatever is drawn at random is drawn from this seed."""
        return self.request.seed

    @property
    def reading(self) -> Reading:
        """How the text is read."""
        return self.request.reading

    def source(self, kind: str) -> SourceData:
        """The run's text or image. Raises Refusal without one."""
        for source in self.request.sources:
            if source.kind == kind:
                return source
        raise Refusal(f"needs-{kind}", f"This needs {'a text' if kind == 'text' else 'an image'}; the run has none.")

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

    @cached_property
    def text(self) -> TextPasses:
        """Passes of a language model over the text. Raises Refusal for another kind of model."""
        if not isinstance(self.model, LanguageModel):
            raise Refusal("needs-language-model", f"“{self.model.key}” reads no text.", field="model")
        return TextPasses(
            self.model,
            self.request,
            self.source_text,
            self.source("text").id,
            self._statistics,
            self.counts,
            self.generating,
        )

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
