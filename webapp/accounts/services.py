"""What a person does with an account: make it, and take the browser's runs into it."""

from django.contrib.auth.models import User
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q

from webapp.common.errors import refuse
from webapp.common.owners import Owner
from webapp.runs.models import Job, Run
from webapp.uploads.models import Source

SALT = "tessera.signup"
DAY = 86_400


def signup_ticket(*, email: str) -> str:
    """What proves, for a day, that somebody reads the mail of an address."""
    return signing.dumps(email, salt=SALT)


def signup_email(ticket: str) -> str | None:
    """The address of a ticket; None if it is forged, too old, or used."""
    try:
        email: str = signing.loads(ticket, salt=SALT, max_age=DAY)
    except signing.BadSignature:
        return None
    return None if account_exists(email) else email


def account_exists(email: str) -> bool:
    """Whether an address, or a name that reads like it, is somebody's already."""
    return User.objects.filter(Q(username__iexact=email) | Q(email__iexact=email)).exists()


def account_create(*, email: str, password: str) -> User:
    """An account whose name is its address. Refusal: there is one already."""
    try:
        with transaction.atomic():
            return User.objects.create_user(email, email=email, password=password)
    except IntegrityError as error:
        raise refuse("conflict", "There is an account of this name already.") from error


def browser_runs(owner: Owner) -> int:
    """How many runs this browser made without an account."""
    return Run.objects.filter(owner=owner.cookie, account=None).count() if owner.cookie else 0


@transaction.atomic
def runs_take_over(*, owner: Owner) -> int:
    """Give what the browser made to the account, and to it alone; how many runs. AssertionError without an account.

    A source that the account gave itself before is not kept twice.
    """
    assert owner.account is not None
    if not owner.cookie:
        return 0
    same = _sources_take_over(owner)
    runs = list(Run.objects.filter(owner=owner.cookie, account=None))
    for run in runs:
        run.owner, run.account_id = owner.key, owner.account
        run.source_ids = [same.get(id, id) for id in run.source_ids]
    Run.objects.bulk_update(runs, ["owner", "account", "source_ids"], batch_size=200)
    Job.objects.filter(run__owner=owner.key, owner=owner.cookie).update(owner=owner.key)
    Source.objects.filter(pk__in=same).delete()
    return len(runs)


def _sources_take_over(owner: Owner) -> dict[str, str]:
    """Which of the browser's sources the account has under another id."""
    mine = {(source.sha256, source.kind): source.pk for source in Source.objects.filter(owner=owner.key)}
    same: dict[str, str] = {}
    for source in Source.objects.filter(owner=owner.cookie, account=None):
        if known := mine.get((source.sha256, source.kind)):
            same[source.pk] = known
        else:
            Source.objects.filter(pk=source.pk).update(owner=owner.key, account_id=owner.account)
    return same
