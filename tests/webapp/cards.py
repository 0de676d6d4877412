"""A catalogue for tests, as a worker would publish it."""

from typing import Any

from webapp.catalogue.services import cards_publish
from workers.contract import Ability, Catalogue, Lens, MethodCard, ModelCard, RoleCard, TokenizerCard

COMMON: dict[str, Any] = {"version": 1, "summary": "s", "description": "d", "reads": "r", "produces": ["scores"]}
EMPTY: dict[str, Any] = {"type": "object", "properties": {}}


def methods() -> list[MethodCard]:
    """One method of each kind that the site tells apart."""
    return [
        MethodCard(
            key="surprisal",
            lens=Lens.UNCERTAINTY,
            name="Surprisal",
            inputs=["text"],
            needs=[[Ability.NEXT_TOKEN]],
            parameters={
                "type": "object",
                "properties": {
                    "top": {"type": "integer", "minimum": 1, "maximum": 20, "default": 5},
                    "base": {"enum": ["nat", "bit"], "default": "nat"},
                },
            },
            **COMMON,
        ),
        MethodCard(
            key="occlusion",
            lens=Lens.IMPORTANCE,
            name="Occlusion",
            inputs=["text", "image"],
            needs=[[Ability.NEXT_TOKEN], [Ability.IMAGE_CLASSES, Ability.PATCHES]],
            explains=True,
            parameters=EMPTY,
            **COMMON,
        ),
        MethodCard(
            key="compare_tokenizers",
            lens=Lens.TOKENIZERS,
            name="Compare tokenizers",
            inputs=["text"],
            needs=[],
            needs_model=False,
            queue="cpu",
            parameters={
                "type": "object",
                "properties": {
                    "tokenizers": {
                        "type": "array",
                        "items": {"type": "string", "x-kind": "tokenizer"},
                        "maxItems": 4,
                        "default": ["bytes"],
                    }
                },
            },
            **COMMON,
        ),
        MethodCard(
            key="two_models",
            lens=Lens.UNCERTAINTY,
            name="Two models",
            inputs=["text"],
            needs=[[Ability.NEXT_TOKEN]],
            roles={"reference": RoleCard(summary="the other", needs=[Ability.NEXT_TOKEN])},
            parameters=EMPTY,
            **COMMON,
        ),
        MethodCard(
            key="two_texts",
            lens=Lens.UNCERTAINTY,
            name="Two models with tokenizers of their own",
            inputs=["text"],
            needs=[[Ability.NEXT_TOKEN]],
            roles={
                "reference": RoleCard(summary="the other", needs=[Ability.NEXT_TOKEN], tokenizers="aligned"),
                "third": RoleCard(summary="one more", needs=[], tokenizers="aligned", optional=True),
            },
            parameters=EMPTY,
            **COMMON,
        ),
        MethodCard(
            key="calibration",
            lens=Lens.UNCERTAINTY,
            name="Calibration",
            inputs=["table"],
            needs=[[Ability.NEXT_TOKEN]],
            background=True,
            parameters=EMPTY,
            **COMMON,
        ),
        MethodCard(
            key="pasted_logprobs",
            lens=Lens.UNCERTAINTY,
            name="Pasted log-probabilities",
            inputs=["logprobs"],
            needs=[],
            needs_model=False,
            queue="cpu",
            parameters=EMPTY,
            **COMMON,
        ),
        MethodCard(
            key="absent",
            lens=Lens.PRUNING,
            name="Absent",
            inputs=["text"],
            needs=[],
            missing="pip install it first.",
            parameters=EMPTY,
            **COMMON,
        ),
    ]


def models() -> list[ModelCard]:
    """Two language models and a translator, a classifier of images, and one that cannot be loaded."""
    return [
        ModelCard(
            key="demo-lm",
            name="Demo LM",
            architecture="llama",
            abilities=[Ability.NEXT_TOKEN, Ability.GENERATE],
            inputs=["text"],
            parameters=10,
            context=512,
            revision="r1",
            vocabulary=1024,
            vocabulary_hash="v1",
            builtin=True,
        ),
        ModelCard(
            key="other-lm",
            name="Another LM",
            architecture="llama",
            abilities=[Ability.NEXT_TOKEN, Ability.GENERATE],
            inputs=["text"],
            parameters=10,
            vocabulary=256,
            vocabulary_hash="v2",
        ),
        ModelCard(
            key="translator",
            name="Translator",
            architecture="t5",
            abilities=[Ability.NEXT_TOKEN, Ability.GENERATE, Ability.SEQUENCE_TO_SEQUENCE],
            inputs=["text"],
            parameters=10,
            vocabulary=1024,
            vocabulary_hash="v1",
        ),
        ModelCard(
            key="demo-vit",
            name="Demo ViT",
            architecture="vit",
            abilities=[Ability.IMAGE_CLASSES, Ability.PATCHES],
            inputs=["image"],
            parameters=10,
            builtin=True,
        ),
        ModelCard(
            key="broken", name="Broken", architecture="", abilities=[], inputs=["text"], parameters=0, missing="gone."
        ),
    ]


def publish() -> None:
    """Fill the catalogue."""
    tokenizers = [TokenizerCard(key="bytes", name="Bytes", algorithm="bytes", vocabulary=256, source="here")]
    cards_publish(catalogue=Catalogue(methods=methods(), models=models(), tokenizers=tokenizers))
