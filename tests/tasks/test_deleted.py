"""A run that its owner deletes while it is computed: the worker ends in order and takes the next one."""

from collections.abc import Callable

import pytest

from tests.tasks.conftest import Compute, Emit, Told
from tests.tasks.fakes import everything
from tests.webapp.person import Person
from webapp.runs.models import Job, Run
from workers.contract import AnalysisRequest
from workers.core.steps import Progress
from workers.tasks import child
from workers.tasks.analyse import analyse

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("before", ["its first step", "its result", "its end"])
def test_a_worker_whose_run_is_deleted_goes_on(
    person: Person, stranger: Person, told: Told, computes: Callable[[Compute], None], before: str
) -> None:
    mine, theirs = person.run(text="mine"), stranger.run(text="theirs")
    deleted: list[str] = []

    def compute(request: AnalysisRequest, control: child.Control, emit: Emit) -> None:
        if before != "its first step" and not deleted:
            emit(Progress(0, "Computing", 0.5))
        if before != "its end" and not deleted:
            deleted.append(mine)
            assert person.post(f"/api/runs/{mine}/delete").status_code == 204
        everything(request, control, emit)
        if not deleted:
            deleted.append(mine)
            assert person.post(f"/api/runs/{mine}/delete").status_code == 204

    computes(compute)
    analyse("gpu")
    assert deleted == [mine]
    assert not Job.objects.filter(run=mine).exists()
    analyse("gpu")
    assert stranger.state(theirs)["jobs"][0]["state"] == "done"
    assert list(Run.objects.values_list("pk", flat=True)) == [theirs]
