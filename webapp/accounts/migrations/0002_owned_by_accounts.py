"""What accounts made so far answers to them alone, no longer to the browser they sat at."""

from typing import Any

from django.db import migrations


def give(apps: Any, editor: Any) -> None:
    """Name the account as the owner of its runs, jobs and sources."""
    runs, jobs, sources = (
        apps.get_model("runs", "Run"),
        apps.get_model("runs", "Job"),
        apps.get_model("uploads", "Source"),
    )
    for account in runs.objects.exclude(account=None).values_list("account_id", flat=True).distinct():
        mine = runs.objects.filter(account_id=account)
        jobs.objects.filter(run__in=mine).update(owner=f"account:{account}")
        mine.update(owner=f"account:{account}")
    # Two browsers of one account may have given the same bytes: each row keeps an owner of its own.
    for source in sources.objects.exclude(account=None).iterator():
        sources.objects.filter(pk=source.pk).update(owner=f"account:{source.account_id}/{source.pk}")


class Migration(migrations.Migration):
    """Rows of before."""

    dependencies = [
        ("accounts", "0001_token"),
        ("runs", "0004_work"),
        ("uploads", "0002_own_data"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
