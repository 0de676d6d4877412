"""T5 scales its final states by width^-1/2 when input and output embeddings are one."""

from workers.models.adapters import Adapter, Head

ADAPTER = Adapter(model_types=("t5", "mt5", "umt5", "switch_transformers"), head=Head(scale_by_width_when_tied=True))
