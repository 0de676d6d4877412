"""The command line prints a Result, and says in one line what is wrong."""

import json
from pathlib import Path

import pytest

from tests.jobs import picture, png
from workers.__main__ import main
from workers.contract import Result


def test_it_lists_every_card(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["methods"]) == 0
    cards = {card["key"]: card for card in json.loads(capsys.readouterr().out)}
    assert {"surprisal", "entropy", "occlusion", "integrated_gradients", "gradient_x_input", "tome"} <= set(cards)
    assert cards["entropy"]["parameters"]["properties"]["top_k"]["maximum"] == 50


def test_it_prints_a_result(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--model", str(stories), "--text", "Once upon a time", "--generate", "6", "--seed", "3"]
    assert main(["analyse", "entropy", *options, "--param", "top_k=3"]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.provenance.parameters == {"top_k": 3}
    assert found.provenance.seed == 3
    assert sum(unit.segment == "generated" for unit in found.strips[0].units) == 6


@pytest.mark.parametrize(("target", "start"), [("3", 3), ("2:5", 2), ("last", -1), ("next", -1)])
def test_targets(stories: Path, capsys: pytest.CaptureFixture[str], target: str, start: int) -> None:
    options = ["--model", str(stories), "--text", "Once upon a time", "--target", target]
    assert main(["analyse", "gradient_x_input", *options]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.target is not None
    assert found.target.start == start % len(found.strips[0].units)


def test_contrasts(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--model", str(stories), "--text", "Once there", "--target", "next"]
    resolved = []
    for contrast in ("token:286", "text: was"):
        assert main(["analyse", "gradient_x_input", *options, "--contrast", contrast]) == 0
        target = Result.model_validate_json(capsys.readouterr().out).target
        assert target is not None
        resolved.append(target.contrast_ids)
    assert resolved == [[286], [286]]


def test_an_encoder_decoders_output_is_where_its_targets_lie(names: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", "gradient_x_input", "--model", str(names), "--text", "آتزمون", "--target", "2"]) == 0
    target = Result.model_validate_json(capsys.readouterr().out).target
    assert target is not None
    assert (target.strip, target.start) == ("output", 2)


def test_pictures_and_classes(vit: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(png(picture(32, 32)))
    options = ["--model", str(vit), "--image", str(file), "--target", "class:star", "--contrast", "class:1"]
    assert main(["analyse", "occlusion", *options]) == 0
    target = Result.model_validate_json(capsys.readouterr().out).target
    assert target is not None
    assert (target.class_id, target.contrast_ids) == (2, [1])


@pytest.mark.parametrize("format", ["csv", "html", "svg"])
def test_other_forms_go_to_a_file(stories: Path, tmp_path: Path, format: str) -> None:
    file = tmp_path / f"out.{format}"
    options = ["--model", str(stories), "--text", "Once upon", "--format", format, "--output", str(file)]
    assert main(["analyse", "surprisal", *options]) == 0
    assert "urprisal" in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["no_such", "--text", "x"], "no method"),
        (["surprisal", "--text", "x", "--model", "no/such/folder/here"], "no folder"),
        (["surprisal", "--text-file", "/no/such/file"], "/no/such/file"),
        (["surprisal", "--text", "x", "--param", "nonsense"], "NAME=VALUE"),
        (["surprisal", "--text", "\x00", "--model", "x/y"], "NUL"),
        (["occlusion", "--text", "x", "--model", "x/y", "--contrast", "odd:1"], "--contrast"),
        (["occlusion", "--text", "x", "--model", "x/y", "--target", "odd"], "--target"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", *options]) == 1
    error = capsys.readouterr().err.strip()
    assert said in error
    assert "Traceback" not in error
    assert len(error.splitlines()) == 1


def test_a_servers_log_probabilities_are_read_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "said.json"
    file.write_text('\ufeff[{"token": "Hi", "logprob": -0.25}]', "utf-8")
    assert main(["analyse", "pasted_logprobs", "--logprobs", str(file)]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.figures["mean_nll"].value == 0.25
    assert main(["analyse", "surprisal", "--logprobs", str(file)]) == 1
    assert "needs a text" in capsys.readouterr().err


def test_a_labelled_file_is_ranked(stories: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.csv"
    file.write_bytes(b"question,answer,correct\r\nOnce upon a,time,1\r\nShe was very,qzx,0\r\n")
    options = ["--model", str(stories), "--table", str(file), "--param", "bins=4"]
    assert main(["analyse", "calibration", *options]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.figures["rows"].value == 2
    assert found.figures["best_prr"].value == pytest.approx(1.0)
    assert found.provenance.parameters["bins"] == 4


def test_empty_text_is_refused(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyse", "surprisal", "--model", str(stories), "--text", ""]) == 1
    assert "empty" in capsys.readouterr().err


def test_all_of_a_continuation_and_of_a_target_can_be_said(stories: Path, capsys: pytest.CaptureFixture[str]) -> None:
    drawn = ["--generate=6", "--sample", "--temperature=0.5", "--top-p=0.9", "--seed=3", "--begin=286", "--stop=zzz"]
    options = [f"--model={stories}", "--text=Once there", *drawn, '--target={"from":2,"to":3,"quantity":"logit"}']
    assert main(["analyse", "gradient_x_input", *options]) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert found.target is not None
    assert (found.target.start, found.target.stop, found.target.quantity) == (2, 3, "logit")
    assert next(unit for unit in found.strips[0].units if unit.segment == "generated").id == 286
