"""Further models of a call: read once each, within one memory budget, refused where nothing can be compared."""

import itertools
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.jobs import MODELS, Done, ask, request, tracks, values
from tests.methods.uncertainty.two_models import LARGE, SMALL, compare, ids_of, language, logs
from workers.__main__ import main
from workers.contract import Generate, MethodCall, ModelSpec, Reading, Result
from workers.core import run as running
from workers.core import statistics
from workers.core.passes import Passes
from workers.core.roles import same_vocabulary
from workers.core.run import run
from workers.core.steps import Failed, Finished, Step
from workers.models.cache import ModelCache
from workers.models.tokenizing import load_tokenizer

TEXT = "Mia put the red ball in the box."
SPANS = "spans"


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[Counter[str]]:
    """What each job's passes say about how often they were computed."""
    found: list[Counter[str]] = []

    class Watched(Passes):
        def __init__(self, *given: object) -> None:
            super().__init__(*given)  # type: ignore[arg-type]
            found.append(self.counts)

    monkeypatch.setattr(running, "Passes", Watched)
    return found


@pytest.fixture(scope="session")
def other_names(names: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trained encoder-decoder with its weights shaken a little: the same vocabulary, another mind."""
    folder = shutil.copytree(names, tmp_path_factory.mktemp("models") / "other-names")
    (file,) = folder.glob("*.safetensors")
    torch.manual_seed(1)
    shaken = {
        name: value + 0.05 * torch.randn_like(value) if ".fc" in name else value
        for name, value in load_file(file).items()
    }
    save_file(shaken, file, metadata={"format": "pt"})
    return folder


def with_roles(key: str, **roles: str) -> MethodCall:
    """A call with models in its roles."""
    return MethodCall(key=key, roles=roles)


EVERY = [
    with_roles("model_divergence", reference=SMALL),
    with_roles("loss_gap", reference=SMALL),
    with_roles("speculative_acceptance", draft=SMALL),
    with_roles("paired_perplexity", observer=SMALL),
    with_roles("ensemble_consistency", second=SMALL),
]


def test_both_models_read_the_text_once_for_all_methods(counts: list[Counter[str]]) -> None:
    done = ask(LARGE, *EVERY, "surprisal", text=TEXT, generate=Generate(max_new_tokens=3))
    assert len(done.results) == len(EVERY) + 1
    assert counts[0] == {"strips": 1, "forward": 2, "token_rows": 2, "paired_rows": 1}


def test_a_model_in_two_roles_is_read_once(counts: list[Counter[str]]) -> None:
    calls = [with_roles("loss_gap", reference=LARGE), with_roles("ensemble_consistency", second=LARGE, third=LARGE)]
    assert len(ask(LARGE, *calls, text=TEXT).results) == 2
    assert counts[0]["forward"] == 1
    assert counts[0]["token_rows"] == 1


def test_rows_may_be_read_in_slices_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ask(LARGE, *EVERY, text=TEXT).results
    monkeypatch.setattr(statistics, "_CACHED_ELEMENTS", 2 * language(LARGE).vocabulary)
    monkeypatch.setitem(vars(language(SMALL)), "rows_per_chunk", 7)
    monkeypatch.setitem(vars(language(LARGE)), "rows_per_chunk", 7)
    for index, sliced in ask(LARGE, *EVERY, text=TEXT).results.items():
        for name, track in tracks(sliced).items():
            np.testing.assert_allclose(track.values, values(whole[index], name), rtol=1e-4, atol=1e-4, err_msg=name)


def refused(done: Done, call: int = 0) -> tuple[str, str]:
    """Id and text of a call's refusal."""
    problem = done.problems[call]
    assert 400 <= problem.status < 500
    return problem.type.rpartition("/")[2], problem.detail


def test_missing_and_unknown_roles_are_refused_and_leave_the_others() -> None:
    calls: list[str | MethodCall] = [with_roles("loss_gap"), with_roles("surprisal", reference=SMALL), "surprisal"]
    done = ask(LARGE, *calls, text=TEXT)
    assert refused(done, 0)[0] == "role-missing"
    assert refused(done, 1)[0] == "role-unknown"
    assert list(done.results) == [2]


def test_a_role_that_cannot_be_loaded_fails_its_call_alone() -> None:
    done = ask(LARGE, with_roles("loss_gap", reference="nobody"), "surprisal", EVERY[0], text=TEXT)
    assert sorted(done.results) == [1, 2]
    assert "nobody" in refused(done)[1]


@pytest.mark.needs_data
@pytest.mark.parametrize(
    ("key", "role"),
    [("model_divergence", "reference"), ("speculative_acceptance", "draft"), ("paired_perplexity", "observer")],
)
def test_distributions_over_different_tokens_are_refused_with_the_reason(data: Path, key: str, role: str) -> None:
    pieces, letters = data / "models" / "stories260k", data / "models" / "babyllama105"
    given: dict[str, Any] = {role: letters}
    id, detail = refused(compare(key, pieces, **given))
    assert id == "tokenizers-differ"
    assert "512 and 105 tokens" in detail


@pytest.mark.needs_data
def test_models_that_predict_different_things_are_refused(names: Path) -> None:
    assert refused(compare("loss_gap", LARGE, reference=names))[0] == "roles-differ"
    assert refused(compare("loss_gap", names, reference=LARGE))[0] == "roles-differ"


@pytest.mark.needs_data
def test_encoder_decoders_are_compared_on_their_output(names: Path, other_names: Path) -> None:
    done = compare("loss_gap", names, "آتزمون", reference=other_names)
    gap = values(done.result, "gap", "output")
    ids = ids_of(done, "output")
    assert np.isfinite(gap[: len(ids)]).all()
    losses = []
    for folder in (names, other_names):
        model = language(folder)
        given: dict[str, Any] = {
            "input_ids": model.ids(ids_of(done, "input")),
            "decoder_input_ids": model.ids([model.decoder_start, *ids]),
        }
        with torch.no_grad():
            rows = model.network(**given).logits[0].double().log_softmax(-1)
        losses.append([-float(rows[at, id]) for at, id in enumerate(ids)])
    np.testing.assert_allclose(gap[: len(ids)], np.array(losses[0]) - np.array(losses[1]), atol=1e-3)
    for key, role in (("model_divergence", "reference"), ("draft_tree", "draft"), ("paired_perplexity", "observer")):
        given = {role: other_names}
        assert not compare(key, names, "آتزمون", **given).problems


@pytest.mark.needs_data
def test_outputs_of_encoder_decoders_are_aligned_where_vocabularies_differ(names: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(names, tmp_path / "marked")
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    name = next(name for name, id in tokenizer["model"]["vocab"].items() if id == 60)
    tokenizer["added_tokens"].append({**tokenizer["added_tokens"][0], "id": 60, "content": name})
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")
    done = compare("loss_gap", names, "آتزمون", reference=folder)
    assert done.result.strip(SPANS).role == "output"
    assert "".join(unit.text or "" for unit in done.result.strip(SPANS).units) == done.continuation.text
    np.testing.assert_allclose(values(done.result, "gap", SPANS), 0, atol=1e-6)
    id, detail = refused(compare("model_divergence", names, "آتزمون", reference=folder))
    assert id == "tokenizers-differ"
    assert "both of 94 tokens" in detail


def test_all_models_of_a_job_count_together(tmp_path: Path) -> None:
    large, small = (language(key).folder.parameters * 4 for key in (LARGE, SMALL))
    steps: list[Step] = []
    cache = ModelCache(budget=large + small - 1, device="cpu")
    asked = request(LARGE, EVERY[0], "surprisal", text=TEXT)
    run(asked, cache, lambda: "go", steps.append)
    (failed,) = [step for step in steps if isinstance(step, Failed)]
    assert (failed.call, failed.fault, failed.problem.type) == (0, "person", "/problems/model-too-large")
    assert (failed.problem.limit, failed.problem.value) == (large + small - 1, large + small)
    assert LARGE in failed.problem.detail
    assert SMALL in failed.problem.detail
    assert [step.call for step in steps if isinstance(step, Finished)] == [1]
    steps.clear()
    cache.budget += 1
    run(asked, cache, lambda: "go", steps.append)
    assert [step.call for step in steps if isinstance(step, Finished)] == [0, 1]
    assert cache.held == large + small


def test_a_text_that_does_not_fit_the_role_is_refused_with_the_numbers(tmp_path: Path) -> None:
    folder = shutil.copytree(language(SMALL).folder.path, tmp_path / "short")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "max_position_embeddings": 4}), "utf-8")
    id, detail = refused(compare("loss_gap", LARGE, TEXT, reference=folder))
    assert id == "text-too-long"
    assert "context holds 4" in detail
    MODELS.clear()


