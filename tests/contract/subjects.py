"""The models on which every method is tried, what each is asked, and a way to run a request.

To add a model, add a row to `SUBJECTS`: every method that fits it is then tried on it.
"""

import io
import json
import shutil
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
import torch
from PIL import Image, ImageDraw
from transformers import LlamaConfig, LlamaForCausalLM, ViTConfig, ViTForImageClassification

from tests.contract.description import describe
from tests.contract.supplies import supplies
from tests.masked import make_masked
from workers.contract import (
    AnalysisRequest,
    Continuation,
    Generate,
    MethodCall,
    ModelSpec,
    Result,
    SourceData,
    SourceKind,
    Target,
)
from workers.core.discovery import all_methods
from workers.core.method import Method
from workers.core.run import run
from workers.core.steps import Cancelled, Continued, Failed, Finished, Progress, Step
from workers.models.cache import Model, ModelCache
from workers.models.folders import BUILTIN, builtin_keys

ENGLISH = "Once upon a time, a cat sat. It saw a dog!"


@dataclass(frozen=True)
class Subject:
    """A model and an input that it can read; `place` says where the model is: here, in the test data, or built in."""

    name: str
    place: Literal["tiny", "data", "builtin"]
    kind: SourceKind = "text"
    text: str = ENGLISH


TINY_TEXT = Subject("tiny-llama", "tiny", text="A café: “naïve” 東京 👍🏽 — and done.\n")
TINY_OTHER = Subject("tiny-llama-other", "tiny", text=TINY_TEXT.text)
"""The same architecture and tokenizer with other weights: it fills the roles of methods that compare two models."""
TINY_IMAGE = Subject("tiny-vit", "tiny", "image")
TINY_MASKED = Subject("tiny-bert", "tiny", text="The cat saw a red dog, and ran to the house.")
TABLE = """prompt,answer,label
Where is the cat?,It is on the mat.,1
Who sat?,A dog sat.,0
Broken,,1
Is it red?,Yes,1
Is it 東京?,No 👍🏽,0
"""
TINY_TABLE = Subject("tiny-llama-table", "tiny", "table", text=TABLE)
LOGPROBS = json.dumps(
    [
        {"token": "Well", "logprob": -0.5, "bytes": None, "top_logprobs": [{"token": "So", "logprob": -1.0}]},
        {"token": "\\xf0\\x9f", "logprob": -2.0, "bytes": [0xF0, 0x9F], "top_logprobs": []},
        {"token": "\\x91\\x8d", "logprob": None, "bytes": [0x91, 0x8D]},
    ]
)
TINY_LOGPROBS = Subject("tiny-llama-logprobs", "tiny", "logprobs", text=LOGPROBS)
SUBJECTS = [
    TINY_TEXT,
    TINY_IMAGE,
    TINY_MASKED,
    TINY_TABLE,
    TINY_LOGPROBS,
    Subject("stories260k", "data", text="One day, a cat sat."),
    Subject("babyllama105", "data", text="A cat saw."),
    Subject("news-lm", "data", text="The European Union has a new budget for the next year ."),
    Subject("arabic-transliteration", "data", text="آتزمون"),
    Subject("demo-lm", "builtin", text="Mia put the red ball in the box. Where is the ball?"),
    Subject("demo-bytes", "builtin", text="Story: Mia found the key."),
    Subject("demo-seq2seq", "builtin", text="Are you in the hall?"),
    Subject("demo-vit", "builtin", "image"),
]


def parameter(subject: Subject, *more: Any, id: str = "") -> Any:
    """The subject as a pytest parameter: left out where its model is not at hand."""
    marks: list[pytest.MarkDecorator] = []
    if subject.place == "data":
        marks.append(pytest.mark.needs_data)
    if subject.place == "builtin":
        marks.append(
            pytest.mark.skipif(subject.name not in builtin_keys(), reason=f"{subject.name} is not trained yet")
        )
    return pytest.param(subject, *more, marks=marks, id=f"{subject.name}-{id}" if id else subject.name)


@dataclass(frozen=True)
class Outcome:
    """What a job gave: its steps in order."""

    steps: list[Step]

    @property
    def results(self) -> dict[int, Result]:
        """Results by the call that gave them."""
        return {step.call: step.result for step in self.steps if isinstance(step, Finished)}

    @property
    def failures(self) -> dict[int | None, Failed]:
        """Failures by their call."""
        return {step.call: step for step in self.steps if isinstance(step, Failed)}

    @property
    def continuation(self) -> Continuation | None:
        """What was generated."""
        return next((step.continuation for step in self.steps if isinstance(step, Continued)), None)

    @property
    def cancelled(self) -> bool:
        """Whether the job says that it was cancelled."""
        return any(isinstance(step, Cancelled) for step in self.steps)


