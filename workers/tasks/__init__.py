"""What a worker does for the site: the only part of workers that imports Django and Celery.

The parent process claims nothing and never imports torch: it reports itself and sweeps. Its one child computes.
"""

from workers.tasks import lines, parent
from workers.tasks.analyse import analyse
from workers.tasks.clean import clean
from workers.tasks.errands import evict_model, try_model
from workers.tasks.publish import publish_cards

__all__ = ["analyse", "clean", "evict_model", "lines", "parent", "publish_cards", "try_model"]
