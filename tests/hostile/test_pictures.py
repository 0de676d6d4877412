"""Broken and hostile pictures: each is kept or refused, in time, in bounds; what is kept is clean and computes."""

import io
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from PIL import Image

from tests.hostile.corpus import File, corpus
from tests.hostile.house import House
from webapp.config.environment import HouseLimits
from webapp.uploads.decoder import most_memory

SLOWEST = 20.0
"""Seconds that any picture may take on a busy machine."""
WEB_GROWTH = 256 * 2**20
"""Bytes that the web process may hold more than before: some files in flight, never their pixels."""
TOGETHER = 6
"""How many send a picture at once."""


def send(site: House, client: httpx.Client, file: File) -> httpx.Response:
    """The answer to a file, which came in time."""
    began = time.monotonic()
    answer = site.ask("pictures", client, "POST", "/api/sources", files={"file": (file.name, file.data, file.kind)})
    assert time.monotonic() - began < SLOWEST, file.about
    return answer


def check_clean(data: bytes, source: dict[str, int]) -> None:
    """A PNG in RGB that holds nothing but pixels, of the size that was told."""
    place, kinds = 8, set()
    while place < len(data):
        (size,) = struct.unpack_from(">I", data, place)
        kinds.add(data[place + 4 : place + 8])
        place += 12 + size
    assert kinds == {b"IHDR", b"IDAT", b"IEND"}
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
        picture.load()
        assert (picture.mode, picture.size, picture.info) == ("RGB", (source["width"], source["height"]), {})


def test_every_picture_is_kept_clean_or_refused(site: House, client: httpx.Client) -> None:
    site.look()
    before = site.peak["web"]
    kept: list[str] = []
    for file in corpus():
        answer = send(site, client, file)
        assert answer.status_code in {201, 400, 413, 422}, (file.about, answer.text)
        assert answer.status_code == 201 or not file.about.startswith("good"), (file.about, answer.text)
        if answer.status_code == 201 and answer.json()["kind"] == "image":
            source = answer.json()
            check_clean(site.ask("pictures", client, "GET", source["url"]).content, source)
            kept.append(source["id"])
        site.look()
    assert len(kept) > 40
    limits = HouseLimits()
    assert site.peak["decoder"] < most_memory(limits.image_pixels, limits.image_bytes)
    assert site.peak["web"] - before < WEB_GROWTH
    _compute(site, client, list(dict.fromkeys(kept)))


def _compute(site: House, client: httpx.Client, kept: list[str]) -> None:
    """A vision model reads every picture that was kept."""
    runs = []
    for id in kept:
        body = {"source_ids": [id], "models": ["demo-vit"], "methods": [{"key": "cls_attention"}]}
        answer = site.ask("runs", client, "POST", "/api/runs", json=body)
        assert answer.status_code == 201, answer.text
        runs.append(answer.json()["id"])
    for run in runs:
        state = site.wait(client, run)
        for result in state["results"]:
            assert result["state"] == "done", result["problem"]


def test_many_hands_send_large_pictures_at_once(site: House) -> None:
    """The decoders are two: the others wait, and nobody's memory adds up."""
    side = 3000
    buffer = io.BytesIO()
    Image.new("RGBA", (side, side), (1, 2, 3, 4)).save(buffer, "PNG")

    def one(_: int) -> int:
        with site.client() as client:
            files = {"file": ("a.png", buffer.getvalue(), "image/png")}
            return site.ask("pictures at once", client, "POST", "/api/sources", files=files).status_code

    with ThreadPoolExecutor(TOGETHER) as hands:
        statuses = list(hands.map(one, range(TOGETHER)))
    assert set(statuses) <= {201, 429}
    assert 201 in statuses
    assert len(site.processes()["decoder"]) <= 2
