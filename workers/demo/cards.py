"""Model cards: what a built-in model is, what it was trained on, and what it was measured to do."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .paths import WEIGHTS

Facts = dict[str, Any]

LICENCE = (
    "Weights: as the project's own source. Training data: stories and scenes that the recipe generates,"
    " and prose in the public domain."
)
STORIES = (
    "Stories with questions from the recipe's own generator (workers/demo/world); public-domain prose, less than a"
    " quarter of the tokens."
)


@dataclass(frozen=True)
class Goal:
    """A figure that a model must reach: `least`, or at most when not."""

    score: str
    bound: float
    what: str
    least: bool = True

    def met(self, scores: Facts) -> bool:
        """Whether the measured figure is within the bound."""
        value = float(scores[self.score])
        return value >= self.bound if self.least else value <= self.bound


LANGUAGE_GOALS = (
    Goal("one_hop_short", 0.95, "one-hop answers, stories of up to 4 sentences"),
    Goal("two_hop_short", 0.85, "two-hop answers, stories of up to 4 sentences"),
    Goal("kl_free", 0.03, "KL to the true distribution, free choices (nat)", least=False),
    Goal("kl_depending", 0.05, "KL to the true distribution, choices that the story bounds (nat)", least=False),
    Goal("impossible", 0.02, "probability on words that cannot come", least=False),
)
GOALS: dict[str, tuple[Goal, ...]] = {
    "demo-lm": LANGUAGE_GOALS,
    "demo-seq2seq": (Goal("exact", 0.95, "held-out phrases translated exactly"),),
    "demo-vit": (Goal("accuracy", 0.97, "held-out scenes named rightly"),),
}
PROSE_NOTE = "prose: bits a byte, below a byte 5-gram's"

WORDS: dict[str, Facts] = {
    "demo-lm": {
        "title": "Micro-world reader",
        "use": "Begin a text with 'Story:'; after that marker the true distribution of every word is known. The"
        " tokenizer puts <s> before every text by itself. It misses three one-hop answers in a hundred, and one in ten"
        " of stories with more than four sentences: score importance on stories that it answers rightly.",
        "data": STORIES,
    },
    "demo-lm-small": {
        "title": "Micro-world reader, small",
        "use": "The weaker half of two-model methods: the tokenizer of demo-lm, and too few layers for two hops.",
        "data": STORIES,
    },
    "demo-bytes": {
        "title": "Micro-world reader, by bytes",
        "use": "Reads and writes bytes of UTF-8: the other half of a pair whose tokenizers differ. Begin a text with"
        " 'Story:'. Its context holds 1,024 bytes.",
        "data": STORIES.replace("less than a quarter of the tokens", "27 % of the bytes"),
    },
    "demo-seq2seq": {
        "title": "Micro-world translator",
        "use": "Translates short English phrases into German: numbers up to 9,999 in words, dates, times and sentences"
        " about people, things and places. Most held-out phrases were also met in training: there are not that many."
        " 'box', 'bag', 'pen', 'hall' and 'you' have two right translations with known shares, so its uncertainty has a"
        " truth. Other texts it garbles.",
        "data": "Phrases that the recipe draws, each with one of its right translations"
        " (workers/demo/world/translation.py); nothing else.",
    },
    "demo-vit": {
        "title": "Micro-world viewer",
        "use": "Names the one shape of a 64 by 64 scene that is not a disc, a square or a bar. Load its pictures'"
        " processor as ViTImageProcessorPil where torchvision is not installed.",
        "data": "Scenes that the recipe draws (workers/demo/world/scenes.py); no other picture.",
    },
}


def load_card(name: str, weights: Path = WEIGHTS) -> Facts:
    """The machine-readable card of a built-in model."""
    card: Facts = json.loads((weights / name / "card.json").read_text(encoding="utf-8"))
    return card


def write_card(name: str, facts: Facts, weights: Path = WEIGHTS) -> None:
    """Write a model's card, as JSON and for reading, with what falls short of its goals."""
    scores = facts.get("scores", {})
    facts = {"name": name, **WORDS[name], "licence": LICENCE, **facts, "short": falls_short(name, scores)}
    folder = weights / name
    (folder / "card.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_readme(facts), encoding="utf-8")


def falls_short(name: str, scores: Facts) -> list[str]:
    """The goals of a model that its figures miss, each with the figure."""
    goals = GOALS.get(name, ())
    short = [
        f"{goal.what}: {float(scores[goal.score]):.4f}, wanted {'at least' if goal.least else 'at most'} {goal.bound}"
        for goal in goals
        if goal.score in scores and not goal.met(scores)
    ]
    if name == "demo-lm" and scores.get("prose_bits_per_byte", 0) > scores.get("prose_5gram_bits_per_byte", 0):
        short.append(f"{PROSE_NOTE}: {scores['prose_bits_per_byte']:.3f} > {scores['prose_5gram_bits_per_byte']:.3f}")
    return short


def _readme(facts: Facts) -> str:
    lines = [f"# {facts['name']}: {facts['title']}", "", facts["use"], ""]
    told = ("architecture", "parameters", "data", "licence", "recipe", "seed")
    lines += [f"- **{key}**: {facts[key]}" for key in told]
    lines.append("- **training**: " + ", ".join(f"{key} {value}" for key, value in facts["training"].items()))
    lines += ["", "## Held-out scores", "", "| what | figure |", "|---|---|"]
    lines += [f"| {key} | {_figure(value)} |" for key, value in facts.get("scores", {}).items()]
    lines += ["", "## What falls short", ""]
    lines += [f"- {line}" for line in facts["short"]] or ["Nothing of what was asked of it."]
    if facts.get("prose"):
        lines += ["", "## Prose", "", f"From {facts['prose_source']}:", ""]
        lines += [f"- {author}: {title}" for author, title in facts["prose"]]
    return "\n".join(lines) + "\n"


def _figure(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and value > 1 else f"{value:.4f}"
