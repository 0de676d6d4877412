"""What a worker can run: methods found by their files, models by their folders."""

import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from tests.jobs import MODELS
from workers.contract import Ability, Lens, ModelSpec, Refusal
from workers.core.catalogue import catalogue, model_card
from workers.core.discovery import _method_of, all_methods, method
from workers.core.method import Findings, Method
from workers.core.passes import Passes
from workers.models.folders import builtin_keys


def test_every_file_is_a_method_of_its_folders_lens() -> None:
    folder = Path(sys.modules["workers.methods"].__path__[0])
    files = {file.stem: file.parent.name for file in folder.glob("*/*.py") if not file.stem.startswith("_")}
    assert {key: str(found.lens) for key, found in all_methods().items()} == files
    assert list(all_methods()) == sorted(all_methods())


def test_an_unknown_method_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Refusal, match="surprisal") as refusal:
        method("no_such")
    assert refusal.value.status == 404


class Odd(Method):
    """A method in the wrong folder."""

    key: ClassVar[str] = "odd"
    lens: ClassVar[Lens] = Lens.PRUNING

    def run(self, passes: Passes) -> Findings:
        """Nothing."""
        raise NotImplementedError


def test_files_that_break_the_rules_are_errors() -> None:
    module = ModuleType("workers.methods.importance.odd")
    with pytest.raises(TypeError, match="holds no Method"):
        _method_of(module)
    vars(module)["Odd"] = Odd
    with pytest.raises(TypeError, match="the lens is pruning, the folder importance"):
        _method_of(module)


def test_cards_of_models_say_what_they_are(stories: Path, names: Path, vit: Path) -> None:
    specs = {folder.name: ModelSpec(location=str(folder)) for folder in (stories, names, vit)}
    cards = {key: model_card(MODELS, key, spec) for key, spec in specs.items()}
    lm, seq, image = (cards[folder.name] for folder in (stories, names, vit))
    assert (lm.architecture, lm.context, lm.vocabulary, lm.inputs) == ("LlamaForCausalLM", 512, 512, ["text"])
    assert 250_000 < lm.parameters < 300_000
    assert lm.tokenizer == "stories260k"
    assert lm.tokenizer_hash
    assert len({card.vocabulary_hash for card in (lm, seq)} - {""}) == 2
    assert Ability.SEQUENCE_TO_SEQUENCE in seq.abilities
    assert (image.image_size, image.patch_size, image.labels) == ((32, 32), 8, ["circle", "square", "star", "cross"])
    assert Ability.VIT_BLOCKS in image.abilities
    assert all(card.missing is None and card.dtype == "float32" and not card.builtin for card in cards.values())


def test_a_model_that_cannot_be_loaded_says_why_and_takes_no_other_with_it(
    stories: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    strange = tmp_path / "strange"
    shutil.copytree(stories, strange)
    monkeypatch.setattr("workers.core.catalogue.builtin_keys", list)
    plain = type(MODELS).get

    def get(self: object, key: str, spec: ModelSpec | None = None) -> object:
        if key == "strange":
            raise AttributeError("no such part")
        return plain(MODELS, key, spec)

    monkeypatch.setattr(type(MODELS), "get", get)
    specs = {folder.name: ModelSpec(location=str(folder)) for folder in (empty, strange, stories)}
    cards = {card.key: card for card in catalogue(MODELS, specs, {"gone": ModelSpec(location="/no/such/place")}).models}
    assert "config.json" in (cards["empty"].missing or "")
    assert "log" in (cards["strange"].missing or "")
    assert cards["stories260k"].missing is None


def test_the_catalogue_holds_methods_and_tokenizers(stories: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.core.catalogue.builtin_keys", list)
    allowed = {"mine": ModelSpec(location=str(stories / "tokenizer.json"))}
    found = catalogue(MODELS, {}, allowed)
    assert {card.key for card in found.methods} == set(all_methods())
    assert {"bytes", "mine"} <= {card.key for card in found.tokenizers}


@pytest.mark.parametrize("key", builtin_keys() or ["none"])
def test_built_in_models_have_cards(key: str) -> None:
    if key == "none":
        pytest.skip("no built-in model is there yet")
    card = model_card(MODELS, key, None)
    assert card.missing is None
    assert card.builtin
    assert card.name != key
    assert card.licence
