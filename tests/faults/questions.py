"""What is asked in the tests, and the numbers that have to come out: computed here, undisturbed."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from workers.contract import AnalysisRequest, Generate, MethodCall, SourceData
from workers.core.run import run
from workers.core.steps import Finished, Step
from workers.models.cache import ModelCache

RELATIVE, ABSOLUTE = 1e-4, 1e-5
"""Float sums may be ordered otherwise in another process."""
NOT_NUMBERS = {"provenance", "source", "id"}
PEOPLE = ("Mia", "Tom", "Ann", "Ben", "Eva", "Leo")
THINGS = ("red ball", "blue key", "green hat", "old map", "black pen")
PLACES = ("kitchen", "garden", "cellar", "hall", "attic")


@dataclass(frozen=True)
class Question:
    """One run of one job: a text, a model (or none) and methods with their parameters."""

    text: str
    model: str | None = "demo-lm"
    methods: tuple[str, ...] = ("surprisal",)
    tokens: int = 0
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)

    def calls(self) -> list[MethodCall]:
        """The methods as the contract has them."""
        return [MethodCall(key=key, params=self.parameters.get(key, {})) for key in self.methods]

    def generate(self) -> Generate | None:
        """How the text goes on; always the same way."""
        return Generate(max_new_tokens=self.tokens) if self.tokens else None

    def asked(self) -> dict[str, Any]:
        """The body of `POST /api/runs`."""
        generate = self.generate()
        return {
            "text": self.text,
            "models": [self.model] if self.model else [],
            "methods": [call.model_dump(mode="json") for call in self.calls()],
            "generate": generate and generate.model_dump(mode="json"),
        }


def slow(number: int, steps: int = 60, sentences: int = 12) -> Question:
    """A question that takes some seconds: one quick method, then one with many backward passes."""
    text = f"Story {number}: " + "Ann took the blue key to the garden. " * sentences
    exact = {"n_steps": steps, "max_steps": steps}
    return Question(text, methods=("surprisal", "integrated_gradients"), parameters={"integrated_gradients": exact})


def quick(chance: random.Random) -> Iterator[Question]:
    """Small questions without end, no two alike; every fourth needs no model, every fifth goes on with the text."""
    number = 0
    while True:
        number += 1
        who, thing, place = chance.choice(PEOPLE), chance.choice(THINGS), chance.choice(PLACES)
        text = f"Story {number}: {who} put the {thing} in the {place}. Where is the {thing.split()[1]}?"
        if number % 4 == 0:
            yield Question(text, model=None, methods=("compare_tokenizers",))
        else:
            yield Question(text, methods=("surprisal", "entropy"), tokens=8 if number % 5 == 0 else 0)


class Reference:
    """Computes questions in this process, one after the other, with nothing in the way."""

    def __init__(self) -> None:
        self._models = ModelCache(1 << 40, "cpu")

    def numbers(self, question: Question) -> dict[str, Any]:
        """By method, the result as the interface tells it."""
        steps: list[Step] = []
        request = AnalysisRequest(
            model=question.model,
            sources=[SourceData(id="text", kind="text", text=question.text)],
            generate=question.generate(),
            methods=question.calls(),
            device="cpu",
        )
        run(request, self._models, lambda: "go", steps.append)
        found = {step.result.method: step.result for step in steps if isinstance(step, Finished)}
        assert list(found) == list(question.methods), steps
        return {key: result.model_dump(mode="json", context={"arrays": "list"}) for key, result in found.items()}


def difference(one: Any, other: Any, at: str = "") -> str | None:
    """Where two results do not say the same; None if they do."""
    match one, other:
        case dict(), dict():
            keys = (one.keys() | other.keys()) - NOT_NUMBERS
            parts = [(one.get(key), other.get(key), f"{at}.{key}") for key in sorted(keys)]
        case list(), list() if len(one) == len(other):
            parts = [
                (first, second, f"{at}[{index}]") for index, (first, second) in enumerate(zip(one, other, strict=True))
            ]
        case float() | int(), float() | int() if math.isclose(one, other, rel_tol=RELATIVE, abs_tol=ABSOLUTE):
            return None
        case _:
            return None if one == other else f"{at}: {one!r} is not {other!r}"
    return next((found for part in parts if (found := difference(*part))), None)
