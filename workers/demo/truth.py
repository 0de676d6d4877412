"""How true the built-in models are: measured on stories, scenes and prose that they were not trained on."""

import math
from collections import defaultdict
from collections.abc import Iterable

import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerBase, ViTForImageClassification

from .ngram import ByteNgram
from .reading import Reader
from .recipes.vision import scene_batch
from .world import LABELS, Story, story

Scores = dict[str, float]

HELD_OUT_STORIES = range(2000)
HELD_OUT_SCENES = range(2000)
"""Seeds; those of training start at a million."""
_WINDOW, _STRIDE = 512, 256


def story_scores(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase, seeds: Iterable[int] = HELD_OUT_STORIES
) -> Scores:
    """Answers by kind and length of story; KL to the true distribution; mass on words that cannot come."""
    reader = Reader(model, tokenizer)
    stories = sorted((story(seed) for seed in seeds), key=lambda drawn: len(drawn.words))
    found: dict[str, list[float]] = defaultdict(list)
    for start in range(0, len(stories), 32):
        batch = stories[start : start + 32]
        for drawn, read in zip(batch, reader.read(batch), strict=True):
            _score(drawn, read, reader, found)
    return {name: sum(values) / len(values) for name, values in sorted(found.items())} | {"stories": len(stories)}


def _score(drawn: Story, read: torch.Tensor, reader: Reader, found: dict[str, list[float]]) -> None:
    length = "short" if drawn.sentences <= 4 else "long"
    questions = iter(drawn.questions)
    for choice, chances in zip(drawn.choices, read, strict=True):
        ids = [reader.ids[word] for word in choice.options]
        true = torch.tensor(list(choice.options.values()))
        divergence = float((true * (true.log() - chances[ids])).sum())
        found[f"kl_{choice.kind}"].append(divergence)
        if choice.depends_on_story:
            found["kl_depending"].append(divergence)
        found["impossible"].append(max(0.0, 1 - float(chances[ids].exp().sum())))
        if choice.kind == "answer":
            right = int(chances.argmax()) == reader.ids[choice.word]
            found[f"{next(questions).hops}_{length}".replace("-", "_")].append(float(right))


@torch.no_grad()
def prose_scores(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase, held_out: str, trained_on: bytes
) -> Scores:
    """Bits a byte of held-out prose, and a byte 5-gram's on the same bytes after the prose the model was trained on."""
    ids: list[int] = tokenizer.encode(held_out, add_special_tokens=False)
    nats = 0.0
    for start in range(0, len(ids), _STRIDE):
        context = ids[max(0, start - (_WINDOW - _STRIDE) + 1) : start]
        wanted = ids[start : start + _STRIDE]
        row = torch.tensor([[tokenizer.bos_token_id, *context, *wanted]], device=model.device)
        logits = model(input_ids=row).logits[0, -len(wanted) - 1 : -1].float()
        nats += float(torch.nn.functional.cross_entropy(logits, row[0, -len(wanted) :], reduction="sum"))
    size = len(held_out.encode())
    return {
        "prose_bits_per_byte": nats / math.log(2) / size,
        "prose_5gram_bits_per_byte": ByteNgram(trained_on).bits_per_byte(held_out.encode()),
        "prose_bytes": size,
    }


@torch.no_grad()
def scene_scores(model: ViTForImageClassification, seeds: range = HELD_OUT_SCENES) -> Scores:
    """Share of scenes whose named shape the model names, over all and for the label it names worst."""
    right: dict[int, list[bool]] = defaultdict(list)
    for first in range(seeds.start, seeds.stop, 100):
        pixels, labels = scene_batch(first, min(100, seeds.stop - first))
        answers = model(pixel_values=pixels.to(model.device)).logits.argmax(-1).cpu()
        for label, answer in zip(labels.tolist(), answers.tolist(), strict=True):
            right[label].append(label == answer)
    flat = [value for values in right.values() for value in values]
    worst = min(sum(values) / len(values) for values in right.values())
    return {"accuracy": sum(flat) / len(flat), "worst_label": worst, "labels": len(LABELS), "scenes": len(flat)}
