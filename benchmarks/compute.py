"""The mathematics beside its rivals: per-token statistics, occlusion and integrated gradients on a GPT-2-sized model.

captum runs in this process. inseq runs in a process and an environment of its own (`make bench` creates it), on the
same weights, and is timed in turn with ours; the project's dependencies stay free of it.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpt2 import folder
from benchmarks.rows import Row, at_most, faster, memory
from benchmarks.timing import paired, peak_memory
from benchmarks.words import text
from workers.contract import AnalysisRequest, MethodCall, ModelSpec, SourceData, Target
from workers.core.run import run
from workers.core.steps import Failed, Step
from workers.models.cache import ModelCache
from workers.models.language import LanguageModel

STATISTICS_TOKENS = 512
PROMPT, TARGETS = 96, 4
STEPS = 50
INSEQ = Path(".venv-bench") / "bin" / "python"


class Ours:
    """Whole jobs on the model, loaded once."""

    def __init__(self, where: Path) -> None:
        self.models = ModelCache(budget=1 << 33, device="cpu")
        self._spec = ModelSpec(location=str(where))
        model = self.models.get("bench", self._spec)
        assert isinstance(model, LanguageModel)
        self.model = model

    def job(self, tokens: int, *methods: MethodCall, targets: list[int] | None = None) -> None:
        """One job from request to results. Raises RuntimeError when a method fails."""
        request = AnalysisRequest(
            model="bench",
            specs={"bench": self._spec},
            sources=[SourceData(id="text", kind="text", text=text(tokens))],
            methods=list(methods),
            targets=[Target.model_validate({"from": _unit(token)}) for token in targets or []],
            device="cpu",
        )
        failed: list[Failed] = []

        def emit(step: Step) -> None:
            if isinstance(step, Failed):
                failed.append(step)

        run(request, self.models, lambda: "go", emit)
        if failed:
            raise RuntimeError(failed[0].problem.detail)


def _unit(token: int) -> int:
    """The unit of a token: between two words stands a space, which is a gap."""
    return 2 * token


def rows() -> Iterator[Row]:
    """One row for each rival."""
    ours = Ours(folder())
    yield _statistics(ours)
    yield _occlusion(ours)
    yield from _gradients(ours)
    if not INSEQ.exists():
        print(f"inseq is left out: there is no {INSEQ} (make bench creates it)", file=sys.stderr)
        return
    with _inseq() as ask:
        yield _occlusion_inseq(ours, ask)
        yield _gradients_inseq(ours, ask)


def _statistics(ours: Ours) -> Row:
    methods = [MethodCall(key="surprisal"), MethodCall(key="entropy")]
    ids = ours.model.ids(ours.model.tokenizer.ids(text(STATISTICS_TOKENS)))

    @torch.no_grad()
    def bare() -> Tensor:
        logits: Tensor = ours.model.network(input_ids=ids, use_cache=False).logits
        return logits

    pair = paired(lambda: ours.job(STATISTICS_TOKENS, *methods), bare, repeats=9)
    return at_most(f"all per-token statistics of {STATISTICS_TOKENS} tokens", pair, "a bare forward pass", 1.25)


def _occlusion(ours: Ours) -> Row:
    ids = ours.model.tokenizer.ids(text(PROMPT + TARGETS))
    last = list(range(PROMPT, PROMPT + TARGETS))

    @torch.no_grad()
    def loop() -> None:
        wanted = torch.tensor([ids[PROMPT:]])
        for row in range(PROMPT + TARGETS - 1):
            changed = torch.tensor([[*ids[:row], 0, *ids[row + 1 :]]])
            logits = ours.model.network(input_ids=changed, use_cache=False).logits
            logits[:, PROMPT - 1 : -1].log_softmax(-1).gather(-1, wanted[..., None])

    name = f"occlusion, {PROMPT} + {TARGETS} tokens"
    pair = paired(_job(ours, "occlusion"), loop, repeats=3)
    assert last[-1] == len(ids) - 1
    return faster(name, pair, "a plain loop of full passes", 1.9)


def _job(ours: Ours, key: str, **params: Any) -> Callable[[], None]:
    targets = list(range(PROMPT, PROMPT + TARGETS))
    return lambda: ours.job(PROMPT + TARGETS, MethodCall(key=key, params=params), targets=targets)


def _gradients(ours: Ours) -> Iterator[Row]:
    """One target after 96 tokens, both sides at 50 Gauss–Legendre points."""
    from captum.attr import IntegratedGradients

    ids = ours.model.tokenizer.ids(text(PROMPT + 1))
    embedded = ours.model.embed(ours.model.ids(ids[:PROMPT]))
    start = ours.model.mean_embedding.expand_as(embedded)

    def value(embeddings: Tensor) -> Tensor:
        logits: Tensor = ours.model.network(inputs_embeds=embeddings, use_cache=False).logits
        return logits[:, -1].log_softmax(-1)[:, ids[PROMPT]]

    captum = IntegratedGradients(value)

    def theirs() -> Tensor:
        found: Tensor = captum.attribute(embedded, start, n_steps=STEPS, method="gausslegendre")
        return found

    method = MethodCall(key="integrated_gradients", params={"n_steps": STEPS, "max_steps": STEPS})

    def mine() -> None:
        ours.job(PROMPT + 1, method, targets=[PROMPT])

    name = f"integrated gradients, {PROMPT} tokens, {STEPS} steps"
    yield faster(name, paired(mine, theirs, repeats=3), "captum", 1.5)
    yield memory(f"{name}: peak memory", peak_memory(mine), "captum", peak_memory(theirs))


Ask = Callable[[str, dict[str, Any]], None]


@contextmanager
def _inseq() -> Iterator[Ask]:
    """inseq in its own process: a call attributes the last tokens of the text to all before them."""
    command = [str(INSEQ), str(Path(__file__).with_name("inseq_process.py")), str(folder())]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        send, receive = process.stdin, process.stdout
        receive.readline()

        def ask(method: str, options: dict[str, Any]) -> None:
            task = {"method": method, "prompt": text(PROMPT), "whole": text(PROMPT + TARGETS), "options": options}
            send.write(json.dumps(task) + "\n")
            send.flush()
            if not receive.readline():
                raise RuntimeError("inseq did not answer")

        yield ask
        send.close()


def _occlusion_inseq(ours: Ours, ask: Ask) -> Row:
    pair = paired(_job(ours, "occlusion"), lambda: ask("occlusion", {}), repeats=2, warm_up=1)
    return faster(f"occlusion, {PROMPT} + {TARGETS} tokens", pair, "inseq in its own environment", 8)


def _gradients_inseq(ours: Ours, ask: Ask) -> Row:
    mine = _job(ours, "integrated_gradients", n_steps=STEPS, max_steps=STEPS)
    theirs: dict[str, Any] = {"n_steps": STEPS, "internal_batch_size": 10}
    pair = paired(mine, lambda: ask("integrated_gradients", theirs), repeats=2, warm_up=1)
    name = f"integrated gradients, {TARGETS} targets, {STEPS} steps"
    return faster(name, pair, "inseq in its own environment, batches of 10", 2)
