"""BART and its kin add a bias buffer to the logits."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(
    model_types=("bart", "mbart", "blenderbot", "plbart", "led", "bigbird_pegasus"),
    head=Head(bias="final_logits_bias"),
)
