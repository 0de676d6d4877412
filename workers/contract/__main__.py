"""`python -m workers.contract` prints the JSON Schema from which the TypeScript types are generated."""

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from workers import contract

WIRE = (
    contract.Result,
    contract.MethodEntry,
    contract.ModelEntry,
    contract.TokenizerEntry,
    contract.SourceState,
    contract.RunState,
    contract.RunSummary,
    contract.RunCreated,
    contract.Estimate,
    contract.ShareState,
    contract.ShareView,
    contract.Sample,
    contract.WorkedQuestion,
    contract.Limits,
    contract.RunRequest,
    contract.JobsRequest,
    contract.ShareRequest,
    contract.Event,
    contract.Problem,
    contract.ProgressData,
    contract.DeltaData,
    contract.Prospect,
)


def render() -> dict[str, Any]:
    """One schema with a definition for every type that crosses the wire."""
    _, schema = models_json_schema([(model, "serialization") for model in WIRE], title="Tessera")
    return {
        **schema,
        "type": "object",
        "properties": {model.__name__: {"$ref": f"#/$defs/{model.__name__}"} for model in WIRE},
    }


if __name__ == "__main__":
    print(json.dumps(render(), indent=2, sort_keys=True))
