"""Marian, Pegasus and the small Blenderbot are BARTs whose encoders scale the embeddings of ids, but not vectors that they are given."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(
    model_types=("marian", "pegasus", "blenderbot-small"), head=Head(bias="final_logits_bias"), scaled=("encoder",)
)
