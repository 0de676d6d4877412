"""Phi calls its final norm final_layernorm."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("phi", "persimmon"),
    residuals=Residuals(layers="layers", norm="final_layernorm"),
)
