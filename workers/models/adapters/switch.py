"""Switch transformers and UMT5 scale their final states by width^-1/2 when input and output embeddings are one."""

from workers.models.adapters import Adapter, Head, Residuals

ADAPTER = Adapter(
    model_types=("umt5", "switch_transformers"),
    head=Head(scale_by_width="tie_word_embeddings"),
    residuals=Residuals(layers="block", norm="final_layer_norm"),
)
