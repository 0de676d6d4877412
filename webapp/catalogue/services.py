"""What workers tell the catalogue."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from webapp.catalogue.models import Allowed, Card, Method, Model, Tokenizer
from workers.contract import Catalogue, MethodCard, ModelCard, TokenizerCard

FORGOTTEN = timedelta(days=1)
"""What no worker has offered for so long is gone."""
Cards = Sequence[MethodCard] | Sequence[ModelCard] | Sequence[TokenizerCard]


@transaction.atomic
def cards_publish(*, catalogue: Catalogue) -> None:
    """Keep what a worker can run; models and tokenizers that left both the allow-list and the worker go."""
    _upsert(Method, catalogue.methods)
    _upsert(Model, catalogue.models)
    _upsert(Tokenizer, catalogue.tokenizers)
    allowed = set(Allowed.objects.filter(enabled=True).values_list("key", flat=True))
    for row in Model.objects.exclude(key__in={card.key for card in catalogue.models} | allowed):
        if not row.card.get("builtin"):
            row.delete()
    for table in (Method, Model, Tokenizer):
        table._default_manager.filter(last_seen__lt=Now() - FORGOTTEN).delete()


def cards_seen(*, methods: Sequence[str], models: Sequence[str], tokenizers: Sequence[str]) -> None:
    """A worker that offers these is alive."""
    Method.objects.filter(key__in=methods).update(last_seen=Now())
    Model.objects.filter(key__in=models).update(last_seen=Now())
    Tokenizer.objects.filter(key__in=tokenizers).update(last_seen=Now())


def _upsert(table: type[Card], cards: Cards) -> None:
    rows = [table(key=card.key, card=card.model_dump(mode="json"), last_seen=Now()) for card in cards]
    table._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["card", "last_seen"]
    )
