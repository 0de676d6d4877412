"""Branches and groups: where nodes stand, what differs, and that the files hold all of it."""

import csv
import io
import math
from itertools import product
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export import examples
from workers.contract import BranchesPanel, BranchNode, GroupsPanel, Panel
from workers.export import to_csv, to_html, to_svg
from workers.export.branching import aligned, path_probabilities, places, whole_texts

SVG = "{http://www.w3.org/2000/svg}"


def drawn(index: int) -> BranchesPanel:
    panel = examples.branches().panels[index]
    assert isinstance(panel, BranchesPanel)
    return panel


def picture(panel: Panel, of: str = "branches") -> ElementTree.Element:
    result = examples.every()[of].model_copy(update={"panels": [panel]})
    return ElementTree.fromstring(to_svg(result))


def written(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def rows(of: str, record: str) -> list[dict[str, str]]:
    table = csv.DictReader(io.StringIO(to_csv(examples.every()[of]), newline=""))
    return [row for row in table if row["record"] == record]


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_alignment_is_a_longest_common_subsequence(one: str, other: str) -> None:
    found = [match for match in aligned(one, other) if match is not None]
    subsequences = ("".join(c for c, keep in zip(other, kept, strict=True) if keep) for kept in _choices(len(other)))
    longest = max(len(text) for text in subsequences if _within(text, one))
    assert len(found) == longest
    assert found == sorted(set(found))
    assert all(one[match] == char for match, char in zip(aligned(one, other), other, strict=True) if match is not None)


def _choices(length: int) -> "product[tuple[bool, ...]]":
    return product((False, True), repeat=length)


def _within(text: str, whole: str) -> bool:
    rest = iter(whole)
    return all(char in rest for char in text)


def test_paths_multiply_and_what_is_unknown_stays_unknown() -> None:
    paths = path_probabilities(drawn(0))
    assert paths == pytest.approx({"root": 1, "a": 0.25, "the": 0.5, "box": 0.25, "img": 0.125})
    unknown = BranchesPanel(
        nodes=[
            BranchNode(id="b", parent="a", strip="main", log_probability=-1),
            BranchNode(id="a", parent="r", strip="main"),
            BranchNode(id="r", parent=None, strip="main"),
        ]
    )
    assert [math.isnan(path_probabilities(unknown)[id]) for id in "rab"] == [False, True, True]


def test_what_was_kept_runs_straight_and_the_rest_hangs_below() -> None:
    found = {place.node.id: (place.depth, place.row) for place in places(drawn(0))}
    assert found == {"root": (0, 0), "the": (1, 0), "box": (2, 0), "img": (2, 1), "a": (1, 2)}


def test_a_chain_of_thousands_is_no_trouble() -> None:
    nodes = [BranchNode(id=str(at), parent=str(at - 1) if at else None, strip="main") for at in range(3000)]
    assert [place.row for place in places(BranchesPanel(nodes=nodes))] == [0] * 3000


def test_a_branch_reads_on_from_where_it_departs() -> None:
    result = examples.branches()
    nodes = [
        BranchNode(id="main", parent=None, strip="main"),
        BranchNode(id="b", parent="main", at=2, strip="trials", range=(2, 4)),
    ]
    _, text = whole_texts(result, BranchesPanel(layout="columns", nodes=nodes))
    assert "".join(unit.text or "" for unit in text.units) == "The ball was red"
    follow = [node.model_copy(update={"at": None, "id": name}) for name, node in zip("bc", nodes[1:] * 2, strict=True)]
    texts = whole_texts(result, BranchesPanel(layout="columns", nodes=[nodes[0], *follow]))
    assert ["".join(unit.text or "" for unit in text.units) for text in texts] == [
        "The ball is in the box. was red"
    ] * 2
    first, second = whole_texts(result, drawn(2))
    assert [unit.text for unit, differs in zip(first.units, first.differs, strict=True) if differs] == [" box"]
    assert [unit.text for unit, differs in zip(second.units, second.differs, strict=True) if differs] == [" kitchen"]


def test_a_tree_has_a_circle_for_each_node_the_larger_the_more_probable() -> None:
    root = picture(drawn(0))
    circles = {
        (group.findtext(f"{SVG}title") or "").split(":")[0]: float(circle.attrib["r"])
        for group in root.iter(f"{SVG}g")
        for circle in group.findall(f"{SVG}circle")
    }
    assert len(circles) == 5
    assert circles["the"] > circles["a"] == circles["box"] > circles[examples.HOSTILE]
    assert {"0.5", "0.25", "0.125"} <= set(written(root))


def test_a_braid_writes_its_trials_with_their_numbers_the_kept_one_bold() -> None:
    root = picture(drawn(1))
    assert {"is in", "was red once", "1.5", "6.25"} <= set(written(root))
    bold = [text.text for text in root.iter(f"{SVG}text") if text.attrib.get("font-weight") == "700"]
    assert bold == ["is in"]
    assert {"The", "ball", "the", "box."} <= set(written(root))
    assert "is" not in written(root)


def test_a_braid_that_is_none_is_drawn_as_the_tree_it_is() -> None:
    panel = drawn(0).model_copy(update={"layout": "braid"})
    assert len(list(picture(panel).iter(f"{SVG}circle"))) == 5


def test_groups_have_bars_as_long_as_their_shares() -> None:
    panel = examples.groups().panels[1]
    assert isinstance(panel, GroupsPanel)
    root = picture(panel, "groups")
    bars = {
        (rect.findtext(f"{SVG}title") or "").split(":")[0]: float(rect.attrib["width"])
        for rect in root.iter(f"{SVG}rect")
    }
    assert bars["entailed"] == pytest.approx(3 * bars["neutral"])
    assert "0.5 nat" in written(root)


def test_files_hold_every_node_and_every_share() -> None:
    nodes = {row["name"]: row for row in rows("branches", "branch")}
    assert (nodes["box"]["text"], nodes["box"]["other"]) == (" box", "the")
    assert float(nodes["box"]["path_probability"]) == pytest.approx(0.25)
    assert (nodes["left"]["index"], nodes["left"]["kept"], nodes["left"]["value"], nodes["left"]["note"]) == (
        "2",
        "0",
        "6.25",
        "perplexity",
    )
    assert [(row["label"], row["value"]) for row in rows("groups", "share")] == [
        ("entailed", "0.75"),
        ("neutral", "0.25"),
    ]
    page = to_html(examples.branches())
    assert page.count("Numbers of every node") == 3
    assert "0.75" in page
