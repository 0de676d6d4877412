"""What methods ask for beside a model: small judges, under the keys that their parameters name by default."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.judges import classifier, encoder
from workers.contract import ModelSpec
from workers.core.discovery import all_methods
from workers.core.named import named

_MAKERS: dict[str, Callable[[Path], Path]] = {"nli": classifier, "nli|similarity": classifier, "similarity": encoder}


def supplies(keys: Iterable[str], folder: Path) -> dict[str, ModelSpec]:
    """Where the models lie that these methods name by default; made when first asked for."""
    found = {}
    for key in keys:
        method = all_methods().get(key)
        asked = named(method.model_json_schema(), method().model_dump()) if method else {}
        for kind, name in asked.values():
            if not (folder / name).is_dir():
                _MAKERS[kind](folder / name)
            found[name] = ModelSpec(location=str(folder / name))
    return found
