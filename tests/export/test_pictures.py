"""SVG and HTML: everything there, everything escaped, nothing from outside, the colours of the numbers."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from tests.export import examples
from workers.contract import (
    Axis,
    BranchesPanel,
    BranchNode,
    ChartAxis,
    ChartPanel,
    Group,
    GroupsPanel,
    Panel,
    Result,
    ScoresPanel,
    Series,
    Track,
)
from workers.export import to_csv, to_html, to_svg
from workers.export.colour import PRINT, Level, level_colour

SVG = "{http://www.w3.org/2000/svg}"
EVERY = pytest.mark.parametrize("name", list(examples.every()))


class Page(HTMLParser):
    """The elements and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def classed(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for _, attrs in self.elements if name in (attrs.get("class") or "").split()]


def svg(result: Result) -> ElementTree.Element:
    return ElementTree.fromstring(to_svg(result))


def svg_texts(result: Result) -> list[str]:
    return [element.text or "" for element in svg(result).iter(f"{SVG}text")]


@EVERY
def test_svg_is_xml_without_scripts_or_links(name: str) -> None:
    elements = list(svg(examples.every()[name]).iter())
    assert not [element for element in elements if element.tag in {f"{SVG}script", f"{SVG}foreignObject", f"{SVG}a"}]
    names = [attribute for element in elements for attribute in element.attrib]
    assert not [attribute for attribute in names if attribute.startswith("on") or attribute.endswith("href")]


@EVERY
def test_html_runs_nothing_and_loads_nothing(name: str) -> None:
    page = Page(to_html(examples.every()[name], {"image-1": examples.png()}))
    assert not [tag for tag, _ in page.elements if tag in {"script", "img", "iframe", "object", "link", "form"}]
    assert not [key for _, attrs in page.elements for key in attrs if key.startswith("on")]
    addresses = [attrs[key] or "" for _, attrs in page.elements for key in attrs if key in {"href", "src"}]
    assert all(address.startswith("data:image/png;base64,") for address in addresses)
    policy = next(attrs["content"] for tag, attrs in page.elements if attrs.get("http-equiv"))
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@EVERY
def test_html_closes_what_it_opens(name: str) -> None:
    text = to_html(examples.every()[name])
    for element in ("div", "span", "table", "tr", "td", "section", "details", "svg", "g", "text", "p"):
        assert len(re.findall(rf"<{element}[ >]", text)) == text.count(f"</{element}>")


@pytest.mark.parametrize("write", [to_svg, to_html, to_csv])
def test_markup_in_a_token_is_text(write: object) -> None:
    assert callable(write)
    text = write(examples.scripts())
    if write is to_csv:
        assert '<img src=x onerror=""alert(1)"">' in text
    else:
        assert "&lt;img src=x onerror=" in text.replace("</text>", "")
        assert "<img" not in text


def test_markup_in_names_and_sentences_is_text() -> None:
    result = examples.surprisal()
    hostile = result.model_copy(
        update={
            "method": examples.HOSTILE,
            "provenance": result.provenance.model_copy(
                update={"reads": examples.HOSTILE, "caveat": examples.HOSTILE, "parameters": {"x": examples.HOSTILE}}
            ),
        }
    )
    for text in (to_svg(hostile), to_html(hostile)):
        assert "<img" not in text
        assert "&lt;img" in text


def test_html_reads_as_the_text_itself() -> None:
    result = examples.surprisal()
    block = re.search(r'<div class="text" dir="auto">(.*?)</div>', to_html(result), re.DOTALL)
    assert block
    page = Page(re.sub(r"<i aria-hidden.*?</i>", "", block.group(1)))
    assert "".join(page.texts) == "<s>" + result.strips[0].text()


def test_html_of_every_script_reads_as_the_text_itself() -> None:
    result = examples.scripts()
    text = to_html(result)
    for block, strip in zip(
        re.findall(r'<div class="text" dir="auto">(.*?)</div>', text, re.DOTALL), result.strips, strict=True
    ):
        read = "".join(Page(re.sub(r"<i aria-hidden.*?</i>", "", block)).texts)
        expected = strip.text().replace("\r\n", "\n").replace("\x07", "␇").replace("\u202e", "‹U+202E›")
        assert read == expected


