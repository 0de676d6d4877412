"""Stories with their truth: what could have come next anywhere, and which words decide each answer."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from .facts import Ask, Facts, Hops
from .grammar import Draw, Kind, narrate
from .words import CLASSES, END, LAW, MARKER, Law

Span = tuple[int, int]

_CLASS_OF = {word: name for name, words in CLASSES.items() for word in words}


@dataclass(frozen=True)
class Choice:
    """One word of a story and the true distribution it was drawn from.

    `start` is where the word's text begins, its leading space included. `kind` is `free` where the same words are
    always possible, `story` where the story decides which are, `answer` for the answer to a question, `fixed` where
    the grammar leaves one word.
    """

    start: int
    word: str
    options: dict[str, float]
    kind: Kind

    @property
    def depends_on_story(self) -> bool:
        """Whether which words are possible depends on the story."""
        return self.kind in ("story", "answer")


@dataclass(frozen=True)
class Question:
    """A question in a story's text, with its answer; spans are characters of the story's text."""

    text: str
    answer: str
    hops: Hops
    span: Span
    answer_span: Span
    words: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """A story, word by word, and what is true about it."""

    text: str
    words: tuple[str, ...]
    choices: tuple[Choice, ...]
    questions: tuple[Question, ...]
    sentences: int

    def deciding(self, question: Question) -> list[Span]:
        """The words that decide an answer, in the story and in the question: replaced by any word of their class
        that the story does not hold, each of them changes the true answer."""
        told = self._told()
        present = {word for sentence, _ in told for word in sentence}
        spans = [
            (start + 1, start + len(word))
            for sentence, starts in told
            for word, start in zip(sentence, starts, strict=True)
            if word in _CLASS_OF and self._decides(start, present, question)
        ]
        asked = question.span[0] - 1
        for word in question.words:
            if word in _CLASS_OF:
                spans.append((asked + 1, asked + len(word)))
            asked += len(word)
        return spans

    def prompt(self, question: Question) -> str:
        """The story and one question, as a text whose next word is the answer; `read_story` has its spans."""
        return self.text[: self.choices_end] + " " + question.text

    @property
    def choices_end(self) -> int:
        """Where the sentences end and the questions begin."""
        return self.questions[0].span[0] - 1

    def _told(self) -> list[tuple[list[str], list[int]]]:
        sentences: list[tuple[list[str], list[int]]] = [([], [])]
        for choice in self.choices:
            if len(sentences) > self.sentences:
                break
            if choice.word == ".":
                sentences.append(([], []))
                continue
            sentences[-1][0].append(choice.word)
            sentences[-1][1].append(choice.start)
        return sentences[: self.sentences]

    def _decides(self, start: int, present: set[str], question: Question) -> bool:
        word = next(choice.word for choice in self.choices if choice.start == start)
        absent = [other for other in CLASSES[_CLASS_OF[word]] if other not in present]
        return bool(absent) and all(self._answer_with(start, other, question) != question.answer for other in absent)

    def _answer_with(self, start: int, word: str, question: Question) -> str | None:
        facts = Facts()
        for sentence, starts in self._told():
            facts.tell([word if place == start else old for old, place in zip(sentence, starts, strict=True)])
        answer = facts.answer(question.words)
        return None if answer is None else answer.strip()


def story(seed: int, law: Law = LAW) -> Story:
    """The story of a seed."""
    rng = random.Random(f"story {seed}")
    return _told_by(lambda draw, _: rng.choices(list(draw.options), list(draw.options.values()))[0], law)


def read_story(text: str, law: Law = LAW) -> Story:
    """A text as a story, from its last marker on; it may stop after a question, whose answer is then still told.

    A text that no story begins with is refused with a ValueError. Spans are those of the whole text.
    """
    marker = _after_marker(text)

    def choose(draw: Draw, at: int) -> str | None:
        rest = text[marker + at - len(MARKER) :]
        word = _taken(draw.options, rest)
        if word is None and rest:
            raise ValueError(f"no story goes on with {rest[:40]!r}")
        return word

    return _told_by(choose, law, text[:marker])


def _told_by(choose: Callable[[Draw, int], str | None], law: Law, before: str = MARKER) -> Story:
    walk = narrate(law)
    draw = next(walk)
    choices: list[Choice] = []
    questions: list[Question] = []
    at, sentences = len(before), 0
    while True:
        word = choose(draw, at - len(before) + len(MARKER))
        if draw.ask is not None:
            questions.append(_question(draw.ask, at))
        if word is None:
            break
        choices.append(Choice(at, word, draw.options, draw.kind))
        sentences += word == "." and not questions
        if word == END:
            break
        at += len(word)
        draw = walk.send(word)
    words = tuple(choice.word for choice in choices)
    text = before + "".join(word for word in words if word != END)
    return Story(text, words, tuple(choices), tuple(questions), sentences)


def _question(ask: Ask, at: int) -> Question:
    text = "".join(ask.words)
    span, answer_span = (at - len(text) + 1, at), (at + 1, at + len(ask.answer))
    return Question(text[1:], ask.answer[1:], ask.hops, span, answer_span, ask.words)


def _after_marker(text: str) -> int:
    marker = text.rfind(MARKER)
    if marker < 0:
        raise ValueError(f"no {MARKER!r} in the text")
    return marker + len(MARKER)


def true_next(prefix: str, law: Law = LAW) -> dict[str, float]:
    """The true distribution of what follows a text: words with their leading space, or `END`.

    The text's last story marker counts; a text that ends inside a word is answered with the rests of words. A text
    that no story begins with is refused with a ValueError.
    """
    rest = prefix[_after_marker(prefix) :]
    walk = narrate(law)
    draw = next(walk)
    while True:
        longer = {word[len(rest) :]: chance for word, chance in draw.options.items() if word.startswith(rest)}
        taken = _taken(draw.options, rest)
        if taken is None:
            if not longer:
                raise ValueError(f"no story goes on with {rest[:40]!r}")
            total = sum(longer.values())
            return {word: chance / total for word, chance in longer.items()}
        draw = walk.send(taken)
        rest = rest[len(taken) :]


def _taken(options: dict[str, float], rest: str) -> str | None:
    fitting = [word for word in options if rest.startswith(word)]
    word = max(fitting, key=len, default=None)
    if word is None or (len(rest) > len(word) and rest[len(word)].isalpha()):
        return None
    return word