def test_a_continuation_is_read_by_the_ids_that_were_generated() -> None:
    done = compare("loss_gap", LARGE, TEXT, reference=SMALL, generate=Generate(max_new_tokens=6))
    ids = ids_of(done)
    gap = values(done.result, "gap").astype(float)
    rows = [logs(model, ids) for model in (LARGE, SMALL)]
    nll = [-sum(row[at - 1, id] for at, id in enumerate(ids) if at) for row in rows]
    assert np.nansum(gap) == pytest.approx(nll[0] - nll[1], abs=1e-3)


def test_vocabularies_are_the_same_where_every_id_means_the_same(tmp_path: Path) -> None:
    plain = language(LARGE)
    assert same_vocabulary(plain, language(SMALL))
    source = json.loads((plain.folder.path / "tokenizer.json").read_text("utf-8"))
    special = next(entry for entry in source["added_tokens"] if entry["special"])
    changes: dict[str, dict[str, Any]] = {
        "lower": {"normalizer": {"type": "Lowercase"}},
        "flag": {"added_tokens": [{**entry, "special": entry != special} for entry in source["added_tokens"]]},
    }
    for name, change in changes.items():
        folder = shutil.copytree(plain.folder.path, tmp_path / name)
        (folder / "tokenizer.json").write_text(json.dumps({**source, **change}), "utf-8")
        (folder / "tokenizer_config.json").write_text("{}", "utf-8")
        changed = load_tokenizer(name, ModelSpec(location=str(folder)))
        assert changed.hash != plain.tokenizer.hash
        assert (changed.vocabulary_hash == plain.tokenizer.vocabulary_hash) == (name == "lower"), name


