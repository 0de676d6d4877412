"""`to_latex`: a result's coloured texts for LaTeX, to be read in with \\input; other panels as comments say."""

import re

from workers.contract import Result
from workers.export.colour import PRINT, ink_on, level_colour
from workers.export.layers import Layer, layers
from workers.export.svg import caption, explained, title
from workers.export.tiles import is_grid, tiles

SLICES, TILES = 4, 6_000
HEAD = r"""% The preamble needs \usepackage{xcolor}; text beyond the Latin script needs LuaLaTeX or XeLaTeX and
% \usepackage{fontspec}\setmainfont{...} with a font that has its characters.
\providecommand{\tesseratile}[2]{\colorbox[HTML]{#1}{\strut #2}\hspace{0pt}}
\providecommand{\tesserachosen}[1]{\fbox{#1}}
\providecommand{\tesseranone}[1]{\underline{\strut #1}\hspace{0pt}}
\begingroup\setlength{\parindent}{0pt}\setlength{\fboxsep}{0pt}\raggedright"""
NAMES = {
    **{"\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_"},
    **{"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}"},
    **{"|": r"\textbar{}", "`": "{`}", "'": "{'}", '"': '{"}', "-": "{-}", "[": "{[}", "]": "{]}", "*": "{*}"},
}
"""Every character that is a command, a comment, or half of a ligature, as itself."""


def to_latex(result: Result) -> str:
    """The texts that scores panels colour, each tile behind its words, with the sentence on how to read it."""
    parts: list[str] = []
    for panel in result.panels:
        if panel.kind != "scores" or is_grid(result.strip(panel.strip)):
            parts.append(f"% The {panel.kind} panel is in the SVG and the CSV.")
            continue
        groups, left_out = layers(result, panel, SLICES, TILES)
        parts += [_text(layer) for group in groups for layer in group]
        parts += [f"% {left_out} further slices are in the CSV."] if left_out else []
    notes = [*explained(result.target), *caption(result)]
    return "\n".join(
        [
            f"% {comment(title(result))}",
            HEAD,
            rf"{{\bfseries {escaped(title(result))}\par}}\smallskip",
            "\n\n".join(parts),
            *(rf"{{\footnotesize {escaped(note)}\par}}" for note in notes),
            "\\endgroup\n",
        ]
    )


def escaped(text: str) -> str:
    """The text as LaTeX sets it: nothing in it is obeyed."""
    spaced = re.sub("[\t\r\n\u2028\u2029]+", " ", text)
    named = "".join(NAMES.get(char, char) for char in spaced)
    return re.sub("[\x00-\x1f\x7f-\x9f]", lambda found: rf"\fbox{{\tiny {ord(found.group()):04X}}}", named)


def comment(text: str) -> str:
    """What cannot end a comment."""
    return re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\\\\^]+", " ", text)


def _text(layer: Layer) -> str:
    name = ", ".join(part for part in (layer.quantity.label, layer.title) if part)
    lines = "".join(_tile(layer, tile.units[0], tile.text) for tile in tiles(layer.strip))
    ends = " ... ".join(label for _, label in layer.scaler.ticks()) if not layer.scaler.categories else ""
    legend = f"{name}: {ends} {layer.quantity.unit}" if ends else name
    return "\n".join([lines.strip(), rf"\par{{\footnotesize {escaped(legend.strip())}\par}}"])


def _tile(layer: Layer, unit: int, text: str) -> str:
    body = text.strip()
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    if not body:
        return "\n\n" if "\n" in text else " "
    level = layer.scaler.level(float(layer.values[unit]))
    if level.kind == "null":
        tile = rf"\tesseranone{{{escaped(body)}}}"
    else:
        ground = level_colour(PRINT, level)
        ink = rf"\textcolor[HTML]{{{_code(ink_on(PRINT, ground))}}}{{{escaped(body)}}}"
        tile = rf"\tesseratile{{{_code(ground)}}}{{{ink}}}"
    if unit in layer.marked:
        tile = rf"\tesserachosen{{{tile}}}"
    return _space(before) + tile + _space(after)


def _space(text: str) -> str:
    return "\n\n" if "\n" in text else " " if text else ""


def _code(colour: str) -> str:
    return colour.removeprefix("#").upper()
