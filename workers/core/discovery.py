"""Methods are found by walking `workers/methods`: a file is a method when its class is named by the file."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from workers import methods
from workers.contract import Refusal
from workers.core.method import Method


@cache
def all_methods() -> Mapping[str, type[Method]]:
    """Every method by its key, sorted. Raises TypeError for a file that breaks the rules of the tree."""
    found: dict[str, type[Method]] = {}
    for lens in pkgutil.iter_modules(methods.__path__, f"{methods.__name__}."):
        package = importlib.import_module(lens.name)
        for module in pkgutil.iter_modules(package.__path__, f"{lens.name}."):
            if not module.name.rpartition(".")[2].startswith("_"):
                method = _method_of(importlib.import_module(module.name))
                found[method.key] = method
    return MappingProxyType(dict(sorted(found.items())))


def method(key: str) -> type[Method]:
    """The method of this key. Raises Refusal for an unknown one."""
    try:
        return all_methods()[key]
    except KeyError:
        known = ", ".join(all_methods())
        raise Refusal("unknown-method", f"There is no method “{key}”. Known: {known}.", status=404) from None


def _method_of(module: ModuleType) -> type[Method]:
    _, lens, key = module.__name__.rsplit(".", 2)
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Method) and getattr(value, "key", None) == key:
            if value.lens != lens:
                raise TypeError(f"{module.__name__}: the lens is {value.lens}, the folder {lens}")
            return value
    raise TypeError(f"{module.__name__} holds no Method with key = {key!r}")
