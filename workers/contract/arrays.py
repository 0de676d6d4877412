"""Arrays of numbers: numpy inside, nested lists or base64 on the wire; NaN is null."""

import base64
import math
from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

FloatArray = npt.NDArray[np.float32]


class EncodedArray(BaseModel):
    """A row-major float32 array in base64, little-endian; NaN stands for "no value"."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dtype: Literal["f32"] = "f32"
    shape: list[int]
    data: str


def encode(values: FloatArray) -> dict[str, Any]:
    """The wire form `{dtype, shape, data}` of an array."""
    data = base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")
    return {"dtype": "f32", "shape": list(values.shape), "data": data}


def nested(values: FloatArray) -> Any:
    """Nested lists, axes first, null for NaN."""
    if values.ndim == 1:
        return [None if math.isnan(value) else value for value in values.tolist()]
    return [nested(row) for row in values]


def _parse(value: Any) -> FloatArray:
    if isinstance(value, np.ndarray):
        array = value.astype(np.float32)
    elif isinstance(value, dict | EncodedArray):
        parsed = EncodedArray.model_validate(value)
        array = np.frombuffer(base64.b64decode(parsed.data), dtype="<f4").reshape(parsed.shape).astype(np.float32)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        array = np.array(_nan(value), dtype=np.float32)
    else:
        raise ValueError("an array is nested lists of numbers and nulls, or {dtype, shape, data}")
    if array.ndim == 0:
        raise ValueError("an array has at least one axis")
    if np.isinf(array).any():
        raise ValueError("an array holds finite numbers and nulls only")
    return array


def _nan(value: Any) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_nan(item) for item in value]
    return math.nan if value is None else value


class _Values:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _parse,
            serialization=core_schema.plain_serializer_function_ser_schema(cls._write, info_arg=True),
        )

    @staticmethod
    def _write(values: FloatArray, info: core_schema.SerializationInfo) -> Any:
        if isinstance(info.context, dict) and info.context.get("arrays") == "base64":
            return encode(values)
        return nested(values)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "anyOf": [
                {
                    "type": "object",
                    "title": "EncodedArray",
                    "properties": {
                        "dtype": {"const": "f32"},
                        "shape": {"type": "array", "items": {"type": "integer"}},
                        "data": {"type": "string", "contentEncoding": "base64"},
                    },
                    "required": ["dtype", "shape", "data"],
                    "additionalProperties": False,
                },
                {"type": "array", "items": {}},
            ]
        }


Values = Annotated[FloatArray, _Values]
"""An array of finite numbers, NaN for "no value" (drawn hatched, never as zero)."""
