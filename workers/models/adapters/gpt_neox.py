"""GPT-NeoX writes its final norm's name out."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("gpt_neox",),
    residuals=Residuals(layers="layers", norm="final_layer_norm"),
)
