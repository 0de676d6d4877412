"""Labelled files: what is read under which names, and every row that cannot be used with its line and reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.contract import Refusal
from workers.contract.formats.labelled import COLUMNS, Labelled, LabelledRow, read_labelled

CSV = """prompt,answer,label
Where is the ball?,In the box.,1
"Two lines,
one question",No,0
"""


def lines_of(found: Labelled) -> list[tuple[int, str]]:
    """The lines that cannot be used, and why."""
    return [(row.line, row.reason) for row in found.bad]


def test_csv_with_commas_and_line_breaks_in_quotes() -> None:
    found = read_labelled(CSV)
    assert found.rows == [
        LabelledRow(2, "Where is the ball?", "In the box.", 1.0),
        LabelledRow(3, "Two lines,\none question", "No", 0.0),
    ]
    assert found.binary
    assert not found.bad


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_delimiter_and_line_ending(delimiter: str, ending: str) -> None:
    rows = [["id", "question", "response", "correct"], ["a", "Q?", "A.", "yes"], ["b", "R?", "B.", "no"]]
    found = read_labelled("\ufeff" + ending.join(delimiter.join(row) for row in rows))
    assert [(row.line, row.prompt, row.answer, row.quality) for row in found.rows] == [
        (2, "Q?", "A.", 1.0),
        (3, "R?", "B.", 0.0),
    ]
    assert found.columns == {"prompt": "question", "answer": "response", "label": "correct"}


@pytest.mark.parametrize("part", COLUMNS)
def test_every_name_of_a_column_in_any_case(part: str) -> None:
    for name in COLUMNS[part]:
        names = {one: one for one in COLUMNS} | {part: f" {name.upper().replace('_', '-')} "}
        assert len(read_labelled(",".join(names.values()) + "\nQ,A,1").rows) == 1


def test_the_name_that_counts_first_wins() -> None:
    found = read_labelled("quality,label,text,answer,prompt\n0.3,1,long text,A,Q")
    assert found.rows == [LabelledRow(2, "Q", "A", 1.0)]


def test_json_lines_and_lists_say_the_same() -> None:
    objects = [{"question": "Q", "response": 42, "score": 0.25}, {"question": "", "response": "A", "score": True}]
    lines = read_labelled("\n".join(json.dumps(one) for one in objects))
    listed = read_labelled(json.dumps(objects, indent=2))
    assert [(row.prompt, row.answer, row.quality) for row in lines.rows] == [("Q", "42", 0.25), ("", "A", 1.0)]
    assert [row.line for row in lines.rows] == [1, 2]
    assert [row.line for row in listed.rows] == [2, 7]
    assert [row.quality for row in listed.rows] == [0.25, 1.0]
    assert not lines.binary


@pytest.mark.parametrize(
    ("word", "quality"),
    [("TRUE", 1), (" yes ", 1), ("Wrong", 0), ("passed", 1), ("0", 0), ("1.0", 1), ("-2.5", -2.5), ("1e-3", 0.001)],
)
def test_verdicts(word: str, quality: float) -> None:
    assert read_labelled(f"prompt,answer,label\nQ,A,{word}").rows[0].quality == quality


def test_every_row_that_cannot_be_used_is_kept_with_its_line_and_reason() -> None:
    text = "\n".join(
        [
            "prompt,answer,label",
            "Q,A,1",
            "Q,,1",
            "",
            "Q,A",
            "Q,A,maybe",
            "Q,A,",
            "Q,A,nan",
            '"a"b,A,1',
            "Q,B,0",
            '"never closed,A,1',
        ]
    )
    found = read_labelled(text)
    assert [row.line for row in found.rows] == [2, 10]
    assert [line for line, _ in lines_of(found)] == [3, 5, 6, 7, 8, 9, 11]
    reasons = dict(lines_of(found))
    assert reasons[3] == "the answer is empty"
    assert reasons[5] == "it has 2 fields, the header 3"
    assert "maybe" in reasons[6]
    assert reasons[7] == "the label is empty"
    assert "nan" in reasons[8]
    assert "CSV" in reasons[9]
    assert "CSV" in reasons[11]
    assert "7 rows cannot be used, the first in line 3: the answer is empty." in found.summary()


def test_broken_json_is_a_bad_row_and_the_others_are_read() -> None:
    good = '{"prompt": "Q", "answer": "A", "label": 1}'
    nul = '{"prompt": "\\u0000", "answer": "A", "label": 1}'
    half = '{"prompt": "Q", "answer": "\\ud800", "label": 1}'
    deep = "[" * 50_000
    rows = [good, "{nonsense", "7", '{"prompt": "Q", "label": 1}', nul, half, good.replace('"Q"', "null"), deep, good]
    found = read_labelled("\n".join(rows))
    assert [row.line for row in found.rows] == [1, 9]
    reasons = [reason for _, reason in lines_of(found)]
    assert [line for line, _ in lines_of(found)] == [2, 3, 4, 5, 6, 7, 8]
    assert "no JSON" in reasons[0]
    assert reasons[1] == "it is no JSON object"
    assert reasons[2] == "it has no answer"
    assert "U+0000" in reasons[3]
    assert "U+D800" in reasons[4]
    assert reasons[5] == "the prompt is no text"
    assert "nested" in reasons[6]


def test_a_broken_list_says_where_it_breaks() -> None:
    found = read_labelled('[{"prompt": "Q", "answer": "A", "label": 1},\n {"prompt": oops}]')
    assert len(found.rows) == 1
    assert [line for line, _ in lines_of(found)] == [2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("prompt,answer\nQ,A", "label (label, correct,"),
        ("a,b,c\n1,2,3", "prompt (prompt, question,"),
        ('{"prompt": "Q", "verdict": 1}', "“verdict”"),
        ("prompt,answer,label\n", "no row below"),
        ("prompt,answer,label\nQ,A,perhaps", "Line 2"),
        ("[]", "No row"),
    ],
)
def test_a_file_without_use_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_labelled(text)
    assert words in refused.value.detail


def test_the_limit_is_named_with_the_value() -> None:
    with pytest.raises(Refusal) as refused:
        read_labelled("prompt,answer,label\n" + "Q,A,1\n" * 4 + "Q,,1\n", limit_rows=4)
    assert (refused.value.limit, refused.value.value) == (4, 5)


@given(st.text(max_size=200))
def test_no_file_breaks_the_reader(text: str) -> None:
    for given_text in (text, "prompt,answer,label\n" + text, '{"prompt": "a"}\n' + text, "[" + text):
        try:
            found = read_labelled(given_text)
        except Refusal:
            continue
        assert found.rows


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["0", "1"])), min_size=1))
def test_no_row_is_lost(rows: list[tuple[str, str, str]]) -> None:
    text = "\n".join(json.dumps({"prompt": one, "answer": two, "label": label}) for one, two, label in rows)
    try:
        found = read_labelled(text)
    except Refusal:
        return
    lines = [row.line for row in found.rows] + [row.line for row in found.bad]
    assert sorted(lines) == list(range(1, len(rows) + 1))
