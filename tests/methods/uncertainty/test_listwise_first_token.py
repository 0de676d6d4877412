"""A planted order comes back; passages reach from mark to mark; the answer's first token is the one that is read."""

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.guides import as_shown, numbers, worked
from tests.jobs import ask, call, units_of
from tests.scripted import MODEL, script
from workers.contract import ChartPanel, Continuation, Generate, GroupsPanel, Result
from workers.methods.uncertainty.listwise_first_token import _figures, ranking, spelling

TEXT = "[A] The ball is red.\n[B] Mia is sad.\n[C] The box is big.\n\nWhich says where Mia is? ["


def plant(monkeypatch: pytest.MonkeyPatch, row: int = -1, **shares: float) -> None:
    """At this row the labels have these probabilities, another token the rest; elsewhere all is equal."""

    def logits(ids: list[int]) -> Tensor:
        rows = torch.zeros(len(ids), model.vocabulary)
        labels = {label: spelling(model, [label])[0] for label in shares}
        taken = {id for ids in labels.values() for id in ids}
        rows[row] = -torch.inf
        rows[row, next(id for id in range(3, model.vocabulary) if id not in taken)] = np.log(1 - sum(shares.values()))
        for label, share in shares.items():
            rows[row, labels[label]] = float(np.log(share / len(labels[label])))
        return rows

    model = script(monkeypatch, logits)


def order(result: Result) -> list[str]:
    """The labels, best first."""
    (panel,) = (panel for panel in result.panels if isinstance(panel, ChartPanel))
    return [str(x) for x in panel.series[0].x]


def test_a_planted_order_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, A=0.1, B=0.5, C=0.2)
    found = ask(MODEL, "listwise_first_token", text=TEXT).result
    assert order(found) == ["B", "C", "A"]
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    assert chart.series[0].y == pytest.approx([0.5, 0.2, 0.1], rel=1e-4)
    assert found.figures["label_mass"].value == pytest.approx(0.8, rel=1e-4)
    assert found.figures["lead"].value == pytest.approx(0.3 / 0.8, rel=1e-4)


def test_passages_reach_from_mark_to_mark_or_an_empty_line(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, A=0.1, B=0.5, C=0.2)
    found = ask(MODEL, "listwise_first_token", text=TEXT).result
    (panel,) = (panel for panel in found.panels if isinstance(panel, GroupsPanel))
    units = units_of(found)
    said = {
        group.label: "".join(unit.text or "" for unit in units[slice(*group.ranges[0])]).strip()
        for group in panel.groups
    }
    assert said == {"1. [B]": "[B] Mia is sad.", "2. [C]": "[C] The box is big.", "3. [A]": "[A] The ball is red."}


def test_labels_are_a_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, A=0.1, B=0.5, C=0.2)
    found = ask(MODEL, call("listwise_first_token", labels="C, A"), text=TEXT).result
    assert order(found) == ["C", "A"]


def test_a_label_that_no_token_spells_has_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, A=0.1)
    found = ask(MODEL, call("listwise_first_token", labels="qxqxq,A"), text=TEXT).result
    assert order(found) == ["A", "qxqxq"]
    (chart,) = (panel for panel in found.panels if isinstance(panel, ChartPanel))
    assert chart.series[0].y[1] is None
    assert "qxqxq" in found.provenance.caveat


def test_after_an_answer_its_first_token_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch, row=-3, A=0.6, B=0.2, C=0.1)
    written = Continuation(ids=[270, 271], text=" and", finish="length", generate=Generate())
    found = ask(MODEL, "listwise_first_token", text=TEXT, continuation=written).result
    assert order(found) == ["A", "B", "C"]
    assert found.figures["label_mass"].value == pytest.approx(0.9, rel=1e-4)


def test_the_example_of_its_guide() -> None:
    example = worked("listwise_first_token")
    ranked = ranking(["A", "B", "C"], numbers(example, "p"))
    figures = _figures(ranked)
    assert ranked[0].label == "A"
    assert figures["label_mass"].value == as_shown(example.steps[0].gives)
    assert figures["lead"].value == as_shown(example.result)
