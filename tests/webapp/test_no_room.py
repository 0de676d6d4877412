"""A full disk is said, and leaves no half behind."""

import errno
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage

from tests.webapp.person import Person, problem
from webapp.common import files
from webapp.runs.models import Run
from webapp.uploads.models import Source

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[errno.ENOSPC, errno.EDQUOT])
def full(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing more can be written; a disk and a quota say so."""

    def refuse(*_: object) -> str:
        raise OSError(request.param, "no space left")

    monkeypatch.setattr(FileSystemStorage, "save", refuse)


@pytest.mark.usefixtures("full")
def test_what_people_send_is_refused_and_no_row_is_left(person: Person, house: Path) -> None:
    answer = person.ask(text="There is no room for this.")
    problem(answer, 429, "no-room")
    assert int(answer["Retry-After"]) > 0
    assert not Source.objects.exists()
    assert not Run.objects.exists()


def test_other_failures_of_the_disk_are_not_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> str:
        raise PermissionError(errno.EACCES, "not yours")

    monkeypatch.setattr(FileSystemStorage, "save", refuse)
    with pytest.raises(PermissionError):
        files.put("results/aa/aa.json", b"{}")
