"""T5 scales its final states by width^-1/2, but version 1.1 of it does not."""

from workers.models.adapters import Adapter, Head, Residuals

ADAPTER = Adapter(
    model_types=("t5", "longt5"),
    head=Head(scale_by_width="scale_decoder_outputs"),
    residuals=Residuals(layers="block", norm="final_layer_norm"),
)
