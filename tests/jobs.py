"""Jobs as tests ask for them: a model, an input and methods go in; results, problems and steps come out."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from workers.contract import (
    AnalysisRequest,
    Continuation,
    LinksPanel,
    MethodCall,
    ModelSpec,
    Problem,
    Result,
    ScoresPanel,
    SourceData,
    Track,
    Unit,
    encode_bytes,
)
from workers.core.passes import Passes
from workers.core.run import Control, run
from workers.core.statistics import Statistic
from workers.core.steps import Continued, Failed, Finished, Step
from workers.models.cache import ModelCache
from workers.models.language import LanguageModel
from workers.models.vision import VisionModel

torch.set_num_threads(1)  # such small models only make threads wait for each other

MODELS = ModelCache(budget=1 << 40, device="cpu")
"""One cache for all tests: the models are small, and loading is what takes time."""

CAUSAL = ("stories260k", "babyllama105", "news-lm")
SENTENCES = {
    "stories260k": "Once upon a time, there was a little girl named Lily.",
    "babyllama105": "Once upon a time there was a dog.",
    "news-lm": "The president said that the economy",
    "arabic-transliteration": "آتزمون",
}

Array = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Done:
    """All that a job emitted."""

    steps: list[Step]

    @property
    def results(self) -> dict[int, Result]:
        """Results by the index of their call."""
        return {step.call: step.result for step in self.steps if isinstance(step, Finished)}

    @property
    def problems(self) -> dict[int | None, Problem]:
        """Problems by the index of their call; None is the whole job."""
        return {step.call: step.problem for step in self.steps if isinstance(step, Failed)}

    @property
    def continuation(self) -> Continuation:
        """What the model generated."""
        return next(step.continuation for step in self.steps if isinstance(step, Continued))

    @property
    def result(self) -> Result:
        """The only result; whatever went wrong is raised."""
        assert not self.problems, self.problems
        (found,) = self.results.values()
        return found


def request(
    model: Path | str | None,
    *methods: str | MethodCall,
    text: str | None = None,
    image: Image.Image | None = None,
    table: str | None = None,
    logprobs: str | None = None,
    further: Sequence[Path] = (),
    **more: Any,
) -> AnalysisRequest:
    """A request for a model folder (or a built-in key); `further` are the folders of the roles' models."""
    key = model.name.lower() if isinstance(model, Path) else model
    folders = [folder for folder in (model, *further) if isinstance(folder, Path)]
    sources = [] if text is None else [SourceData(id="text", kind="text", text=text)]
    if image is not None:
        sources.append(SourceData(id="image", kind="image", data=encode_bytes(png(image))))
    if table is not None:
        sources.append(SourceData(id="table", kind="table", text=table))
    if logprobs is not None:
        sources.append(SourceData(id="logprobs", kind="logprobs", text=logprobs))
    return AnalysisRequest(
        model=key,
        specs={folder.name.lower(): ModelSpec(location=str(folder)) for folder in folders},
        sources=sources,
        methods=[MethodCall(key=method) if isinstance(method, str) else method for method in methods],
        **more,
    )


def ask(model: Path | str | None, *methods: str | MethodCall, control: Control = lambda: "go", **more: Any) -> Done:
    """Run a job to its end."""
    steps: list[Step] = []
    run(request(model, *methods, **more), MODELS, control, steps.append)
    return Done(steps)


def passes(model: Path | str, statistics: Sequence[Statistic] = (), **more: Any) -> Passes:
    """The shared passes of a job, without any method."""
    return Passes(request(model, **more), MODELS, statistics, lambda message, fraction: None)


def language(folder: Path) -> LanguageModel:
    """A loaded language model."""
    model = MODELS.get(folder.name.lower(), ModelSpec(location=str(folder)))
    assert isinstance(model, LanguageModel)
    return model


def vision(folder: Path) -> VisionModel:
    """A loaded image classifier."""
    model = MODELS.get(folder.name.lower(), ModelSpec(location=str(folder)))
    assert isinstance(model, VisionModel)
    return model


def tracks(result: Result, strip: str | None = None) -> dict[str, Track]:
    """All tracks of a result's scores (of one strip)."""
    panels = [panel for panel in result.panels if isinstance(panel, ScoresPanel) and strip in (None, panel.strip)]
    return {track.name: track for panel in panels for track in panel.tracks}


def values(result: Result, track: str = "attribution", strip: str | None = None) -> Array:
    """The values of one track."""
    return tracks(result, strip)[track].values


def units_of(result: Result, strip: str = "main") -> list[Unit]:
    """The units of one strip."""
    (found,) = [one for one in result.strips if one.id == strip]
    return list(found.units)


def text_of(result: Result, strip: str = "main") -> str:
    """The text that a strip lies on."""
    (found,) = [one for one in result.strips if one.id == strip]
    return found.text()


def links(result: Result, strip: str = "main") -> LinksPanel:
    """The links from the units of a strip."""
    return next(panel for panel in result.panels if isinstance(panel, LinksPanel) and panel.strip == strip)


def call(key: str, **params: Any) -> MethodCall:
    """A method with parameters."""
    return MethodCall(key=key, params=params)


def png(image: Image.Image) -> bytes:
    """A picture as a file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def picture(width: int, height: int, seed: int = 0) -> Image.Image:
    """Coloured noise with a bright disc: no two patches alike."""
    source = np.random.default_rng(seed)
    pixels = source.integers(0, 120, (height, width, 3))
    rows, cols = np.mgrid[:height, :width]
    pixels[(rows - height / 3) ** 2 + (cols - width / 2) ** 2 < (height / 5) ** 2] += 120
    return Image.fromarray(pixels.astype(np.uint8))
