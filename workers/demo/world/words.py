"""The words of the micro-world, by class, and the numbers that its stories are drawn with."""

from dataclasses import dataclass

MARKER = "Story:"
"""What a story begins with; the generator's truth holds after it."""

END = "</s>"
"""The option that ends a story: the end-of-sequence token."""


def _spaced(words: str) -> tuple[str, ...]:
    return tuple(" " + word for word in words.split())


NAMES = _spaced("Mia Tom Anna Ben Lily Sam Emma Jack Nora Leo Rosa Max Ida Paul Eva Hugo")
THINGS = _spaced("ball book cup doll hat key lamp pen ring shoe spoon kite bell drum clock rope")
COLOURS = _spaced("red blue green white black yellow brown pink")
CONTAINERS = _spaced("box bag basket bucket chest jar sack crate")
PLACES = _spaced("kitchen garden attic barn hall cellar garage library")
GOODS = _spaced("coins nuts eggs pears")
NUMBERS = _spaced("one two three four five six seven eight nine ten")

CLASSES: dict[str, tuple[str, ...]] = {
    "name": NAMES,
    "thing": THINGS,
    "colour": COLOURS,
    "container": CONTAINERS,
    "place": PLACES,
    "goods": GOODS,
    "number": NUMBERS,
}
"""Words that may stand for one another, by class."""

COLOUR_WEIGHTS = (8.0, 6.0, 5.0, 4.0, 3.0, 2.0, 2.0, 2.0)
STARTING_NUMBERS = NUMBERS[1:5]
SEEN_NAME = 0.5
"""How often a sentence after the first is about someone already in the story."""

VERBS: dict[str, float] = {
    " put": 3.0,
    " took": 6.0,
    " went": 2.0,
    " found": 2.0,
    " had": 1.5,
    " got": 6.0,
    " lost": 6.0,
}
LITERALS = _spaced("the in to more is What Where Who How colour many does have carried")
VOCABULARY = tuple(
    dict.fromkeys([word for words in CLASSES.values() for word in words] + list(VERBS) + list(LITERALS) + [".", "?"])
)
"""Every word of a story after its marker, its space before it; one token each."""


@dataclass(frozen=True)
class Law:
    """How long stories are: chances of stopping, by sentences told and by questions asked."""

    stop_telling: tuple[float, ...] = (0.0, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5, 1.0)
    stop_asking: tuple[float, ...] = (0.0, 0.0, 0.0, 0.5, 0.5, 0.5, 1.0)


LAW = Law()
"""The law under which the generator's truth is told."""
