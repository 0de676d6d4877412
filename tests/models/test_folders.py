"""What a model's folder is called by."""

import os
import shutil
from pathlib import Path

from workers.contract import ModelSpec
from workers.models.folders import find_model, fingerprint


def test_the_revision_of_a_folder_is_its_content(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(data / "models" / "stories260k", folder)
    first = find_model("a", ModelSpec(location=str(folder))).revision
    assert first.startswith("sha256:")
    assert find_model("b", ModelSpec(location=str(folder))).revision == first
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    os.utime(copy / "config.json", (1, 1))
    assert fingerprint(copy) == first
    weights = next(copy.glob("*.safetensors"))
    raw = bytearray(weights.read_bytes())
    raw[-1] ^= 1
    weights.write_bytes(raw)
    assert fingerprint(copy) != first
    (folder / "card.json").write_text("{}")
    assert fingerprint(folder) == first
    assert find_model("a", ModelSpec(location=str(folder), revision="pinned")).revision == "pinned"
