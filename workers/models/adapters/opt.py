"""OPT keeps its layers in a decoder."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("opt",),
    residuals=Residuals(layers="decoder.layers", norm="decoder.final_layer_norm"),
)
