"""What counts as a word, by script (tokka-bench's rule, applied inside a text instead of to a whole language)."""

import regex

_BY_CHARACTER = (
    r"[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Khmer}\p{scx=Lao}\p{scx=Myanmar}"
    r"\p{scx=Tai_Tham}\p{scx=Ol_Chiki}]"
)
_SYLLABLE = r"[\p{scx=Tibetan}--\u0F0B\u0F0C]+"
_WORD = regex.compile(rf"{_BY_CHARACTER}|{_SYLLABLE}|(?:(?!{_BY_CHARACTER})[^\s\p{{scx=Tibetan}}])+", regex.VERSION1)

RULE = (
    "Words are runs without spaces; in Chinese, Japanese, Thai, Lao, Khmer, Burmese, Tai Tham and Ol Chiki script "
    "every character is one, in Tibetan script every syllable."
)


def words(text: str) -> list[str]:
    """The words of a text in order. `RULE` says what a word is."""
    return [word for word in _WORD.findall(text) if any(map(str.isprintable, word))]


def sample(items: list[str], most: int) -> list[str]:
    """At most `most` items, evenly spread."""
    return items if len(items) <= most else [items[at * len(items) // most] for at in range(most)]