class Bench:
    """Where the subjects' models lie, the cache that holds them, and how they are asked."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.cache = ModelCache(budget=1 << 40, device="cpu")
        self.loaded: dict[str, dict[str, Any]] = {}
        """What each model was when it was loaded."""
        self._folder = folder
        self._data = data
        self._picture = b64encode(picture()).decode("ascii")

    def spec(self, subject: Subject) -> ModelSpec | None:
        """Where the subject's model is; None for what is built in."""
        if subject.place == "builtin":
            return None
        if subject.place == "data":
            return ModelSpec(location=str(self._data / "models" / subject.name))
        path = self._folder / subject.name
        if not path.is_dir():
            _make_tiny(subject, path)
        return ModelSpec(location=str(path))

    def model(self, subject: Subject) -> Model:
        """The subject's model, loaded."""
        model = self.cache.get(subject.name, self.spec(subject))
        if subject.name not in self.loaded:
            self.loaded[subject.name] = describe(model.network)
        return model

    def request(
        self,
        subject: Subject,
        calls: list[MethodCall],
        *,
        targets: list[Target] | None = None,
        generate: Generate | None = None,
        seed: int = 3,
    ) -> AnalysisRequest:
        """A request for the subject's input; a second model, else the subject's own, fills the methods' roles."""
        self.model(subject)
        other = TINY_OTHER if subject == TINY_TEXT else subject
        specs = {one.name: spec for one in (subject, other) if (spec := self.spec(one))}
        specs |= supplies((call.key for call in calls), self._folder, self.model(subject))
        source = SourceData(id="source", kind=subject.kind)
        given = {"data": self._picture} if subject.kind == "image" else {"text": subject.text}
        return AnalysisRequest(
            model=subject.name,
            specs=specs,
            sources=[source.model_copy(update=given)],
            targets=targets or [],
            generate=generate,
            methods=[_with_roles(call, other.name) for call in calls],
            seed=seed,
            device="cpu",
        )

    def run(
        self, request: AnalysisRequest, control: Callable[[], Literal["go", "stop", "cancel"]] = lambda: "go"
    ) -> Outcome:
        """The request's steps."""
        steps: list[Step] = []
        run(request, self.cache, control, steps.append)
        return Outcome(steps)

    def methods(self, subject: Subject) -> list[type[Method]]:
        """The methods that suit the subject."""
        model = self.model(subject)
        found = all_methods().values()
        return [method for method in found if subject.kind in method.inputs and method.fits(list(model.abilities))]


def _with_roles(call: MethodCall, model: str) -> MethodCall:
    """The call with this model in every role that the method cannot do without."""
    method = all_methods().get(call.key)
    roles = method.roles if method else {}
    return call.model_copy(update={"roles": {name: model for name, card in roles.items() if not card.optional}})


def progress(outcome: Outcome) -> list[Progress]:
    """The reports of progress."""
    return [step for step in outcome.steps if isinstance(step, Progress)]


def _make_tiny(subject: Subject, path: Path) -> None:
    if subject.kind == "image":
        tiny_vit(path)
    elif subject == TINY_MASKED:
        make_masked(path)
    else:
        tiny_llama(path, seed=12 if subject == TINY_OTHER else 11)


def tiny_llama(path: Path, seed: int = 11) -> None:
    """A random two-layer Llama with grouped heads over the built-in byte-level vocabulary."""
    vocabulary = json.loads((BUILTIN / "demo-lm" / "tokenizer.json").read_text("utf-8"))
    size = len(vocabulary["model"]["vocab"]) + len(vocabulary["added_tokens"])
    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=128,
        initializer_range=0.2,
    )
    LlamaForCausalLM(config).save_pretrained(path)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(BUILTIN / "demo-lm" / name, path / name)


def tiny_vit(path: Path) -> None:
    """A random three-layer ViT: 32 × 32 pixels, patches of 8, five classes."""
    torch.manual_seed(12)
    config = ViTConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=32,
        patch_size=8,
        initializer_range=0.2,
        id2label=dict(enumerate(("cat", "dog", "bird", "fish", "fox"))),
    )
    ViTForImageClassification(config).save_pretrained(path)
    processor = {
        "image_processor_type": "ViTImageProcessor",
        "do_resize": True,
        "size": {"height": 32, "width": 32},
        "do_rescale": True,
        "do_normalize": True,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    }
    (path / "preprocessor_config.json").write_text(json.dumps(processor), "utf-8")


def picture(width: int = 96, height: int = 80) -> bytes:
    """A drawn scene, PNG."""
    image = Image.new("RGB", (width, height), "#d8e2dc")
    draw = ImageDraw.Draw(image)
    draw.ellipse((50, 10, 84, 44), fill="#c1121f")
    draw.rectangle((8, 44, 40, 72), fill="#1d3557")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()
