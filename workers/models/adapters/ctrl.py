"""CTRL names its parts almost as GPT-2 does."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("ctrl",),
    residuals=Residuals(layers="h", norm="layernorm"),
)
