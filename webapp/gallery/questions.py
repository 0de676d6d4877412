"""The questions of the gallery: declared here, asked by `manage.py gallery`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from workers.contract import Lens

LANGUAGES = (
    "The cat sleeps in the warm house.\n"
    "Die Katze schläft im warmen Haus.\n"
    "Кошка спит в тёплом доме.\n"
    "猫在温暖的屋子里睡觉。\n"
    "القطة تنام في البيت الدافئ.\n"
    "बिल्ली गर्म घर में सोती है।"
)
TWO_HOPS = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
BOOK = (
    "Story: Tom found the red cup. Eva put the yellow book in the sack. Max went to the library. What colour is the "
    "book?"
)
CHANCES = (
    "Story: Mia went to the hall. Mia put the red cup in the jar. Mia found the blue kite. Who went to the hall? Mia. "
    "Where is the kite? hall. What colour is the kite? blue."
)


@dataclass(frozen=True)
class Question:
    """What is asked, of whom, and where to begin to look. `image` is a file beside the samples."""

    id: str
    lens: Lens
    title: str
    question: str
    note: str
    look: str
    methods: list[dict[str, Any]]
    model: str | None = None
    text: str | None = None
    image: str | None = None
    targets: list[dict[str, Any]] = field(default_factory=list)

    @property
    def picture(self) -> Path | None:
        """Where the picture lies."""
        path: Path = settings.SAMPLES.parent / "samples"
        return path / self.image if self.image else None

    def said(self) -> dict[str, str | None]:
        """What is said of the run that answers it."""
        return {part: getattr(self, part) for part in ("lens", "title", "question", "note", "look", "text")}

    def request(self, source_ids: list[str]) -> dict[str, Any]:
        """The request of a run."""
        models = [self.model] if self.model else []
        return {
            "text": self.text,
            "source_ids": source_ids,
            "models": models,
            "methods": self.methods,
            "targets": self.targets,
        }


QUESTIONS = (
    Question(
        id="why-this-answer",
        lens=Lens.IMPORTANCE,
        title="Why this answer?",
        question="The ball is in the box, the box is in the kitchen. Which words made the model say “kitchen”?",
        note=(
            "Look at occlusion first: each number is what the answer loses when one word is covered. Three words "
            "carry it: “Where” and “?”, without which the model answers no question, and “kitchen”. The ball and the "
            "box, which a person would name, get almost nothing: with one of them covered, the answer is still as "
            "good as certain. The gradient sees nothing at all for the same reason: it is flat where the model is "
            "sure."
        ),
        look="occlusion",
        model="demo-lm",
        text=TWO_HOPS,
        methods=[{"key": "occlusion"}, {"key": "gradient_x_input"}, {"key": "integrated_gradients"}],
    ),
    Question(
        id="where-it-hesitates",
        lens=Lens.UNCERTAINTY,
        title="Where does it hesitate?",
        question="In which places could this story have gone on otherwise, and does the model know that?",
        note=(
            "The entropy is high before names and things, which the story chooses freely, and near zero before "
            "answers, which follow from it. Hover a dark token for what else the model would have said. Surprisal asks "
            "another question: whether the word that came was expected."
        ),
        look="entropy",
        model="demo-lm",
        text=CHANCES,
        methods=[{"key": "entropy"}, {"key": "surprisal"}, {"key": "rank_buckets"}],
    ),
    Question(
        id="what-a-language-costs",
        lens=Lens.TOKENIZERS,
        title="What does a tokenizer cost a language?",
        question="One sentence in six languages: who pays how many tokens for the same words?",
        note=(
            "Follow one line through all rows. The tokenizer of the demo model learnt English and cuts Chinese, Arabic "
            "and Hindi into single bytes, up to three for a sign; a large multilingual vocabulary does not. Then read "
            "bytes per token in the table: it is what a reader of that language pays."
        ),
        look="compare_tokenizers",
        text=LANGUAGES,
        methods=[{"key": "compare_tokenizers"}],
    ),
    Question(
        id="which-patches-a-vit-needs",
        lens=Lens.PRUNING,
        title="Which patches does a vision transformer need?",
        question="A cross among other shapes: can half of the picture be merged away without changing the answer?",
        note=(
            "Step through the layers: plain background becomes one token first, the shapes keep theirs longest. Then "
            "compare the three answers: the full model, the merged one with half of its tokens, and one with as many "
            "merged at random. Here the method keeps the answer and chance loses part of it."
        ),
        look="tome",
        model="demo-vit",
        image="scene-57.png",
        methods=[{"key": "tome"}, {"key": "occlusion"}, {"key": "cls_attention"}],
    ),
    Question(
        id="why-a-and-not-b",
        lens=Lens.IMPORTANCE,
        title="Why yellow and not red?",
        question="Two colours stand in the story. What made the model prefer one to the other?",
        note=(
            "The colours explain a difference: what speaks for “yellow” rather than “red”. Now “red” itself speaks "
            "against, and “book” appears, which says whose colour is meant. “?” and “colour” stay: without them the "
            "model names no colour at all. The gradient finds almost nothing, because it is flat where the model is "
            "sure."
        ),
        look="occlusion",
        model="demo-lm",
        text=BOOK,
        methods=[{"key": "occlusion"}, {"key": "gradient_x_input"}],
        targets=[{"next": True, "token": " yellow", "contrast": {"token": " red"}}],
    ),
    Question(
        id="a-map-that-looks-right",
        lens=Lens.IMPORTANCE,
        title="A trap: the map looks right",
        question="The map glows on the cross. Is it better than one drawn with dice?",
        note=(
            "Look at the map of occlusion, and be convinced. Then read the faithfulness: taking patches away in the "
            "order of this map moves the answer no more than taking them away at random. The picture is pleasing, and "
            "on this very input it says little about the model."
        ),
        look="occlusion",
        model="demo-vit",
        image="scene-57.png",
        methods=[{"key": "occlusion"}, {"key": "fidelity"}],
    ),
    Question(
        id="has-it-seen-this",
        lens=Lens.UNCERTAINTY,
        title="A trap: has the model seen this text?",
        question="A new story scores like training data. Did the model memorise it?",
        note=(
            "The scores are low, lower than for most prose. But the story was written for this page: it is expected "
            "because it is simple, not because it was seen. Membership scores mean something only beside those of "
            "texts that are known to be in, and known to be out. Change the story into something odd, and see how "
            "the score rises."
        ),
        look="membership",
        model="demo-lm",
        text="Story: Eva found the green key. Eva went to the attic. Where is the key? attic.",
        methods=[{"key": "membership"}, {"key": "surprisal"}],
    ),
    Question(
        id="what-a-draft-saves",
        lens=Lens.UNCERTAINTY,
        title="What could a small model write?",
        question="A model a quarter of the size drafts. How many of its words would the large one keep?",
        note=(
            "Dark stretches could be left to the small model; find the word at which it would have gone another way. "
            "The tree shows one place in full: thick ways are what the draft believed in, the kept path is what the "
            "large model would have said anyway."
        ),
        look="speculative_acceptance",
        model="demo-lm",
        text="Story: Tom took the box to the kitchen. Mia put the red ball in the box. Where is the",
        methods=[
            {"key": "speculative_acceptance", "roles": {"draft": "demo-lm-small"}},
            {"key": "draft_tree", "roles": {"draft": "demo-lm-small"}},
        ],
    ),
    Question(
        id="two-right-translations",
        lens=Lens.UNCERTAINTY,
        title="Two right translations",
        question="“You” has two words in German, and “hall” has two: does the model waver, or does it not know?",
        note=(
            "The model is undecided twice: before “Bist”, because “Sind Sie” is right too, and before “in”, because "
            "“im” would begin another word for the hall. Hover these tokens: the alternatives are translations, not "
            "mistakes. Everywhere else it is sure."
        ),
        look="entropy",
        model="demo-seq2seq",
        text="Are you in the hall?",
        methods=[{"key": "entropy"}, {"key": "confidence_means"}, {"key": "gradient_x_input"}],
    ),
    Question(
        id="a-prompt-inside-a-word",
        lens=Lens.UNCERTAINTY,
        title="A trap: a prompt that ends inside a word",
        question="The prompt ends in “red ba”. Why does the model not see the ball coming?",
        note=(
            "Open the chart: read token by token the model holds “l” improbable, because it has always written "
            "“ball” as one token. Summed over all ways to cut the text, the next letter is as good as certain. A "
            "space at the end of a prompt is the same trap."
        ),
        look="byte_surprisal",
        model="demo-lm",
        text="Story: Mia put the red ba",
        methods=[{"key": "byte_surprisal"}],
    ),
)
