"""Where weights, samples and checkpoints live."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
WEIGHTS = HERE / "weights"
SAMPLES = HERE / "samples"
BUILD = HERE.parent.parent / ".build" / "demo"
"""Checkpoints and caches; never committed."""
