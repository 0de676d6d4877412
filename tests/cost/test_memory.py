"""Promised peaks against measured ones: what a call holds beside the weights, on a model that is large enough to tell.

Allocators keep what they were given, and the formula counts what is sure to be held, so the two agree within a factor
of `FACTOR`; differences below `NOISE` are those of the process.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workers.models.folders import builtin_keys

FACTOR = 3.0
NOISE = 16 * 2**20
METHODS = ("surprisal", "occlusion", "attention_chain", "gradient_x_input")

MEASURE = """
import ctypes, gc, json, sys
from pathlib import Path
import torch
from tests.jobs import MODELS, ask
from workers.contract.cost import Measures, Size, memory
from workers.core.catalogue import model_card
from workers.core.discovery import all_methods

torch.set_num_threads(1)


def held(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(name)).split()[1]) * 1024


card = model_card(MODELS, "demo-lm", None)
size = Size(layers=card.layers, hidden=card.hidden, heads=card.heads, vocabulary=card.vocabulary, width=card.width)
text = "Story: " + "Mia put the red ball in the box. Tom took the box to the hall. " * 20
ask("demo-lm", "gradient_x_input", text="Story: Mia put the ball in the box.")
found = {}
for key in sys.argv[1:]:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = held("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    done = ask("demo-lm", key, text=text)
    measured = held("VmHWM") - before
    units = sum(unit.id is not None for unit in done.result.strips[0].units)
    found[key] = [units, measured, memory([size], [all_methods()[key].priced()], Measures(units=units))]
print(json.dumps(found))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells a peak anew")
@pytest.mark.skipif("demo-lm" not in builtin_keys(), reason="demo-lm is not trained yet")
def test_promised_memory_is_what_is_held() -> None:
    command = [sys.executable, "-c", MEASURE, *METHODS]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    for method, (units, measured, promised) in json.loads(done.stdout.splitlines()[-1]).items():
        told = f"{method} over {units} tokens: {measured >> 20} MiB, promised {promised >> 20} MiB"
        assert units > 250, told
        assert measured <= FACTOR * promised + NOISE, told
        assert promised <= FACTOR * measured + NOISE, told
