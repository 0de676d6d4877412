"""Cards: how methods, models and tokenizers describe themselves; the site builds its forms from them."""

from enum import StrEnum
from typing import Any, Literal

from workers.contract.base import Contract, Key, Lens, Slug, SourceKind
from workers.contract.cost import MethodCost
from workers.contract.guides import Guide
from workers.contract.panels import PanelKind


class Ability(StrEnum):
    """What a model can do; a method names those it needs."""

    NEXT_TOKEN = "next_token"
    GENERATE = "generate"
    TEXT_GRADIENT = "text_gradient"
    ATTENTION = "attention"
    MASKED_TOKEN = "masked_token"
    SEQUENCE_TO_SEQUENCE = "sequence_to_sequence"
    IMAGE_CLASSES = "image_classes"
    IMAGE_GRADIENT = "image_gradient"
    PATCHES = "patches"
    CLS_TOKEN = "cls_token"
    VIT_BLOCKS = "vit_blocks"
    NLI = "nli"
    SIMILARITY = "similarity"
    DETECTION_HEAD = "detection_head"


class RoleCard(Contract):
    """A further model that a method asks for; an `optional` role may stay empty.

    `tokenizers`: the role's model has the *same* vocabulary as the job's model (equal `vocabulary_hash`), or another
    one too, whose cut is then *aligned* on the bytes of the text, or *any*, because texts are all that is compared.
    """

    summary: str
    needs: list[Ability]
    tokenizers: Literal["same", "aligned", "any"] = "same"
    optional: bool = False


class MethodCard(Contract):
    """A method's self-description. `needs` lists alternatives: a model fits if it has all of one of them.

    `parameters` is a JSON Schema (draft 2020-12) of an object; `inputs` are the kinds of sources that it reads;
    `default`: who asks the lens's question without choosing gets it; `additive`: the sum of its scores
    over units predicts what a target loses without them; `follows`: it is asked of a result, not of an input; `missing`
    says in one sentence what has to be installed first, null when nothing is; `guide` is null only for cards of
    workers that had none yet.
    """

    key: Key
    version: int
    lens: Lens
    name: str
    summary: str
    description: str
    reads: str
    caveat: str = ""
    paper: str = ""
    inputs: list[SourceKind]
    needs: list[list[Ability]]
    needs_model: bool = True
    explains: bool = False
    produces: list[PanelKind]
    parameters: dict[str, Any]
    roles: dict[Key, RoleCard] = {}
    queue: Literal["gpu", "cpu"] = "gpu"
    background: bool = False
    default: bool = False
    additive: bool = False
    follows: bool = False
    cost: MethodCost = MethodCost()
    guide: Guide | None = None
    missing: str | None = None


class ModelCard(Contract):
    """A model as a worker can run it.

    `revision`, `dtype` and `tokenizer_hash` say exactly which weights and tokenizer: results are stored under them.
    Models of an equal `vocabulary_hash` have the same bytes and special flag for every id. `bytes` (of the weights),
    `layers`, `hidden`, `heads` and `width` (bytes of one number) are what the formula of memory reads, 0 where nobody
    knows them; `bytes_per_token` tells how long a text will be.
    """

    key: Slug
    name: str
    summary: str = ""
    architecture: str
    abilities: list[Ability]
    inputs: list[Literal["text", "image"]]
    parameters: int
    context: int | None = None
    vocabulary: int | None = None
    labels: list[str] = []
    image_size: tuple[int, int] | None = None
    patch_size: int | None = None
    chat_template: bool = False
    tokenizer: Slug | None = None
    licence: str = ""
    revision: str = ""
    dtype: str = ""
    tokenizer_hash: str = ""
    vocabulary_hash: str = ""
    bytes: int = 0
    layers: int = 0
    hidden: int = 0
    heads: int = 0
    width: int = 4
    bytes_per_token: float | None = None
    builtin: bool = False
    missing: str | None = None


class TokenizerCard(Contract):
    """A tokenizer that `x-kind: tokenizer` parameters may name."""

    key: Slug
    name: str
    algorithm: str
    vocabulary: int
    source: str
    licence: str = ""
    revision: str = ""


class Catalogue(Contract):
    """All that one worker can run."""

    methods: list[MethodCard]
    models: list[ModelCard]
    tokenizers: list[TokenizerCard]
