"""What no source of the project may hold: pickles, remote code, evaluated strings."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for folder in ("webapp", "workers", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "node_modules" not in path.parts
)

PICKLING = {"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
UNPICKLING_CALLS = {("torch", "load"), ("torch", "save"), ("numpy", "load"), ("np", "load")}
EVALUATING_CALLS = {"eval", "exec", "compile", "__import__"}


def offences(source: str) -> Iterator[str]:
    """Every forbidden construct of a source, as `line: what`."""
    for node in ast.walk(ast.parse(source)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"{line}: imports {name}" for name in names if name.split(".")[0] in PICKLING)
        elif isinstance(node, ast.Call):
            yield from (f"{line}: {what}" for what in _calls(node))


def _calls(call: ast.Call) -> Iterator[str]:
    if isinstance(call.func, ast.Name) and call.func.id in EVALUATING_CALLS:
        yield f"calls {call.func.id}"
    if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        name = (call.func.value.id, call.func.attr)
        pickles = not any(_is(keyword, "allow_pickle", False) for keyword in call.keywords)
        if name in UNPICKLING_CALLS and (name[0] == "torch" or pickles):
            yield f"calls {'.'.join(name)}"
    for keyword in call.keywords:
        if keyword.arg == "trust_remote_code" and not _is(keyword, "trust_remote_code", False):
            yield "passes trust_remote_code other than False"
        if _is(keyword, "allow_pickle", True):
            yield "passes allow_pickle=True"


def _is(keyword: ast.keyword, name: str, value: bool) -> bool:
    return keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is value


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_unpickles_or_evaluates(path: Path) -> None:
    assert list(offences(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import torch\ntorch.load('weights.bin')",
        "np.load('a.npy')",
        "np.load('a.npy', allow_pickle=True)",
        "AutoModel.from_pretrained('x', trust_remote_code=True)",
        "AutoModel.from_pretrained('x', trust_remote_code=flag)",
        "eval('1 + 1')",
    ],
)
def test_the_check_sees_each_construct(source: str) -> None:
    assert list(offences(source))


@pytest.mark.parametrize("source", ["model.eval()", "np.load('a.npy', allow_pickle=False)", "re.compile('a')"])
def test_the_check_lets_harmless_calls_pass(source: str) -> None:
    assert list(offences(source)) == []
