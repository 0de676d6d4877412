"""Two groups to begin with: operators steer, viewers look on."""

from typing import Any

from django.db import migrations

VIEWED = {
    "audit": ("entry",),
    "catalogue": ("allowed", "method", "model", "tokenizer"),
    "queues": ("queueswitch", "worker"),
    "runs": ("job", "result", "run", "timing", "transition"),
    "sharing": ("share",),
}
STEERED = {
    ("queues", "queueswitch"): {"pause_queue": "Can pause and resume queues"},
    ("queues", "worker"): {"drain_worker": "Can drain workers", "restart_worker": "Can restart workers"},
    ("runs", "job"): {
        "cancel_job": "Can cancel jobs",
        "retry_job": "Can try jobs again",
        "prioritise_job": "Can change the priority of jobs",
        "purge_job": "Can purge jobs",
    },
}


def make(apps: Any, schema_editor: Any) -> None:
    """The groups with their permissions; Django itself makes those only after the last migration, so these do."""
    group = apps.get_model("auth", "Group")
    views = [
        _permission(apps, label, model, f"view_{model}", f"Can view {model}")
        for label, models in VIEWED.items()
        for model in models
    ]
    steers = [
        _permission(apps, label, model, codename, name)
        for (label, model), permissions in STEERED.items()
        for codename, name in permissions.items()
    ]
    group.objects.get_or_create(name="viewers")[0].permissions.add(*views)
    group.objects.get_or_create(name="operators")[0].permissions.add(*views, *steers)


def _permission(apps: Any, label: str, model: str, codename: str, name: str) -> Any:
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=label, model=model)
    permissions = apps.get_model("auth", "Permission").objects
    return permissions.get_or_create(content_type=kind, codename=codename, defaults={"name": name})[0]


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_entry"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("queues", "0004_steering"),
        ("runs", "0006_steering"),
    ]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
