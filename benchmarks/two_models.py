"""Methods that compare two models, all together, beside one bare forward pass of each."""

from collections.abc import Iterator

import torch

from benchmarks.gpt2 import folder
from benchmarks.rows import Row, at_most
from benchmarks.timing import paired
from benchmarks.words import text
from workers.contract import AnalysisRequest, MethodCall, ModelSpec, SourceData
from workers.core.run import run
from workers.core.steps import Failed, Step
from workers.models.cache import ModelCache
from workers.models.language import LanguageModel

TOKENS = 512
ROLES = {
    "model_divergence": "reference",
    "loss_gap": "reference",
    "speculative_acceptance": "draft",
    "paired_perplexity": "observer",
    "ensemble_consistency": "second",
}


def rows() -> Iterator[Row]:
    """One row: what the statistics of all methods cost beside what two models cost anyway."""
    models = ModelCache(budget=1 << 33, device="cpu")
    specs = {f"bench-{seed}": ModelSpec(location=str(folder(seed))) for seed in (0, 1)}
    first, second = specs
    loaded = [models.get(key, spec) for key, spec in specs.items()]
    request = AnalysisRequest(
        model=first,
        specs=specs,
        sources=[SourceData(id="text", kind="text", text=text(TOKENS))],
        methods=[MethodCall(key=key, roles={role: second}) for key, role in ROLES.items()],
        device="cpu",
    )

    def ours() -> None:
        failed: list[Step] = []
        run(request, models, lambda: "go", lambda step: failed.append(step) if isinstance(step, Failed) else None)
        if failed:
            raise RuntimeError(str(failed[0]))

    @torch.no_grad()
    def bare() -> None:
        for model in loaded:
            assert isinstance(model, LanguageModel)
            model.network(input_ids=model.ids(model.tokenizer.ids(text(TOKENS))), use_cache=False)

    name = f"{len(ROLES)} methods on two models, {TOKENS} tokens"
    yield at_most(name, paired(ours, bare, repeats=9), "a bare forward pass of each", 1.3)
