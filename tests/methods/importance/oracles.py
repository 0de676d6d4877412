"""The models as transformers loads them, as functions of embeddings: what captum and plain loops are run on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoModelForImageClassification, AutoModelForSeq2SeqLM

from tests.jobs import Array, language

Function = Callable[[Tensor], Tensor]


def causal_network(folder: Path) -> Any:
    """The network of a causal model, as anyone would load it."""
    return AutoModelForCausalLM.from_pretrained(folder).requires_grad_(False)


def causal(
    folder: Path, ids: list[int], at: int, quantity: str, contrast: int | None = None
) -> tuple[Tensor, Function]:
    """Embeddings (1, at, width) of the ids before `at`, and the quantity of id `at` as a function of them."""
    network = causal_network(folder)
    embedded: Tensor = network.get_input_embeddings()(torch.tensor([ids[:at]]))

    def value(embeddings: Tensor) -> Tensor:
        logits = network(inputs_embeds=embeddings.clone(), use_cache=False).logits[:, -1]
        row: Tensor = logits if quantity == "logit" else logits.log_softmax(-1)
        return row[:, ids[at]] - (row[:, contrast] if contrast is not None else 0)

    return embedded, value


def encoder_decoder(folder: Path, read: list[int], said: list[int], at: int) -> tuple[Tensor, Function]:
    """Embeddings of the input and of the output before `at`, joined, and ln p of output token `at` given them."""
    network: Any = AutoModelForSeq2SeqLM.from_pretrained(folder).requires_grad_(False)
    table = network.get_input_embeddings()
    start = table(torch.tensor([[language(folder).decoder_start]]))
    embedded: Tensor = table(torch.tensor([[*read, *said[:at]]]))

    def value(embeddings: Tensor) -> Tensor:
        after = torch.cat([start.expand(len(embeddings), -1, -1), embeddings[:, len(read) :]], dim=1)
        output = network(inputs_embeds=embeddings[:, : len(read)], decoder_inputs_embeds=after)
        logs: Tensor = output.logits[:, -1].log_softmax(-1)
        return logs[:, said[at]]

    return embedded, value


def classifier(folder: Path) -> tuple[Any, Callable[[Tensor], Tensor]]:
    """A network of image classes, and its logits as a function of pixels."""
    network: Any = AutoModelForImageClassification.from_pretrained(folder).requires_grad_(False)

    def logits(pixels: Tensor) -> Tensor:
        found: Tensor = network(pixel_values=pixels).logits
        return found

    return network, logits


def per_patch(pixels: Tensor, patch: int) -> Array:
    """Numbers per pixel (1, channels, height, width), added up over the patches, rows first."""
    summed = pixels[0].sum(0)
    rows, cols = summed.shape[0] // patch, summed.shape[1] // patch
    grid = summed.view(rows, patch, cols, patch).sum((1, 3))
    return np.asarray(grid.detach().flatten().numpy(), dtype=np.float32)
