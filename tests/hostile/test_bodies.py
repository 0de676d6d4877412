"""Bodies that are nearly right: JSON with something wrong at each place, forms of any shape, files of one's own."""

import json
import random
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.hostile.house import House

JSON = {"content-type": "application/json"}
FULL: dict[str, Any] = {
    "text": "The cat sat on the mat.",
    "source_ids": [],
    "reading": {"bos": "auto", "special_text": "escape", "template": "none"},
    "generate": {"max_new_tokens": 2, "do_sample": False, "temperature": 1.0, "top_p": 1.0, "seed": 0, "stop": ["."]},
    "models": ["demo-lm-small"],
    "methods": [{"key": "surprisal", "params": {}, "roles": {}}],
    "targets": [{"strip": "main", "from": 1, "to": 2, "quantity": "logprob", "contrast": {"token": "a"}}],
}
WRONG: list[Any] = [
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    10**300,
    1e308,
    -0.0,
    "",
    "x" * 5000,
    "../../x",
    "\u202e",
    [],
    {},
    [[]],
    [None],
    {"": {}},
    {"__class__": "x"},
    ["demo-lm"] * 100,
]
RAW: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b'"text"',
    b"0",
    b"{",
    b"}",
    b"{}{}",
    b"\xff\xfe{\0}\0",
    b"\xef\xbb\xbf{}",
    b"{'a': 1}",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 100_000 + b"}",
    b'{"a": 0.' + b"9" * 1_000_000 + b"}",
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    b'{"text": "a", "text": "b"}',
    b'{"methods": [{"key": "surprisal"}], "methods": 1, "models": ["demo-lm"], "text": "a"}',
    b'{"' + b"a" * 1_000_000 + b'": 1}',
    json.dumps({f"field {n}": n for n in range(20_000)}).encode(),
    json.dumps({"methods": [{"key": "surprisal", "params": {"a": list(range(50_000))}}]}).encode(),
    b'{"text": "\\ud83d"}',
    b'{"text": "\xed\xa0\xbd"}',
    b" " * 1_000_000 + b"{}",
    b"{}" + b"\0" * 100,
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every part of a JSON value."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """A copy with something else at a path."""
    copy = json.loads(json.dumps(value))
    part = copy
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = wrong
    return copy


def test_something_wrong_at_each_place_is_refused_naming_it(site: House, client: httpx.Client) -> None:
    chosen = random.Random(5)
    runs = []
    for path in places(FULL):
        for wrong in chosen.sample(WRONG, 5):
            answer = site.ask("bodies", client, "POST", "/api/runs", json=changed(FULL, path, wrong))
            assert answer.status_code in {201, 400, 404, 422}, (path, wrong, answer.text)
            if answer.status_code == 201:
                runs.append(answer.json()["id"])
            else:
                assert answer.json()["detail"]
                assert len(answer.text) < 2000
    for run in runs:
        for result in site.wait(client, run)["results"]:
            assert result["state"] == "done" or result["problem"]["status"] < 500, result


@pytest.mark.parametrize("path", ["/api/runs", "/api/estimates"])
def test_bodies_that_are_no_request_are_refused(site: House, client: httpx.Client, path: str) -> None:
    for body in RAW:
        answer = site.ask("bodies", client, "POST", path, content=body, headers=JSON)
        refused = {400, 422} if path == "/api/runs" else {200, 400, 422}  # an estimate says what would be refused
        assert answer.status_code in refused, (body[:80], answer.text[:300])


@pytest.mark.parametrize(
    "kind", ["", "text/json", "application/x-www-form-urlencoded", "application/json\u00e9", "x" * 3000]
)
def test_bodies_of_other_types_are_refused(site: House, client: httpx.Client, kind: str) -> None:
    answer = site.ask(
        "bodies", client, "POST", "/api/runs", content=b"{}", headers={"content-type": kind.encode("latin-1")}
    )
    assert answer.status_code in {400, 415}


# --------------------------------------------------------------------------------------------------------- forms


def part(
    name: str, data: bytes, disposition: str = 'form-data; name="file"; filename="a.txt"', more: str = ""
) -> bytes:
    """A part of a form."""
    head = f"--{name}\r\nContent-Disposition: {disposition}\r\n{more}\r\n"
    return head.encode("utf-8", "surrogatepass") + data + b"\r\n"


def forms() -> Iterator[tuple[str, bytes, str]]:
    """Forms of any shape: what about them, the body, its type."""
    kind, good, end = "multipart/form-data; boundary=b", part("b", b"hello"), b"--b--\r\n"
    yield "two files", good + good + end, kind
    yield "a hundred files", good * 100 + end, kind
    yield "five thousand fields", part("b", b"x", 'form-data; name="x"') * 5000 + end, kind
    yield "no end", good, kind
    yield "no boundary", good + end, "multipart/form-data"
    yield "an empty boundary", good + end, "multipart/form-data; boundary="
    yield "a boundary of 5000", good + end, "multipart/form-data; boundary=" + "b" * 5000
    yield "a boundary of other letters", good + end, 'multipart/form-data; boundary="é\u00fc"'
    yield "another boundary", good + end, "multipart/form-data; boundary=c"
    yield "nothing", b"", kind
    yield "only an end", end, kind
    yield "no name", part("b", b"x", "form-data") + end, kind
    yield "a name of 100 kB", part("b", b"x", 'form-data; name="file"; filename="' + "x" * 100_000 + '"') + end, kind
    for name in (
        "../../etc/passwd",
        "C:\\a\\b.txt",
        "a\0b.txt",
        "\u202ecod.exe",
        ".",
        "..",
        "",
        "/",
        "a/",
        "con",
        "%2e%2e",
    ):
        yield f"a file called {name!r}", part("b", b"hi", f'form-data; name="file"; filename="{name}"') + end, kind
    yield "an encoded name", part("b", b"hi", "form-data; name=\"file\"; filename*=UTF-8''%00%ff..%2f") + end, kind
    yield "a wrong encoding", part("b", b"!!!", more="Content-Transfer-Encoding: base64\r\n") + end, kind
    yield "another encoding", part("b", b"hi", more="Content-Transfer-Encoding: x\r\n") + end, kind
    yield "a length that lies", part("b", b"hi", more="Content-Length: 99999999\r\n") + end, kind
    yield "a header without an end", b"--b\r\n" + b"A: " + b"x" * 100_000, kind
    yield "a form in a form", part("b", good + end, more="Content-Type: multipart/mixed; boundary=b\r\n") + end, kind
    yield (
        "a charset",
        part("b", "größe".encode("utf-16"), more="Content-Type: text/plain; charset=utf-16\r\n") + end,
        kind,
    )
    yield "a kind that there is not", good + part("b", b"x" * 1000, 'form-data; name="kind"') + end, kind
    yield "a kind of NUL", good + part("b", b"text\0", 'form-data; name="kind"') + end, kind
    yield "a kind that does not fit", good + part("b", b"logprobs", 'form-data; name="kind"') + end, kind
    yield "a field called file", part("b", b"hi", 'form-data; name="file"') + end, kind


def test_forms_of_any_shape_are_kept_or_refused(site: House, client: httpx.Client) -> None:
    for about, body, kind in forms():
        headers = {"content-type": kind.encode("latin-1")}
        answer = site.ask("forms", client, "POST", "/api/sources", content=body, headers=headers)
        assert answer.status_code in {201, 400, 415, 422}, (about, answer.text[:300])
        if answer.status_code == 201:
            assert ".." not in answer.json()["name"], about


# ------------------------------------------------------------------------------------------ files of a person's own

ROW = '{"prompt": "a", "answer": "b", "label": 1}\n'
TOKEN = {"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": []}


def logprobs(content: Any) -> str:
    """A server's answer with these log-probabilities."""
    return json.dumps({"object": "chat.completion", "choices": [{"logprobs": {"content": content}}]})


