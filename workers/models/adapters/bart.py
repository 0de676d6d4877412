"""BART and its kin add a bias buffer to the logits."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(
    model_types=(
        "bart",
        "mbart",
        "blenderbot",
        "blenderbot-small",
        "marian",
        "pegasus",
        "plbart",
        "led",
        "mvp",
        "fsmt",
        "bigbird_pegasus",
    ),
    head=Head(bias="final_logits_bias"),
)
