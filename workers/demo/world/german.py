"""As much German as the translations need: nouns with their gender, endings by case, numbers, days and months."""

from dataclasses import dataclass
from typing import Literal

Gender = Literal["m", "f", "n"]
Case = Literal["nominative", "accusative", "dative"]

_THE: dict[Case, dict[Gender, str]] = {
    "nominative": {"m": "der", "f": "die", "n": "das"},
    "accusative": {"m": "den", "f": "die", "n": "das"},
    "dative": {"m": "dem", "f": "der", "n": "dem"},
}
_JOINED = {"in das": "ins", "in dem": "im"}
HE_SHE_IT: dict[Gender, str] = {"m": "er", "f": "sie", "n": "es"}

ONES = ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
ONES += [f"{part}zehn" for part in ("drei", "vier", "fünf", "sech", "sieb", "acht", "neun")]
TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
MONTHS = ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober"]
MONTHS += ["November", "Dezember"]
DAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]


@dataclass(frozen=True)
class Noun:
    """A noun: its nominative singular, which its accusative and dative equal, its gender and what it stands in."""

    word: str
    gender: Gender
    inside: str = "in"

    def the(self, case: Case, colour: str = "") -> str:
        """With the definite article, and an adjective between the two."""
        return " ".join(filter(None, (_THE[case][self.gender], colour and self._ending(case, colour), self.word)))

    def into(self) -> str:
        """Where something is put: the accusative."""
        return self._placed("accusative")

    def within(self) -> str:
        """Where something is: the dative."""
        return self._placed("dative")

    def _placed(self, case: Case) -> str:
        before = f"{self.inside} {_THE[case][self.gender]}"
        return f"{_JOINED.get(before, before)} {self.word}"

    def _ending(self, case: Case, colour: str) -> str:
        if colour == "rosa":
            return colour
        weak = case == "nominative" or (case == "accusative" and self.gender != "m")
        return colour + ("e" if weak else "en")


def cardinal(number: int) -> str:
    """A number from 0 to 9999 in words, as it is said by itself: einundzwanzig, zweihundertdrei."""
    return "eins" if number == 1 else _counted(number) + ("s" if number % 100 == 1 and number > 100 else "")


def _counted(number: int) -> str:
    if number >= 1000:
        return _counted(number // 1000) + "tausend" + (_counted(number % 1000) if number % 1000 else "")
    if number >= 100:
        return _counted(number // 100) + "hundert" + (_counted(number % 100) if number % 100 else "")
    if number < 20:
        return ONES[number]
    ones = ONES[number % 10] + "und" if number % 10 else ""
    return ones + TENS[number // 10]


def ordinal(number: int) -> str:
    """The first to the thirty-first, before a masculine noun in the nominative."""
    odd = {1: "erste", 3: "dritte", 7: "siebte", 8: "achte"}
    return odd.get(number) or _counted(number) + ("te" if number < 20 else "ste")
