"""`python manage.py gallery` asks the questions of the gallery that are not answered by the present versions."""

import logging
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from webapp.gallery.questions import QUESTIONS
from webapp.gallery.services import Outcome, question_make
from workers.contract import Refusal

logger = logging.getLogger("tessera.gallery")


class Command(BaseCommand):
    """Idempotent: what stands answered is left alone, and nobody's work waits for it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which questions, and for how long to wait."""
        names = [question.id for question in QUESTIONS]
        parser.add_argument("--only", nargs="+", choices=names, metavar="QUESTION", help=", ".join(names))
        parser.add_argument("--patience", type=float, default=600.0, help="seconds to wait for quiet and for an answer")

    def handle(self, *args: Any, **options: Any) -> None:
        """One question after the other; what is refused or fails is written down, and the next one asked."""
        for question in QUESTIONS:
            if options["only"] and question.id not in options["only"]:
                continue
            try:
                outcome = question_make(question, patience=options["patience"])
            except Refusal as refusal:
                logger.warning("gallery: %s was refused: %s", question.id, refusal.detail)
                outcome = Outcome.FAILED
            self.stdout.write(f"{question.id}: {outcome}")
