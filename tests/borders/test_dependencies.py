"""What a part imports, its extra installs: an image without the development packages starts."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OWN = {"webapp", "workers", "benchmarks", "tests"}
PARTS = {"asgiref": "django", "billiard": "celery", "kombu": "celery", "pydantic-core": "pydantic"}
"""Distributions of their own that are made, released and installed with another."""


def normal(name: str) -> str:
    """A distribution's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=;! ]", name)[0]).lower()


def declared(*extras: str) -> set[str]:
    """The distributions that the project with these extras asks for."""
    wanted = PROJECT["dependencies"] + [line for extra in extras for line in PROJECT["optional-dependencies"][extra]]
    return {normal(line) for line in wanted}


def imported(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every foreign top-level module that a source imports, with the source."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in names:
                if (top := name.split(".")[0]) not in sys.stdlib_module_names | OWN:
                    yield path.relative_to(ROOT), top


@pytest.mark.parametrize(
    ("folder", "extras"),
    [
        ("webapp", ("web",)),
        ("workers/contract", ()),
        ("workers/export", ()),
        ("workers/core", ("worker",)),
        ("workers/methods", ("worker",)),
        ("workers/models", ("worker",)),
        ("workers/demo", ("worker",)),
        ("workers/tasks", ("worker", "web")),
        ("benchmarks", ("worker", "web", "demo", "dev")),
        ("tests", ("worker", "web", "demo", "dev")),
    ],
)
def test_every_import_is_declared(folder: str, extras: tuple[str, ...]) -> None:
    distributions = packages_distributions()
    known = declared(*extras)
    missing = {
        f"{path}: {module}"
        for path, module in imported(ROOT / folder)
        if not known & {PARTS.get(normal(name), normal(name)) for name in distributions.get(module, [module])}
    }
    assert missing == set()


def test_every_declared_package_is_pinned() -> None:
    pins = {normal(line) for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    assert declared("web", "worker", "demo", "dev") <= pins
