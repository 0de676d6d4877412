"""Where each kind of server puts its tokens in its JSON."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from workers.contract.formats.tokens import PastedChoice, PastedToken, Unreadable, choice, named, number

Shape = str
Json = Mapping[str, Any]

TOP = ("top_logprobs", "top_probs", "probs", "top_tokens")


@dataclass(frozen=True)
class Found:
    """Tokens of one answer, found in one document."""

    answer: str
    shape: Shape
    tokens: list[PastedToken]
    said: str = ""
    model: str = ""


def answers_in(document: Any) -> Iterator[Found]:
    """All tokens of a document, whatever shape it has; nothing where there are none. Unreadable: they are broken."""
    if isinstance(document, list):
        yield from _list(document)
    elif isinstance(document, Mapping):
        model = document.get("model")
        for found in _object(document):
            yield replace(found, model=model[:120] if isinstance(model, str) else "")


def _list(items: list[Any]) -> Iterator[Found]:
    if items and all(isinstance(item, Mapping) and _is_token(item) for item in items):
        yield Found("0", "List of tokens", _tokens(items))
    else:
        yield from chain.from_iterable(answers_in(item) for item in items if isinstance(item, Mapping))


def _is_token(item: Json) -> bool:
    return any(name in item for name in ("logprob", "prob")) and not isinstance(item.get("logprob"), Mapping)


def _object(document: Json) -> Iterator[Found]:
    kind = document.get("type")
    if isinstance(kind, str) and kind.startswith("response."):
        if kind == "response.output_text.delta":
            yield from _entries(document.get("logprobs"), "0", "OpenAI responses", _string(document.get("delta")))
        return
    yield from _prompt(document, "0", "vLLM")
    for index, one in enumerate(_objects(document.get("choices"))):
        yield from _choice(one, str(one.get("index", index)), document)
    if isinstance(document.get("choices"), list):
        return
    for index, part in enumerate(_objects(document.get("output"))):
        for content in _objects(part.get("content")):
            text = _string(content.get("text"))
            yield from _entries(content.get("logprobs"), str(index), "OpenAI responses", text)
    yield from _llama(document)
    if isinstance(document.get("logprobs"), Mapping):
        yield from _choice(document, "0", {})
    else:
        message = document.get("message")
        said = document.get("response") or (message.get("content") if isinstance(message, Mapping) else None)
        yield from _entries(document.get("logprobs"), "0", "Ollama", _string(said))
    for name in ("content", "tokens"):
        if isinstance(items := document.get(name), list) and "token_logprobs" not in document:
            yield from _entries(items if any(map(_scored, items)) else None, "0", "List of tokens", "")
    if "token_logprobs" in document:
        yield Found("0", "Completion", _columns(document))
    if isinstance(details := document.get("details"), Mapping):
        yield from _inference(details, _string(document.get("generated_text")))


def _scored(item: Any) -> bool:
    return isinstance(item, Mapping) and _is_token(item)


def _choice(one: Json, answer: str, document: Json) -> Iterator[Found]:
    """One of `choices`: chat or completion, whole or a chunk of a stream."""
    yield from _prompt(one, answer, "vLLM")
    logs = one.get("logprobs")
    if not isinstance(logs, Mapping):
        return
    message = one.get("message") or one.get("delta")
    said = message.get("content") if isinstance(message, Mapping) else one.get("text")
    for name in ("content", "refusal"):
        if isinstance(logs.get(name), list):
            yield from _entries(logs[name], answer, "Chat completion", _string(said))
    if "token_logprobs" in logs:
        echoed = _string(said) if not _prompted(document, one) else ""
        yield Found(answer, "Completion", _columns(logs), echoed)


def _prompted(document: Json, one: Json) -> bool:
    return "prompt_logprobs" in document or "prompt_logprobs" in one


def _entries(items: Any, answer: str, shape: Shape, said: str) -> Iterator[Found]:
    if isinstance(items, list) and items:
        yield Found(answer, shape, _tokens(items), said)


def _tokens(items: list[Any], prompt: bool = False) -> list[PastedToken]:
    return [_token(item, place, prompt) for place, item in enumerate(items, start=1)]


def _token(item: Any, place: int, prompt: bool) -> PastedToken:
    own = choice(item, place)
    given: list[Any] = next((item[name] for name in TOP if isinstance(item.get(name), list)), [])
    top = [choice(one, place) for one in given]
    if own.log_probability is None:
        same = [one for one in top if one.text == own.text]
        own = replace(own, log_probability=same[0].log_probability) if same else own
    special = item.get("special") is True
    return _made(own, top, prompt=prompt, special=special)


def _made(own: PastedChoice, top: list[PastedChoice], *, prompt: bool = False, special: bool = False) -> PastedToken:
    """The token with its alternatives, itself among them where its probability is known and there are others."""
    once = list({one.key: one for one in top}.values())
    if once and own.log_probability is not None and not any(_same(one, own) for one in once):
        once.append(PastedChoice(own.text, own.data, own.log_probability, own.id))
    best = sorted(once, key=lambda one: -(one.log_probability if one.log_probability is not None else -1e9))
    return PastedToken(own.text, own.data, own.log_probability, own.id, tuple(best), prompt, special)


def _same(one: PastedChoice, other: PastedChoice) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.data == other.data and one.text == other.text


def _columns(logs: Json) -> list[PastedToken]:
    """Legacy completions: three lists side by side."""
    tokens, values = logs.get("tokens"), logs.get("token_logprobs")
    if not isinstance(tokens, list) or not isinstance(values, list) or len(tokens) != len(values):
        raise Unreadable("“tokens” and “token_logprobs” are no lists of the same length.")
    tops = logs.get("top_logprobs")
    tops = tops if isinstance(tops, list) and len(tops) == len(tokens) else [None] * len(tokens)
    made = []
    for place, (token, value, top) in enumerate(zip(tokens, values, tops, strict=True), start=1):
        own = named(_string(token), number(value, place))
        others = top.items() if isinstance(top, Mapping) else ()
        made.append(_made(own, [named(str(text), number(log, place)) for text, log in others]))
    return made


def _prompt(holder: Json, answer: str, shape: Shape) -> Iterator[Found]:
    """vLLM's `prompt_logprobs`: per position the prompt's own token first, then the most probable ones, by id."""
    positions = holder.get("prompt_logprobs")
    if not isinstance(positions, list):
        return
    known = holder.get("prompt_token_ids")
    ids = known if isinstance(known, list) and len(known) == len(positions) else [None] * len(positions)
    if known is None and _sorted_ids(positions):
        raise Unreadable(
            "The token ids of prompt_logprobs stand in ascending order, as JavaScript writes them: which of them is "
            "the prompt's own is lost. Paste the server's answer itself, or one with prompt_token_ids."
        )
    made = []
    for place, (position, id) in enumerate(zip(positions, ids, strict=True), start=1):
        if isinstance(position, Mapping) and position:
            made.append(_prompt_token(position, str(id) if id is not None else next(iter(position)), place))
        elif id is not None:
            made.append(PastedToken(f"token_id:{id}", b"", None, id, prompt=True))
    if made:
        yield Found(answer, shape, made)


def _prompt_token(position: Json, own: str, place: int) -> PastedToken:
    found = {}
    for id, entry in position.items():
        if not id.isdecimal() or not isinstance(entry, Mapping):
            raise Unreadable(f"Position {place} of prompt_logprobs is no object of token ids.")
        found[id] = replace(choice(entry, place), id=int(id))
    if own not in found:
        raise Unreadable(f"Position {place} of prompt_logprobs lacks the prompt's own token {own}.")
    others = list(found.values()) if len(found) > 1 else []
    return _made(found[own], others, prompt=True)


def _sorted_ids(positions: list[Any]) -> bool:
    """Whether the ids of at least three positions all ascend, which the prompt's own coming first would not do."""
    several = [list(map(int, filter(str.isdecimal, one))) for one in positions if isinstance(one, Mapping)]
    several = [ids for ids in several if len(ids) > 2]
    return len(several) >= 3 and all(ids == sorted(ids) for ids in several)


def _llama(document: Json) -> Iterator[Found]:
    for name in ("completion_probabilities", "probs"):
        if isinstance(items := document.get(name), list) and items:
            yield Found("0", "llama.cpp completion", _tokens(items), _string(document.get("content")))
            return


def _inference(details: Json, said: str) -> Iterator[Found]:
    """text-generation-inference."""
    if isinstance(prefill := details.get("prefill"), list) and prefill:
        yield Found("0", "Text generation inference", _tokens(prefill, prompt=True))
    tokens, tops = details.get("tokens"), details.get("top_tokens")
    if isinstance(tokens, list) and tokens:
        if isinstance(tops, list) and len(tops) == len(tokens):
            tokens = [{**token, "top_tokens": top} for token, top in zip(tokens, tops, strict=True)]
        yield Found("0", "Text generation inference", _tokens(tokens), said)


def _objects(items: Any) -> list[Json]:
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""
