"""One job: a request in, steps out. Knows neither Django nor Celery, and raises for no method's failure."""

import logging
from collections.abc import Callable
from typing import Literal

from pydantic import ValidationError

from workers.contract import Ability, AnalysisRequest, Generate, MethodCall, Problem, Refusal
from workers.core.attended import Attended
from workers.core.continuing import generate
from workers.core.discovery import method as find_method
from workers.core.method import Findings, Method
from workers.core.passes import Interrupted, Passes
from workers.core.provenance import Meter, result_of
from workers.core.roles import check_same, declared, roles_of
from workers.core.steps import Cancelled, Failed, Finished, Progress, Step
from workers.models.cache import ModelCache
from workers.models.language import LanguageModel
from workers.models.shortage import Shortage, release, shortage

Control = Callable[[], Literal["go", "stop", "cancel"]]
"""Asked between passes: go on, stop generating and keep what exists, or give up the job."""

Emit = Callable[[Step], None]

_log = logging.getLogger(__name__)


def run(request: AnalysisRequest, models: ModelCache, control: Control, emit: Emit) -> None:
    """Compute one job and emit its steps in order: Progress, Delta, Continued, Finished and Failed per call.

    A failing method fails alone. A failure before any method (no such model, text too long) fails the whole job;
    after Cancelled nothing follows.
    """

    def ask() -> None:
        if control() == "cancel":
            raise Interrupted

    try:
        with Attended(models, ask) as attended:
            _Job(request, attended, control, emit).run()
    except Interrupted:
        emit(Cancelled())
    except Exception as error:  # the house's failures reach the person as a problem, the log has the rest
        emit(_failed(None, error))


class _Job:
    def __init__(self, request: AnalysisRequest, models: Attended, control: Control, emit: Emit) -> None:
        self._request = request
        self._control = control
        self._emit = emit
        self._call: int | None = None
        self._methods: dict[int, Method] = {}
        self._roles: dict[int, dict[str, str]] = {}
        for index, call in enumerate(request.methods):
            try:
                method = build(call)
                self._roles[index] = roles_of(method.roles, call)
                self._methods[index] = method
            except Exception as error:
                emit(_failed(index, error))
        wanted = [statistic for method in self._methods.values() for statistic in method.statistics()]
        self._heeded = False
        beside = declared(
            (self._roles[index], method.role_statistics(), method.paired_statistics())
            for index, method in self._methods.items()
        )
        self._passes = Passes(request, models, wanted, self._report, self._generating, beside)
        self._passes.found = lambda call: self._found(build(call))
        self._known: dict[tuple[str, str], Findings] = {}

    def run(self) -> None:
        if not self._methods:
            return
        if self._request.model is not None:
            self._report("Loading the model", None)
            self._continue()
        quick_first = sorted(self._methods.items(), key=lambda item: item[1].background)
        for index, method in quick_first:
            self._call = index
            self._report(f"Computing {method.name}", 0.0)
            if not self._compute(index, method):
                release()  # the next method may need what this one held

    def _compute(self, index: int, method: Method) -> bool:
        """Emits what came of it; False when it broke."""
        try:
            with self._passes.calling(self._roles[index]):
                with Meter(self._passes.models.device) as meter:
                    findings = self._found(method)
                self._emit(Finished(index, result_of(method, findings, self._passes, meter)))
        except Interrupted:
            raise
        except Exception as error:
            self._emit(_failed(index, error))
            return isinstance(error, Refusal)
        return True

    def _found(self, method: Method) -> Findings:
        """What a method says; one that does without roles is computed once, whoever asks for it."""
        fitting(method, self._passes)
        name = (method.key, method.model_dump_json())
        if method.roles or name not in self._known:
            self._known[name] = method.run(self._passes)
        return self._known[name]

    def _report(self, message: str, fraction: float | None) -> None:
        if self._control() == "cancel":
            raise Interrupted
        self._emit(Progress(self._call, message, fraction))

    def _generating(self, message: str, fraction: float | None) -> None:
        """Like `_report` for methods that generate; the stop that ended the continuation is not for them."""
        self._report(message, fraction)
        stopped = self._control() == "stop"
        self._heeded = self._heeded and stopped
        if stopped and not self._heeded:
            raise Refusal("stopped", "You stopped this before enough was generated for a result.", status=409)

    def _stopped(self) -> bool:
        order = self._control()
        if order == "cancel":
            raise Interrupted
        return order == "stop"

    def _continue(self) -> None:
        model = self._passes.model
        given = self._request.continuation is not None
        if given or not isinstance(model, LanguageModel) or Ability.GENERATE not in model.abilities:
            return
        kinds = {source.kind for source in self._request.sources}
        if kinds and kinds <= {"table", "logprobs"}:
            return
        settings = self._request.generate
        if settings is None and model.sequence_to_sequence:
            settings = Generate(max_new_tokens=min(128, (model.context or 129) - 1))
        text = self._passes.text
        text.prompt  # noqa: B018 - a text that does not fit fails the whole job, before anything is generated
        if settings is not None:
            self._report("Continuing the text", None)
            text.continuation = generate(text, settings, self._stopped, self._emit)
            self._heeded = text.continuation.finish == "stopped"


def build(call: MethodCall) -> Method:
    """The method of a call with its parameters. Raises Refusal naming the field, the limit and the value."""
    kind = find_method(call.key)
    try:
        return kind(**call.params)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        detail = f"Parameter “{field}” of {call.key}: {first['msg']}; got {first['input']!r}."
        raise Refusal("parameter-invalid", detail, field=f"methods.{call.key}.{field}") from error


def fitting(method: Method, passes: Passes) -> None:
    """Raises Refusal when the job's model cannot do what the method needs."""
    if method.needs and not method.fits(list(passes.model.abilities)):
        wanted = " or ".join(" + ".join(sorted(one)) for one in method.needs)
        detail = f"{method.name} needs a model that offers {wanted}; “{passes.model.key}” does not."
        raise Refusal("method-does-not-fit", detail, field="model")
    for name in passes.roles:
        card, text = method.roles[name], passes.role(name)
        if lacking := sorted(set(card.needs) - text.model.abilities):
            detail = f"The role “{name}” of {method.name} needs a model that offers {' + '.join(lacking)}; "
            detail += f"“{text.model.key}” does not."
            raise Refusal("method-does-not-fit", detail, field=f"methods.{method.key}.roles.{name}")
        if card.tokenizers == "same":
            check_same(passes.text.model, text.model)


def _failed(call: int | None, error: Exception) -> Failed:
    if isinstance(error, Refusal):
        return Failed(call, error.problem(), "person")
    _log.exception("computation failed", exc_info=error)
    if (short := shortage(error)) is not None:
        return Failed(call, _out_of_memory(short), "person")
    detail = "The computation failed for a reason that is the house's fault, not yours. It has been logged."
    return Failed(
        call,
        Problem(type="/problems/computation-failed", title="Computation failed", status=500, detail=detail),
        "system",
    )


def _out_of_memory(short: Shortage) -> Problem:
    available = f"{short.available / 2**20:,.0f} MiB"
    if short.needed is None:
        first = f"This computation needed more memory at once than the {available} that were available."
    else:
        first = (
            f"This computation needed {short.needed / 2**20:,.0f} MiB of memory at once; {available} were available."
        )
    detail = f"{first} Shorten the input, ask for fewer samples, or choose a smaller model."
    return Problem(
        type="/problems/out-of-memory",
        title="Out of memory",
        status=507,
        detail=detail,
        limit=short.available,
        value=short.needed,
    )
