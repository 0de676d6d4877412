"""BART and its kin add a bias buffer to the logits."""

from workers.models.adapters import Adapter, Head, Residuals

ADAPTER = Adapter(
    model_types=("bart", "mbart", "blenderbot", "plbart", "led", "bigbird_pegasus"),
    head=Head(bias="final_logits_bias"),
    residuals=Residuals(norm="layer_norm", norm_optional=True),
)
