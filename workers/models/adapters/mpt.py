"""MPT has blocks."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("mpt",),
    residuals=Residuals(layers="blocks", norm="norm_f"),
)
