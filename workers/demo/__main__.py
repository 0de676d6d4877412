"""`python -m workers.demo train | evaluate | samples`: the built-in models, made and measured."""

import argparse
from collections.abc import Sequence
from pathlib import Path

NAMES = ("demo-lm", "demo-lm-small", "demo-bytes", "demo-seq2seq", "demo-vit")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m workers.demo", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train the built-in models; stopped, it goes on from its checkpoints")
    train.add_argument("--prose", type=Path, required=True, metavar="DIR", help="a folder of public-domain books")
    train.add_argument("--only", choices=NAMES, action="append", help="this model alone; may be given several times")
    train.add_argument("--steps", type=int, help="instead of the recipe's number")
    train.add_argument("--minutes", type=float, help="for each model, instead of a number of steps")
    train.add_argument("--fresh", action="store_true", help="forget checkpoints")
    evaluate = commands.add_parser("evaluate", help="measure the models against the truth, into their cards")
    evaluate.add_argument("names", nargs="*", metavar="MODEL", help=f"of {', '.join(NAMES)}")
    evaluate.add_argument("--prose", type=Path, metavar="DIR", help="also measure prose held out of this folder")
    commands.add_parser("samples", help="write samples.json and its pictures")
    options = parser.parse_args(arguments)
    if options.command == "train":
        return _train(options)
    if options.command == "evaluate":
        return _evaluate(options)
    from .showcase import write_samples

    print(f"{write_samples()} samples")
    return 0


def _train(options: argparse.Namespace) -> int:
    from .making import train_models

    names = options.only or list(NAMES)
    train_models(names, options.prose, steps=options.steps, minutes=options.minutes, fresh=options.fresh)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from .making import evaluate_models

    unknown = set(options.names) - set(NAMES)
    if unknown:
        raise SystemExit(f"no built-in model {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    evaluate_models(options.names or list(NAMES), options.prose)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
