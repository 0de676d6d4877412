"""Occlusion equals a plain loop of whole forward passes that knows no cache."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.guides import as_shown, numbers, worked
from tests.jobs import SENTENCES, Array, ask, call, language, links, passes, picture, tracks, units_of, values, vision
from tests.methods.importance.linear import Known, Linear, asked, scores_of
from tests.methods.importance.oracles import causal_network, classifier
from workers.contract import LinksPanel, Target
from workers.methods.importance.occlusion import Occlusion

CASES = [
    ("stories260k", "mask"),
    ("stories260k", "delete"),
    ("news-lm", "mask"),
    ("news-lm", "pad"),
    ("news-lm", "delete"),
    ("babyllama105", "mask"),
]


def test_on_a_linear_model_it_is_each_units_share() -> None:
    linear = Linear()
    findings = Occlusion().run(asked(linear))
    (panel,) = [panel for panel in findings.panels if isinstance(panel, LinksPanel)]
    np.testing.assert_allclose(panel.weights[:, 1:], (linear.weights * linear.inputs).sum(-1)[:, 1:], rtol=1e-4)
    assert np.isnan(panel.weights[:, 0]).all()


def covered(network: Any, ids: list[int], row: int, by: int | None) -> list[int]:
    """Ids with one of them replaced, or deleted."""
    return [*ids[:row], *([] if by is None else [by]), *ids[row + 1 :]]


def log_probability(network: Any, before: list[int], ids: list[int]) -> float:
    """Σ ln p of `ids` after `before`, from one whole pass."""
    with torch.no_grad():
        logits = network(input_ids=torch.tensor([before + ids]), use_cache=False).logits[0].double()
    rows = logits.log_softmax(-1)[len(before) - 1 : -1]
    return float(rows[torch.arange(len(ids)), ids].sum())


def cover_id(name: str, replacement: str) -> int | None:
    """What stands for nothing, said by hand: Llama's <unk> is 0, CTRL's <blank> 1 and <unk> 0; deletion is none."""
    return {"mask": 0, "pad": 1, "delete": None}[replacement]


@pytest.mark.parametrize(("name", "replacement"), CASES)
def test_on_causal_models_it_equals_a_plain_loop(data: Path, name: str, replacement: str) -> None:
    folder = data / "models" / name
    tokens = passes(folder, text=SENTENCES[name]).text.prompt
    network = causal_network(folder)
    wanted = [len(tokens.ids) - 1, len(tokens.ids) - 3, 2]
    found = ask(
        folder,
        call("occlusion", replacement=replacement),
        text=SENTENCES[name],
        targets=[Target.model_validate({"from": tokens.places[at]}) for at in wanted],
    ).result
    by = cover_id(name, replacement)
    for at, row in zip(wanted, links(found).weights, strict=True):
        before, ids = tokens.ids[:at], tokens.ids[at : at + 1]
        whole = log_probability(network, before, ids)
        for index, place in enumerate(tokens.places[:at]):
            if tokens.strip.units[place].special:
                assert np.isnan(row[place])
            else:
                drop = whole - log_probability(network, covered(network, before, index, by), ids)
                assert row[place] == pytest.approx(drop, rel=1e-4, abs=1e-4)
        assert np.isnan(row[tokens.places[at] :]).all()


@pytest.mark.parametrize("replacement", ["mask", "delete"])
def test_a_span_against_another_on_the_same_prefix(data: Path, replacement: str) -> None:
    folder = data / "models" / "stories260k"
    tokens = passes(folder, text=SENTENCES["stories260k"]).text.prompt
    network = causal_network(folder)
    other = [270, 280, 290, 300]
    target = Target.model_validate({"from": 8, "to": 11, "contrast": {"ids": other}})
    found = ask(
        folder, call("occlusion", replacement=replacement), text=SENTENCES["stories260k"], targets=[target]
    ).result
    start, stop = tokens.between(8, 11)
    before, ids = tokens.ids[:start], tokens.ids[start:stop]

    def value(prefix: list[int]) -> float:
        return log_probability(network, prefix, ids) - log_probability(network, prefix, other)

    for index in range(1, start):
        drop = value(before) - value(covered(network, before, index, cover_id("stories260k", replacement)))
        assert values(found)[tokens.places[index]] == pytest.approx(drop, rel=1e-4, abs=2e-4)
    assert found.target is not None
    assert found.target.value == pytest.approx(value(before), abs=1e-4)


def test_swapping_the_contrast_turns_the_sign(data: Path) -> None:
    folder = data / "models" / "stories260k"
    sides = [
        Target.model_validate({"next": True, "id": one, "contrast": {"ids": [other]}, "quantity": quantity})
        for one, other in ((400, 262), (262, 400))
        for quantity in ("logit", "logprob")
    ]
    rows = [values(ask(folder, "occlusion", text="Once upon a time there was", targets=[one]).result) for one in sides]
    np.testing.assert_allclose(rows[0], rows[1], atol=2e-5)
    np.testing.assert_allclose(rows[0], -rows[2], atol=2e-5)


def test_more_units_than_a_block_and_than_a_report(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    text = "Tom and Lily went to the park. They saw a big dog and a small cat. The dog ran after the cat."
    tokens = passes(folder, text=text).text.prompt
    network = causal_network(folder)
    target = Target.model_validate({"from": tokens.places[-1]})
    found = values(ask(folder, "occlusion", text=text, targets=[target]).result)
    before, ids = tokens.ids[:-1], tokens.ids[-1:]
    whole = log_probability(network, before, ids)
    assert len(before) > 80
    for index in [*range(1, len(before), 9), len(before) - 1]:
        drop = whole - log_probability(network, covered(network, before, index, 0), ids)
        assert found[tokens.places[index]] == pytest.approx(drop, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("replacement", ["mask", "pad", "delete"])
def test_on_an_encoder_decoder_it_equals_a_plain_loop(data: Path, replacement: str) -> None:
    folder = data / "models" / "arabic-transliteration"
    at = 3
    method = call("occlusion", replacement=replacement)
    target = Target.model_validate({"from": at})
    found = ask(folder, method, text=SENTENCES[folder.name], targets=[target]).result
    model = language(folder)
    places = [index for index, unit in enumerate(units_of(found, "input")) if unit.id is not None]
    read = [unit.id for unit in units_of(found, "input") if unit.id is not None]
    said = [unit.id for unit in units_of(found, "output") if unit.id is not None]
    unknown = model.tokenizer.unk_id if model.tokenizer.unk_id is not None else 51
    by = {"mask": unknown, "pad": 51, "delete": None}[replacement]

    def value(source: list[int], output: list[int]) -> float:
        with torch.no_grad():
            given = torch.tensor([[model.decoder_start, *output]])
            logits = model.network(input_ids=torch.tensor([source]), decoder_input_ids=given).logits[0, -1]
        return float(logits.double().log_softmax(-1)[said[at]])

    whole = value(read, said[:at])
    inputs, outputs = values(found, strip="input"), values(found, strip="output")
    for index, place in enumerate(places):
        if not units_of(found, "input")[place].special:
            drop = whole - value(covered(model, read, index, by), said[:at])
            assert inputs[place] == pytest.approx(drop, rel=1e-4, abs=1e-4)
    for index in range(at):
        drop = whole - value(read, covered(model, said[:at], index, by))
        assert outputs[index] == pytest.approx(drop, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("cover", ["grey", "mean"])
def test_on_patches_it_equals_a_plain_loop(vit: Path, cover: str) -> None:
    image = picture(32, 32)
    found = ask(vit, call("occlusion", patch=cover), image=image).result
    assert found.target is not None
    chosen = found.target.class_id
    _, logits = classifier(vit)
    pixels = vision(vit).prepare(image)
    colour = torch.full((3, 1, 1), 128 / 255 * 2 - 1) if cover == "grey" else pixels[0].mean((1, 2)).view(3, 1, 1)
    with torch.no_grad():
        whole = logits(pixels)[0]
        assert chosen == int(whole.argmax())
        for index in range(16):
            row, col = divmod(index, 4)
            changed = pixels.clone()
            changed[0, :, row * 8 : row * 8 + 8, col * 8 : col * 8 + 8] = colour
            drop = float((whole - logits(changed)[0])[chosen])
            assert values(found)[1 + index] == pytest.approx(drop, rel=1e-3, abs=1e-4)


def test_deleting_the_only_token_before_a_target_has_no_value(data: Path) -> None:
    folder = data / "models" / "news-lm"
    targets = [Target.model_validate({"from": place}) for place in (1, 3)]
    tokens = passes(folder, text="The president said that").text.prompt
    assert tokens.places[1] in (1, 2)
    targets = [Target.model_validate({"from": tokens.places[at]}) for at in (1, 2)]
    found = ask(folder, call("occlusion", replacement="delete"), text="The president said that", targets=targets).result
    rows: Array = links(found).weights
    assert np.isnan(rows[0]).all()
    assert not np.isnan(rows[1, tokens.places[0]])


def test_nothing_but_bos_cannot_be_covered(data: Path) -> None:
    folder = data / "models" / "stories260k"
    from workers.contract import Reading

    target = Target.model_validate({"from": 1})
    done = ask(folder, "occlusion", text="Once", targets=[target], reading=Reading(bos="yes"))
    assert done.problems[0].type == "/problems/nothing-to-cover"


def test_one_target_gives_scores_and_links(data: Path) -> None:
    found = ask(data / "models" / "stories260k", "occlusion", text="Lily saw a").result
    track = tracks(found)["attribution"]
    low, high = track.domain
    assert (track.scale, track.unit) == ("diverging", "nat")
    assert low is not None
    assert high is not None
    assert low == -high
    np.testing.assert_array_equal(links(found).weights[0], track.values)
    assert units_of(found, "main")[-1].segment == "predicted"


def test_the_example_of_its_guide() -> None:
    example = worked("occlusion")
    known = Known(numbers(example, "weights"), numbers(example, "inputs"))
    drops = scores_of(Occlusion().run(asked(known)))
    assert drops == pytest.approx([example.steps[2].gives, example.result])
    assert drops[1] == as_shown(example.result)
