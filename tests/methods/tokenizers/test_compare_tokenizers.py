"""`compare_tokenizers` through the same way as any run, with answers known by hand."""

from pathlib import Path
from typing import Any

import pytest

from tests.guides import as_shown, number, worked
from workers.contract import (
    AnalysisRequest,
    MethodCall,
    ModelSpec,
    Problem,
    Reading,
    Result,
    SegmentationsPanel,
    SourceData,
)
from workers.core.run import run
from workers.core.steps import Failed, Finished, Progress, Step
from workers.methods.tokenizers import compare_tokenizers
from workers.models.cache import ModelCache
from workers.models.tokenizing import load_tokenizer


def ask(
    text: str, specs: dict[str, ModelSpec] | None = None, reading: Reading | None = None, **params: Any
) -> list[Step]:
    steps: list[Step] = []
    request = AnalysisRequest(
        model=None,
        specs=specs or {},
        sources=[SourceData(id="text", kind="text", text=text)],
        reading=reading or Reading(),
        methods=[MethodCall(key="compare_tokenizers", params=params)],
    )
    run(request, ModelCache(budget=1 << 30, device="cpu"), lambda: "go", steps.append)
    return steps


def compare(text: str, **options: Any) -> tuple[Result, SegmentationsPanel]:
    steps = ask(text, **options)
    [finished] = [step for step in steps if isinstance(step, Finished)]
    [panel] = finished.result.panels
    assert isinstance(panel, SegmentationsPanel)
    return finished.result, panel


def refused(text: str, **options: Any) -> Problem:
    [failed] = [step for step in ask(text, **options) if isinstance(step, Failed)]
    assert failed.fault == "person"
    return failed.problem


def values(panel: SegmentationsPanel, name: str) -> list[float | None]:
    return next(metric.values for metric in panel.metrics if metric.name == name)


def test_every_strip_is_the_text_and_every_shared_boundary_is_one_of_all() -> None:
    text = "Mia put the red ball in the box. 你好 😀 naïve\r\n"
    result, panel = compare(text)
    assert panel.strips == [strip.id for strip in result.strips]
    assert len(panel.strips) == 6
    for strip in result.strips:
        assert strip.role == "segmentation"
        assert strip.text() == text
        edges = {0} | {unit.byte_end for unit in strip.units}
        assert set(panel.shared) <= edges
    common = set.intersection(*({0} | {unit.byte_end or 0 for unit in strip.units} for strip in result.strips))
    assert panel.shared == sorted(common)
    assert all(len(metric.values) == 6 for metric in panel.metrics)
    assert result.figures["bytes"].value == len(text.encode())
    assert result.figures["characters"].value == len(text)
    assert result.figures["graphemes"].value == len(text) - 1
    assert result.figures["words"].value == 12


