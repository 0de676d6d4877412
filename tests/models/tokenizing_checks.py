"""What must hold of every tokenizer, and texts that break careless ones."""

import base64

import regex
from hypothesis import strategies as st

from workers.models.tokenizing import SpecialText, TextTokenizer, units

HARD = [
    "Hello  the wörld e\u0301 ﬁ 你😀 ▁x",
    " a\r\n\u0130b </s>c <|endoftext|> [UNK] <s> ",
    "",
    " ",
    "   \t\n",
    "👨‍👩‍👧 नमस्ते مرحبا שלום\t\x07\u200bx\u00ad🇹🇷🏽",
    "▁",
    "▁▁ a▁b ▁",
    "한국어 \u1112\u1161\u11ab",
    "a\u0300\u0301b ½ ① … ㌀ ﷺ",
    "\ufeffx\n\n\n  y",
    "ĠHello Ċ <0xE4> ##ing </w>",
    "\u0301start",
    "Çekoslovakyalılaştıramadıklarımızdan mısınız? İIıi",
]

_fragments = st.sampled_from(
    [
        *"▁ \t\n\r\u00a0\u200d\u0301\u0327",
        *"ﬁ½①é你好مرש한ก็😀🏽",
        "\r\n",
        "  ",
        "e\u0301",
        "👨‍👩‍👧‍👦",
        "🇹🇷",
        "</s>",
        "<s>",
        "<unk>",
        "[MASK]",
        "<|endoftext|>",
        "the ",
        " red",
        "Ball",
        "##s",
        "\u1112\u1161\u11ab",
    ]
)
_characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
texts = st.lists(st.one_of(_fragments, _characters), max_size=20).map("".join)


def check(tokenizer: TextTokenizer, text: str, special_text: SpecialText = "escape") -> None:
    """Pieces in order and in bounds; units that are the text, cover every byte once, and keep graphemes together."""
    source = text.encode()
    at = 0
    for piece in tokenizer.encode(text, special_text=special_text):
        assert at <= piece.start <= piece.end <= len(source), (tokenizer.name, text, piece)
        at = piece.end
    made = units(tokenizer, text, tokenizer.encode(text, special_text=special_text))
    assert "".join(unit.text or "" for unit in made if not unit.special) == text
    assert not any(unit.special for unit in made)
    at = 0
    for unit in made:
        assert unit.byte_start == at
        assert unit.byte_end is not None
        at = unit.byte_end
        assert unit.text == text[unit.char_start : unit.char_end]
        assert unit.kind != "gap" or unit.id is None
    assert at == len(source)
    _check_graphemes(text, [(unit.byte_start or 0, unit.byte_end or 0, unit.group) for unit in made])


def _check_graphemes(text: str, made: list[tuple[int, int, int | None]]) -> None:
    groups = [group for _, _, group in made if group is not None]
    assert groups == sorted(groups)
    assert set(groups) == set(range(len(set(groups))))
    at = 0
    for grapheme in regex.findall(r"\X", text):
        end = at + len(grapheme.encode())
        holding = {group for start, stop, group in made if start < end and stop > at}
        assert len(holding) == 1, (text, grapheme, made)
        at = end


def check_lossless(tokenizer: TextTokenizer, text: str) -> None:
    """For tokenizers that change nothing: no gaps, and the bytes of each unit are the source's own."""
    source = text.encode()
    for unit in units(tokenizer, text, tokenizer.encode(text)):
        assert unit.kind != "gap"
        assert base64.b64decode(unit.bytes or "") == source[unit.byte_start : unit.byte_end]
        assert unit.surface is None
    assert tokenizer.decode_bytes(tokenizer.ids(text)) == source
