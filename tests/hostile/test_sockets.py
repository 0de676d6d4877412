"""Sockets that are sent what they do not take: each is closed, none hurts the others."""

import asyncio
import contextlib
import os
import struct

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.hostile.house import House

CLOSED = {1002, 1003, 1006, 1007, 1008, 1009, 4400, 4404}
PATIENCE = 20


@pytest.fixture
def run(site: House, client: httpx.Client) -> str:
    """A run of this person."""
    body = {"text": "hello", "models": ["demo-lm-small"], "methods": [{"key": "surprisal"}]}
    return str(site.ask("runs", client, "POST", "/api/runs", json=body).json()["id"])


def opened(site: House, client: httpx.Client, run: str) -> connect:
    """The person's socket of a run."""
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    address = site.address.replace("http", "ws", 1) + f"/ws/runs/{run}"
    return connect(address, additional_headers={"cookie": cookies}, max_size=None, open_timeout=PATIENCE)


async def ended(socket: ClientConnection) -> int:
    """The code with which the server closes a socket."""
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                await socket.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


def frame(
    opcode: int, payload: bytes, *, fin: bool = True, masked: bool = True, rsv: int = 0, size: int | None = None
) -> bytes:
    """A frame as a client sends it, perhaps a wrong one."""
    length = len(payload) if size is None else size
    head = bytes([fin << 7 | rsv << 4 | opcode])
    mark = masked << 7
    if length < 126:
        head += bytes([mark | length])
    else:
        head += bytes([mark | 127]) + struct.pack(">Q", length)
    if not masked:
        return head + payload
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))


FRAMES = {
    "text": frame(1, b"{}"),
    "bytes": frame(2, b"\0\1\2"),
    "text that is not UTF-8": frame(1, b"\xff\xfe\xed\xa0\x80"),
    "a fragment that goes on for ever": frame(1, b"a", fin=False) + frame(0, b"abc", fin=False) * 2000,
    "a fragment of nothing before": frame(0, b"a"),
    "an unknown kind": frame(5, b"a"),
    "reserved bits": frame(1, b"a", rsv=7),
    "not masked": frame(1, b"a", masked=False),
    "a ping of 200 bytes": frame(9, b"a" * 200),
    "a ping in fragments": frame(9, b"a", fin=False),
    "a length of 8 exabytes": frame(1, b"a", size=2**63 - 1),
    "a length of 20 MB": frame(1, b"", size=20 * 2**20) + bytes(1000),
    "a negative length": bytes([0x81, 0xFF]) + b"\xff" * 8,
    "a close of one byte": frame(8, b"a"),
    "a close with a code that there is not": frame(8, struct.pack(">H", 5)),
    "a request in the middle": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "noise": os.urandom(500),
}


@pytest.mark.parametrize("about", FRAMES)
async def test_whatever_is_sent_closes_that_socket_alone(
    site: House, client: httpx.Client, run: str, about: str
) -> None:
    async with opened(site, client, run) as other, opened(site, client, run) as socket:
        await socket.recv()
        socket.transport.write(FRAMES[about])
        if "length" not in about:
            assert await ended(socket) in CLOSED, about
        pong = await other.ping()
        await asyncio.wait_for(pong, PATIENCE)
    site.note("socket frames", about, 101, 0.0)


async def test_a_megabyte_is_not_read(site: House, client: httpx.Client, run: str) -> None:
    async with opened(site, client, run) as socket:
        await socket.recv()
        with contextlib.suppress(ConnectionClosed):
            await socket.send("x" * 2**21)
        assert await ended(socket) in CLOSED


async def test_a_thousand_pings_are_answered(site: House, client: httpx.Client, run: str) -> None:
    async with opened(site, client, run) as socket:
        await socket.recv()
        pongs = [await socket.ping() for _ in range(1000)]
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*pongs)


@pytest.mark.parametrize(
    "path", ["/ws", "/ws/runs/", "/ws/runs/x/y", "/ws/runs/%00", "/ws/runs/%ff", "/", "/api/runs", "/ws/admin"]
)
async def test_sockets_to_nowhere_are_refused(site: House, path: str) -> None:
    with pytest.raises(InvalidStatus) as caught:
        async with connect(site.address.replace("http", "ws", 1) + path):
            pass
    status = caught.value.response.status_code
    site.note("socket openings", path, status, 0.0)
    assert status == 403
