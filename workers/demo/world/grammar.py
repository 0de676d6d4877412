"""How a story is drawn, word by word, each from a function of the words before it.

`narrate` yields the true distribution of every next word and is sent the word that was taken: drawing a story and
telling the truth about a given text are the same walk.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Literal

from .facts import Ask, Facts
from .words import (
    COLOUR_WEIGHTS,
    COLOURS,
    CONTAINERS,
    END,
    GOODS,
    NAMES,
    NUMBERS,
    PLACES,
    SEEN_NAME,
    STARTING_NUMBERS,
    THINGS,
    VERBS,
    Law,
)

Kind = Literal["fixed", "free", "story", "answer"]


@dataclass(frozen=True)
class Draw:
    """The true distribution of the next word. `story`: which words are possible depends on the story told."""

    options: dict[str, float]
    kind: Kind
    ask: Ask | None = None


Walk = Generator[Draw, str, None]
Part = Generator[Draw, str, str]


def narrate(law: Law) -> Walk:
    """The whole story: sentences, then questions with their answers, then the end."""
    facts = Facts()
    first = yield _opening(facts, law)
    while first in NAMES:
        yield from _sentence(facts, first)
        first = yield _opening(facts, law)
    yield from _questions(facts.questions(), first, law)


def _opening(facts: Facts, law: Law) -> Draw:
    stop = law.stop_telling[facts.told]
    options = {name: (1.0 - stop) * chance for name, chance in _name_chances(facts).items() if stop < 1.0}
    if stop:
        options |= {word: stop * chance for word, chance in _first_words(facts.questions()).items()}
    return Draw(options, "story" if facts.told else "free")


def _name_chances(facts: Facts) -> dict[str, float]:
    seen = facts.names
    if not seen:
        return _even(NAMES)
    fresh = [name for name in NAMES if name not in seen]
    return _even(seen, SEEN_NAME) | _even(fresh, 1.0 - SEEN_NAME)


def _sentence(facts: Facts, name: str) -> Walk:
    verb = yield Draw(_verb_chances(facts, name), "story")
    tail = {
        " put": _put,
        " took": _took,
        " went": _went,
        " found": _found,
        " had": _had,
        " got": _got,
        " lost": _lost,
    }
    words = [name, verb]
    part = tail[verb](facts, name)
    draw = next(part)
    while True:
        word = yield draw
        words.append(word)
        try:
            draw = part.send(word)
        except StopIteration:
            break
    facts.tell(words)
    yield _fixed(".")


def _verb_chances(facts: Facts, name: str) -> dict[str, float]:
    counted = name in facts.had and name not in facts.change
    possible = {
        " put": len(facts.inside) < len(CONTAINERS),
        " took": bool(facts.waiting()) and facts.can_leave(name),
        " went": facts.can_leave(name),
        " found": True,
        " had": name not in facts.had,
        " got": counted,
        " lost": counted,
    }
    return _scaled({verb: weight for verb, weight in VERBS.items() if possible[verb]})


def _put(facts: Facts, name: str) -> Walk:
    yield _fixed(" the")
    yield Draw(_scaled(dict(zip(COLOURS, COLOUR_WEIGHTS, strict=True))), "free")
    yield Draw(_even(thing for thing in THINGS if thing not in facts.colour), "story")
    yield _fixed(" in")
    yield _fixed(" the")
    used = set(facts.inside.values())
    yield Draw(_even(box for box in CONTAINERS if box not in used), "story")


def _took(facts: Facts, name: str) -> Walk:
    yield _fixed(" the")
    yield Draw(_even(facts.waiting()), "story")
    yield _fixed(" to")
    yield _fixed(" the")
    yield Draw(_even(PLACES), "free")


def _went(facts: Facts, name: str) -> Walk:
    yield _fixed(" to")
    yield _fixed(" the")
    yield Draw(_even(PLACES), "free")


def _found(facts: Facts, name: str) -> Walk:
    yield _fixed(" the")
    yield Draw(_scaled(dict(zip(COLOURS, COLOUR_WEIGHTS, strict=True))), "free")
    yield Draw(_even(thing for thing in THINGS if thing not in facts.colour), "story")


def _had(facts: Facts, name: str) -> Walk:
    yield Draw(_even(STARTING_NUMBERS), "free")
    yield Draw(_even(GOODS), "free")


def _got(facts: Facts, name: str) -> Walk:
    yield Draw(_even(STARTING_NUMBERS), "free")
    yield _fixed(" more")


def _lost(facts: Facts, name: str) -> Walk:
    yield Draw(_even(NUMBERS[: facts.had[name][0] - 1]), "story")


def _questions(asks: list[Ask], first: str, law: Law) -> Walk:
    asked = 0
    while first != END:
        ask = yield from _question(asks, first)
        yield Draw({ask.answer: 1.0}, "answer", ask)
        yield _fixed(".")
        asked += 1
        asks = [other for other in asks if other is not ask]
        stop = law.stop_asking[asked] if asks else 1.0
        options = {END: stop} if stop else {}
        options |= {word: (1.0 - stop) * chance for word, chance in _first_words(asks).items() if stop < 1.0}
        first = yield Draw(options, "story")


def _question(asks: list[Ask], first: str) -> Generator[Draw, str, Ask]:
    matching = [ask for ask in asks if ask.words[0] == first]
    place = 1
    while True:
        options: dict[str, float] = {}
        for ask in matching:
            options[ask.words[place]] = options.get(ask.words[place], 0.0) + ask.weight
        word = yield Draw(_scaled(options), "story" if len(options) > 1 or _is_slot(options) else "fixed")
        matching = [ask for ask in matching if ask.words[place] == word]
        place += 1
        if word == "?":
            return matching[0]


def _is_slot(options: dict[str, float]) -> bool:
    return all(
        word in NAMES or word in THINGS or word in CONTAINERS or word in PLACES or word in GOODS for word in options
    )


def _first_words(asks: list[Ask]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for ask in asks:
        weights[ask.words[0]] = weights.get(ask.words[0], 0.0) + ask.weight
    return _scaled(weights)


def _fixed(word: str) -> Draw:
    return Draw({word: 1.0}, "fixed")


def _even(words: Iterable[str], total: float = 1.0) -> dict[str, float]:
    listed = list(words)
    return {word: total / len(listed) for word in listed}


def _scaled(weights: dict[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {word: weight / total for word, weight in weights.items()}
