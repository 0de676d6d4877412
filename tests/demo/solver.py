"""A second, independent reading of micro-world stories: regular expressions, no grammar."""

import re

NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def solve(story: str, question: str) -> str | None:
    """The answer to a question about a story's sentences, or None where the story does not tell."""
    for pattern, answer in (
        (r"What colour is the (\w+)\?", _colour),
        (r"What is the (\w+) in\?", _container),
        (r"What is in the (\w+)\?", _content),
        (r"Who (?:took|carried) the (\w+)\?", _taker),
        (r"Who found the (\w+)\?", _finder),
        (r"Who went to the (\w+)\?", _visitor),
        (r"Where is (?:the )?(\w+)\?", _place),
        (r"How many (\w+ does \w+) have\?", _count),
    ):
        match = re.fullmatch(pattern, question)
        if match:
            return answer(story, match[1])
    raise ValueError(question)


def _only(found: list[str]) -> str | None:
    return found[0] if len(set(found)) == 1 else None


def _colour(story: str, thing: str) -> str | None:
    return _only(re.findall(rf"the (\w+) {thing}\b", story))


def _container(story: str, thing: str) -> str | None:
    return _only(re.findall(rf" {thing} in the (\w+)", story))


def _content(story: str, container: str) -> str | None:
    return _only(re.findall(rf"(\w+) in the {container}\b", story))


def _taker(story: str, what: str) -> str | None:
    return _only(re.findall(rf"(\w+) took the {_container(story, what) or what} ", story))


def _finder(story: str, thing: str) -> str | None:
    return _only(re.findall(rf"(\w+) found the \w+ {thing}\b", story))


def _visitor(story: str, place: str) -> str | None:
    found = re.findall(rf"(\w+) went to the {place}\b", story)
    return found[0] if len(found) == 1 else None


def _place(story: str, what: str) -> str | None:
    mover = _finder(story, what) or what
    box = _container(story, what) or what
    gone = re.findall(rf"\b{mover} went to the (\w+)", story)
    return _only(gone + re.findall(rf"took the {box} to the (\w+)", story))


def _count(story: str, asked: str) -> str | None:
    goods, _, name = asked.split()
    had = re.search(rf"\b{name} had (\w+) {goods}\b", story)
    if not had:
        return None
    total = NUMBERS.index(had[1]) + 1
    for verb, number in re.findall(rf"\b{name} (got|lost) (\w+)", story):
        total += (1 if verb == "got" else -1) * (NUMBERS.index(number) + 1)
    return NUMBERS[total - 1] if 1 <= total <= 10 else None
