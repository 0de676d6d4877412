"""Units and strips: what is coloured, and the axis it lies on."""

from collections.abc import Callable
from typing import Any, Literal, cast

from pydantic import GetJsonSchemaHandler, SerializerFunctionWrapHandler, model_serializer
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from workers.contract.base import Bytes, Contract

UnitKind = Literal["token", "byte", "patch", "frame", "span", "gap"]
Segment = Literal["prompt", "generated", "predicted", "template"]
StripRole = Literal["text", "image", "input", "output", "answer", "sample", "document", "segmentation"]


class Unit(Contract):
    """A token, byte, patch, frame, span or gap.

    `text` is the source's own slice; where a tokenizer's string differs it stands in `surface`. `byte_*` and
    `char_*` (code points) are half-open offsets into the strip's text. A character made of several tokens
    belongs to the first of them; `group` numbers the graphemes. `box` is (left, top, right, bottom) in pixels
    of the stored image.
    """

    kind: UnitKind
    id: int | None = None
    text: str | None = None
    surface: str | None = None
    bytes: Bytes | None = None
    byte_start: int | None = None
    byte_end: int | None = None
    char_start: int | None = None
    char_end: int | None = None
    group: int | None = None
    segment: Segment | None = None
    special: bool = False
    row: int | None = None
    col: int | None = None
    box: tuple[float, float, float, float] | None = None

    @model_serializer(mode="wrap")
    def _without_nulls(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in handler(self).items() if value is not None}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of the fields: the serializer above only leaves nulls out, which pydantic cannot see."""
        fields = {name: value for name, value in schema.items() if name != "serialization"}
        return handler(cast(CoreSchema, fields))


class Strip(Contract):
    """An ordered list of units with a role, lying on a source's axis.

    For a text strip the `text` of its units, specials aside, joined, is the source's text exactly.
    """

    id: str
    role: StripRole
    label: str
    source: str | None = None
    tokenizer: str | None = None
    grid: tuple[int, int] | None = None
    units: list[Unit]

    def text(self) -> str:
        """The text that the strip lies on (special tokens and template tokens of no source left out)."""
        return "".join(unit.text or "" for unit in self.units if not unit.special)

    def find(self, wanted: Callable[[Unit], bool]) -> list[int]:
        """Indices of the units for which `wanted` holds."""
        return [index for index, unit in enumerate(self.units) if wanted(unit)]
