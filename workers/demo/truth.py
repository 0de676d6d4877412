"""How true the built-in models are: measured on stories, scenes and prose that they were not trained on."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from typing import Any

import torch
from transformers import (
    LlamaForCausalLM,
    PreTrainedTokenizerBase,
    T5ForConditionalGeneration,
    ViTForImageClassification,
)

from .ngram import ByteNgram
from .reading import Reader
from .recipes.vision import scene_batch
from .world import LABELS, MARKER, Story, story
from .world.translation import Phrase, phrase

Scores = dict[str, float]

HELD_OUT_STORIES = range(2000)
HELD_OUT_SCENES = range(2000)
HELD_OUT_PHRASES = range(2000)
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
def spelled_story_scores(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerBase, seeds: Sequence[int] = HELD_OUT_STORIES
) -> Scores:
    """The same of a model that spells words: answers right in every letter, and an unbiased estimate of the KL.

    ln p(word, true) − ln p(word, model) of the words that were drawn has the divergence as its mean; the mass on
    impossible words would need every other word spelled too, and is left out.
    """
    found: dict[str, list[float]] = defaultdict(list)
    opening = tokenizer.encode(MARKER)
    for drawn in map(story, seeds):
        words = [tokenizer.encode(word, add_special_tokens=False) for word in drawn.words]
        ids = torch.tensor([opening + [id for word in words for id in word]], device=model.device)
        logs = model(input_ids=ids).logits[0].float().log_softmax(-1)
        length = "short" if drawn.sentences <= 4 else "long"
        questions, at = iter(drawn.questions), len(opening)
        for choice, word in zip(drawn.choices, words, strict=True):
            rows, spelled = logs[at - 1 : at - 1 + len(word)], ids[0, at : at + len(word)]
            gap = math.log(choice.options[choice.word]) - float(rows.gather(1, spelled[:, None]).sum())
            found[f"kl_{choice.kind}"].append(gap)
            if choice.kind == "answer":
                right = bool((rows.argmax(-1) == spelled).all())
                found[f"{next(questions).hops}_{length}".replace("-", "_")].append(float(right))
            at += len(word)
    return {name: sum(values) / len(values) for name, values in sorted(found.items())} | {"stories": len(seeds)}


@torch.no_grad()
def translation_scores(
    model: T5ForConditionalGeneration,
    tokenizer: PreTrainedTokenizerBase,
    seeds: Iterable[int] = HELD_OUT_PHRASES,
    seen: Set[str] = frozenset(),
) -> Scores:
    """Greedy translations that are exactly a right one: of all phrases, of those with one right translation, with
    several, and of those that are not among the `seen` ones; and, where there are several, KL(true ‖ model) over them
    [nat] and the mass that the model leaves to others."""
    network: Any = model
    found: dict[str, list[float]] = defaultdict(list)
    phrases = list(map(phrase, seeds))
    for start in range(0, len(phrases), 64):
        batch = phrases[start : start + 64]
        given = tokenizer([one.source for one in batch], padding=True, return_tensors="pt").to(model.device)
        made = network.generate(**given, max_new_tokens=48, do_sample=False, num_beams=1)
        for one, said in zip(batch, tokenizer.batch_decode(made, skip_special_tokens=True), strict=True):
            found["exact"].append(float(said in one.targets))
            found["exact_certain" if one.certain else "exact_ambiguous"].append(float(said in one.targets))
            if one.source not in seen:
                found["exact_unseen"].append(float(said in one.targets))
    for one in [one for one in phrases if not one.certain][:200]:
        logs = translation_logs(model, tokenizer, one)
        true = torch.tensor(list(one.targets.values()))
        found["kl_ambiguous"].append(float((true * (true.log() - logs)).sum()))
        found["mass_on_wrong"].append(max(0.0, 1 - float(logs.exp().sum())))
    means = {name: sum(values) / len(values) for name, values in sorted(found.items())}
    return means | {"phrases": len(phrases), "phrases_unseen": len(found["exact_unseen"])}


def translation_logs(
    model: T5ForConditionalGeneration, tokenizer: PreTrainedTokenizerBase, one: Phrase
) -> torch.Tensor:
    """ln p of each right translation of a phrase, its end included: (translations)."""
    ids = tokenizer([one.source], return_tensors="pt").input_ids.to(model.device)
    totals = []
    for target in one.targets:
        labels = tokenizer([target], return_tensors="pt").input_ids.to(model.device)
        logs = model(input_ids=ids, labels=labels).logits[0].float().log_softmax(-1)
        totals.append(logs.gather(1, labels[0, :, None]).sum())
    return torch.stack(totals).cpu()


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
