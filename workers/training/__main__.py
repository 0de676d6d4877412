"""`python -m workers.training`: a detection head for a language model, from a file of labelled texts."""

import argparse
import sys
from pathlib import Path

from workers.contract import ModelSpec, Refusal


def main(arguments: list[str] | None = None) -> int:
    """Train what is asked for; returns the exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    from workers.models.cache import ModelCache
    from workers.models.folders import builtin_keys
    from workers.models.heads import save_head
    from workers.training.detection import Recipe, read_texts, train_head

    built_in = options.model in builtin_keys()
    key = options.model if built_in else Path(options.model).name.lower()
    spec = None if built_in else ModelSpec(location=options.model)
    recipe = Recipe(epochs=options.epochs, batch=options.batch, rate=options.rate, seed=options.seed)
    try:
        texts = read_texts(options.data)
        models = ModelCache(budget=1 << 50, device=options.device)
        network, settings, accuracy = train_head(models, key, spec, texts, recipe, print)
        save_head(options.output, network, settings)
    except (Refusal, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{options.output}: a head for {key}, right about {accuracy:.1%} of the texts that it had not seen")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers.training", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    detection = commands.add_parser("detection", help="a head that tells texts of machines from those of people")
    detection.add_argument("--model", required=True, help="a built-in model's key, a folder or a hub id")
    detection.add_argument("--data", required=True, type=Path, help="CSV or JSON lines: text, label (1: machine)")
    detection.add_argument("--output", required=True, type=Path, help="the folder to write")
    detection.add_argument("--epochs", type=int, default=5)
    detection.add_argument("--batch", type=int, default=128)
    detection.add_argument("--rate", type=float, default=1e-3)
    detection.add_argument("--seed", type=int, default=0)
    detection.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    return parser


if __name__ == "__main__":
    sys.exit(main())
