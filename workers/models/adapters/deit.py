"""DeiT: a vision transformer with a class and a distillation token in front."""

from workers.models.adapters import Adapter, Blocks

ADAPTER = Adapter(
    model_types=("deit",),
    blocks=Blocks(
        embeddings="deit.embeddings",
        layers="deit.layers",
        final_norm="deit.layernorm",
        classifier="classifier",
        distilled=("cls_classifier", "distillation_classifier"),
        prefix_tokens=2,
    ),
)
