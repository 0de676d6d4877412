"""Puts long results in the place of short ones that a stack has stored, in a process that speaks to its database.

Reads `{id of the result: "text" | "grid"}` as JSON on standard input; TESSERA_DATA names the stack's folder.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
django.setup()

from django.core.files.storage import default_storage  # noqa: E402

from benchmarks.long_results import grid_result, text_result  # noqa: E402
from webapp.runs.contents import result_path, result_write  # noqa: E402
from webapp.runs.models import Result  # noqa: E402

LIMIT = 64 * 2**20
MAKE = {"text": text_result, "grid": grid_result}

for id, kind in json.load(sys.stdin).items():
    row = Result.objects.get(pk=id)
    default_storage.delete(result_path(row.key))
    result_write(key=row.key, result=MAKE[kind](), limit=LIMIT)
