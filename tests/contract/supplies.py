"""What methods ask for beside a model: small judges and heads, under the keys that their parameters name by default."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.judges import classifier, detection_head, encoder
from workers.contract import ModelSpec
from workers.core.discovery import all_methods
from workers.core.named import named
from workers.models.cache import Model
from workers.models.language import LanguageModel

_MAKERS: dict[str, Callable[[Path], Path]] = {"nli": classifier, "nli|similarity": classifier, "similarity": encoder}


def supplies(keys: Iterable[str], folder: Path, model: Model) -> dict[str, ModelSpec]:
    """Where the models lie that these methods name by default; made when first asked for, heads for each model."""
    found = {}
    for key in keys:
        method = all_methods().get(key)
        asked = named(method.model_json_schema(), method().model_dump()) if method else {}
        for kind, name in asked.values():
            place = folder / name / model.key if kind == "detection_head" else folder / name
            if not place.is_dir():
                _make(kind, place, model)
            found[name] = ModelSpec(location=str(place))
    return found


def _make(kind: str, place: Path, model: Model) -> None:
    if kind != "detection_head":
        _MAKERS[kind](place)
    elif isinstance(model, LanguageModel):
        detection_head(place, model)
