"""`python -m workers`: every method from the command line, without Django, Redis or Node."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from workers.contract import (
    AnalysisRequest,
    Contrast,
    Generate,
    MethodCall,
    ModelSpec,
    Reading,
    Refusal,
    Result,
    SourceData,
    Target,
    encode_bytes,
)

DEFAULT_MODELS = {"text": "demo-lm", "image": "demo-vit", "table": "demo-lm", "logprobs": "demo-lm"}


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit status: 0 done, 1 refused or failed, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "methods":
            from workers.core.discovery import all_methods

            cards = [method.card().model_dump(mode="json") for method in all_methods().values()]
            print(json.dumps(cards, indent=2, ensure_ascii=False))
            return 0
        return _analyse(options)
    except ValidationError as error:
        first = error.errors()[0]
        print(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", file=sys.stderr)
    except (Refusal, ValueError, OSError) as error:
        print(error, file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("methods", help="every method's card, as a JSON list")
    analyse = commands.add_parser("analyse", help="run one method and print its result")
    analyse.add_argument("key", help="the method's key")
    analyse.add_argument("--model", help="a built-in model's key, a folder or a hub id (ID@REVISION pins one)")
    text = analyse.add_mutually_exclusive_group()
    text.add_argument("--text")
    text.add_argument("--text-file", type=Path)
    analyse.add_argument("--image", type=Path)
    analyse.add_argument("--table", type=Path, metavar="FILE", help="labelled answers: CSV or JSON lines")
    analyse.add_argument("--logprobs", type=Path, metavar="FILE", help="a server's answer with log-probabilities: JSON")
    analyse.add_argument("--target", help="last | next | N | A:B | class:X | {…} as in the API")
    analyse.add_argument("--contrast", help="token:ID | text:T | class:X")
    analyse.add_argument("--generate", type=int, metavar="N", help="let the model continue by N tokens")
    analyse.add_argument("--sample", action="store_true", help="draw the continuation instead of taking the top token")
    analyse.add_argument("--temperature", type=float, default=1.0)
    analyse.add_argument("--top-p", type=float, default=1.0)
    analyse.add_argument("--stop", action="append", default=[], metavar="TEXT", help="a text that ends it")
    analyse.add_argument("--begin", metavar="ID,ID", help="token ids that the continuation begins with")
    analyse.add_argument("--seed", type=int, default=0)
    analyse.add_argument("--bos", choices=["auto", "yes", "no"], default="auto")
    analyse.add_argument("--special-text", choices=["escape", "parse"], default="escape")
    analyse.add_argument("--template", choices=["none", "chat"], default="none")
    analyse.add_argument("--role", action="append", default=[], metavar="NAME=MODEL")
    analyse.add_argument("--param", action="append", default=[], metavar="NAME=VALUE", help="VALUE as JSON, else text")
    analyse.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto")
    analyse.add_argument("--format", choices=["json", "csv", "html", "svg", "tex"], default="json")
    analyse.add_argument("--output", type=Path)
    return parser


def _analyse(options: argparse.Namespace) -> int:
    from workers.core.run import run
    from workers.core.steps import Failed, Finished, Step
    from workers.models.cache import ModelCache

    request = _request(options)
    found: list[Result] = []
    failures: list[str] = []

    def collect(step: Step) -> None:
        if isinstance(step, Finished):
            found.append(step.result)
        elif isinstance(step, Failed):
            failures.append(f"{step.problem.title}: {step.problem.detail}")

    run(request, ModelCache(budget=1 << 50, device=options.device), lambda: "go", collect)
    for failure in failures:
        print(failure, file=sys.stderr)
    if not found:
        return 1
    written = _write(found[0], options.format)
    if options.output:
        options.output.write_text(written, encoding="utf-8")
    else:
        sys.stdout.write(written)
    return 0


def _request(options: argparse.Namespace) -> AnalysisRequest:
    from workers.core.discovery import method

    sources = _sources(options)
    specs: dict[str, ModelSpec] = {}
    model = options.model
    if model is None and method(options.key).needs and sources:
        model = DEFAULT_MODELS[sources[0].kind]
    roles = dict(_pair(role) for role in options.role)
    params = {name: _json(value) for name, value in map(_pair, options.param)}
    return AnalysisRequest(
        model=_key(model, specs) if model else None,
        sources=sources,
        reading=Reading(bos=options.bos, special_text=options.special_text, template=options.template),
        generate=_generate(options),
        targets=_targets(options, image=bool(sources) and sources[0].kind == "image"),
        methods=[
            MethodCall(
                key=options.key,
                params=_references(method(options.key).model_json_schema(), params, specs),
                roles={name: _key(value, specs) for name, value in roles.items()},
            )
        ],
        specs=specs,
        seed=options.seed,
        device=options.device,
    )


def _sources(options: argparse.Namespace) -> list[SourceData]:
    sources = []
    text = options.text
    if options.text_file:
        text = options.text_file.read_text(encoding="utf-8")
    if text is not None:
        sources.append(SourceData(id="text", kind="text", text=text))
    if options.image:
        sources.append(SourceData(id="image", kind="image", data=encode_bytes(options.image.read_bytes())))
    if options.table:
        sources.append(SourceData(id="table", kind="table", text=options.table.read_bytes().decode("utf-8-sig")))
    if options.logprobs:
        text = options.logprobs.read_bytes().decode("utf-8-sig")
        sources.append(SourceData(id="logprobs", kind="logprobs", text=text))
    return sources


def _generate(options: argparse.Namespace) -> Generate | None:
    if options.generate is None:
        return None
    return Generate(
        max_new_tokens=options.generate,
        do_sample=options.sample,
        temperature=options.temperature,
        top_p=options.top_p,
        seed=options.seed,
        stop=options.stop,
        begin=[int(token) for token in options.begin.split(",")] if options.begin else [],
    )


def _key(model: str, specs: dict[str, ModelSpec]) -> str:
    from workers.models.folders import builtin_keys

    if model in builtin_keys():
        return model
    location, _, revision = model.partition("@") if not Path(model).exists() else (model, "", "")
    return _named(Path(location).name.lower(), ModelSpec(location=location, revision=revision or None), specs)


def _named(name: str, spec: ModelSpec, specs: dict[str, ModelSpec]) -> str:
    """The key under which a model or tokenizer goes: its name, with a number where another one has that name."""
    key, number = name, 2
    while specs.get(key, spec) != spec:
        key, number = f"{name}-{number}", number + 1
    specs[key] = spec
    return key


def _references(schema: dict[str, Any], params: dict[str, Any], specs: dict[str, ModelSpec]) -> dict[str, Any]:
    """The parameters with keys for tokenizers and models that are given as files, folders or hub ids.

    The default of a parameter that names a model leads to its hub id.
    """
    from workers.core.named import hubs
    from workers.models import folders, tokenizing

    models = [*folders.builtin_keys(), *folders.packaged_models(), *hubs(schema)]
    builtin = {"tokenizer": tokenizing.builtin_keys(), "model": models}

    def key(value: Any, kind: str) -> Any:
        if isinstance(value, list):
            return [key(item, kind) for item in value]
        if not isinstance(value, str) or value in builtin[kind]:
            return value
        path = Path(value)
        name = path.parent.name if path.name in ("tokenizer.json", "tekken.json", "vocab.txt") else path.name
        location, _, revision = (value, "", "") if path.exists() else value.partition("@")
        spec = ModelSpec(location=location, revision=revision or None)
        return _named(name.partition("@")[0].lower() or kind, spec, specs)

    rules = {name: json.dumps(rule) for name, rule in schema.get("properties", {}).items()}
    kinds = {name: "tokenizer" if '"x-kind": "tokenizer"' in rule else "model" for name, rule in rules.items()}
    named = {name for name, rule in rules.items() if '"x-kind"' in rule}
    given = {name: key(value, kinds[name]) if name in named else value for name, value in params.items()}
    for name, hub in hubs(schema).items():
        specs.setdefault(name, ModelSpec(location=hub))
    return given


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"expected NAME=VALUE, got {text!r}")
    return name, value


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _targets(options: argparse.Namespace, *, image: bool) -> list[Target]:
    if not options.target and not options.contrast:
        return []
    wanted = options.target or "last"
    if wanted.startswith("{"):
        return [Target.model_validate_json(wanted)]
    fields: dict[str, Any] = {"strip": "image" if image else "main"}
    if wanted.startswith("class:"):
        fields["class"] = _json(wanted.removeprefix("class:"))
    elif wanted == "next":
        fields["next"] = True
    elif wanted != "last":
        start, _, stop = wanted.partition(":")
        if not start.isdecimal() or (stop and not stop.isdecimal()):
            raise ValueError(f"--target is last, next, N, A:B or class:X; got {wanted!r}")
        fields |= {"from": int(start), "to": int(stop) if stop else int(start) + 1}
    if options.contrast:
        fields["contrast"] = _contrast(options.contrast)
    return [Target.model_validate(fields)]


def _contrast(text: str) -> Contrast:
    kind, _, value = text.partition(":")
    if kind == "token":
        return Contrast(ids=[int(value)])
    if kind == "text":
        return Contrast(token=value)
    if kind == "class":
        return Contrast.model_validate({"class": _json(value)})
    raise ValueError(f"--contrast is token:ID, text:T or class:X; got {text!r}")


def _write(result: Result, format: str) -> str:
    if format == "json":
        return result.model_dump_json(indent=2) + "\n"
    if format == "csv":
        from workers.export.csv import to_csv

        return to_csv(result)
    if format == "tex":
        from workers.export.latex import to_latex

        return to_latex(result)
    if format == "svg":
        from workers.export.svg import to_svg

        return to_svg(result)
    from workers.export.html import to_html

    return to_html(result)


if __name__ == "__main__":
    sys.exit(main())
