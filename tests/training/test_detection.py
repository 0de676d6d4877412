"""A head learns to tell what a model says from what it would not say, and its folder is one that the method reads."""

import json
import random
from pathlib import Path

import pytest
import torch

from tests.jobs import MODELS, ask, call, passes
from workers.contract import Generate, ModelSpec
from workers.models.heads import HeadSettings
from workers.training.__main__ import main
from workers.training.detection import Example, Recipe, logits, observe_text, read_texts, train, train_head


@pytest.fixture(scope="module")
def stories(data: Path) -> Path:
    """A language model."""
    return data / "models" / "stories260k"


def texts(stories: Path, count: int, seed: int) -> list[tuple[str, bool]]:
    """What the model says (machine), and the same words in disorder."""
    settings = Generate(max_new_tokens=40, do_sample=True, temperature=0.6, seed=seed)
    said = [one.text.strip() for one in passes(stories, text="One day, a").text.samples(count, settings)]
    mixed = []
    for index, text in enumerate(said):
        words = text.split()
        random.Random(f"{seed} {index}").shuffle(words)
        mixed.append(" ".join(words))
    return [(text, True) for text in said if text] + [(text, False) for text in mixed if text]


@pytest.fixture(scope="module")
def head(stories: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A head that was trained from a file, by the command."""
    folder = tmp_path_factory.mktemp("training")
    rows = [json.dumps({"text": text, "label": int(machine)}) for text, machine in texts(stories, 24, 1)]
    (folder / "texts.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    options = ["--epochs", "12", "--batch", "8", "--rate", "3e-3", "--device", "cpu"]
    asked = ["--model", str(stories), "--data", str(folder / "texts.jsonl"), "--output", str(folder / "head")]
    assert main(["detection", *asked, *options]) == 0
    return folder / "head"


def test_it_tells_unseen_texts_apart(stories: Path, head: Path) -> None:
    right = []
    fresh = texts(stories, 8, 2)
    for text, machine in fresh:
        found = ask(stories, call("text_detection_head", head="head"), text=text, further=[head]).result
        right.append(((found.figures["logit"].value or 0.0) > 0) == machine)
        assert "Head trained on" in found.provenance.caveat
    assert sum(right) >= 0.85 * len(fresh)


def test_the_same_seed_gives_the_same_head(stories: Path) -> None:
    few, spec = texts(stories, 4, 3), ModelSpec(location=str(stories))
    made = [
        train_head(MODELS, "stories260k", spec, few, Recipe(epochs=1, seed=5), lambda line: None)[0] for _ in range(2)
    ]
    for one, two in zip(made[0].state_dict().values(), made[1].state_dict().values(), strict=True):
        torch.testing.assert_close(one, two, rtol=0, atol=0)


def test_a_batch_gives_each_text_what_it_gets_alone(stories: Path) -> None:
    spec = ModelSpec(location=str(stories))
    examples = [
        Example(observe_text(MODELS, "stories260k", spec, text, 512), machine)
        for text, machine in [*texts(stories, 2, 4), ("A", True), ("The cat sat down.", False)]
    ]
    width = examples[0].observed.states.shape[-1]
    network = train(examples, HeadSettings("m", "r", width, features=16), Recipe(epochs=1), lambda line: None)
    together = logits(network, examples)
    alone = torch.cat([logits(network, [example]) for example in examples])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.jsonl", '{"text": "x", "label": 1}\nnonsense\n', "line 2: this is no JSON"),
        ("a.jsonl", '{"text": "x", "label": 1}\n{"text": "y"}\n', "line 2: a row has"),
        ("a.jsonl", '{"text": "x", "label": 1}\n[1]\n', "line 2: a row has"),
        ("a.csv", "text,label\nx,1\ny,perhaps\n", "line 3: a row has"),
        ("a.csv", "text,label\nx,1\ny,machine\n", "one class only"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_by_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    options = ["--model", "demo-lm", "--data", str(tmp_path / name), "--output", str(tmp_path / "head")]
    assert main(["detection", *options]) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "head").exists()


def test_labels_are_numbers_or_words(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('text,label\n"one, two",human\nthree,1\n', encoding="utf-8")
    assert read_texts(file) == [("one, two", False), ("three", True)]
