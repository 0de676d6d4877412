"""What a process has loaded after it imported a part of the project: the borders hold at run time too."""

import subprocess
import sys

import pytest

LOADED = """
import importlib, os, pkgutil, sys
package = importlib.import_module(sys.argv[1])
if sys.argv[1] == "webapp":
    os.environ["DJANGO_SETTINGS_MODULE"] = "webapp.config.settings"
    import django
    django.setup()
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print("\\n".join(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded_after_importing(package: str) -> set[str]:
    """The top-level modules that a fresh interpreter has loaded once it imported all of a package."""
    done = subprocess.run([sys.executable, "-c", LOADED, package], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("package", "foreign"),
    [
        ("webapp", {"torch", "transformers"}),
        ("workers.contract", {"torch", "transformers", "django", "celery"}),
        ("workers.export", {"torch", "transformers", "django", "celery"}),
        ("workers.core", {"django", "celery", "webapp"}),
        ("workers.methods", {"django", "celery", "webapp"}),
        ("workers.models", {"django", "celery", "webapp"}),
    ],
)
def test_a_part_loads_nothing_from_beyond_its_border(package: str, foreign: set[str]) -> None:
    loaded = loaded_after_importing(package)
    assert package.split(".")[0] in loaded
    assert not loaded & foreign


def test_a_workers_parent_process_knows_its_tasks_without_torch() -> None:
    code = "import sys; from webapp.config.celery import app; app.loader.import_default_modules(); print(*app.tasks); "
    done = subprocess.run(
        [sys.executable, "-c", code + "print('torch' in sys.modules)"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    tasks, torch_is_loaded = done.stdout.splitlines()
    assert {"tessera.analyse", "tessera.publish_cards"} <= set(tasks.split())
    assert torch_is_loaded == "False"