def test_two_tokenizers_by_hand(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_text("[UNK]\nthe\nred\nb\n##all\n", "utf-8")
    specs = {"tiny": ModelSpec(location=str(tmp_path))}
    result, panel = compare("the Red ball", specs=specs, tokenizers=["tiny", "bytes"], reference="bytes", price=2.0)
    assert [(unit.text, unit.surface, unit.kind) for unit in result.strip("tiny").units] == [
        ("the", None, "token"),
        (" ", None, "gap"),
        ("Red", "red", "token"),
        (" ", None, "gap"),
        ("b", None, "token"),
        ("all", "##all", "token"),
    ]
    assert panel.shared == [0, 3, 4, 7, 8, 9, 12]
    assert values(panel, "tokens") == [4, 12]
    assert values(panel, "bytes_per_token") == [3, 1]
    assert values(panel, "fertility") == [pytest.approx(4 / 3), 4]
    assert values(panel, "compression") == [pytest.approx(1 / 3), 1]
    assert values(panel, "continued_tokens") == [25, pytest.approx(100 * 7 / 10)]
    assert values(panel, "split_words") == [pytest.approx(100 / 3), 100]
    assert values(panel, "unknown_tokens") == [0, 0]
    assert values(panel, "vocabulary") == [5, 256]
    assert values(panel, "cost") == [pytest.approx(8e-6), pytest.approx(24e-6)]
    assert "Decoding loses capital letters." in panel.notes[0]
    assert "Decoding gives the text back exactly." in panel.notes[1]


def test_notes_state_the_four_switches() -> None:
    _, panel = compare("a b", tokenizers=["mistral-v3", "demo-wordpiece"])
    said = " ".join(panel.notes[0])
    assert "No special tokens are added." in said
    assert "read as ordinary text" in said
    assert "Nothing is normalised." in said
    assert "dummy prefix" in said
    assert "lower-cased" in " ".join(panel.notes[1])


def test_special_tokens_typed_into_the_text_follow_the_reading() -> None:
    end = load_tokenizer("mistral-v3").eos_id
    text = "red</s>"
    _, escaped = compare(text, tokenizers=["mistral-v3"])
    result, parsed = compare(text, tokenizers=["mistral-v3"], reading=Reading(special_text="parse"))
    assert [unit.id for unit in result.strips[0].units][-1] == end
    assert result.strips[0].text() == text
    assert values(parsed, "tokens")[0] == 1
    assert (values(escaped, "tokens")[0] or 0) > 1
    assert "as the tokens they name" in " ".join(parsed.notes[0])


def test_only_the_dummy_prefix_separates_the_two_word_rates() -> None:
    _, panel = compare("the red ball", tokenizers=["mistral-v3", "demo-lm"])
    alone, spaced = values(panel, "continued_tokens"), values(panel, "continued_tokens_spaced")
    assert alone[0] == spaced[0]
    assert alone[1] != spaced[1]


def test_the_same_tokenizer_twice_is_one_row() -> None:
    _, panel = compare("a", tokenizers=["bytes", "bytes"])
    assert panel.strips == ["bytes"]


def test_the_result_survives_json_and_is_the_same_again() -> None:
    text = "e\u0301 ﬁ"
    result, panel = compare(text)
    assert Result.model_validate_json(result.model_dump_json()) == result
    assert compare(text)[1] == panel


def test_progress_names_each_tokenizer() -> None:
    said = [step.message for step in ask("a", tokenizers=["bytes", "demo-lm"]) if isinstance(step, Progress)]
    assert {"Cutting with bytes", "Cutting with demo-lm"} <= set(said)


def test_mistakes_are_refused_by_name() -> None:
    assert "“gpt-9”" in refused("a", tokenizers=["gpt-9"]).detail
    assert "renyi_power" in refused("a", renyi_power=-1).detail
    assert "tokenizers" in refused("a", tokenizers=[]).detail
    assert refused("").type == "/problems/empty-text"


def test_too_many_tokens_are_refused_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare_tokenizers, "_MOST_TOKENS", 10)
    problem = refused("twelve bytes", tokenizers=["bytes"])
    assert (problem.limit, problem.value) == (10, 12)


def test_any_file_of_a_tokenizer_can_take_part(data: Path) -> None:
    text = (data / "text/multilingual/flores200/hin_Deva.dev").read_text("utf-8")[:2000]
    files = {"cl100k": "cl100k_base.tiktoken", "t5": "t5-small", "grok": "grok-1/tokenizer.model"}
    specs = {key: ModelSpec(location=str(data / "tokenizers" / file)) for key, file in files.items()}
    result, panel = compare(text, specs=specs, tokenizers=[*specs, "bytes"])
    assert [strip.text() == text for strip in result.strips] == [True] * 4
    assert values(panel, "tokens") == [len([u for u in strip.units if u.id is not None]) for strip in result.strips]
    unknown = values(panel, "unknown_characters")
    assert unknown[0] == unknown[2] == unknown[3] == 0
    assert (unknown[1] or 0) > 50


def test_the_example_of_its_guide() -> None:
    example = worked("compare_tokenizers")
    _, panel = compare("the red ball", tokenizers=["demo-lm", "bytes"])
    assert values(panel, "tokens") == [number(example, "tokens"), number(example, "bytes")]
    per_token = values(panel, "bytes_per_token")
    assert per_token == [as_shown(step.gives) for step in example.steps[:2]]
    assert number(example, "bytes") / number(example, "tokens") == as_shown(example.result)
