"""inseq in a process and an environment of its own: one line with a task comes in, one with its seconds goes out.

It runs under `.venv-bench/bin/python`, so that its dependencies never meet the project's.
"""

import importlib
import json
import sys
import time
from typing import Any


def main(folder: str) -> None:
    """Answer `{"method", "prompt", "whole", "options"}` with `{"seconds"}` until the input ends."""
    inseq: Any = importlib.import_module("inseq")
    models: dict[str, Any] = {}
    print(json.dumps({"version": inseq.__version__ if hasattr(inseq, "__version__") else ""}), flush=True)
    for line in sys.stdin:
        task = json.loads(line)
        if task["method"] not in models:
            models[task["method"]] = inseq.load_model(folder, task["method"], device="cpu")
        began = time.perf_counter()
        models[task["method"]].attribute(
            task["prompt"], task["whole"], show_progress=False, pretty_progress=False, **task["options"]
        )
        print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
