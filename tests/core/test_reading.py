"""How a text becomes tokens: BOS, special text, chat templates, the predicted token, what does not fit."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.jobs import ask, language, passes, units_of, values
from workers.contract import Continuation, Generate, Reading, Refusal, Target
from workers.core.reading import read_text

TEMPLATE = "{% for m in messages %}<|{{ m['role'] }}|> {{ m['content'] }}{% endfor %}<|assistant|> "


@pytest.mark.parametrize(("bos", "expected"), [("yes", True), ("no", False)])
def test_bos_is_put_first_or_not(stories: Path, bos: str, expected: bool) -> None:
    tokens = passes(stories, text="Lily saw", reading=Reading.model_validate({"bos": bos})).text.prompt
    assert (tokens.ids[0] == 1) is expected
    assert tokens.strip.units[0].special is expected
    assert tokens.strip.text() == "Lily saw"


def test_auto_is_what_the_tokenizer_does_by_itself(data: Path) -> None:
    for name in ("stories260k", "babyllama105", "news-lm"):
        model = language(data / "models" / name)
        own = model.processor("the house")["input_ids"]
        text = read_text(model, "the house", Reading(), None)
        assert text.ids[: len(own)] == own


def test_a_model_without_bos_says_so(data: Path) -> None:
    done = ask(data / "models" / "news-lm", "surprisal", text="The president", reading=Reading(bos="yes"))
    assert done.problems[None].type == "/problems/no-bos-token"


def test_special_text_is_text_unless_it_is_parsed(stories: Path) -> None:
    plain = passes(stories, text="end</s>").text.prompt
    parsed = passes(stories, text="end</s>", reading=Reading(special_text="parse")).text.prompt
    assert 2 not in plain.ids
    assert parsed.ids[-1] == 2
    for tokens in (plain, parsed):
        assert tokens.strip.text() == "end</s>"


@pytest.fixture
def chatty(stories: Path, tmp_path: Path) -> Path:
    """The same model with a chat template."""
    folder = tmp_path / "chatty"
    shutil.copytree(stories, folder)
    config = json.loads((folder / "tokenizer_config.json").read_text())
    (folder / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": TEMPLATE}))
    return folder


def test_a_chat_template_stands_around_the_text(chatty: Path) -> None:
    model = language(chatty)
    tokens = read_text(model, "Hello Lily", Reading(template="chat"), None)
    assert model.template("Hello Lily") == ("<|user|> ", "<|assistant|> ")
    assert tokens.strip.text() == "Hello Lily"
    segments = [unit.segment for unit in tokens.strip.units]
    assert segments[0] == segments[-1] == "template"
    assert "".join(unit.surface or "" for unit in tokens.strip.units if unit.segment == "template").count("|") == 4
    assert ask(chatty, "surprisal", text="Hello Lily", reading=Reading(template="chat")).results


def test_without_a_template_chat_is_refused(stories: Path) -> None:
    done = ask(stories, "surprisal", text="Hello", reading=Reading(template="chat"))
    assert done.problems[None].type == "/problems/no-chat-template"


def test_a_template_that_changes_the_text_is_refused(chatty: Path) -> None:
    config = json.loads((chatty / "tokenizer_config.json").read_text())
    config["chat_template"] = TEMPLATE.replace("m['content']", "m['content'] | upper")
    (chatty / "tokenizer_config.json").write_text(json.dumps(config))
    renamed = chatty.rename(chatty.with_name("shouting"))
    done = ask(renamed, "surprisal", text="Hello", reading=Reading(template="chat"))
    assert done.problems[None].type == "/problems/template-changes-text"


def test_a_text_longer_than_the_context_is_refused_with_both_numbers(stories: Path) -> None:
    text = "Lily saw a dog. " * 100
    count = len(language(stories).tokenizer.ids(text)) + len(language(stories).prefix("auto"))
    problem = ask(stories, "surprisal", text=text).problems[None]
    assert problem.type == "/problems/text-too-long"
    assert (problem.limit, problem.value) == (512, count)
    assert f"{count:,}" in problem.detail
    assert "512" in problem.detail


def test_a_text_that_just_fits_is_read_and_its_next_token_explained(data: Path) -> None:
    folder = data / "models" / "babyllama105"
    room = 256 - len(language(folder).prefix("auto")) - 1
    done = ask(folder, "surprisal", "gradient_x_input", text="a" * room)
    assert not done.problems
    assert len([unit for unit in done.results[0].strip("main").units if unit.id is not None]) == 256


def test_an_empty_text_is_refused(stories: Path) -> None:
    assert ask(stories, "surprisal", text="").problems[None].type == "/problems/empty-text"


def test_a_text_without_tokens_is_refused(data: Path) -> None:
    done = ask(data / "models" / "news-lm", "surprisal", text="   ")
    assert done.problems[None].type == "/problems/no-tokens"


def test_the_predicted_token_is_text_behind_the_text(stories: Path, data: Path) -> None:
    for folder, text in ((stories, "Once upon a"), (data / "models" / "news-lm", "The president said that")):
        tokens = passes(folder, text=text).text.explained
        last = tokens.strip.units[-1]
        assert last.segment == "predicted"
        assert tokens.strip.text().startswith(text)
        assert last.char_end == len(tokens.strip.text())
        following = ask(folder, "surprisal", text=text, generate=Generate(max_new_tokens=1)).continuation
        assert following.ids == [last.id]
        assert tokens.strip.text() == text + following.text


def test_half_a_character_is_no_replacement_sign(stories: Path) -> None:
    model = language(stories)
    first = next(id for id in range(model.vocabulary) if model.tokenizer.token_bytes(id) == b"\xe2")
    tokens = read_text(model, "Lily", Reading(), None, predicted=first)
    assert "\ufffd" not in tokens.strip.text()
    assert tokens.strip.units[-1].surface == "<0xE2>"


def test_next_can_be_asked_for_after_a_continuation(stories: Path) -> None:
    continuation = ask(stories, "surprisal", text="Once upon", generate=Generate(max_new_tokens=3)).continuation
    more = ask(stories, "surprisal", text="Once upon", generate=Generate(max_new_tokens=4)).continuation
    found = ask(
        stories, "occlusion", text="Once upon", continuation=continuation, targets=[Target(next=True), Target()]
    ).result
    assert found.provenance.target[0].ids == [more.ids[3]]
    assert found.provenance.target[1].ids == [more.ids[2]]
    assert [unit.segment for unit in units_of(found, "main")][-2:] == ["generated", "predicted"]


def test_next_of_an_encoder_decoder_is_its_end(names: Path) -> None:
    found = ask(names, "gradient_x_input", text="آتزمون", targets=[Target(next=True)]).result
    assert found.target is not None
    assert found.target.ids == [53]
    assert np.isfinite(values(found, strip="output")[:-1]).all()


def test_a_stored_continuation_is_neither_sampled_nor_tokenised_again(stories: Path) -> None:
    kept = Continuation(ids=[400, 300, 262], text="", finish="length", generate=Generate(max_new_tokens=3))
    done = ask(stories, "surprisal", text="Once upon", generate=Generate(max_new_tokens=3), continuation=kept)
    generated = [unit.id for unit in units_of(done.result, "main") if unit.segment == "generated"]
    assert generated == [400, 300, 262]


def test_an_unreadable_target_names_what_it_lacks(stories: Path) -> None:
    wanted = {
        "/problems/target-out-of-range": {"from": 90},
        "/problems/unknown-token": {"next": True, "id": 512},
        "/problems/no-classes": {"class": 3},
        "/problems/unknown-strip": {"strip": "output", "from": 2},
        "/problems/quantity-of-span": {"from": 2, "to": 4, "quantity": "probability"},
        "/problems/empty-target": {"next": True, "token": ""},
    }
    for problem, fields in wanted.items():
        done = ask(stories, "occlusion", text="Once upon a time", targets=[Target.model_validate(fields)])
        assert done.problems[0].type == problem
        assert done.problems[0].field == "targets"


def test_a_typed_target_means_the_token_after_a_space(stories: Path) -> None:
    targets = [Target(next=True, token=text) for text in (" was", "was")]
    resolved = [target.resolved for target in passes(stories, text="Once there", targets=targets).text.targets]
    assert [one.ids for one in resolved] == [[286], [286]]
    assert resolved[0].text == " was"


def test_an_encoder_decoder_needs_something_to_say(names: Path) -> None:
    with pytest.raises(Refusal, match="may continue"):
        passes(names, text="آتزمون").text.scored  # noqa: B018
