"""Every rule has tests, and every test that a rule names is there."""

import ast
from pathlib import Path

import pytest

from tests.doors.section_11 import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_attacked(rule: str) -> None:
    assert RULES[rule]
    for file, names in RULES[rule].items():
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert set(names) <= there, file


def test_each_test_of_this_section_serves_a_rule() -> None:
    named = {(file, name) for rule in RULES.values() for file, names in rule.items() for name in names}
    for path in (ROOT / "tests/doors").glob("test_section_11_*.py"):
        if path.name == Path(__file__).name:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        file = str(path.relative_to(ROOT))
        there = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        unnamed = sorted(name for name in there if name.startswith("test_") and (file, name) not in named)
        assert unnamed == [], file