def test_every_unit_has_its_number_in_a_tooltip() -> None:
    result = examples.surprisal()
    titles = [attrs["title"] or "" for attrs in Page(to_html(result)).classed("u")]
    assert titles[0] == "“<s>” (token 1): Surprisal no value"
    assert titles[2] == "“ put” (token 101): Surprisal 6.942 nat"
    assert sum(title.count("\n") + 1 for title in titles) == len(result.strips[0].units)


def test_every_byte_of_a_character_has_its_part_of_the_band() -> None:
    page = Page(to_html(examples.scripts()))
    tiles = [attrs for attrs in page.classed("u") if (attrs["title"] or "").startswith("“東” (byte")]
    assert len(tiles) == 1
    assert (tiles[0]["title"] or "").count("\n") == 2
    assert (tiles[0]["style"] or "").count("var(--paper)") == 3


def test_colours_are_those_of_the_numbers() -> None:
    result = examples.links()
    fills = {
        (group.findtext(f"{SVG}title") or "").split(":")[0]: group.find(f"{SVG}rect").attrib["fill"]  # type: ignore[union-attr]
        for group in list(svg(result).iter(f"{SVG}g"))
        if group.find(f"{SVG}title") is not None and "0.5" in (group.findtext(f"{SVG}title") or "")
    }
    assert fills == {"“ cat” (token 101)": level_colour(PRINT, Level("sequential", 50))}


def test_light_and_dark_define_every_colour_used() -> None:
    for result in examples.every().values():
        text = to_html(result)
        style = text[: text.index("</style>")]
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", text))
        light, dark = style.split("@media (prefers-color-scheme:dark)")
        assert used <= set(re.findall(r"(--[a-z0-9-]+):", light))
        assert used <= set(re.findall(r"(--[a-z0-9-]+):", dark))
        classes = {name for attrs in Page(text).classed("u") for name in (attrs["class"] or "").split()}
        assert {name for name in classes if re.fullmatch(r"[snpc]\d+", name)} <= set(
            re.findall(r"\.([snpc]\d+)\{", style)
        )


def test_the_legend_has_numbers_the_caption_the_sentence() -> None:
    texts = svg_texts(examples.importance())
    assert {"Attribution [nat]", "−3", "0", "3", "no value"} <= set(texts)
    assert "Blue: this token made the explained one more likely; orange: less likely. Paper: no influence." in texts
    assert "Explained: log-probability of “kitchen” against “box”." in texts
    assert "Gradients saturate where the model is certain." in texts


def test_what_is_explained_is_outlined_and_what_was_generated_underlined() -> None:
    page = Page(to_html(examples.importance()))
    (marked,) = page.classed("marked")
    assert "kitchen" in (marked["title"] or "")
    assert len(page.classed("generated")) == 1
    assert "Underlined: generated by the model. Outlined: what is explained." in page.texts


def test_patches_lie_on_the_image_where_there_is_one() -> None:
    result = examples.patch_scores()
    with_image = to_svg(result, {"image-1": examples.png()})
    assert with_image.count("<image ") == 1
    assert "<image " not in to_svg(result)
    assert "<image " not in to_svg(result, {"image-1": b"GIF89a not a png"})
    squares = [e for e in svg(result).iter(f"{SVG}rect") if "row " in (e.findtext(f"{SVG}title") or "")]
    assert len(squares) == 2 * 64


def test_stages_are_pictures_and_their_costs_sentences() -> None:
    texts = svg_texts(examples.reduction())
    assert {"Block 1", "Block 2", "Block 3", "16 units", "15 units", "11 units", "dropped"} <= set(texts)
    assert "FLOPs: 20 → 15 MFLOP (−25 %)" in texts
    assert "Answer, This method: cat (0.75), 0.03125 nat from the full model" in texts
    hatched = [e for e in svg(examples.reduction()).iter(f"{SVG}rect") if e.attrib.get("fill") == "url(#hatch)"]
    assert len(hatched) == 4 + 1


