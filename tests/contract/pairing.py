"""Which methods are tried on which models of the tests."""

from collections.abc import Callable

import pytest

from tests.contract.subjects import SUBJECTS, TINY_IMAGE, TINY_LOGPROBS, TINY_TABLE, TINY_TEXT, Subject, parameter
from workers.core.discovery import all_methods
from workers.core.method import Method

METHODS = list(all_methods().values())
KEYS = [method.key for method in METHODS]
EACH = pytest.mark.parametrize("method", METHODS, ids=KEYS)
TINY = [TINY_TEXT, TINY_IMAGE, TINY_TABLE, TINY_LOGPROBS]


def pairs(subjects: list[Subject], fits: Callable[[type[Method]], bool] = lambda method: True) -> pytest.MarkDecorator:
    """Subjects with the methods that read what they read; abilities are checked once the model is loaded."""
    rows = [
        parameter(subject, method, id=method.key)
        for subject in subjects
        for method in METHODS
        if subject.kind in method.inputs and fits(method)
    ]
    return pytest.mark.parametrize(("subject", "method"), rows)


PAIRS = pairs(SUBJECTS)
TINY_PAIRS = pairs(TINY)
WITH_MODEL = pairs(TINY, lambda method: bool(method.needs))
EXPLAINING = pairs(TINY, lambda method: method.explains)
