"""The Makefile explains itself, and continuous integration runs what a person runs."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = re.findall(r"^\.PHONY: (\S+)", MAKEFILE, re.MULTILINE)


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_help_explains_every_target() -> None:
    explained = dict(re.findall(r"^  (\S+)\s+(\S.*)$", make("help").stdout, re.MULTILINE))
    assert set(explained) == set(TARGETS)
    assert {"setup", "demo", "test", "test-fast", "lint", "format", "bench", "train-demo", "contract", "clean"} <= set(
        explained
    )


def test_training_without_prose_says_what_is_missing() -> None:
    done = make("train-demo", "PROSE=", "--assume-old=pyproject.toml", "--assume-old=constraints.txt")
    assert done.returncode != 0
    assert "make train-demo PROSE=DIR" in done.stderr


@pytest.mark.parametrize(
    "missing", [("ruff", "check-style"), ("mypy", "check-types"), ("lint-imports", "check-borders")]
)
def test_a_failing_check_fails_its_target(missing: tuple[str, str], tmp_path: Path) -> None:
    tool, target = missing
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / tool).write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / tool).chmod(0o755)
    (tmp_path / ".installed").touch()
    assert (
        make(target, f"VENV={tmp_path}", "--assume-old=pyproject.toml", "--assume-old=constraints.txt").returncode != 0
    )


def test_continuous_integration_requires_the_data_and_runs_make_test() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "TESSERA_REQUIRE_DATA=1 exec make test" in script.read_text(encoding="utf-8")
