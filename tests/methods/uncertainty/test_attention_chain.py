"""A planted chain is found, heads are reduced as eager attention says, and the variants add up."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, ask, call, language, links, passes, text_of, tracks, units_of, values
from workers.contract import Contrast, Generate, Result, Target
from workers.core.chains import CALIBRATION, Chain, Rules, calibrated, entropies, follow, reduced_attention

KEY = "attention_chain"
ALL: dict[str, Any] = {"within": "all", "stop_words": False}


def planted(size: int, *edges: tuple[int, int, float]) -> torch.Tensor:
    """Attention (tokens, tokens) of these edges: the row that predicts a token, and what it attends to."""
    maps = torch.zeros(size, size)
    for token, key, weight in edges:
        maps[token - 1, key] = weight
    return maps


def test_a_planted_chain_is_found() -> None:
    maps = planted(20, (18, 12, 0.9), (18, 4, 0.2), (12, 7, 0.8), (7, 3, 0.7), (3, 1, 0.1))
    found = follow(maps, [18], lambda key: True, Rules(short=0))
    assert found.scores == pytest.approx({12: 0.9, 7: 0.8, 3: 0.7})
    assert [(token, key) for token, key, _ in found.edges] == [(18, 12), (12, 7), (7, 3)]
    longer = follow(maps, [18], lambda key: True, Rules(short=5))
    assert set(longer.scores) == {12, 4, 7, 3, 1}


def test_scores_are_summed_over_the_sources() -> None:
    maps = planted(12, (10, 5, 0.3), (11, 5, 0.3), (10, 2, 0.4), (11, 7, 0.45))
    assert follow(maps, [10, 11], lambda key: True, Rules(short=0)).scores == pytest.approx({5: 0.6})


def test_what_is_not_allowed_is_passed_over_only_while_the_chain_is_short() -> None:
    edges = [(15, key, 1 - key / 100) for key in range(1, 8)]
    maps = planted(16, *edges)
    barred = set(range(1, 7))
    assert set(follow(maps, [15], lambda key: key not in barred, Rules(short=5)).scores) == {7}
    assert follow(maps, [15], lambda key: key not in barred, Rules(short=0)) == Chain()


def test_a_step_adds_the_best_three() -> None:
    maps = planted(16, *[(15, key, 0.5 + key / 100) for key in range(1, 6)])
    assert set(follow(maps, [15], lambda key: True, Rules(short=0, least=0.1)).scores) == {3, 4, 5}


def test_an_answer_at_the_start_has_no_chain() -> None:
    assert follow(planted(4), [0], lambda key: True, Rules()) == Chain()


def test_calibration_by_hand() -> None:
    maps = calibrated(torch.full((1, 14, 14), 1 / 14).tril(), 0)[0]
    weights = torch.tensor([0.0, 1.0, 1.0, *reversed(CALIBRATION), 0.0])
    torch.testing.assert_close(maps[13], weights / weights.sum(), rtol=1e-5, atol=1e-7)
    assert maps[1].tolist() == [0.0] * 14
    torch.testing.assert_close(calibrated(torch.full((1, 14, 14), 1 / 14).tril()[:, 9:], 9)[0], maps[9:])


@pytest.mark.parametrize("reduce", ["max", "mean"])
def test_heads_are_reduced_as_eager_attention_says(data: Path, reduce: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.core.chains._TILE", 5)
    folder = data / "models" / "stories260k"
    ids = passes(folder, text=SENTENCES["stories260k"]).text.prompt.ids
    found, states = reduced_attention(language(folder), ids, 6, reduce, lambda message, fraction: None)
    eager: Any = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager")
    with torch.no_grad():
        output = eager(input_ids=torch.tensor([ids]), output_attentions=True, output_hidden_states=True)
    maps = calibrated(torch.cat([layer[0] for layer in output.attentions]), 0)
    for row in range(2, len(ids)):
        best = entropies(maps[:, row : row + 1])[:, 0].argsort(stable=True)[:6]
        chosen = maps[best, row]
        expected = chosen.amax(0) if reduce == "max" else chosen.mean(0)
        torch.testing.assert_close(found[row], expected, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(states, output.hidden_states[-1][0], rtol=1e-3, atol=1e-4)


def asked(folder: Path, text: str = "Once upon a time there was a dog. ", **params: Any) -> Result:
    """The last five characters of what babyllama says are the answer."""
    units = units_of(ask(folder, "surprisal", text=text, generate=Generate(max_new_tokens=30)).result)
    span = Target(from_=len(units) - 5, to=len(units))
    generate = Generate(max_new_tokens=30)
    return ask(folder, call(KEY, **params), text=text, generate=generate, targets=[span]).result


def test_the_confidence_is_the_sum_over_variants(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    found = asked(folder, variants=4, **ALL)
    units = units_of(found)
    tokens = [place for place, unit in enumerate(units) if unit.id is not None]
    ids = [units[place].id or 0 for place in tokens]
    probability = values(found, "probability")[tokens]
    at = np.flatnonzero(~np.isnan(probability)).tolist()
    answer, kept = at[-5:], at[:-5]
    assert answer == list(range(len(ids) - 5, len(ids)))
    assert 0 < len(kept) <= 10
    network: Any = AutoModelForCausalLM.from_pretrained(folder)

    def rows(row: list[int]) -> Any:
        with torch.no_grad():
            return network(input_ids=torch.tensor([row])).logits[0].double().softmax(-1)

    def joint(row: list[int]) -> float:
        chances = rows(row)
        return math.prod(float(chances[token - 1, row[token]]) for token in at)

    own = rows(ids)
    np.testing.assert_allclose(probability[at], [float(own[token - 1, ids[token]]) for token in at], rtol=1e-3)
    pairs = sorted(
        (
            (float(own[token - 1, id]), token, int(id))
            for token in kept
            for id in own[token - 1].topk(5).indices
            if own[token - 1, id] > 0.01
        ),
        reverse=True,
    )[: 4 + len(kept)]
    others = [(token, id) for _, token, id in pairs if id != ids[token]]
    assert others
    total = joint(ids) + sum(joint([*ids[:token], id, *ids[token + 1 :]]) for token, id in others)
    assert found.figures["variants"].value == len(others)
    assert found.figures["confidence"].value == pytest.approx(total, rel=1e-3)
    expected = math.prod(float(own[token - 1, ids[token]]) for token in answer)
    assert found.figures["answer_probability"].value == pytest.approx(expected, rel=1e-3)
    assert found.target is not None
    assert found.target.value == pytest.approx(math.log(expected), abs=1e-3)


def test_only_similar_tokens_of_the_chain_are_kept(data: Path) -> None:
    found = asked(data / "models" / "babyllama105", keep=2, **ALL)
    similarity, probability = values(found, "similarity"), values(found, "probability")
    chain = np.flatnonzero(~np.isnan(values(found, "attention")))
    kept = [place for place in chain if not np.isnan(probability[place])]
    best = sorted(chain, key=lambda place: -similarity[place])[:2]
    assert sorted(kept) == sorted(place for place in best if similarity[place] >= 0)


def test_links_run_from_the_answer_back_along_the_chain(data: Path) -> None:
    found = asked(data / "models" / "babyllama105", **ALL)
    panel = links(found)
    assert found.target is not None
    assert panel.rows[0] == (found.target.start, found.target.stop)
    for (start, _), row in zip(panel.rows, panel.weights, strict=True):
        assert np.flatnonzero(~np.isnan(row)).max() < start
    linked = set(np.flatnonzero(~np.isnan(panel.weights).all(0)).tolist())
    assert linked == set(np.flatnonzero(~np.isnan(values(found, "attention"))).tolist())


def test_the_prompt_is_left_out_unless_it_is_asked_for(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    for within, segments in (("response", {"generated"}), ("all", {"generated", "prompt"})):
        found = asked(folder, within=within, stop_words=False, least_chain=40)
        units = units_of(found)
        chain = np.flatnonzero(~np.isnan(values(found, "attention")))
        assert {units[place].segment for place in chain} == segments


def test_stop_words_and_punctuation_are_left_out(stories: Path) -> None:
    found = ask(stories, call(KEY, within="all", least_chain=60), text=SENTENCES["stories260k"]).result
    units = units_of(found)
    chain = {(units[place].text or "").strip() for place in np.flatnonzero(~np.isnan(values(found, "attention")))}
    assert "Once" in chain
    assert not chain & {"was", "a", "there", ",", ".", "an"}


def test_several_answers_have_links_each(stories: Path) -> None:
    targets = [Target(from_=8), Target(from_=10, to=12)]
    found = ask(stories, call(KEY, **ALL), text=SENTENCES["stories260k"], targets=targets).result
    assert set(tracks(found)) == {"probability"}
    assert len(found.provenance.target) == 2
    assert {(8, 9), (10, 12)} <= set(links(found).rows)


def test_a_contrast_is_refused(stories: Path) -> None:
    target = Target(contrast=Contrast(token="dog"))
    problem = ask(stories, call(KEY), text="Once upon a time", targets=[target]).problems[0]
    assert problem.type == "/problems/no-contrast"


def test_models_whose_attention_is_not_the_text_s_own_do_not_fit(names: Path) -> None:
    problem = ask(names, call(KEY), text="آتزمون").problems[0]
    assert "attention" in problem.detail
    assert text_of(ask(names, "surprisal", text="آتزمون").result, "output") == "atzmon"


def test_the_example_of_its_guide() -> None:
    example = worked("attention_chain")
    row = torch.tensor([[numbers(example, "row")]])
    assert list(CALIBRATION[:2]) == numbers(example, "damping")
    assert float(calibrated(row, first=3)[0, 0, 1]) == as_shown(example.result)
