"""The plain vision transformer with one class token in front."""

from workers.models.adapters import Adapter, Blocks

ADAPTER = Adapter(
    model_types=("vit",),
    blocks=Blocks(
        embeddings="vit.embeddings", layers="vit.layers", final_norm="vit.layernorm", classifier="classifier"
    ),
)
