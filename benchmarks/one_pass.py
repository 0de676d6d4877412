"""All one-pass methods together: beside a bare forward pass of the same model, and their memory on a long text."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from benchmarks import gpt2, llama
from benchmarks.compute import Ours
from benchmarks.rows import Row, at_most, memory_within
from benchmarks.timing import paired, peak_memory
from benchmarks.words import text
from workers.contract import MethodCall

KEYS = (
    "surprisal",
    "entropy",
    "rank_buckets",
    "confidence_means",
    "quantile_deferral",
    "reasoning_entropy",
    "membership",
    "lexical_units",
    "recyclable_tokens",
    "end_of_text",
    "listwise_first_token",
)
DEEP = "settling_depth"
"""It needs the head once per layer, and stands in a row of its own."""
TOKENS = 512
MANY = 2048
LIMIT = 2 << 30


def rows() -> Iterator[Row]:
    """Two models of different sizes, the lens of all layers, and a long text."""
    yield _beside_bare(Ours(gpt2.folder()), "a GPT-2-sized model", TOKENS)
    small = Ours(llama.folder())
    yield _beside_bare(small, "a demo-lm-sized model, 50,257 tokens of vocabulary", MANY)
    yield _lens(small)
    yield _long_text([*KEYS])
    yield _long_text([*KEYS, DEEP])


def _calls(*keys: str) -> list[MethodCall]:
    return [MethodCall(key=key) for key in keys]


def _beside_bare(ours: Ours, name: str, tokens: int) -> Row:
    ids = ours.model.ids(ours.model.tokenizer.ids(text(tokens)))

    @torch.no_grad()
    def bare() -> Tensor:
        logits: Tensor = ours.model.network(input_ids=ids, use_cache=False).logits
        return logits

    pair = paired(lambda: ours.job(tokens, *_calls(*KEYS)), bare, repeats=9)
    return at_most(f"{len(KEYS)} one-pass methods, {tokens} tokens, {name}", pair, "a bare forward pass", 1.3)


def _lens(ours: Ours) -> Row:
    """All methods with the settling depth, beside a pass that takes every layer through norm and head."""
    network = ours.model.network
    ids = ours.model.ids(ours.model.tokenizer.ids(text(MANY)))

    @torch.no_grad()
    def loop() -> list[Tensor]:
        output = network(input_ids=ids, use_cache=False, output_hidden_states=True)
        return [network.lm_head(network.model.norm(state)).argmax(-1) for state in output.hidden_states[1:]]

    pair = paired(lambda: ours.job(MANY, *_calls(*KEYS, DEEP)), loop, repeats=3)
    return at_most(f"{len(KEYS) + 1} with the settling depth, {MANY} tokens", pair, "a pass and the plain lens", 1.3)


def _long_text(keys: list[str]) -> Row:
    """In a process of its own: what other benchmarks left behind in this one is not counted, nor used again."""
    command = [sys.executable, "-m", "benchmarks.one_pass", *keys]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path.cwd())
    told = done.stdout.strip().splitlines()[-1]
    name = f"{len(keys)} one-pass methods, {llama.TOKENS:,} tokens: peak memory above the model"
    return memory_within(name, int(told) if told.isdecimal() else None, LIMIT)


def main(keys: list[str]) -> None:
    """Print the bytes by which these methods raise memory on the long text; `None` where Linux does not tell."""
    ours = Ours(llama.folder())
    ours.job(64, *_calls(*keys))
    print(peak_memory(lambda: ours.job(llama.TOKENS, *_calls(*keys))))


if __name__ == "__main__":
    main(sys.argv[1:])
