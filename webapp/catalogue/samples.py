"""Samples: first runs that are one click away, read as data from what came with the built-in models."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

from webapp.common.errors import not_found
from workers.contract import Sample, SampleTruth


def _rows() -> list[dict[str, Any]]:
    path: Path = settings.SAMPLES
    if not path.exists():
        return []
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def samples() -> list[Sample]:
    """Every sample."""
    return [_sample(row) for row in _rows()]


def image_path(id: str) -> Path:
    """Where the picture of a sample lies. Refusal (404) if there is none."""
    for row in _rows():
        if row["id"] == id and row.get("file"):
            path: Path = settings.SAMPLES.parent / row["file"]
            return path
    raise not_found("sample")


def _sample(row: dict[str, Any]) -> Sample:
    truth = {name: value for name, value in row.get("truth", {}).items() if name in SampleTruth.model_fields}
    methods = [{"key": method} if isinstance(method, str) else method for method in row["methods"]]
    return Sample.model_validate(
        {
            "id": row["id"],
            "kind": row["kind"],
            "title": row["title"],
            "text": row.get("text"),
            "image_url": f"/api/samples/{row['id']}/image" if row.get("file") else None,
            "request": {"models": [row["model"]] if row.get("model") else [], "methods": methods},
            "generate": row.get("generate"),
            "truth": truth or None,
        }
    )
