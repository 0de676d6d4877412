"""The gallery: questions that the house asked once, their answers stored, to be opened, changed and asked again."""

from typing import Annotated, Literal

from pydantic import Field

from workers.contract.base import Contract, Key, Lens, Slug


class PreviewUnit(Contract):
    """A token or patch of the small picture; `share` is its part of the largest value there, signed; null: no value."""

    text: str = ""
    share: Annotated[float, Field(ge=-1, le=1)] | None = None


class Preview(Contract):
    """The first coloured units of an answer, small enough for a list. `grid` (rows, columns) is that of a picture."""

    scale: Literal["sequential", "diverging"] = "sequential"
    grid: tuple[int, int] | None = None
    units: list[PreviewUnit] = []


class WorkedQuestion(Contract):
    """A question of the gallery. `note` says what to look at, `look` in which method's answer to begin.

    `url` is the page of the stored run, for everybody; `image_url` is its picture, where it has one.
    """

    id: Slug
    lens: Lens
    title: str
    question: str
    note: str
    look: Key
    url: str
    text: str | None = None
    image_url: str | None = None
    preview: Preview | None = None
