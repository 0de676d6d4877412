"""What the database and the data folder hold, read by a process of its own in the environment of a house.

`python -m tests.faults.ledger` prints it as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.supervisor.demo import ROOT

Row = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """All rows of jobs, results and their steps; files by name, each result's with the names of its strips."""

    jobs: list[Row]
    results: list[Row]
    transitions: list[Row]
    files: dict[str, list[str]]

    def of_run(self, run: str) -> "Ledger":
        """The rows of one run (and all files)."""
        jobs = [job for job in self.jobs if job["run_id"] == run]
        ids = {job["id"] for job in jobs}
        results = [row for row in self.results if row["job_id"] in ids]
        return Ledger(jobs, results, [row for row in self.transitions if row["job_id"] in ids], self.files)


def read(environment: Mapping[str, str], inside: Sequence[str] = ()) -> Ledger:
    """The ledger as it stands now."""
    argv = [*inside, sys.executable, "-m", "tests.faults.ledger"]
    done = subprocess.run(
        argv, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Ledger(**json.loads(done.stdout))


def _rows() -> dict[str, Any]:
    from webapp.runs.models import Job, Result, Transition

    return {
        "jobs": list(
            Job.objects.values("id", "run_id", "run__label", "state", "token", "attempts", "problem", "worker")
        ),
        "results": list(Result.objects.values("id", "job_id", "method", "state", "key", "problem")),
        "transitions": list(
            Transition.objects.order_by("id").values("job_id", "result_id", "before", "after", "reason", "worker")
        ),
    }


def _files() -> dict[str, list[str]]:
    from django.conf import settings

    folder = settings.DATA / "files"
    found = {}
    # A draft (`.draft-…`) of somebody who was killed while writing is nobody's, and cleared away after a day.
    for path in sorted(path for kind in ("results", "strips") for path in (folder / kind).rglob("*.json")):
        name = str(path.relative_to(folder))
        found[name] = json.loads(path.read_bytes())["strips"] if name.startswith("results/") else []
    return found


def main() -> None:
    """Print the ledger."""
    import django

    django.setup()
    print(json.dumps({**_rows(), "files": _files()}))


if __name__ == "__main__":
    main()
