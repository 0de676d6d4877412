"""How the vocabulary of a `tokenizer.json` spells bytes: as letters of GPT-2's table, with ▁ for a space, with ##."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


def _byte_letters() -> dict[str, int]:
    """GPT-2's table: printable Latin-1 stands for itself, the other bytes for the letters from U+0100 on."""
    own = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in own]
    return {chr(byte): byte for byte in own} | {chr(256 + at): byte for at, byte in enumerate(others)}


BYTE_LETTERS = _byte_letters()


def components(part: Json | None) -> Iterator[Json]:
    """A normalizer, pre-tokenizer or decoder and all it is made of."""
    if part is None:
        return
    yield part
    for name in ("normalizers", "pretokenizers", "decoders", "processors"):
        for inner in part.get(name, ()):
            yield from components(inner)


@dataclass(frozen=True)
class Spelling:
    """What the strings of a vocabulary mean.

    `space` is the character that stands for a space; `continued` marks a piece that goes on a word (`##`), `closing`
    one that ends it (`</w>`); `spaced` says that tokens are words, between which decoding writes a space.
    """

    byte_level: bool
    space: str | None
    byte_fallback: bool
    continued: str
    closing: str
    spaced: bool

    @classmethod
    def of(cls, data: Json) -> "Spelling":
        """Read from the parts of a `tokenizer.json`."""
        model = data["model"]
        decoders = list(components(data.get("decoder")))
        parts = [*components(data.get("normalizer")), *components(data.get("pre_tokenizer")), *decoders]
        kinds = {part["type"] for part in parts}
        word_piece = next((part for part in decoders if part["type"] == "WordPiece"), None)
        suffix = model.get("end_of_word_suffix") or ""
        return cls(
            byte_level="ByteLevel" in kinds,
            space=next(filter(None, map(_space, parts)), None),
            byte_fallback=bool(model.get("byte_fallback")) or any(part["type"] == "ByteFallback" for part in decoders),
            continued=model.get("continuing_subword_prefix") or (word_piece or {}).get("prefix") or "",
            closing=suffix,
            spaced=word_piece is not None or (not decoders and "ByteLevel" not in kinds),
        )

    def bytes_of(self, token: str) -> bytes:
        """What a string of the vocabulary stands for."""
        if self.byte_level:
            token = token.removesuffix(self.closing) if self.closing else token
            if all(letter in BYTE_LETTERS for letter in token):
                return bytes(BYTE_LETTERS[letter] for letter in token)
            return token.encode()
        if self.byte_fallback and len(token) == 6 and token.startswith("<0x") and token.endswith(">"):
            return bytes.fromhex(token[3:5])
        if self.continued and token.startswith(self.continued):
            token = token[len(self.continued) :]
        if self.closing:
            token = token.removesuffix(self.closing)
        return (token if self.space is None else token.replace(self.space, " ")).encode()

    def separator(self, before: str, token: str) -> bytes:
        """What decoding writes between two tokens."""
        if self.closing:
            return b" " if before.endswith(self.closing) else b""
        return b" " if self.spaced and not (self.continued and token.startswith(self.continued)) else b""


def _space(part: Json) -> str | None:
    if part["type"] == "Metaspace":
        return str(part.get("replacement", "▁"))
    if part["type"] == "Replace":
        pattern, content = part["pattern"].get("String"), part["content"]
        if content == " " and pattern and len(pattern) == 1:
            return str(pattern)
        if pattern == " " and len(content) == 1:
            return str(content)
    return None


def puts_space_first(data: Json) -> bool:
    """Whether the first word is read as if a space stood before it."""
    for part in [*components(data.get("normalizer")), *components(data.get("pre_tokenizer"))]:
        if part["type"] == "Prepend" or (part["type"] == "ByteLevel" and part.get("add_prefix_space")):
            return True
        if part["type"] == "Metaspace":
            scheme = part.get("prepend_scheme")
            return bool(part.get("add_prefix_space", True)) if scheme is None else scheme != "never"
    return False


def notes(data: Json) -> tuple[str, ...]:
    """What this tokenizer does to a text before cutting it, in sentences."""
    kinds = [part["type"] for part in components(data.get("normalizer"))]
    sentences = []
    for names, sentence in _NORMALIZATIONS:
        if any(kind in names for kind in kinds):
            sentences.append(sentence)
    if any(part["type"] == "BertNormalizer" and part.get("lowercase") for part in components(data.get("normalizer"))):
        sentences.append("Letters are lower-cased and accents stripped.")
    if not sentences:
        sentences.append("Nothing is normalised.")
    if puts_space_first(data):
        sentences.append("A space is put before the text (dummy prefix); the strip shows the text without it.")
    return tuple(sentences)


_NORMALIZATIONS = [
    (("NFC",), "Characters are composed (NFC)."),
    (("NFKC", "Precompiled"), "Compatibility forms are replaced (NFKC)."),
    (("NFD", "NFKD"), "Characters are decomposed."),
    (("Lowercase",), "Letters are lower-cased."),
    (("StripAccents",), "Accents are stripped."),
    (("Strip",), "Spaces at both ends are dropped."),
    (("BertNormalizer",), "Control characters are dropped and Chinese characters set apart."),
]


def added_around(data: Json, config: Json, ids: Mapping[str, int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The ids that the tokenizer puts before and after a text by itself."""
    for part in components(data.get("post_processor")):
        if part["type"] == "TemplateProcessing":
            return _template(part)
        if part["type"] in ("RobertaProcessing", "BertProcessing"):
            return (part["cls"][1],), (part["sep"][1],)
    if data.get("post_processor") is None and config.get("add_bos_token"):
        bos = ids.get(name_of(config.get("bos_token")) or "")
        return (() if bos is None else (bos,)), ()
    return (), ()


def _template(part: Json) -> tuple[tuple[int, ...], tuple[int, ...]]:
    before: list[int] = []
    after: list[int] = []
    side = before
    for item in part["single"]:
        if "Sequence" in item:
            side = after
        else:
            side.extend(part["special_tokens"][item["SpecialToken"]["id"]]["ids"])
    return tuple(before), tuple(after)


def name_of(token: Any) -> str | None:
    """A special token of a tokenizer_config.json, written as a string or as an object."""
    return token.get("content") if isinstance(token, Mapping) else token
