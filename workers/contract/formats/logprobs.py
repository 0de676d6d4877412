"""A server's answer with log-probabilities, in whatever shape: one list of tokens for each answer.

Read are: OpenAI chat completions (`choices[].logprobs.content[]`, also `refusal`), the Responses API
(`output[].content[].logprobs[]`), legacy completions (`tokens`, `token_logprobs`, `top_logprobs`), vLLM's
`prompt_logprobs` (by token id), llama.cpp's `completion_probabilities` (`probs` of `tok_str` and `prob`, or `logprob`
with `top_logprobs`, or `prob` with `top_probs`), Ollama's `logprobs`, text-generation-inference's `details`, a bare
list of tokens, and streams of any of them: server-sent events, JSON lines, or a list of chunks.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workers.contract.formats.shapes import Found, Shape, answers_in
from workers.contract.formats.tokens import PastedToken, Unreadable
from workers.contract.problems import Refusal


@dataclass
class PastedAnswer:
    """The tokens of one answer, those of the prompt first where the server sent them; `said` is the answer's text."""

    tokens: list[PastedToken] = field(default_factory=list)
    said: str = ""

    def finished(self) -> "PastedAnswer":
        """With the tokens behind the end of what was said (end of turn) marked as special."""
        said = self.said.encode("utf-8", "replace")
        own = [index for index, token in enumerate(self.tokens) if not token.prompt]
        spoken = b"".join(self.tokens[index].data for index in own)
        if not said or spoken == said or not spoken.startswith(said):
            return self
        length = 0
        for index in own:
            if length >= len(said):
                self.tokens[index] = self.tokens[index].as_special()
            length += len(self.tokens[index].data)
        return self


@dataclass
class Pasted:
    """All answers of what was pasted, the shape that it had, and the model that it names."""

    form: str
    model: str
    answers: list[PastedAnswer]

    def summary(self) -> str:
        """What was found, in a few sentences."""
        tokens = sum(len(answer.tokens) for answer in self.answers)
        top = max((len(token.top) for answer in self.answers for token in answer.tokens), default=0)
        by = f" of “{self.model}”" if self.model else ""
        more = f", up to {top} alternatives each" if top else ", without alternatives"
        several = f" in {len(self.answers)} answers" if len(self.answers) > 1 else ""
        return f"{self.form}{by}: {tokens} {'token' if tokens == 1 else 'tokens'}{several}{more}."


def read_logprobs(text: str, *, limit_tokens: int | None = None) -> Pasted:
    """The tokens of a server's answer. Raises Refusal saying what is wrong, and at which token."""
    shape: Shape | None = None
    model = ""
    answers: dict[str, PastedAnswer] = {}
    try:
        for document in _documents(text):
            for found in answers_in(document):
                shape, model = shape or found.shape, model or found.model
                _add(answers.setdefault(found.answer, PastedAnswer()), found)
    except Unreadable as error:
        raise _refusal(str(error)) from error
    made = [answer.finished() for _, answer in sorted(answers.items(), key=_order) if answer.tokens]
    if shape is None or not made:
        raise _refusal(
            "The JSON holds no log-probabilities of tokens. Ask the server for them: OpenAI and vLLM with "
            "logprobs=true and top_logprobs, llama.cpp with n_probs."
        )
    count = sum(len(answer.tokens) for answer in made)
    if limit_tokens is not None and count > limit_tokens:
        detail = f"The answer holds {count} tokens; the limit is {limit_tokens}."
        raise Refusal("logprobs-too-long", detail, field="file", limit=limit_tokens, value=count)
    return Pasted(shape, model, made)


def looks_like_logprobs(text: str) -> bool:
    """Whether a JSON file holds log-probabilities by the names in it; a cheap guess, the reader decides."""
    head = text.lstrip()[:8]
    named = any(f'"{name}"' in text for name in ("logprobs", "logprob", "completion_probabilities", "token_logprobs"))
    return head.startswith(("{", "[", "data:", "event:", ":")) and named


def _order(item: tuple[str, PastedAnswer]) -> tuple[int, str]:
    return len(item[0]), item[0]


def _add(answer: PastedAnswer, found: Found) -> None:
    at = len(answer.tokens)
    for token in found.tokens:
        at += 1
        token.check(at)
        answer.tokens.append(token)
    answer.said += found.said


def _documents(text: str) -> Iterator[Any]:
    """One JSON value, the items of server-sent events, or one value a line."""
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise Unreadable("There is nothing in it.")
    try:
        yield _parse(text)
        return
    except ValueError as error:
        whole = error
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), start=1)]
    if not any(line.startswith("data:") for _, line in lines) and not lines[0][1].endswith("}"):
        raise Unreadable(f"It is no JSON: {whole}.")
    for number, line in lines:
        value = line.removeprefix("data:").strip()
        if not value or value == "[DONE]" or line.startswith(("event:", "id:", "retry:", ":")):
            continue
        try:
            yield _parse(value)
        except ValueError as error:
            raise Unreadable(f"Line {number} is no JSON: {error}.") from error


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _refusal(detail: str) -> Refusal:
    return Refusal("logprobs-unreadable", detail, field="file")
