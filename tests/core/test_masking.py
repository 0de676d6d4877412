"""Methods read masked encoders too: every token masked in turn, as a plain loop over the network would."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import AutoModelForMaskedLM

from tests.jobs import ask, call, language, passes, units_of, values
from tests.masked import make_masked
from workers.contract import Generate
from workers.core import masking

TEXT = "The cat saw a red dog, and ran to the house."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_masked(tmp_path_factory.mktemp("masked") / "small-bert")


def own_logits(folder: Path, ids: list[int], mask: int) -> Any:
    """Logits (tokens, vocabulary) of each token masked by itself."""
    network: Any = AutoModelForMaskedLM.from_pretrained(folder)
    rows = []
    for place in range(len(ids)):
        masked = list(ids)
        masked[place] = mask
        with torch.no_grad():
            rows.append(network(input_ids=torch.tensor([masked])).logits[0, place])
    return torch.stack(rows)


def test_surprisal_and_entropy_equal_a_loop_of_masks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(masking, "_TOKENS", 40)
    done = ask(folder, call("surprisal"), call("entropy"), text=TEXT)
    surprisal, entropy = done.results[0], done.results[1]
    units = units_of(surprisal, "main")
    ids = [unit.id for unit in units if unit.id is not None]
    model = language(folder)
    logs = own_logits(folder, ids, model.mask_id)[:, : model.vocabulary].double().log_softmax(-1)
    places = [index for index, unit in enumerate(units) if unit.id is not None]
    said = [row for row, place in enumerate(places) if not units[place].special]
    at = [places[row] for row in said]
    exact = -logs[said, [ids[row] for row in said]]
    np.testing.assert_allclose(values(surprisal, "surprisal")[at], exact, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(values(entropy, "entropy")[at], -(logs.exp() * logs).sum(-1)[said], rtol=1e-4)
    assert np.isnan(values(surprisal, "surprisal")[[places[0], places[-1]]]).all()
    assert [units[places[0]].surface, units[places[-1]].surface] == ["[CLS]", "[SEP]"]


def test_the_result_says_that_it_is_no_likelihood(folder: Path, data: Path) -> None:
    assert masking.MASKED in ask(folder, "surprisal", text=TEXT).result.provenance.caveat
    assert masking.MASKED not in ask(data / "models" / "stories260k", "surprisal", text=TEXT).result.provenance.caveat


def test_padded_rows_of_the_vocabulary_have_no_probability(folder: Path) -> None:
    model = language(folder)
    assert model.config.vocab_size == model.vocabulary + 3
    assert model.logits(torch.randn(2, 32)).shape == (2, model.vocabulary)


def test_one_pass_serves_all_methods(folder: Path) -> None:
    found = passes(folder, text=TEXT)
    for _ in range(2):
        found.text.states  # noqa: B018
    assert found.counts["forward"] == 1


def test_masked_models_do_not_continue_and_refuse_what_they_cannot_do(folder: Path) -> None:
    done = ask(folder, call("surprisal"), call("integrated_gradients"), text=TEXT, generate=Generate(max_new_tokens=4))
    assert list(done.results) == [0]
    problem = done.problems[1]
    assert "needs a model that offers" in problem.detail
