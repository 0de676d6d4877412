"""The schema that the frontend's types are generated from is the contract as it stands."""

import json
import subprocess
import sys
from pathlib import Path

from workers.contract.__main__ import render

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "frontend" / "src" / "contract" / "schema.json"


def test_the_committed_schema_is_the_contract() -> None:
    committed = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert committed == json.loads(json.dumps(render())), "the contract moved: run `make contract`"


def test_rendering_the_contract_loads_no_torch() -> None:
    code = "import sys, workers.contract.__main__ as m; m.render(); print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
