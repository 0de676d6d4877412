"""What servers return, each in its own shape, becomes the same tokens; what is broken is said with its place."""

import json
import math
from typing import Any

import pytest

from workers.contract import Refusal
from workers.contract.formats.logprobs import looks_like_logprobs, read_logprobs
from workers.contract.formats.tokens import PastedToken

WORDS = [(" The", 0.5), (" cat", 0.25)]
OTHERS = [(" A", 0.3), (" dog", 0.6)]
Json = dict[str, Any]


def entry(text: str, p: float, *others: tuple[str, float], raw: bytes | None = None, **more: Any) -> Json:
    """A token as chat completions write it."""
    top = [{"token": word, "logprob": math.log(q), "bytes": list(word.encode())} for word, q in [(text, p), *others]]
    data = list(text.encode() if raw is None else raw)
    return {"token": text, "logprob": math.log(p), "bytes": data, "top_logprobs": top, **more}


ENTRIES = [entry(word, p, other) for (word, p), other in zip(WORDS, OTHERS, strict=True)]
DICTS = [{word: math.log(p), other[0]: math.log(other[1])} for (word, p), other in zip(WORDS, OTHERS, strict=True)]
COLUMNS = {
    "tokens": [word for word, _ in WORDS],
    "token_logprobs": [math.log(p) for _, p in WORDS],
    "top_logprobs": DICTS,
    "text_offset": [0, 4],
}
OLD_LLAMA = [
    {"content": word, "probs": [{"tok_str": word, "prob": p}, {"tok_str": other[0], "prob": other[1]}]}
    for (word, p), other in zip(WORDS, OTHERS, strict=True)
]
SAMPLED_LLAMA = [
    {"id": 7, "token": word, "prob": p, "top_probs": [{"id": 8, "token": other[0], "prob": other[1]}]}
    for (word, p), other in zip(WORDS, OTHERS, strict=True)
]
TGI = {
    "generated_text": " The cat",
    "details": {
        "tokens": [{"id": 7, "text": word, "logprob": math.log(p), "special": False} for word, p in WORDS],
        "top_tokens": [[{"id": 9, "text": word, "logprob": math.log(p)}] for word, p in OTHERS],
    },
}
CHAT = {
    "object": "chat.completion",
    "model": "some-model",
    "choices": [{"index": 0, "message": {"content": " The cat"}, "logprobs": {"content": ENTRIES, "refusal": None}}],
}
CHUNKS = [
    {"model": "some-model", "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "logprobs": None}]},
    *(
        {"choices": [{"index": 0, "delta": {"content": one["token"]}, "logprobs": {"content": [one]}}]}
        for one in ENTRIES
    ),
    {"choices": [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": "stop"}]},
    {"choices": [], "usage": {"total_tokens": 9}},
]
RESPONSES = {
    "object": "response",
    "model": "some-model",
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": " The cat", "logprobs": ENTRIES}]},
    ],
}
SAID: dict[str, Any] = {
    "chat": CHAT,
    "refusal": {"choices": [{"message": {"refusal": " The cat"}, "logprobs": {"content": None, "refusal": ENTRIES}}]},
    "responses": RESPONSES,
    "completion": {"object": "text_completion", "choices": [{"text": " The cat", "index": 0, "logprobs": COLUMNS}]},
    "columns alone": COLUMNS,
    "logprobs alone": {"logprobs": {"content": ENTRIES}},
    "content alone": {"content": ENTRIES, "refusal": None},
    "llama.cpp": {"content": " The cat", "completion_probabilities": ENTRIES},
    "llama.cpp, probs": {"content": " The cat", "probs": ENTRIES},
    "llama.cpp, old": {"content": " The cat", "completion_probabilities": OLD_LLAMA},
    "llama.cpp, after sampling": {"content": " The cat", "completion_probabilities": SAMPLED_LLAMA},
    "ollama": {"model": "some-model", "response": " The cat", "done": True, "logprobs": ENTRIES},
    "tgi": TGI,
    "tgi, batch": [TGI],
    "list": ENTRIES,
    "list of chunks": CHUNKS,
}
STREAMS = {
    "sse": "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in CHUNKS) + "data: [DONE]\n\n",
    "json lines": "\n".join(json.dumps(chunk) for chunk in CHUNKS),
    "llama.cpp": "\r\n".join(
        f"data: {json.dumps({'content': one['token'], 'stop': False, 'completion_probabilities': [one]})}"
        for one in ENTRIES
    ),
    "responses": "".join(
        f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n"
        for kind, more in [
            ("response.created", {"response": {"output": []}}),
            *(("response.output_text.delta", {"delta": one["token"], "logprobs": [one]}) for one in ENTRIES),
            ("response.output_text.done", {"text": " The cat", "logprobs": ENTRIES}),
        ]
    ),
}


def tokens_of(text: str) -> list[PastedToken]:
    """The tokens of the only answer."""
    (answer,) = read_logprobs(text).answers
    return answer.tokens


def check_cat(tokens: list[PastedToken]) -> None:
    """Two tokens, their probabilities, and what else there was, best first."""
    assert [token.data for token in tokens] == [b" The", b" cat"]
    assert [math.exp(token.log_probability or 0) for token in tokens] == pytest.approx([0.5, 0.25])
    assert [[one.text for one in token.top] for token in tokens] == [[" The", " A"], [" dog", " cat"]]
    assert not any(token.prompt or token.special for token in tokens)


@pytest.mark.parametrize("shape", SAID)
def test_every_shape_gives_the_same_tokens(shape: str) -> None:
    check_cat(tokens_of(json.dumps(SAID[shape])))
    assert looks_like_logprobs(json.dumps(SAID[shape])) or shape == "llama.cpp, probs" or "list" in shape


@pytest.mark.parametrize("stream", STREAMS)
def test_chunks_of_a_stream_are_joined(stream: str) -> None:
    check_cat(tokens_of(STREAMS[stream]))


def test_the_model_and_the_shape_are_told() -> None:
    found = read_logprobs(json.dumps(CHAT))
    assert (found.model, found.form) == ("some-model", "Chat completion")
    assert found.summary() == "Chat completion of “some-model”: 2 tokens, up to 2 alternatives each."


def test_several_answers_stay_apart_in_order() -> None:
    choices = [{"index": index, "logprobs": {"content": [entry(f" {index}", 0.5)]}} for index in (10, 2, 0)]
    found = read_logprobs(json.dumps({"choices": choices}))
    assert [answer.tokens[0].text for answer in found.answers] == [" 0", " 2", " 10"]


PROMPT = [
    None,
    {"42": {"logprob": -3.0, "rank": 7, "decoded_token": " cat"}, "7": {"logprob": -0.5, "decoded_token": " dog"}},
    {"9": {"logprob": -0.1, "rank": 1, "decoded_token": " sat"}},
]


def test_vllms_prompt_comes_first_its_own_token_by_order_or_by_id() -> None:
    answer = {"prompt_logprobs": PROMPT, "logprobs": {"content": [entry(".", 0.5)]}}
    for document in ({"choices": [answer]}, {"prompt_logprobs": PROMPT, "choices": [{"logprobs": answer["logprobs"]}]}):
        tokens = tokens_of(json.dumps(document))
        assert [(token.text, token.id, token.prompt) for token in tokens] == [
            (" cat", 42, True),
            (" sat", 9, True),
            (".", None, False),
        ]
        assert tokens[0].log_probability == -3.0
        assert [one.id for one in tokens[0].top] == [7, 42]
    named = tokens_of(json.dumps({"choices": [{"prompt_logprobs": PROMPT, "prompt_token_ids": [1, 7, 9]}]}))
    assert [(token.text, token.id) for token in named] == [("token_id:1", 1), (" dog", 7), (" sat", 9)]


def test_a_prompt_whose_order_was_lost_is_refused_and_ids_mend_it() -> None:
    position = {str(id): {"logprob": -1.0 - id, "decoded_token": f" {id}"} for id in range(3)}
    with pytest.raises(Refusal, match="prompt_token_ids"):
        read_logprobs(json.dumps({"choices": [{"prompt_logprobs": [None, *[position] * 3]}]}))
    ids = [5, 2, 1, 0]
    document = {"choices": [{"prompt_logprobs": [None, *[position] * 3], "prompt_token_ids": ids}]}
    assert [token.id for token in tokens_of(json.dumps(document))] == ids


def test_ids_and_bytes_in_the_place_of_text() -> None:
    columns = {"tokens": ["token_id:12", "bytes:\\xe2\\x82", "<0xAC>"], "token_logprobs": [-1, -2, -3]}
    first, second, third = tokens_of(json.dumps({"choices": [{"logprobs": columns}]}))
    assert (first.id, first.data) == (12, b"")
    assert second.data + third.data == "€".encode()


def test_bytes_count_more_than_text_and_halves_of_a_character_are_kept() -> None:
    thumb = "👍".encode()
    halves = [entry("\\xf0\\x9f", 0.5, raw=thumb[:2]), entry("\ufffd", 0.5, raw=thumb[2:])]
    assert b"".join(token.data for token in tokens_of(json.dumps(halves))) == thumb
    broken = [{"token": "\ud83d", "logprob": -1.0}]
    assert tokens_of(json.dumps(broken))[0].data == "\ufffd".encode()


def test_the_token_that_ends_a_turn_is_special() -> None:
    document = {"choices": [{"message": {"content": "Hi"}, "logprobs": {"content": [entry("Hi", 0.5)]}}]}
    document["choices"][0]["logprobs"]["content"].append(entry("<|im_end|>", 0.9))  # type: ignore[index]
    assert [token.special for token in tokens_of(json.dumps(document))] == [False, True]


def test_what_is_missing_stays_missing_and_never_is_not_zero() -> None:
    columns = {"tokens": ["a", "b", "c"], "token_logprobs": [None, -9999.0, -math.inf], "top_logprobs": None}
    tokens = tokens_of(json.dumps({"choices": [{"logprobs": columns}]}))
    assert [token.log_probability for token in tokens] == [None, -math.inf, -math.inf]
    unknown = [{"content": "x", "probs": [{"tok_str": "y", "prob": 0.7}, {"tok_str": "z", "prob": 0.0}]}]
    (token,) = tokens_of(json.dumps({"completion_probabilities": unknown}))
    assert token.log_probability is None
    assert [one.log_probability for one in token.top] == [pytest.approx(math.log(0.7)), -math.inf]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "nothing"),
        ("   \n", "nothing"),
        ("Once upon a time", "no JSON"),
        ("{}", "no log-probabilities"),
        ("3", "no log-probabilities"),
        ('{"choices": [{"message": {"content": "Hi"}, "logprobs": null}]}', "logprobs=true"),
        ("data: {not json}\n", "Line 1"),
        ('data: {"a": 1}\n\ndata: {"b"\n', "Line 3"),
        ("[" * 100_000, "nested"),
        (json.dumps([entry("a", 0.5), {"token": "b", "logprob": 0.7}]), "Token 2 (“b”) has the log-probability 0.7"),
        (json.dumps([{"token": "b", "logprob": "high"}]), "'high'"),
        (json.dumps([{"token": "b", "logprob": math.nan}]), "no number"),
        (json.dumps([{"token": "b", "prob": 1.5}]), "1.5"),
        (json.dumps([{"token": "b", "logprob": -1, "bytes": [300]}]), "0 to 255"),
        (json.dumps([entry("a", 0.9, ("b", 0.8))]), "more than 1"),
        (json.dumps({"tokens": ["a"], "token_logprobs": []}), "same length"),
        (json.dumps({"choices": [{"logprobs": {"content": ["a"]}}]}), "no JSON object"),
        (json.dumps({"prompt_logprobs": [None, {"x": {}}]}), "Position 2"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_logprobs(text)
    assert words in refused.value.detail


def test_the_limit_is_named_with_the_value() -> None:
    with pytest.raises(Refusal) as refused:
        read_logprobs(json.dumps(ENTRIES), limit_tokens=1)
    assert (refused.value.limit, refused.value.value) == (1, 2)


def test_prose_and_tables_do_not_look_like_log_probabilities() -> None:
    assert not looks_like_logprobs('The "logprobs" of a model')
    assert not looks_like_logprobs('{"prompt": "a", "answer": "b", "label": 1}')
