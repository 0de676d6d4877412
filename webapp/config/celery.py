"""The one Celery app. Its messages are wake-ups: the job table decides what is done."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")

REDIS_URL = os.environ.get("REDIS_URL", "")
QUEUES = [name.strip() for name in (os.environ.get("TESSERA_QUEUES") or "gpu,cpu").split(",")]

CLEAN_EVERY = 300.0
"""Seconds between two times that workers are told to clean up."""

settings: dict[str, Any] = {
    "broker_url": REDIS_URL or "memory://",
    "result_backend": None,
    "task_ignore_result": True,
    "accept_content": ["json"],
    "task_serializer": "json",
    "result_serializer": "json",
    "include": ["workers.tasks"],
    "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
    "task_create_missing_queues": True,
    "task_default_queue": "gpu",
    "worker_pool": "prefork",
    "worker_concurrency": 1,
    "worker_prefetch_multiplier": 1,
    "worker_direct": True,
    "worker_hijack_root_logger": False,
    "worker_enable_remote_control": True,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_soft_shutdown_timeout": 5.0,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "broker_connection_retry_on_startup": True,
    "broker_transport_options": {
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "socket_timeout": 10,
    },
    "task_publish_retry": False,
    # In memory: Celery's default scheduler keeps a pickle. Each queue is told, since a house may serve only one;
    # however often it is told, and by however many schedulers, each hour is cleaned once (webapp.retention).
    "beat_scheduler": "celery.beat:Scheduler",
    "beat_schedule": {
        f"clean-{name}": {
            "task": "tessera.clean",
            "schedule": CLEAN_EVERY,
            "options": {"queue": name, "expires": CLEAN_EVERY / 2},
        }
        for name in QUEUES
    },
    "timezone": "UTC",
}

app = Celery("tessera")
app.config_from_object(settings)


@setup_logging.connect
def same_lines(**_: object) -> None:
    """Celery's own lines look as the site's do: it sets up none of its own."""
    from django.conf import settings as site

    logging.config.dictConfig(site.LOGGING)
