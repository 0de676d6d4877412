"""The contract itself: arrays, texts, targets, closed records."""

import base64
import json
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pydantic import BaseModel, ConfigDict, ValidationError

from workers.contract import (
    AlternativesPanel,
    Axis,
    Contrast,
    FloatArray,
    Generate,
    MethodCall,
    Refusal,
    Result,
    RunRequest,
    ScoresPanel,
    Strip,
    Target,
    Text,
    Track,
    Unit,
    Values,
    encode,
    encode_bytes,
)
from workers.contract.__main__ import render


class Holder(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)

    values: Values


class Note(BaseModel):
    text: Text


FLOATS = arrays(
    np.float32,
    array_shapes(max_dims=3, max_side=4),
    elements=st.floats(width=32, allow_infinity=False, allow_nan=True),
)


@given(FLOATS)
def test_arrays_survive_lists_and_base64(values: FloatArray) -> None:
    holder = Holder(values=values)
    for context in ({}, {"arrays": "base64"}):
        back = Holder.model_validate_json(holder.model_dump_json(context=context)).values
        assert back.dtype == np.float32
        assert back.shape == values.shape
        assert np.array_equal(back, values, equal_nan=True)


def test_a_missing_number_is_null_and_never_zero() -> None:
    written = json.loads(Holder(values=np.array([[1.5, math.nan], [0, -2]])).model_dump_json())
    assert written == {"values": [[1.5, None], [0, -2]]}
    assert np.isnan(Holder.model_validate(written).values[0, 1])


def test_base64_is_little_endian_row_major_float32() -> None:
    written = encode(np.array([[1.0, 2.0], [3.0, math.nan]], dtype=np.float32))
    assert (written["dtype"], written["shape"]) == ("f32", [2, 2])
    numbers = struct.unpack("<4f", base64.b64decode(written["data"]))
    assert numbers[:3] == (1, 2, 3)
    assert math.isnan(numbers[3])


def test_a_transposed_array_is_written_as_it_reads() -> None:
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    packed = Holder(values=turned).model_dump_json(context={"arrays": "base64"})
    assert np.array_equal(Holder.model_validate_json(packed).values, turned)


@pytest.mark.parametrize("bad", [[math.inf], [[-math.inf]], "1", 3, [1, "x"], [[1], [1, 2]], {"shape": [1]}, None])
def test_what_is_no_array_of_finite_numbers_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        Holder.model_validate({"values": bad})


@pytest.mark.parametrize(
    "bad",
    [
        {"dtype": "f32", "shape": [3], "data": encode_bytes(b"\0" * 8)},
        {"dtype": "f64", "shape": [1], "data": encode_bytes(b"\0" * 8)},
        {"dtype": "f32", "shape": [1], "data": encode_bytes(struct.pack("<f", math.inf))},
        {"dtype": "f32", "shape": [1], "data": encode_bytes(b"\0" * 4), "more": 1},
        {"dtype": "f32", "shape": [], "data": encode_bytes(b"\0" * 4)},
    ],
    ids=["too few bytes", "another type", "infinite", "another field", "no axis"],
)
def test_a_packed_array_that_does_not_hold_is_refused(bad: object) -> None:
    with pytest.raises(ValidationError):
        Holder.model_validate({"values": bad})


@pytest.mark.parametrize("text", ["", "plain", "日本語", "👍🏽", "e\u0301", "\t\r\n", "\ufeff", "\u202e"])
def test_text_is_any_unicode(text: str) -> None:
    assert Note(text=text).text == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x\udfffy"])
def test_text_holds_no_nul_and_no_lone_surrogate(text: str) -> None:
    with pytest.raises(ValidationError, match="remove it"):
        Note(text=text)


def test_a_lone_surrogate_cannot_come_through_json_either() -> None:
    with pytest.raises(ValidationError):
        RunRequest.model_validate_json('{"text": "\\ud800", "methods": [{"key": "surprisal"}]}')


@pytest.mark.parametrize("field", ["token", "class"])
def test_names_in_targets_are_texts_too(field: str) -> None:
    with pytest.raises(ValidationError, match="remove it"):
        Target.model_validate({field: "a\x00"})
    with pytest.raises(ValidationError, match="remove it"):
        Contrast.model_validate({field: "a\x00"})


@pytest.mark.parametrize(
    "target",
    [{}, {"from": 3}, {"from": 3, "to": 5}, {"class": "cat"}, {"class": 2}, {"from": 1, "contrast": {"token": " a"}}],
)
def test_targets_that_make_sense(target: dict[str, object]) -> None:
    made = Target.model_validate(target)
    assert made.strip == "main"
    assert Target.model_validate_json(made.model_dump_json()) == made
    assert set(target) <= set(json.loads(made.model_dump_json()))


