"""lm-polygraph's estimators that ask a judge, in an environment of its own: what was said comes in, numbers go out.

It runs under the interpreter that TESSERA_POLYGRAPH names. Similarities, classes, meanings and scores are computed by
lm-polygraph's own calculators and estimators; tokens and their probabilities are given.
"""

import importlib
import json
import logging
import sys
from types import SimpleNamespace
from typing import Any


def main(given: dict[str, Any]) -> None:
    """Print the number of each estimator for what was said, as one line of JSON."""
    logging.disable(logging.WARNING)
    part = importlib.import_module
    transformers: Any = part("transformers")
    calculators: Any = part("lm_polygraph.stat_calculators")
    sar: Any = part("lm_polygraph.stat_calculators.cross_encoder_similarity")
    nli: Any = part("lm_polygraph.stat_calculators.greedy_alternatives_nli")
    classes: Any = part("lm_polygraph.stat_calculators.semantic_classes")
    matrix: Any = calculators.SemanticMatrixCalculator
    numpy: Any = part("numpy")
    tokenizer = transformers.AutoTokenizer.from_pretrained(given["model"])
    model = SimpleNamespace(tokenizer=tokenizer, device=lambda: "cpu")
    judge = SimpleNamespace(
        batch_size=10,
        device="cpu",
        deberta=transformers.AutoModelForSequenceClassification.from_pretrained(given["nli"]).eval(),
        deberta_tokenizer=transformers.AutoTokenizer.from_pretrained(given["nli"]),
    )
    logs = [numpy.array(sample) for sample in given["sample_logs"]]
    stats: dict[str, Any] = {
        "input_texts": [given["text"]],
        "greedy_tokens": [given["said"]],
        "greedy_log_likelihoods": [numpy.array(given["said_logs"])],
        "greedy_tokens_alternatives": [[[tuple(pair) for pair in row] for row in given["alternatives"]]],
        "sample_tokens": [given["sample_ids"]],
        "sample_texts": [given["sample_texts"]],
        "sample_log_likelihoods": [logs],
        "sample_log_probs": [[float(sample.sum()) for sample in logs]],
    }
    asked = [
        sar.CrossEncoderSimilarityMatrixCalculator(cross_encoder_name=given["similarity"]),
        nli.GreedyAlternativesNLICalculator(judge),
        matrix(judge),
        classes.SemanticClassesCalculator(),
    ]
    for calculator in asked:
        stats |= calculator(stats, [given["text"]], model)
    print(json.dumps({name: float(estimator(stats)[0]) for name, estimator in estimators().items()}), flush=True)


def estimators() -> dict[str, Any]:
    """The estimators by name."""
    part = importlib.import_module
    entropy: Any = part("lm_polygraph.estimators.semantic_entropy").SemanticEntropy
    conditioned: Any = part("lm_polygraph.estimators.claim_conditioned_probability").ClaimConditionedProbability
    return {
        "TokenSAR": part("lm_polygraph.estimators.token_sar").TokenSAR(),
        "SentenceSAR": part("lm_polygraph.estimators.sentence_sar").SentenceSAR(),
        "SAR": part("lm_polygraph.estimators.sar").SAR(),
        "CCP": conditioned(),
        "SemanticEntropy": entropy(),
        "SemanticEntropyEmpirical": entropy(class_probability_estimation="frequency"),
    }


if __name__ == "__main__":
    main(json.loads(sys.stdin.read()))
