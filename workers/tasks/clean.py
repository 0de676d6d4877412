"""`tessera.clean`: deletes what is kept no longer."""

from webapp.config.celery import app
from webapp.retention import services
from workers.tasks import child


@app.task(name=services.TASK)
def clean(now: bool = False) -> None:
    """Clean once an hour, whoever hears of it first; `now`: because an administrator asked."""
    if now:
        services.clean_now(worker=child.name())
    else:
        services.clean_slot(worker=child.name())