@pytest.mark.parametrize(
    "target",
    [
        {"to": 3},
        {"from": 3, "to": 3},
        {"from": 5, "to": 3},
        {"from": -1},
        {"id": -1},
        {"quantity": "logits"},
        {"form": 3},
        {"contrast": {}},
        {"contrast": {"token": "a", "class": 1}},
        {"contrast": {"ids": []}},
    ],
)
def test_targets_that_make_none(target: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Target.model_validate(target)


def test_a_backward_target_says_both_numbers() -> None:
    with pytest.raises(ValidationError, match=r"\[5, 3\)"):
        Target.model_validate({"from": 5, "to": 3})


@pytest.mark.parametrize("contrast", [{"token": "a"}, {"ids": [1, 2]}, {"class": "dog"}, {"class": 0}])
def test_a_contrast_names_one_thing(contrast: dict[str, object]) -> None:
    assert Contrast.model_validate(contrast).model_dump(exclude_none=True) == contrast


def test_unknown_fields_are_errors() -> None:
    with pytest.raises(ValidationError, match="temperatur"):
        Generate.model_validate({"temperatur": 2})


def test_a_request_needs_a_method_and_keys_are_never_paths() -> None:
    with pytest.raises(ValidationError):
        RunRequest.model_validate({"text": "a", "methods": []})
    for key in ("../etc", "A", "a/b", "", "a" * 101):
        with pytest.raises(ValidationError):
            RunRequest.model_validate({"text": "a", "models": [key], "methods": [{"key": "surprisal"}]})
    with pytest.raises(ValidationError):
        MethodCall(key="os.system")


def track(values: object, axes: list[Axis]) -> Track:
    return Track.model_validate({"name": "t", "label": "T", "domain": [0, 1], "axes": axes, "values": values})


def test_a_tracks_axes_fit_its_values() -> None:
    layers = Axis(name="layer", values=[0, 1])
    assert track([[1, 2, 3], [4, 5, 6]], [layers]).values.shape == (2, 3)
    for values, axes in (([1, 2], [layers]), ([[1], [2], [3]], [layers]), ([[1, 2]], [])):
        with pytest.raises(ValidationError, match="axes"):
            track(values, axes)


def test_units_leave_out_what_they_have_not() -> None:
    unit = Unit(kind="token", id=0, text="", char_start=0)
    assert unit.model_dump() == {"kind": "token", "id": 0, "text": "", "char_start": 0, "special": False}
    assert Unit.model_validate(unit.model_dump()) == unit


def test_a_strips_text_is_that_of_its_units_without_specials() -> None:
    units = [
        Unit(kind="token", text="", surface="<s>", special=True),
        Unit(kind="token", text="a"),
        Unit(kind="gap", text=" "),
        Unit(kind="token", text="</s>", special=True),
        Unit(kind="patch"),
    ]
    strip = Strip(id="main", role="text", label="Text", units=units)
    assert strip.text() == "a "
    assert strip.find(lambda unit: unit.special) == [0, 3]


def test_bytes_are_base64() -> None:
    assert Unit(kind="byte", bytes=encode_bytes(b"\xf0\x9f")).bytes == "8J8="
    with pytest.raises(ValidationError):
        Unit(kind="byte", bytes="not base64!")


def test_panels_are_told_apart_by_their_kind() -> None:
    rows = {name: [[1]] for name in ("choices", "probabilities", "covered")}
    panels: list[object] = [
        {"kind": "scores", "strip": "main", "tracks": []},
        {"kind": "alternatives", "strip": "main", "candidates": [], **rows},
    ]
    origin = {"device": "cpu", "method": "m", "version": 1, "parameters": {}, "reads": "r."}
    origin |= {"seconds": 1, "peak_memory_bytes": 1}
    made = {"method": "m", "version": 1, "lens": "importance", "strips": [], "panels": panels, "provenance": origin}
    result = Result.model_validate(made)
    assert [type(panel) for panel in result.panels] == [ScoresPanel, AlternativesPanel]
    with pytest.raises(KeyError):
        result.strip("main")
    with pytest.raises(ValidationError, match="kind"):
        Result.model_validate({**made, "panels": [{"kind": "pictures"}]})


def test_records_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Generate().seed = 3  # type: ignore[misc]


def test_a_refusal_is_a_problem_document() -> None:
    problem = Refusal("text-too-long", "600 tokens; 512 fit.", field="text").problem()
    assert (problem.type, problem.title, problem.status) == ("/problems/text-too-long", "Text too long", 422)
    assert (problem.detail, problem.field) == ("600 tokens; 512 fit.", "text")


def test_the_schema_names_every_field_of_the_wire() -> None:
    schema = render()
    assert {"Result", "RunRequest", "Event", "Problem", "MethodEntry"} <= set(schema["properties"])
    assert {"from", "to", "class"} <= set(schema["$defs"]["Target"]["properties"])
    kinds = schema["$defs"]["Result"]["properties"]["panels"]["items"]["discriminator"]["mapping"]
    assert set(kinds) == {
        "scores", "links", "alternatives", "segmentations", "reduction", "chart", "branches", "groups"
    }  # fmt: skip
