"""What a story has made true, and every question it answers."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from .words import NUMBERS

Hops = Literal["one-hop", "two-hop", "counting"]


@dataclass(frozen=True)
class Ask:
    """A question that the story answers: its words, how likely it is asked, its answer."""

    words: tuple[str, ...]
    answer: str
    hops: Hops
    weight: float = 1.0


def _ask(pattern: str, answer: str, hops: Hops = "one-hop", weight: float = 1.0) -> Ask:
    return Ask((*(" " + word for word in pattern.split()), "?"), answer, hops, weight)


@dataclass
class Facts:
    """The state of the world, told sentence by sentence."""

    colour: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)
    finder: dict[str, str] = field(default_factory=dict)
    carried: dict[str, tuple[str, str]] = field(default_factory=dict)
    went: dict[str, str] = field(default_factory=dict)
    had: dict[str, tuple[int, str]] = field(default_factory=dict)
    change: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    told: int = 0

    def tell(self, words: list[str]) -> None:
        """Take in one sentence, as its words without the full stop."""
        name, verb = words[0], words[1]
        self.told += 1
        if name not in self.names:
            self.names.append(name)
        if verb == " put":  # Mia put the red ball in the box
            self.colour[words[4]], self.inside[words[4]] = words[3], words[7]
        elif verb == " took":  # Tom took the box to the kitchen
            self.carried[words[3]] = (name, words[6])
        elif verb == " went":  # Tom went to the kitchen
            self.went[name] = words[4]
        elif verb == " found":  # Mia found the red ball
            self.colour[words[4]], self.finder[words[4]] = words[3], name
        elif verb == " had":  # Mia had two coins
            self.had[name] = (NUMBERS.index(words[2]) + 1, words[3])
        else:  # Mia got two more / Mia lost two
            sign = 1 if verb == " got" else -1
            self.change[name] = sign * (NUMBERS.index(words[2]) + 1)

    def waiting(self) -> list[str]:
        """Containers that hold something and that nobody has taken anywhere yet."""
        return [box for box in self.inside.values() if box not in self.carried]

    def can_leave(self, name: str) -> bool:
        """Whether someone has not yet gone anywhere: everyone goes once, alone or with a container."""
        return name not in self.went and all(name != carrier for carrier, _ in self.carried.values())

    def questions(self) -> list[Ask]:
        """Every question that has one true answer now."""
        return [*self._of_things(), *self._of_containers(), *self._of_people()]

    def answer(self, question: tuple[str, ...]) -> str | None:
        """The true answer to a question given as its words, or None where there is none."""
        return next((ask.answer for ask in self.questions() if ask.words == question), None)

    def _of_things(self) -> list[Ask]:
        asks = [_ask(f"What colour is the{thing}", colour) for thing, colour in self.colour.items()]
        for thing, box in self.inside.items():
            asks.append(_ask(f"What is the{thing} in", box))
            if box in self.carried:
                name, place = self.carried[box]
                asks.append(_ask(f"Where is the{thing}", place, "two-hop", 6.0))
                asks.append(_ask(f"Who carried the{thing}", name, "two-hop", 3.0))
        for thing, name in self.finder.items():
            asks.append(_ask(f"Who found the{thing}", name))
            if name in self.went:
                asks.append(_ask(f"Where is the{thing}", self.went[name], "two-hop", 6.0))
        return asks

    def _of_containers(self) -> list[Ask]:
        asks = [_ask(f"What is in the{box}", thing) for thing, box in self.inside.items()]
        for box, (name, place) in self.carried.items():
            asks += [_ask(f"Where is the{box}", place), _ask(f"Who took the{box}", name)]
        return asks

    def _of_people(self) -> list[Ask]:
        visits = Counter(self.went.values())
        asks = [_ask(f"Where is{name}", place) for name, place in self.went.items()]
        asks += [_ask(f"Who went to the{place}", name) for name, place in self.went.items() if visits[place] == 1]
        for name, (number, goods) in self.had.items():
            total = number + self.change.get(name, 0)
            hops: Hops = "counting" if name in self.change else "one-hop"
            if 1 <= total <= len(NUMBERS):
                weight = 4.0 if name in self.change else 1.0
                asks.append(_ask(f"How many{goods} does{name} have", NUMBERS[total - 1], hops, weight))
        return asks
