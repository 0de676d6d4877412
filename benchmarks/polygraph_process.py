"""lm-polygraph in a process and an environment of its own: a model and texts come in, its estimators' numbers go out.

It runs under the interpreter that TESSERA_POLYGRAPH names, so that its dependencies never meet the project's.
"""

import importlib
import json
import logging
import sys
from typing import Any

MODULES = ("perplexity", "max_probability", "token_entropy")


def main(folder: str, kind: str, tokens: int, texts: list[str]) -> None:
    """Print one line for each text: ids read and generated, and what each estimator says of them."""
    logging.disable(logging.WARNING)
    transformers: Any = importlib.import_module("transformers")
    estimators = {name: importlib.import_module(f"lm_polygraph.estimators.{name}") for name in MODULES}
    calculators: Any = importlib.import_module("lm_polygraph.stat_calculators")
    models: Any = importlib.import_module("lm_polygraph.utils.model")
    loader = transformers.AutoModelForCausalLM if kind == "CausalLM" else transformers.AutoModelForSeq2SeqLM
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = loader.from_pretrained(folder, dtype="float32").eval()  # it computes in what the weights are stored in
    model = models.WhiteboxModel(network, tokenizer, folder, kind)
    generate = model.generate
    # It forbids the end among the first two tokens, and takes what is then left for the model's own distribution.
    model.generate = lambda **given: generate(**{**given, "min_new_tokens": 0})
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    whole = [
        estimators["perplexity"].Perplexity(),
        estimators["max_probability"].MaximumSequenceProbability(),
        estimators["token_entropy"].MeanTokenEntropy(),
    ]
    each = [estimators["max_probability"].MaximumTokenProbability(), estimators["token_entropy"].TokenEntropy()]
    for text in texts:
        stats = calculators.GreedyProbsCalculator(output_attentions=False)({}, [text], model, tokens)
        stats |= calculators.EntropyCalculator()(stats, [text], model, tokens)
        told = {str(estimator): [float(estimator(stats)[0])] for estimator in whole}
        told |= {str(estimator): [float(value) for value in estimator(stats)[0]] for estimator in each}
        ids = {"read": stats["input_tokens"][0], "said": stats["greedy_tokens"][0]}
        print(json.dumps({**ids, "told": told, "end": tokenizer.eos_token_id}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:])
