"""Which files the built frontend needs for a page, from Vite's manifest."""

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings


@dataclass(frozen=True)
class Assets:
    """Addresses of scripts, of modules to fetch early, and of styles; none when the frontend is not built."""

    scripts: list[str] = field(default_factory=list)
    preload: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)


def assets(entry: str) -> Assets:
    """What a page needs for an entry, read again whenever the frontend is built again."""
    path: Path = settings.FRONTEND / ".vite" / "manifest.json"
    if not path.exists():
        return Assets()
    manifest = _manifest(path, path.stat().st_mtime_ns)
    if entry not in manifest:
        return Assets()
    chunks = [manifest[name] for name in _reached(manifest, entry)]
    styles = [style for chunk in chunks for style in chunk.get("css", [])]
    return Assets(
        scripts=[_url(manifest[entry]["file"])],
        preload=[_url(chunk["file"]) for chunk in chunks[1:]],
        styles=[_url(style) for style in dict.fromkeys(styles)],
    )


@functools.lru_cache(maxsize=4)
def _manifest(path: Path, changed: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def _reached(manifest: dict[str, Any], entry: str) -> list[str]:
    """The entry and every chunk that it imports at once, the entry first."""
    reached = [entry]
    for name in reached:
        reached += [other for other in manifest[name].get("imports", []) if other not in reached]
    return reached


def _url(file: str) -> str:
    return f"{settings.STATIC_URL}{file}"
