"""`to_html`: a result as one file that anyone can open, keep and send."""

import json

from workers.contract import Result
from workers.export.markup import Content, Markup, tag
from workers.export.numbers import amount, number
from workers.export.page.panels import section
from workers.export.page.style import STYLE
from workers.export.page.tables import folded, table
from workers.export.paint import PagePaint, hatch
from workers.export.pictures.grid import Images
from workers.export.svg import explained, title

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def to_html(result: Result, images: Images | None = None) -> str:
    """Every panel as it reads, figures, tables of numbers and provenance; no scripts, nothing from outside.

    `images` are the PNGs of image sources by their id; without them patches are drawn as a map alone. Light and
    dark follow the reader's system.
    """
    paint = PagePaint()
    sections = [section(result, panel, paint, images or {}) for panel in result.panels]
    patterns = tag("svg", hatch(paint), width=0, height=0, style="position:absolute", aria_hidden="true")
    body = tag("main", _head(result), _figures(result), *sections, _provenance(result))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", title(result)),
        tag("style", Markup(STYLE + paint.style())),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', patterns, body), lang='en')}\n"


def _head(result: Result) -> Markup:
    origin = result.provenance
    uses = [" ".join(part for part in (use.model, use.revision[:12], use.dtype) if part) for use in origin.models]
    content: list[Content] = [tag("h1", title(result))]
    content.append(tag("p", " · ".join([*uses, origin.device, f"{number(origin.seconds, 3)} s"]), class_="sub"))
    content += [tag("p", sentence) for sentence in explained(result.target)]
    content.append(tag("p", origin.reads, class_="reads"))
    if origin.caveat:
        content.append(tag("p", origin.caveat, class_="note caveat"))
    return tag("header", *content)


def _figures(result: Result) -> Markup:
    figures = [
        tag("div", tag("dt", figure.label), tag("dd", amount(figure.value, figure.unit)))
        for figure in result.figures.values()
    ]
    return tag("dl", *figures, class_="figures") if figures else Markup("")


def _provenance(result: Result) -> Markup:
    origin = result.provenance
    rows: list[list[Content]] = [["Method", f"{origin.method}, version {origin.version}"]]
    for use in origin.models:
        rows.append([f"Model ({use.role})", f"{use.model}, revision {use.revision or '–'}, {use.dtype}"])
        if use.tokenizer_hash:
            rows.append(["Tokenizer", tag("code", use.tokenizer_hash)])
    rows.append(["Parameters", tag("code", json.dumps(origin.parameters, ensure_ascii=False))])
    if origin.reading is not None:
        rows.append(["Reading", tag("code", origin.reading.model_dump_json())])
    rows += [["Target", tag("code", target.model_dump_json(exclude_defaults=True))] for target in origin.target]
    rows += [
        ["Seed", str(origin.seed)],
        ["Device", origin.device],
        ["Seconds", number(origin.seconds, 3)],
        ["Peak memory", f"{number(origin.peak_memory_bytes / 2**20, 3)} MiB"],
    ]
    return folded("How this was computed", table(["", ""], rows, [False, False]))
