"""A language model's parts agree with the network they are parts of."""

from pathlib import Path
from typing import Any

import pytest
import torch

from tests.jobs import SENTENCES, ask, language
from workers.contract import Ability, Refusal

ALL = list(SENTENCES)


@pytest.mark.parametrize("name", ALL)
def test_logits_from_states_are_the_networks_own(data: Path, name: str) -> None:
    model = language(data / "models" / name)
    ids = model.ids([3, 5, 7, 11, 13])
    with torch.no_grad():
        if model.sequence_to_sequence:
            theirs = model.network(input_ids=ids, decoder_input_ids=ids).logits
            ours = model.logits(model.decode(model.encode(ids=ids), ids=ids))
        else:
            theirs = model.network(input_ids=ids).logits
            ours = model.logits(model.hidden(ids=ids)[0])
    torch.testing.assert_close(ours, theirs[..., : model.vocabulary], rtol=1e-5, atol=1e-5)
    assert ours.dtype == torch.float32


@pytest.mark.parametrize("name", ["stories260k", "babyllama105", "news-lm"])
def test_what_follows_a_cache_equals_the_whole(data: Path, name: str) -> None:
    model = language(data / "models" / name)
    ids = [3, 5, 7, 11, 13, 17]
    with torch.no_grad():
        whole, layers = model.hidden(ids=model.ids(ids), cache=True)
        assert layers is not None
        past = [(keys[:, :, :4], values[:, :, :4]) for keys, values in layers]
        rest = model.hidden(ids=model.ids(ids[4:]), past=past)[0]
    torch.testing.assert_close(rest, whole[:, 4:], rtol=1e-4, atol=1e-5)
    assert layers[0][0].shape[2] == 6


def test_what_the_models_offer(data: Path) -> None:
    lm, seq = (language(data / "models" / name) for name in ("stories260k", "arabic-transliteration"))
    assert lm.abilities == {Ability.NEXT_TOKEN, Ability.GENERATE, Ability.TEXT_GRADIENT, Ability.ATTENTION}
    assert seq.abilities == lm.abilities - {Ability.ATTENTION} | {Ability.SEQUENCE_TO_SEQUENCE}
    assert (lm.context, seq.context) == (512, 256)
    assert (sorted(lm.end_ids), sorted(seq.end_ids)) == ([2], [53])
    assert seq.decoder_start == 52
    assert lm.suffix == []


def test_the_mean_embedding_is_that_of_the_real_vocabulary(data: Path) -> None:
    model = language(data / "models" / "stories260k")
    weight = model.network.get_input_embeddings().weight
    torch.testing.assert_close(model.mean_embedding, weight.mean(0))


def test_an_output_without_a_beginning_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = language(data / "models" / "arabic-transliteration")
    fresh: Any = type(model)(**{**vars_of(model)})
    monkeypatch.setattr(fresh.network.generation_config, "decoder_start_token_id", None)
    monkeypatch.setattr(fresh.network.config, "bos_token_id", None)
    monkeypatch.setattr(fresh.tokenizer, "bos_id", None)
    with pytest.raises(Refusal, match="decoder_start_token_id"):
        fresh.decoder_start  # noqa: B018


def vars_of(model: Any) -> dict[str, Any]:
    """The fields of a model, without what it has computed already."""
    return {name: vars(model)[name] for name in type(model).__dataclass_fields__}


def test_the_models_parts_are_left_as_they_were(data: Path) -> None:
    model = language(data / "models" / "stories260k")
    before = {name: value.clone() for name, value in model.network.state_dict().items()}
    ask(data / "models" / "stories260k", "occlusion", "integrated_gradients", text="Lily saw a")
    assert all(torch.equal(before[name], value) for name, value in model.network.state_dict().items())
