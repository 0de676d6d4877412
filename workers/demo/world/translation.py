"""English phrases with every right German translation and how often each is meant.

A phrase is drawn, then said in both languages. Where an English word has two German ones, or "you" may be said to a
friend or to a stranger, nothing in the phrase decides: the shares here are the truth that a model's uncertainty can be
held against. Everything else has one right translation.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

from .german import DAYS, HE_SHE_IT, MONTHS, Noun, cardinal, ordinal
from .words import NAMES

Senses = tuple[tuple[Noun, float], ...]


def _one(word: str, gender: str, inside: str = "in") -> Senses:
    return ((Noun(word, gender, inside), 1.0),)  # type: ignore[arg-type]


THINGS: dict[str, Senses] = {
    "ball": _one("Ball", "m"), "book": _one("Buch", "n"), "cup": _one("Tasse", "f"), "doll": _one("Puppe", "f"),
    "hat": _one("Hut", "m"), "key": _one("Schlüssel", "m"), "lamp": _one("Lampe", "f"), "ring": _one("Ring", "m"),
    "pen": ((Noun("Stift", "m"), 0.7), (Noun("Feder", "f"), 0.3)), "shoe": _one("Schuh", "m"),
    "spoon": _one("Löffel", "m"), "kite": _one("Drachen", "m"), "bell": _one("Glocke", "f"),
    "drum": _one("Trommel", "f"), "clock": _one("Uhr", "f"), "rope": _one("Seil", "n"),
}  # fmt: skip
CONTAINERS: dict[str, Senses] = {
    "box": ((Noun("Kiste", "f"), 0.6), (Noun("Karton", "m"), 0.4)),
    "bag": ((Noun("Tasche", "f"), 0.8), (Noun("Beutel", "m"), 0.2)), "basket": _one("Korb", "m"),
    "bucket": _one("Eimer", "m"), "chest": _one("Truhe", "f"), "jar": _one("Glas", "n"), "sack": _one("Sack", "m"),
    "crate": _one("Kasten", "m"),
}  # fmt: skip
PLACES: dict[str, Senses] = {
    "kitchen": _one("Küche", "f"), "garden": _one("Garten", "m"), "attic": _one("Dachboden", "m", "auf"),
    "barn": _one("Scheune", "f"), "hall": ((Noun("Flur", "m"), 0.5), (Noun("Halle", "f"), 0.5)),
    "cellar": _one("Keller", "m"), "garage": _one("Garage", "f"), "library": _one("Bibliothek", "f"),
}  # fmt: skip
COLOURS = {
    "red": "rot", "blue": "blau", "green": "grün", "white": "weiß", "black": "schwarz", "yellow": "gelb",
    "brown": "braun", "pink": "rosa",
}  # fmt: skip
GOODS = {"coins": "Münzen", "nuts": "Nüsse", "eggs": "Eier", "pears": "Birnen"}
ENGLISH_ONES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"]
ENGLISH_ONES += ["twelve", *(f"{part}teen" for part in ("thir", "four", "fif", "six", "seven", "eigh", "nine"))]
ENGLISH_TENS = ["", "", *["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]]
ENGLISH_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ENGLISH_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
ENGLISH_MONTHS += ["August", "September", "October", "November", "December"]
PEOPLE = tuple(name.strip() for name in NAMES)
TO_A_FRIEND = 0.7
"""How often "you" is said to a friend: du, not Sie."""


@dataclass(frozen=True)
class Phrase:
    """An English text and its right German translations with their shares, which add up to 1."""

    source: str
    targets: dict[str, float]

    @property
    def certain(self) -> bool:
        """Whether there is one right translation."""
        return len(self.targets) == 1

    def draw(self, rng: random.Random) -> str:
        """One of the translations, by their shares."""
        return rng.choices(list(self.targets), list(self.targets.values()))[0]


def phrase(seed: int) -> Phrase:
    """The phrase of a seed."""
    rng = random.Random(f"phrase {seed}")
    draw = rng.choices([kind for kind, _ in _KINDS], [weight for _, weight in _KINDS])[0]
    return draw(rng)


def english_number(number: int) -> str:
    """A number from 0 to 9999 in words: twenty-one, two hundred and three."""
    if number >= 1000:
        rest = number % 1000
        joint = " and " if rest < 100 else " "
        return ENGLISH_ONES[number // 1000] + " thousand" + (joint + english_number(rest) if rest else "")
    if number >= 100:
        return (
            ENGLISH_ONES[number // 100] + " hundred" + (f" and {english_number(number % 100)}" if number % 100 else "")
        )
    if number < 20:
        return ENGLISH_ONES[number]
    return ENGLISH_TENS[number // 10] + (f"-{ENGLISH_ONES[number % 10]}" if number % 10 else "")


def _said(source: str, senses: Iterable[Senses], say: Callable[..., str]) -> Phrase:
    targets: dict[str, float] = {}
    for meant in product(*senses):
        share = 1.0
        for _, chance in meant:
            share *= chance
        text = say(*(noun for noun, _ in meant))
        targets[text] = targets.get(text, 0.0) + share
    return Phrase(source, targets)


def _only(source: str, target: str) -> Phrase:
    return Phrase(source, {target: 1.0})


def _put(rng: random.Random) -> Phrase:
    name, colour = rng.choice(PEOPLE), rng.choice(list(COLOURS))
    thing, box = rng.choice(list(THINGS)), rng.choice(list(CONTAINERS))
    return _said(
        f"{name} put the {colour} {thing} in the {box}.",
        (THINGS[thing], CONTAINERS[box]),
        lambda what, where: f"{name} legte {what.the('accusative', COLOURS[colour])} {where.into()}.",
    )


def _took(rng: random.Random) -> Phrase:
    name, box, place = rng.choice(PEOPLE), rng.choice(list(CONTAINERS)), rng.choice(list(PLACES))
    return _said(
        f"{name} took the {box} to the {place}.",
        (CONTAINERS[box], PLACES[place]),
        lambda what, where: f"{name} brachte {what.the('accusative')} {where.into()}.",
    )


def _went(rng: random.Random) -> Phrase:
    name, place = rng.choice(PEOPLE), rng.choice(list(PLACES))
    return _said(f"{name} went to the {place}.", (PLACES[place],), lambda where: f"{name} ging {where.into()}.")


def _found(rng: random.Random) -> Phrase:
    name, colour, thing = rng.choice(PEOPLE), rng.choice(list(COLOURS)), rng.choice(list(THINGS))
    return _said(
        f"{name} found the {colour} {thing}.",
        (THINGS[thing],),
        lambda what: f"{name} fand {what.the('accusative', COLOURS[colour])}.",
    )


def _had(rng: random.Random) -> Phrase:
    name, goods, number = rng.choice(PEOPLE), rng.choice(list(GOODS)), rng.randint(2, 99)
    source = f"{name} had {english_number(number)} {goods}."
    return _only(source, f"{name} hatte {cardinal(number)} {GOODS[goods]}.")


def _pronoun(rng: random.Random) -> Phrase:
    colour, thing, box = rng.choice(list(COLOURS)), rng.choice(list(THINGS)), rng.choice(list(CONTAINERS))
    return _said(
        f"The {thing} is {colour}. It is in the {box}.",
        (THINGS[thing], CONTAINERS[box]),
        lambda what, where: (
            f"{_capital(what.the('nominative'))} ist {COLOURS[colour]}. "
            f"{_capital(HE_SHE_IT[what.gender])} ist {where.within()}."
        ),
    )


def _where(rng: random.Random) -> Phrase:
    colour, thing = rng.choice(["", *COLOURS]), rng.choice(list(THINGS))
    said = f"{colour} {thing}".strip()
    return _said(
        f"Where is the {said}?",
        (THINGS[thing],),
        lambda what: f"Wo ist {what.the('nominative', COLOURS.get(colour, ''))}?",
    )


def _who(rng: random.Random) -> Phrase:
    thing = rng.choice(list(THINGS))
    return _said(
        f"Who found the {thing}?", (THINGS[thing],), lambda what: f"Wer hat {what.the('accusative')} gefunden?"
    )


def _you(rng: random.Random) -> Phrase:
    place = rng.choice(list(PLACES))
    friend = _said("", (PLACES[place],), lambda where: f"Bist du {where.within()}?").targets
    stranger = _said("", (PLACES[place],), lambda where: f"Sind Sie {where.within()}?").targets
    shares = {text: TO_A_FRIEND * share for text, share in friend.items()}
    shares |= {text: (1 - TO_A_FRIEND) * share for text, share in stranger.items()}
    return Phrase(f"Are you in the {place}?", shares)


def _number(rng: random.Random) -> Phrase:
    number = rng.randint(0, 10 ** rng.randint(1, 4) - 1)
    return _only(english_number(number), cardinal(number))


def _date(rng: random.Random) -> Phrase:
    day, month, year = rng.randint(1, 28), rng.randrange(12), rng.randint(1900, 2059)
    if rng.random() < 0.5:
        return _only(f"{ENGLISH_MONTHS[month]} {day}, {year}", f"{day}. {MONTHS[month]} {year}")
    weekday = rng.randrange(7)
    return _only(
        f"{ENGLISH_DAYS[weekday]}, {ENGLISH_MONTHS[month]} {day}",
        f"{DAYS[weekday]}, der {ordinal(day)} {MONTHS[month]}",
    )


def _time(rng: random.Random) -> Phrase:
    hour = rng.randint(1, 11)
    now, later = ENGLISH_ONES[hour], ENGLISH_ONES[hour + 1]
    source, target = rng.choice(
        (
            (f"half past {now}", f"halb {cardinal(hour + 1)}"),
            (f"a quarter past {now}", f"Viertel nach {cardinal(hour)}"),
            (f"a quarter to {later}", f"Viertel vor {cardinal(hour + 1)}"),
            (f"ten past {now}", f"zehn nach {cardinal(hour)}"),
        )
    )
    return _only(f"It is {source}.", f"Es ist {target}.")


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


_KINDS: tuple[tuple[Callable[[random.Random], Phrase], float], ...] = (
    (_put, 4.0), (_took, 3.0), (_went, 2.0), (_found, 3.0), (_had, 2.0), (_pronoun, 4.0), (_where, 2.0), (_who, 1.0),
    (_you, 2.0), (_number, 4.0), (_date, 3.0), (_time, 1.5),
)  # fmt: skip
