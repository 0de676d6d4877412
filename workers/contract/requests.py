"""What a person asks for: reading, continuation, targets, methods, runs, shares."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from workers.contract.base import Contract, Key, Parameters, Slug, Text

Quantity = Literal["logprob", "logit", "probability"]


class Reading(Contract):
    """How a text is read into tokens, once per run, so that all methods share passes and strips."""

    bos: Annotated[
        Literal["auto", "yes", "no"],
        Field(
            description="Put the beginning-of-sequence token first: as the tokenizer does by itself, always, or never."
        ),
    ] = "auto"
    special_text: Annotated[
        Literal["escape", "parse"],
        Field(description="Special tokens typed into the text, such as </s>: read as plain text, or as the token."),
    ] = "escape"
    template: Annotated[
        Literal["none", "chat"],
        Field(description="Read the text as it is, or as one user turn of the model's chat template."),
    ] = "none"


class Generate(Contract):
    """How the model continues the text: greedy unless `do_sample`."""

    max_new_tokens: Annotated[int, Field(ge=1, le=1024, description="How many tokens at most.")] = 20
    do_sample: Annotated[bool, Field(description="Draw from the distribution instead of taking the top token.")] = False
    temperature: Annotated[float, Field(gt=0, le=10, description="Flatter above 1, sharper below.")] = 1.0
    top_p: Annotated[float, Field(gt=0, le=1, description="Draw from the smallest set holding this much mass.")] = 1.0
    seed: Annotated[int, Field(ge=0, lt=2**32, description="The same seed draws the same tokens.")] = 0
    stop: Annotated[list[Text], Field(max_length=8, description="Texts that end the continuation.")] = []
    begin: Annotated[
        list[Annotated[int, Field(ge=0, lt=2**31)]],
        Field(max_length=4096, description="Token ids that the continuation begins with, whatever is drawn."),
    ] = []


class Contrast(Contract):
    """What the target is compared with, read at the same row: f(target) − f(contrast). Exactly one field."""

    token: Text | None = None
    ids: Annotated[list[int], Field(min_length=1, max_length=256)] | None = None
    class_: Annotated[int | Text | None, Field(alias="class")] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(value is not None for value in (self.token, self.ids, self.class_)) != 1:
            raise ValueError("a contrast names exactly one of token, ids or class")
        return self


class Target(Contract):
    """What is explained: units [from, to) of a strip, or a class, or a contrast between two.

    Without `from` and `class`: the last generated unit, else the predicted next token, else the most probable
    class. `next` asks for the predicted next token even after a continuation.
    """

    strip: Text = "main"
    from_: Annotated[int | None, Field(alias="from", ge=0)] = None
    to: Annotated[int | None, Field(ge=1)] = None
    next: bool = False
    quantity: Quantity | None = None
    token: Text | None = None
    id: Annotated[int | None, Field(ge=0)] = None
    class_: Annotated[int | Text | None, Field(alias="class")] = None
    contrast: Contrast | None = None

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.to is not None and (self.from_ is None or self.to <= self.from_):
            raise ValueError(f"a target's units are [from, to) with to > from; got [{self.from_}, {self.to})")
        return self


class MethodCall(Contract):
    """A method with the parameters that differ from its defaults, and the models that fill its roles."""

    key: Key
    params: Parameters = {}
    roles: dict[Key, Slug] = {}


class JobsRequest(Contract):
    """Another question about the same run: its stored continuation is reused, never sampled again."""

    models: Annotated[list[Slug], Field(max_length=8)] = []
    methods: Annotated[list[MethodCall], Field(min_length=1, max_length=64)]
    targets: Annotated[list[Target], Field(max_length=64)] = []


class Branch(Contract):
    """Where a run leaves another one: before unit `at` of that run's scored strip (main or output) of `model`."""

    run: Text
    model: Slug
    at: Annotated[int, Field(ge=0)]


class RunRequest(JobsRequest):
    """One input (text, image or both), one or more models and methods.

    `branch` says which run this one departs from, so that the two can be shown against each other.
    """

    text: Text | None = None
    source_ids: Annotated[list[Text], Field(max_length=8)] = []
    reading: Reading = Reading()
    generate: Generate | None = None
    branch: Branch | None = None


VIEW_BYTES = 64 * 1024
"""The longest view (bytes of its JSON) that goes with a link."""


def _small(view: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(json.dumps(view, ensure_ascii=False).encode())
    except RecursionError as error:
        raise ValueError("a view is not nested so deeply") from error
    if size > VIEW_BYTES:
        raise ValueError(f"a view has at most {VIEW_BYTES:,} bytes of JSON; this one has {size:,}")
    return view


View = Annotated[Parameters, AfterValidator(_small)]
"""What a person made of a run's page, as the browser keeps it: the server stores it and reads nothing from it."""


class ShareRequest(Contract):
    """A link to a run for those who hold it, and how they find its page."""

    expires_in: Annotated[int | None, Field(ge=60, le=366 * 86400, description="Seconds; null: no end.")] = 30 * 86400
    note: Annotated[Text, Field(max_length=512)] = ""
    view: Annotated[View, Field(description="Chosen tracks, pinned tokens, scales, where the reader begins.")] = {}
    embed: Annotated[bool, Field(description="Whether pages of other sites may show it.")] = False
