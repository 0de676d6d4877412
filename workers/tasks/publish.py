"""`tessera.publish_cards`: a worker's child tells the site what it can run."""

import os

from webapp.catalogue.models import Allowed
from webapp.catalogue.selectors import specs, specs_fingerprint
from webapp.config.celery import app
from webapp.queues.services import worker_publish
from webapp.runs import dispatch
from workers.tasks import child
from workers.tasks.names import worker_name


@app.task(name=dispatch.PUBLISH)
def publish_cards() -> None:
    """Publish the cards of every method, model and tokenizer, given the allow-list as it stands."""
    fingerprint = specs_fingerprint()
    catalogue = child.catalogue(specs(Allowed.Kind.MODEL), specs(Allowed.Kind.TOKENIZER))
    worker_publish(name=worker_name(os.getppid()), catalogue=catalogue, fingerprint=fingerprint)
