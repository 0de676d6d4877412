"""Marian, Pegasus and the small Blenderbot: BARTs whose encoders scale the embeddings of ids, but no given vectors."""

from workers.models.adapters import Adapter, Head, Residuals

ADAPTER = Adapter(
    model_types=("marian", "pegasus", "blenderbot-small"),
    head=Head(bias="final_logits_bias"),
    residuals=Residuals(norm="layer_norm", norm_optional=True),
    scaled=("encoder",),
)
