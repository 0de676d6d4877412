"""Masked encoders of several families: the logits of chosen rows are the network's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    DistilBertConfig,
    DistilBertForMaskedLM,
    ElectraConfig,
    ElectraForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    RobertaConfig,
    RobertaForMaskedLM,
)

from tests.jobs import language
from tests.masked import SIZES, VOCABULARY, make_masked
from workers.contract import Ability

FAMILIES: dict[str, Callable[[], Any]] = {
    "bert": lambda: BertForMaskedLM(BertConfig(**SIZES)),
    "roberta": lambda: RobertaForMaskedLM(RobertaConfig(**SIZES)),
    "distilbert": lambda: DistilBertForMaskedLM(
        DistilBertConfig(vocab_size=VOCABULARY, dim=32, hidden_dim=48, n_layers=2, n_heads=4)
    ),
    "electra": lambda: ElectraForMaskedLM(ElectraConfig(**SIZES, embedding_size=16)),
    "modernbert": lambda: ModernBertForMaskedLM(
        ModernBertConfig(**SIZES, pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3)
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_logits_of_rows_are_the_networks_own(family: str, tmp_path: Path) -> None:
    model = language(make_masked(tmp_path / family, FAMILIES[family]))
    assert model.abilities == {Ability.MASKED_TOKEN}
    ids = model.ids([2, 9, model.mask_id, 11, 12, 3])
    with torch.no_grad():
        theirs = model.network(input_ids=ids).logits
        states = model.encoded(ids)
    torch.testing.assert_close(model.logits(states), theirs[..., : model.vocabulary], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(model.logits(states[0, 2]), theirs[0, 2, : model.vocabulary], rtol=1e-5, atol=1e-5)
    assert "forward" not in vars(model.network.base_model)


def test_what_is_around_a_text_and_how_long_it_may_be(tmp_path: Path) -> None:
    bert = language(make_masked(tmp_path / "bert", FAMILIES["bert"]))
    assert (bert.prefix("auto"), bert.suffix) == ([2], [3])
    assert bert.context == 64
    roberta = language(make_masked(tmp_path / "roberta", FAMILIES["roberta"]))
    assert roberta.context == 62