def own_files() -> Iterator[tuple[str, str, bytes]]:
    """Tables and log-probabilities: the kind that is said, the name, the bytes."""
    chosen = random.Random(6)
    tables = [
        "",
        "\n" * 1000,
        "a,b\n",
        "text,label\n" + "x" * 100_000 + ",1\n",
        'text,label\n"never closed,1\n' * 50,
        "text,label\n" + "a,1,2,3\n" * 100,
        "text,label\n" + "a\n" * 100,
        "text,label\r" + "a,1\r" * 10,
        ",".join(f"c{n}" for n in range(20_000)) + "\n" + ",".join("1" for _ in range(20_000)),
        "text,label\n" + '"=HYPERLINK(1)",1\n' * 10,
        "text,text,label\na,b,1\n",
        "text,label\na,NaN\nb,inf\nc,1e999\nd,-0\n",
        ROW * 3 + "{broken\n",
        "[]\n[]\n",
        "null\n" * 10,
        '{"a": ' * 5000 + "1" + "}" * 5000,
        '{"prompt": "a", "answer": "b", "label": 1e999}\n',
        '{"prompt": "\\ud800", "answer": "b", "label": 1}\n',
        '{"prompt": ["a"], "answer": {}, "label": []}\n',
        ROW * 20_000,
    ]
    for index, table in enumerate(tables):
        yield "table", f"{index}.{'csv' if index < 12 else 'jsonl'}", table.encode("utf-8", "surrogatepass")
    answers: list[Any] = [
        [],
        None,
        "x",
        [None],
        [[]],
        [{}],
        [TOKEN] * 3,
        [TOKEN | {"logprob": value} for value in (1, None, "x")],
    ]
    answers += [[TOKEN | {"bytes": value}] for value in (None, [999], ["a"], "a", [-1], [97] * 1000)]
    answers += [[TOKEN | {"top_logprobs": value}] for value in (None, [TOKEN] * 50, "x", [None], [{"token": 1}])]
    answers += [[TOKEN | {"token": value}] for value in (None, 1, "", "\ud800", "x" * 100_000)]
    answers += [[TOKEN] * 40_000]
    for content in answers:
        yield "logprobs", "a.json", logprobs(content).encode()
    yield "logprobs", "a.json", b"{}"
    yield "logprobs", "a.json", b"[" * 50_000
    for good in (ROW * 20, logprobs([TOKEN] * 10)):
        for _ in range(12):
            data = bytearray(good.encode())
            for _ in range(3):
                data[chosen.randrange(len(data))] = chosen.randrange(256)
            yield ("table" if good.startswith(ROW) else "logprobs"), "a.jsonl", bytes(data)


def test_files_of_a_persons_own_are_kept_or_refused(site: House, client: httpx.Client) -> None:
    for kind, name, data in own_files():
        for said in (kind, None):
            more = {"data": {"kind": said}} if said else {}
            answer = site.ask(
                "own data", client, "POST", "/api/sources", files={"file": (name, data, "text/plain")}, **more
            )
            assert answer.status_code in {201, 422}, (kind, data[:80], answer.text[:300])
            if answer.status_code == 422:
                assert len(answer.json()["detail"]) < 1000
