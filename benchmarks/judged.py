"""Methods that ask a judge beside lm-polygraph's, with the same small classifiers as judges of both.

TESSERA_POLYGRAPH names the interpreter of an environment with lm-polygraph, as for the benchmark `agreement`. The
judges are untrained, so their verdicts are arbitrary, but they are the same for both.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.agreement import CLOSE, Subject, subjects
from benchmarks.rows import Row
from tests.judges import classifier
from workers.contract import AnalysisRequest, Generate, MethodCall, ModelSpec, SourceData
from workers.core.passes import Passes
from workers.core.run import run
from workers.core.statistics import TokenLogProbability, Top
from workers.core.steps import Continued, Failed, Finished, Step
from workers.models.cache import ModelCache

TOKENS = 5
SAMPLES = 6
JUDGES = 3
"""How many pairs of judges are tried on each text."""
_DRAWN = {"samples": SAMPLES, "max_new_tokens": TOKENS, "temperature": 1.5, "until": "end"}
CALLS = {
    "relevance_weighted": {"similarity": "similarity", **_DRAWN},
    "claim_conditioned": {"nli": "nli", "context": "no_context", "stop_words": "count"},
    "semantic_entropy": {"judge": "nli", "variant": "lm_polygraph", **_DRAWN},
}
FIGURES = {
    "TokenSAR": ("relevance_weighted", "token_sar", 1),
    "SentenceSAR": ("relevance_weighted", "sentence_sar", 1),
    "SAR": ("relevance_weighted", "sar", 1),
    "CCP": ("claim_conditioned", "ccp", -1),
    "SemanticEntropy": ("semantic_entropy", "semantic_entropy", 1),
    "SemanticEntropyEmpirical": ("semantic_entropy", "discrete_entropy", 1),
}


def rows() -> Iterator[Row]:
    """One row for each model and estimator: the largest difference over texts and judges."""
    python = os.environ.get("TESSERA_POLYGRAPH", "")
    if not Path(python).is_file():
        print("lm-polygraph is left out: TESSERA_POLYGRAPH names no interpreter", file=sys.stderr)
        return
    for subject in subjects():
        if subject.kind != "CausalLM":  # a judge of 64 positions reads no long prompts, and theirs may not be cut
            continue
        with tempfile.TemporaryDirectory() as folder:
            pairs = [_both(python, subject, Path(folder), seed) for seed in range(JUDGES)]
        for name in FIGURES:
            ours, theirs = (np.array([pair[side][name] for pair in pairs]) for side in (0, 1))
            gap = float(np.abs(ours - theirs).max())
            what = f"{name}, {subject.folder.name}, {len(pairs)} judges: mean"
            shown = f"lm-polygraph: {theirs.mean():.6f}"
            yield Row(what, f"{ours.mean():.6f}", shown, f"off by {gap:.1e}", f"≤ {CLOSE:g}", gap <= CLOSE)


def _both(python: str, subject: Subject, folder: Path, seed: int) -> tuple[dict[str, float], dict[str, float]]:
    judges = {
        "similarity": classifier(folder / f"similarity-{seed}", ("score",), seed=seed),
        "nli": classifier(folder / f"nli-{seed}", ("ENTAILMENT", "NEUTRAL", "CONTRADICTION"), seed=seed),
    }
    request = _request(subject, judges)
    models = ModelCache(budget=1 << 33, device="cpu")
    steps: list[Step] = []
    run(request, models, lambda: "go", steps.append)
    for step in steps:
        if isinstance(step, Failed):
            raise RuntimeError(step.problem.detail)
    results = {step.result.method: step.result for step in steps if isinstance(step, Finished)}
    (made,) = (step.continuation for step in steps if isinstance(step, Continued))
    given = _said(request.model_copy(update={"continuation": made}), models)
    given |= {"model": str(subject.folder), **{name: str(place) for name, place in judges.items()}}
    script = Path(__file__).with_name("polygraph_judges_process.py")
    settings = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": ""}
    done = subprocess.run(
        [python, str(script)], input=json.dumps(given), check=True, capture_output=True, text=True, env=settings
    )
    theirs = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    ours = {name: sign * (results[key].figures[one].value or 0.0) for name, (key, one, sign) in FIGURES.items()}
    return ours, theirs


def _request(subject: Subject, judges: dict[str, Path]) -> AnalysisRequest:
    places = {"subject": subject.folder, **judges}
    return AnalysisRequest(
        model="subject",
        specs={key: ModelSpec(location=str(place)) for key, place in places.items()},
        sources=[SourceData(id="text", kind="text", text=min(subject.texts, key=len))],
        generate=Generate(max_new_tokens=TOKENS),
        methods=[MethodCall(key=key, params=params) for key, params in CALLS.items()],
        device="cpu",
    )


def _said(request: AnalysisRequest, models: ModelCache) -> dict[str, Any]:
    """What the model said and drew, with probabilities: the continuation, its alternatives, and the samples."""
    text = Passes(request, models, (TokenLogProbability(), Top(10)), lambda message, fraction: None).text
    units = text.scored.strip.units
    places = [place for place in text.scored.places if units[place].segment == "generated"]
    own = text.statistic(TokenLogProbability())["log_probability"]
    top = text.statistic(Top(10))
    ranked = [
        list(zip(top["top_ids"][place].astype(int), np.log(top["top_probabilities"][place]), strict=True))
        for place in places
    ]
    settings = Generate(max_new_tokens=TOKENS, do_sample=True, temperature=1.5)
    samples = text.samples(SAMPLES, settings)
    return {
        "text": text.source_text,
        "said": [units[place].id for place in places],
        "said_logs": own[places].tolist(),
        "alternatives": [[(int(id), float(log)) for id, log in row] for row in ranked],
        "sample_ids": [sample.ids for sample in samples],
        "sample_texts": [sample.text for sample in samples],
        "sample_logs": [sample.log_probabilities.tolist() for sample in samples],
    }
