"""Granite divides its logits by a constant."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(
    model_types=("granite", "granite_swa", "granitemoe", "granitemoe_swa", "granitemoehybrid", "granitemoeshared"),
    head=Head(divisor="logits_scaling"),
)
