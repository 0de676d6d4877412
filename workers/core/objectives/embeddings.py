"""Embeddings and tokens that say nothing: baselines and replacements of text."""

from collections.abc import Sequence

from torch import Tensor

from workers.contract import Refusal
from workers.core.objectives.base import BaselineKind
from workers.models.language import LanguageModel


def embedding_baseline(model: LanguageModel, inputs: Tensor, fixed: Sequence[int], kind: BaselineKind) -> Tensor:
    """Inputs (units, width) with every row but the fixed ones replaced by the baseline's vector.

    `mean` is the mean embedding of the real vocabulary: a zero vector lies far outside of what Llama-type models
    normalise, and leaves gaps that no number of steps closes.
    """
    if kind == "blurred":
        raise Refusal("no-such-baseline", "A text has no blurred baseline; choose mean, zero or pad.", field="baseline")
    if kind == "zero":
        vector = inputs.new_zeros(inputs.shape[-1])
    elif kind == "mean":
        vector = model.mean_embedding.to(inputs.dtype)
    else:
        vector = model.embed(model.ids([replacement_id(model, "pad")]))[0, 0]
    baseline = vector.expand_as(inputs).clone()
    baseline[list(fixed)] = inputs[list(fixed)]
    return baseline


def replacement_id(model: LanguageModel, replacement: str) -> int:
    """The token that stands for "nothing here". Raises Refusal when the tokenizer has none.

    `mask`: the mask token, else the unknown, the padding or the end token. `pad`: the padding, else the end token.
    """
    tokenizer = model.tokenizer
    mask: int | None = getattr(model.processor, "mask_token_id", None)
    order: tuple[int | None, ...] = (mask, tokenizer.unk_id) if replacement == "mask" else ()
    for id in (*order, tokenizer.pad_id, tokenizer.eos_id, tokenizer.bos_id):
        if id is not None and id < model.vocabulary:
            return id
    detail = f"“{model.key}” has no {replacement} token nor another that says nothing; choose delete."
    raise Refusal("no-replacement-token", detail, field="replacement")
