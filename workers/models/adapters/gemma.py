"""Gemma 2 and later cap their logits with a scaled tanh."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(
    model_types=("gemma2", "gemma3_text", "gemma3n_text", "gemma4_text", "vaultgemma", "nanochat", "t5gemma"),
    head=Head(softcap="final_logit_softcapping"),
)
