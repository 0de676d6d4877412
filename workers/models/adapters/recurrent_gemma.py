"""Recurrent Gemma caps its logits too, under a name of its own."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(model_types=("recurrent_gemma",), head=Head(softcap="logits_soft_cap"))
