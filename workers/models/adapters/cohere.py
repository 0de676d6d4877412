"""Cohere multiplies its logits by a constant."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(model_types=("cohere", "cohere2"), head=Head(multiplier="logit_scale"))
