"""What is no proper HTTP: refused once, never taken for two requests, and nobody else waits for it."""

import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.hostile.house import House

HOST = b"Host: 127.0.0.1\r\n"
HIDDEN = b"GET /api/hidden HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
POST = b"POST /api/runs HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\n"
GET = b"GET /api/limits HTTP/1.1\r\n"

AMBIGUOUS = {
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 90\r\n\r\n{}" + HIDDEN,
    "two lengths in one": POST + b"Content-Length: 2, 90\r\n\r\n{}" + HIDDEN,
    "a length and chunks": POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and a length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 90\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks of another kind": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a space before the colon": POST + b"Content-Length : 2\r\n\r\n{}" + HIDDEN,
    "a folded line": POST + b"X: a\r\n Content-Length: 90\r\nContent-Length: 2\r\n\r\n{}",
    "a plus sign": POST + b"Content-Length: +2\r\n\r\n{}" + HIDDEN,
    "a negative length": POST + b"Content-Length: -2\r\n\r\n{}" + HIDDEN,
    "a length of letters": POST + b"Content-Length: 2x\r\n\r\n{}" + HIDDEN,
    "a length in other digits": POST + "Content-Length: ²\r\n\r\n{}".encode() + HIDDEN,
    "a chunk of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nx\r\n{}\r\n0\r\n\r\n" + HIDDEN,
    "a chunk of a huge size": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 40 + b"\r\n{}\r\n0\r\n\r\n",
}
MALFORMED = {
    "no version": b"GET /\r\n\r\n",
    "another version": b"GET / HTTP/9.9\r\n" + HOST + b"\r\n",
    "no host": GET + b"\r\n",
    "two hosts": GET + HOST + b"Host: evil.example\r\n\r\n",
    "an absolute address elsewhere": b"GET http://evil.example/api/limits HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a NUL in a header": GET + HOST + b"X: a\0b\r\n\r\n",
    "a header without a colon": GET + HOST + b"nothing\r\n\r\n",
    "a header of 200 kB": GET + HOST + b"X: " + b"x" * 200_000 + b"\r\n\r\n",
    "twenty thousand headers": GET + HOST + b"X: y\r\n" * 20_000 + b"\r\n",
    "an address of 200 kB": b"GET /" + b"x" * 200_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method of 1 kB": b"X" * 1000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303") + bytes(190),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "noise": bytes(range(256)) * 4,
}


def said(site: House, data: bytes, seconds: float = 5.0) -> bytes:
    """All that the server answers before it closes or falls silent."""
    parts = urlsplit(site.address)
    answer = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=seconds) as wire:
        wire.sendall(data)
        wire.shutdown(socket.SHUT_WR)
        try:
            while piece := wire.recv(65536):
                answer += piece
        except (TimeoutError, ConnectionResetError):
            pass
    return answer


def statuses(answer: bytes) -> list[int]:
    """The status of each answer in what a server said."""
    lines = answer.split(b"HTTP/1.1 ")[1:]
    return [int(line[:3]) for line in lines]


@pytest.mark.parametrize("about", AMBIGUOUS)
def test_no_request_hides_behind_another(site: House, about: str) -> None:
    found = statuses(said(site, AMBIGUOUS[about]))
    for status in found:
        site.note("wire", about, status, 0.0)
    assert 404 not in found, "the hidden request was answered"
    assert all(400 <= status < 500 for status in found), found


@pytest.mark.parametrize("about", MALFORMED)
def test_what_is_not_http_is_refused_or_let_go(site: House, about: str) -> None:
    found = statuses(said(site, MALFORMED[about]))
    for status in found:
        site.note("wire", about, status, 0.0)
    assert len(found) <= 1
    assert all(400 <= status < 500 for status in found), found


def test_those_who_send_nothing_keep_nobody_waiting(site: House, client: httpx.Client) -> None:
    """Two hundred half requests stay open; a proxy in front ends them, here they cost a socket each."""
    parts = urlsplit(site.address)
    wires = []
    try:
        for index in range(200):
            wire = socket.create_connection((parts.hostname, parts.port), timeout=5)
            wire.sendall(GET[: 5 + index % 15] if index % 2 else POST + b"Content-Length: 100\r\n\r\n{")
            wires.append(wire)
        began = time.monotonic()
        for _ in range(5):
            assert site.ask("wire", client, "GET", "/api/limits").status_code == 200
        assert time.monotonic() - began < 5
    finally:
        for wire in wires:
            wire.close()