@pytest.mark.needs_data
def test_the_command_line_takes_models_for_roles(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [str(data / "models" / name) for name in ("stories260k", "babyllama105")]
    asked = ["analyse", "loss_gap", "--model", folders[0], "--role", f"reference={folders[1]}", "--text", "A dog."]
    assert main(asked) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert [use.model for use in found.provenance.models] == ["stories260k", "babyllama105"]
    assert main([*asked[:4], "--text", "A dog."]) == 1
    assert "reference" in capsys.readouterr().err


def test_two_folders_of_one_name_are_two_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = [shutil.copytree(language(key).folder.path, tmp_path / key / "model") for key in (LARGE, SMALL)]
    asked = ["analyse", "loss_gap", "--model", str(folders[0]), "--role", f"reference={folders[1]}", "--text", TEXT]
    assert main(asked) == 0
    found = Result.model_validate_json(capsys.readouterr().out)
    assert [use.model for use in found.provenance.models] == ["model", "model-2"]
    assert found.provenance.models[0].revision != found.provenance.models[1].revision
    assert np.nanmax(np.abs(values(found, "gap"))) > 0.01


@pytest.mark.needs_data
def test_each_model_reads_its_own_chat_template_around_the_same_words(data: Path, tmp_path: Path) -> None:
    folders = []
    for name in ("stories260k", "babyllama105"):
        folder = shutil.copytree(data / "models" / name, tmp_path / f"chatty-{name}")
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        template = "Say {% for m in messages %}{{ m['content'] }}{% endfor %} now. "
        (folder / "tokenizer_config.json").write_text(json.dumps({**config, "chat_template": template}), "utf-8")
        folders.append(folder)
    reading, generate = Reading(template="chat"), Generate(max_new_tokens=8)
    done = compare("loss_gap", folders[0], "Once upon a time", reference=folders[1], reading=reading, generate=generate)
    assert done.continuation.text
    for strip in done.result.strips:
        assert strip.text() == "Once upon a time" + done.continuation.text
    again_id = "main-chatty-babyllama105"
    again = done.result.strip(again_id).units
    assert [segment for segment, _ in itertools.groupby(again, lambda unit: unit.segment)] == [
        "template",
        "prompt",
        "template",
        "generated",
    ]
    gap = values(done.result, "gap", SPANS)
    assert np.isfinite(gap).all()  # the template stands before, so that every letter has a prediction
