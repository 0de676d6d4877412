"""LaTeX: braces balance, nothing in a token is a command, colours are those of the SVG."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export import examples
from workers.export import to_latex
from workers.export.latex import comment, escaped

OURS = {
    "textbackslash",
    "textasciitilde",
    "textasciicircum",
    "textless",
    "textgreater",
    "textbar",
    "fbox",
    "tiny",
    "tesseratile",
    "tesserachosen",
    "tesseranone",
    "textcolor",
    "begingroup",
    "endgroup",
    "setlength",
    "parindent",
    "fboxsep",
    "raggedright",
    "bfseries",
    "footnotesize",
    "par",
    "smallskip",
    "providecommand",
    "colorbox",
    "strut",
    "hspace",
    "underline",
}


def spoken(document: str) -> tuple[set[str], int]:
    """The commands of a document without its comments, and how many braces stay open; AssertionError below zero."""
    commands: set[str] = set()
    depth = 0
    body = "\n".join(re.sub(r"(?<!\\)%.*", "", line) for line in document.split("\n"))
    for found in re.finditer(r"\\([a-zA-Z]+|.)|[{}#$%&_~^]", body):
        if found[1]:
            commands |= {found[1]} if found[1].isalpha() else set()
        elif found[0] in "{}":
            depth += 1 if found[0] == "{" else -1
            assert depth >= 0
        else:
            assert found[0] == "#", "a character that TeX obeys"
    return commands, depth


@pytest.mark.parametrize("name", sorted(examples.every()))
def test_every_result_is_only_set(name: str) -> None:
    commands, open_braces = spoken(to_latex(examples.every()[name]))
    assert commands <= OURS
    assert open_braces == 0


@given(st.text())
def test_no_text_is_obeyed(text: str) -> None:
    commands, open_braces = spoken(escaped(text))
    assert commands <= OURS
    assert open_braces == 0
    assert not re.search("[\n\r\x00\\\\]", comment(text))


def test_tokens_stand_on_their_colours_and_break_at_spaces() -> None:
    document = to_latex(examples.surprisal())
    assert re.search(r" \\tesseratile\{[0-9A-F]{6}\}\{\\textcolor\[HTML\]\{[0-9A-F]{6}\}\{put\}\}", document)
    assert r"\tesseranone{\textless{}s\textgreater{}}" in document
    assert "\\input" not in document.replace("read in with \\input", "")