def test_links_that_repeat_a_track_are_drawn_once() -> None:
    result = examples.importance()
    (scores,) = result.panels
    assert isinstance(scores, ScoresPanel)
    (track,) = scores.tracks
    named = {"name": track.name, "label": track.label, "scale": "diverging", "domain": (-3, 3)}
    last = len(track.values) - 1
    links = {"kind": "links", **named, "strip": "main", "target_strip": "main", "rows": [(last, last + 1)]}
    for weights, drawn in ((track.values[None], 1), (track.values[None] / 2, 2)):
        both = Result.model_validate({**result.model_dump(), "panels": [scores, {**links, "weights": weights}]})
        assert to_html(both).count('<div class="text"') == drawn


def test_long_strips_with_many_slices_are_cut_and_say_so() -> None:
    strip = examples.text_strip([" a"] * 2000)
    axes = [Axis(name="layer", values=list(range(30)))]
    track = Track(name="t", label="T", domain=(0, 1), axes=axes, values=np.ones((30, 2000)))
    result = examples.result([strip], [ScoresPanel(strip="main", tracks=[track])])
    assert to_html(result).count('<div class="text"') == 10
    assert "20 further slices are in the CSV." in to_html(result)
    assert "Underlined" not in "".join(svg_texts(result))
    assert "27 further slices are in the CSV." in svg_texts(result)


def test_rows_of_a_segmentation_have_a_box_for_each_token() -> None:
    result = examples.segmentations()
    boxes = [e.findtext(f"{SVG}title") for e in svg(result).iter(f"{SVG}rect") if e.find(f"{SVG}title") is not None]
    assert len(boxes) >= sum(len(strip.units) for strip in result.strips)
    assert "“東” (byte 230)" in boxes


def test_a_long_text_is_cut_in_the_table_and_says_so() -> None:
    strip = examples.text_strip([" a"] * 2001)
    track = {"name": "t", "label": "T", "domain": (0, 1), "values": np.ones(2001)}
    result = Result.model_validate(
        {
            **examples.surprisal().model_dump(),
            "strips": [strip],
            "panels": [{"kind": "scores", "strip": "main", "tracks": [track]}],
        }
    )
    page = to_html(result)
    assert "the first 2000 of 2001 units" in page
    assert page.count('class="u ') == 2001


def other_panels() -> list[Panel]:
    bars = Series(label="Count", x=["a", HOSTILE_LABEL], y=[1, None])
    lines = [
        Series(label="one", x=[1, 2], y=[0.5, 1]),
        Series(label="two", x=[1, 2], y=[2, 3], low=[1, 2], high=[3, 4]),
    ]
    x, y = ChartAxis(label="X", unit="nat"), ChartAxis(label="Y")
    marks = ("line", "scatter", "reliability", "histogram", "grid")
    charts = [ChartPanel(mark=mark, label=mark, x=x, y=y, series=lines, baseline=1) for mark in marks]
    bands = ChartPanel(mark="bar", label="bar", x=ChartAxis(label="X", scale="band"), y=y, series=[bars])
    nodes = [BranchNode(id="0", parent=None, strip="main"), BranchNode(id="1", parent="0", strip="main")]
    groups = [Group(label="claim", strip="main", ranges=[(0, 2)], value=0.5)]
    return [*charts, bands, BranchesPanel(nodes=nodes), GroupsPanel(groups=groups)]


HOSTILE_LABEL = examples.HOSTILE


def test_the_other_kinds_have_their_numbers() -> None:
    result = examples.result([examples.text_strip(["The", " cat"])], other_panels())
    page = to_html(result)
    assert "<img" not in page
    assert {"The cat", "claim", "line", "reliability"} <= set(Page(page).texts)
    assert "<svg" in to_svg(result)
    assert "2,4" not in to_csv(result).splitlines()[0]
    assert to_csv(result).count("point,") == 5 * 4 + 2


@pytest.mark.parametrize("panel", other_panels()[:6], ids=lambda panel: panel.mark)
def test_charts_are_drawn_inside_their_frame(panel: Panel) -> None:
    result = examples.result([examples.text_strip(["a"])], [panel])
    width = float(svg(result).attrib["width"])
    for element in svg(result).iter():
        for name in ("x", "cx"):
            assert -0.5 <= float(element.attrib.get(name, 0)) <= width


def test_a_result_without_panels_still_says_what_it_is() -> None:
    result = examples.result([], [])
    assert "Surprisal · demo-lm" in svg_texts(result)
    assert "Surprisal · demo-lm" in Page(to_html(result)).texts
