"""Samples to begin with: stories and scenes whose right answer is known, and short texts in several languages.

`python -m workers.demo samples` writes them; reading them needs nothing but JSON.
"""

import json
import math
from typing import Any

from .paths import SAMPLES
from .world import Story, read_story, scene, story

Sample = dict[str, Any]

IMPORTANCE = ["gradient_x_input", "integrated_gradients", "occlusion"]
UNCERTAINTY = ["surprisal", "entropy"]
TRANSLATION = ["confidence_means", "entropy", "gradient_x_input"]

STORIES = (
    ("ball-in-the-box", "Two hops: where is the ball?",
     "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"),
    ("colour-of-the-book", "One hop among distractors: what colour is the book?",
     "Story: Tom found the red cup. Eva put the yellow book in the sack. Max went to the library."
     " What colour is the book?"),
    ("who-carried", "Two hops: who carried the lamp?",
     "Story: Ida put the blue lamp in the basket. Sam went to the barn. Rosa took the basket to the attic."
     " Who carried the lamp?"),
    ("found-by-emma", "Two hops through a person: where is the ring?",
     "Story: Emma found the white ring. Paul put the red cup in the jar. Emma went to the garden. Where is the ring?"),
    ("anna-counts", "Counting: how many nuts?",
     "Story: Anna had three nuts. Hugo went to the hall. Anna got two more. How many nuts does Anna have?"),
)  # fmt: skip

PHRASES = (
    ("hall", "Translation: two right words for one, and two ways to say you", "Are you in the hall?"),
    ("pronoun", "Translation: a pronoun that follows its noun", "The pen is red. It is in the box."),
    ("number", "Translation: a number turned around", "seven thousand three hundred and forty-one"),
)

TEXTS = (
    ("english", "English prose",
     "The lighthouse keeper counted the ships twice, wrote down a number he did not believe, and put out the lamp."),
    ("german", "German: long compounds",
     "Die Donaudampfschifffahrtsgesellschaft verschob gestern wegen Überfüllung die Straßenbahnanschlussfahrt."),
    ("chinese", "Chinese: no spaces", "春天来了，河边的柳树发出嫩绿的新芽，孩子们在草地上放风筝。"),
    ("arabic", "Arabic: right to left", "ذهبت القطة الصغيرة إلى البحر، فرأت سمكةً تضحك تحت ضوء القمر."),
    ("hindi", "Hindi: combining vowels", "नदी के किनारे बैठी लड़की ने धीरे से एक पुराना गीत गाया।"),
    ("marks", "Emoji and combining marks",
     "The family 👨‍👩‍👧‍👦 waved 👋🏽 at the nai\u0308ve cafe\u0301 owner 🇩🇪, who sang Z\u0351\u036b\u0343algo ☕️."),
)  # fmt: skip

SCENES = (11, 23, 42, 57)
FULL_STORY = 5


def build_samples() -> list[Sample]:
    """All samples, stories first."""
    made = [_question_sample(*told) for told in STORIES]
    made.append(_uncertainty_sample(story(FULL_STORY)))
    made += [_text(key, title, text, "demo-seq2seq", TRANSLATION, {}) for key, title, text in PHRASES]
    made += [_scene_sample(seed) for seed in SCENES]
    return made + [_text_sample(*written) for written in TEXTS]


def write_samples() -> int:
    """Write samples.json and the scenes as PNG beside it; the number of samples."""
    SAMPLES.mkdir(exist_ok=True)
    for seed in SCENES:
        scene(seed).image.save(SAMPLES / f"scene-{seed}.png", optimize=True)
    made = build_samples()
    text = json.dumps(made, indent=1, ensure_ascii=False)
    (SAMPLES.parent / "samples.json").write_text(text + "\n", encoding="utf-8")
    return len(made)


def _question_sample(key: str, title: str, text: str) -> Sample:
    told = read_story(text)
    question = told.questions[-1]
    truth = {
        "answer": question.answer,
        "hops": question.hops,
        "deciding": [list(span) for span in told.deciding(question)],
    }
    return _text(key, title, text, "demo-lm", [*IMPORTANCE, *UNCERTAINTY], truth)


def _uncertainty_sample(told: Story) -> Sample:
    choices = [
        {
            "span": [choice.start, choice.start + len(choice.word)],
            "probability": choice.options[choice.word],
            "entropy": sum(-chance * math.log(chance) for chance in choice.options.values()),
        }
        for choice in told.choices[:-1]
    ]
    return _text(
        f"story-{FULL_STORY}", "How sure could anyone be? A story with every word's true chance", told.text, "demo-lm",
        UNCERTAINTY, {"choices": choices},
    )  # fmt: skip


def _scene_sample(seed: int) -> Sample:
    drawn = scene(seed)
    article = "An" if drawn.label in ("arrow", "hourglass") else "A"
    return {
        "id": f"scene-{seed}",
        "kind": "image",
        "title": f"{article} {drawn.label} among {len(drawn.distractors)} other shapes",
        "file": f"samples/scene-{seed}.png",
        "model": "demo-vit",
        "methods": [*IMPORTANCE, "cls_attention", "tome"],
        "truth": {
            "label": drawn.label,
            "box": list(drawn.box),
            "distractors": [list(box) for box in drawn.distractors],
            "patches": drawn.patches(),
        },
    }


def _text_sample(key: str, title: str, text: str) -> Sample:
    methods = ["compare_tokenizers", *UNCERTAINTY] if text.isascii() else ["compare_tokenizers"]
    return _text(key, title, text, "demo-lm", methods, {})


def _text(key: str, title: str, text: str, model: str, methods: list[str], truth: Sample) -> Sample:
    return {
        "id": key, "kind": "text", "title": title, "text": text, "model": model, "methods": methods, "truth": truth,
    }  # fmt: skip
