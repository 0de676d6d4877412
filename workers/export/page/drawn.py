"""Branches and groups as sections of the page: drawn, and as tables."""

from collections.abc import Iterator

from workers.contract import BranchesPanel, GroupsPanel, Result
from workers.export.branching import text_of
from workers.export.markup import Content, tag
from workers.export.numbers import amount, number
from workers.export.page.tables import ROWS, folded, table
from workers.export.page.text import running_html
from workers.export.paint import PagePaint
from workers.export.pictures.branches import branches, how_to_read
from workers.export.pictures.groups import group_layers, group_rows, share_names, text_layers, texts
from workers.export.pictures.picture import inline_svg

WIDTH = 600.0


def branch_section(result: Result, panel: BranchesPanel, paint: PagePaint) -> Iterator[Content]:
    """The tree, the braid or the texts, how to read them, and the numbers of every node."""
    yield tag("h2", panel.label or "Continuations")
    picture = branches(result, panel, paint, WIDTH)
    if picture is not None:
        yield inline_svg(picture, f"{panel.label or 'Continuations'}: the numbers are in the table below")
    for layer in text_layers(result, panel) if picture is None else []:
        yield tag("h3", layer.title)
        yield running_html(layer, paint)
    yield tag("p", how_to_read(panel), class_="note")
    valued = [panel.value_label or "Value"] if any(node.value is not None for node in panel.nodes) else []
    rows: list[list[Content]] = [
        [
            node.label or node.id,
            node.parent or "",
            "" if node.at is None else str(node.at),
            tag("bdi", text_of(result, node)),
            number(node.log_probability),
            *([number(node.value)] if valued else []),
            "yes" if node.kept else "no",
        ]
        for node in panel.nodes[:ROWS]
    ]
    heads = ["Node", "From", "Before token", "Text", "Log-probability [nat]", *valued, "Kept"]
    numeric = [False, False, True, False, True, *[True for _ in valued], False]
    yield folded("Numbers of every node", table(heads, rows, numeric))


def group_section(result: Result, panel: GroupsPanel, paint: PagePaint) -> Iterator[Content]:
    """The groups in their text, each with its value and shares, and all numbers."""
    yield tag("h2", panel.label or "Groups")
    for layer in group_layers(result, panel):
        yield running_html(layer, paint)
    yield inline_svg(group_rows(result, panel, paint, WIDTH), "Each group with its value and text")
    names = share_names(panel.groups)
    rows: list[list[Content]] = []
    for group in panel.groups[:ROWS]:
        known = {share.label: share.value for share in group.shares}
        shares = [number(known.get(name)) for name in names]
        rows.append([group.label, tag("bdi", texts(result, group)), amount(group.value, group.unit), *shares])
    numeric = [False, False, True, *(True for _ in names)]
    yield folded("Numbers of every group", table(["Group", "Units", "Value", *names], rows, numeric))
