"""GPT-2 and those that name their parts as it does."""

from workers.models.adapters import Adapter, Residuals

ADAPTER = Adapter(
    model_types=("gpt2", "gptj", "gpt_neo", "gpt_bigcode", "bloom", "falcon", "codegen"),
    residuals=Residuals(layers="h", norm="ln_f"),
)
