"""MVP is a BART that scales the embeddings of ids, but not vectors that it is given."""

from workers.models.adapters import Adapter, Head, Residuals

ADAPTER = Adapter(
    model_types=("mvp",),
    head=Head(bias="final_logits_bias"),
    residuals=Residuals(norm="layer_norm", norm_optional=True),
    scaled=("encoder", "decoder"),
)
