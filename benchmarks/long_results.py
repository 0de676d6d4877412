"""Results as long as the site shows them: 32 768 tokens, and 64 × 64 patches, with twelve tracks each."""

import base64
import random

import numpy as np

from workers.contract import Provenance, Result, ScoresPanel, Strip, Track, Unit

TOKENS = 32_768
SIDE = 64
PATCH = 8
TRACKS = 12
PARAGRAPH = 160
WORDS = [
    *[" the", " red", " ball", " is", " in", " kit", "chen", ",", " Tom", " took", " it", " to", " Anna", "'s", " box"],
    *[".", " Where", " was", " 東京", "?", " She", " un", "believ", "ably", " left", " café", " السلام", " عليكم"],
    *[" 👩‍👩‍👧", "!", " two", "\u00a0km", "."],
]


def text_result() -> Result:
    """A text with some CJK, Arabic and emoji among its words, in paragraphs."""
    source = random.Random(1)
    texts = [
        "\n" if index % PARAGRAPH == PARAGRAPH - 1 else "A" if index == 0 else source.choice(WORDS)
        for index in range(TOKENS)
    ]
    units: list[Unit] = []
    byte = char = 0
    for text in texts:
        data = text.encode()
        units.append(
            Unit(
                kind="token",
                id=source.randrange(50_000),
                text=text,
                bytes=base64.b64encode(data),
                byte_start=byte,
                byte_end=byte + len(data),
                char_start=char,
                char_end=char + len(text),
                group=len(units),
                segment="prompt",
            )
        )
        byte, char = byte + len(data), char + len(text)
    strip = Strip(id="main", role="text", label="Prompt", tokenizer="demo-lm", units=units)
    return _result("surprisal", strip)


def grid_result() -> Result:
    """Patches of a square picture of 512 pixels."""
    units = [
        Unit(
            kind="patch",
            row=row,
            col=col,
            box=(col * PATCH, row * PATCH, (col + 1) * PATCH, (row + 1) * PATCH),
        )
        for row in range(SIDE)
        for col in range(SIDE)
    ]
    strip = Strip(id="image", role="image", label="Picture", grid=(SIDE, SIDE), units=units)
    return _result("occlusion", strip)


def _result(method: str, strip: Strip) -> Result:
    """Tracks of numbers that compress as badly as measured ones, every second one with signs."""
    numbers = np.random.default_rng(1)
    tracks = []
    for index in range(TRACKS):
        signed = index % 2 == 1
        values = numbers.exponential(2.0, len(strip.units)).astype(np.float32)
        if signed:
            values *= numbers.choice(np.asarray([-1, 1], np.float32), len(values))
        values[0] = np.nan
        tracks.append(
            Track(
                name=f"track-{index}",
                label=f"Track {index + 1}",
                unit="nat",
                values=values,
                scale="diverging" if signed else "sequential",
                domain=(-8.0, 8.0) if signed else (0.0, 8.0),
                aggregate=["sum", "mean", "max"],
            )
        )
    provenance = Provenance(
        device="cpu",
        method=method,
        version=1,
        parameters={},
        seconds=1.0,
        peak_memory_bytes=0,
        reads="More colour: a larger number.",
    )
    panel = ScoresPanel(strip=strip.id, tracks=tracks)
    return Result(
        method=method,
        version=1,
        lens="uncertainty" if method == "surprisal" else "importance",
        strips=[strip],
        panels=[panel],
        provenance=provenance,
    )
