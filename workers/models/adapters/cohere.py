"""Cohere multiplies its logits by a constant."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(model_types=("cohere", "cohere2", "cohere2_moe"), head=Head(multiplier="logit_scale"))
