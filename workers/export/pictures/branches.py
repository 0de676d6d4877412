"""Continuations that branch, as a tree or a braid; texts side by side are coloured strips."""

from workers.contract import BranchesPanel, Result
from workers.export.paint import Paint
from workers.export.pictures.braid import braid, braid_line
from workers.export.pictures.picture import Picture
from workers.export.pictures.tree import NODES, tree


def branches(result: Result, panel: BranchesPanel, paint: Paint, width: float) -> Picture | None:
    """The picture of a tree or braid; None for texts side by side. What is no braid is drawn as the tree it is."""
    if panel.layout == "columns":
        return None
    line = braid_line(panel) if panel.layout == "braid" else None
    return tree(result, panel, paint, width) if line is None else braid(result, panel, line, paint, width)


def how_to_read(panel: BranchesPanel) -> str:
    """What size, colour and weight mean."""
    if panel.layout == "columns":
        return "Shaded: where a text differs from the first, token by token."
    if panel.layout == "braid" and braid_line(panel) is not None:
        return "Bold: what was kept." + (f" Numbers: {panel.value_label}." if panel.value_label else "")
    left = len(panel.nodes) - NODES
    more = f" {left} further nodes are in the CSV." if left > 0 else ""
    return f"Larger and wider: more probable. Accented: kept.{more}"
