"""Numbers for Prometheus that are the house's, not one process's: read from the database when asked.

| metric | labels | is |
|---|---|---|
| tessera_jobs | queue, state | jobs by state; state="queued" is the depth |
| tessera_queue_age_seconds | queue | how long the oldest queued job waits |
| tessera_queue_paused | queue | 1 where the admin paused it |
| tessera_job_ends_total | queue, state, reason | jobs that ended; reason is the problem, or the step's |
| tessera_result_ends_total | method, state, reason | the same for results; reason="out-of-memory" are those |
| tessera_cache_hits_total | method | results that were known before |
| tessera_jobs_brought_back_total | queue, reason | what the sweepers did |
| tessera_job_wait_seconds | queue | histogram: queued until claimed |
| tessera_job_run_seconds | queue | histogram: begun until ended |
| tessera_result_seconds | method | histogram: what was computed |
| tessera_cancel_seconds | queue | histogram: asked until the memory was free |
| tessera_cancel_freed_bytes_total | | bytes given back by cancelling |
| tessera_workers | state | alive, draining, silent |
| tessera_worker_memory_bytes | worker, kind | used and total |
| tessera_model_loaded | worker, model | 1 for each model in memory |
| tessera_errands | kind, state | test-loads and evictions |
| tessera_deleted_total | kind | what retention deleted |
| tessera_deleted_bytes_total | | bytes of files that it removed |

Of one web process alone (webapp.queues.numbers): tessera_http_requests_total (method, route, status),
tessera_http_request_seconds (method, route), tessera_sockets_open, and what the client library says of the process.
Counters of ends, waits and runs are a minute late (webapp.queues.tallies).
"""

import logging
from collections import Counter
from collections.abc import Iterator

from django.db import DatabaseError
from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.catalogue.models import Errand
from webapp.queues.models import Worker
from webapp.queues.selectors import paused
from webapp.queues.tallies import counters, fold, histograms
from webapp.retention.models import Cleaning
from webapp.runs.models import Job, Queue, State

logger = logging.getLogger("tessera.metrics")

COUNTERS = {
    "job_ends": ("Jobs that ended, by state and reason.", ["queue", "state", "reason"]),
    "result_ends": ("Results that ended, by state and reason.", ["method", "state", "reason"]),
    "cache_hits": ("Results that were known before.", ["method"]),
    "jobs_brought_back": ("Jobs that lost their worker and were queued again.", ["queue", "reason"]),
    "cancel_freed_bytes": ("Bytes given back by cancelled jobs.", []),
}
HISTOGRAMS = {
    "job_wait_seconds": ("Seconds that jobs waited until a worker took them.", ["queue"]),
    "job_run_seconds": ("Seconds that jobs ran.", ["queue"]),
    "result_seconds": ("Seconds that computing a result took.", ["method"]),
    "cancel_seconds": ("Seconds from the wish to cancel until the memory was free.", ["queue"]),
}


class House(Collector):
    """Collects from the database, so that every web process tells the same."""

    def collect(self) -> Iterator[Metric]:
        """The metrics, each read by one query."""
        try:
            fold()
        except DatabaseError:  # it takes no writes now: what was added up before is still told
            logger.warning("the latest steps of jobs could not be added up", exc_info=True)
        yield from self._queues()
        yield from self._tallied()
        yield from self._workers()
        yield from self._deleted()

    def _queues(self) -> Iterator[Metric]:
        jobs = GaugeMetricFamily("tessera_jobs", "Jobs by queue and state.", labels=["queue", "state"])
        rows = Job.objects.order_by().values("queue", "state").annotate(count=Count("pk"), oldest=Min("created"))
        found = {(row["queue"], row["state"]): row for row in rows}
        age = GaugeMetricFamily("tessera_queue_age_seconds", "How long the oldest queued job waits.", labels=["queue"])
        stopped = GaugeMetricFamily("tessera_queue_paused", "Whether the admin paused a queue.", labels=["queue"])
        now, at_rest = timezone.now(), paused()
        for queue in Queue.values:
            for state in State.values:
                jobs.add_metric([queue, state], found[queue, state]["count"] if (queue, state) in found else 0)
            waiting = found.get((queue, State.QUEUED))
            age.add_metric([queue], max(0.0, (now - waiting["oldest"]).total_seconds()) if waiting else 0)
            stopped.add_metric([queue], float(queue in at_rest))
        yield from (jobs, age, stopped)

    def _tallied(self) -> Iterator[Metric]:
        for name, (says, labels) in COUNTERS.items():
            counter = CounterMetricFamily(f"tessera_{name}", says, labels=labels)
            for values, amount in counters(name):
                counter.add_metric([values[label] for label in labels], amount)
            yield counter
        for name, (says, labels) in HISTOGRAMS.items():
            histogram = HistogramMetricFamily(f"tessera_{name}", says, labels=labels)
            for values, buckets, total in histograms(name):
                histogram.add_metric([values[label] for label in labels], buckets, total)
            yield histogram

    def _workers(self) -> Iterator[Metric]:
        workers = GaugeMetricFamily("tessera_workers", "Workers by state.", labels=["state"])
        memory = GaugeMetricFamily(
            "tessera_worker_memory_bytes", "Memory that models and computations fill.", labels=["worker", "kind"]
        )
        loaded = GaugeMetricFamily("tessera_model_loaded", "Models in memory.", labels=["worker", "model"])
        states = Counter({"alive": 0, "draining": 0, "silent": 0})
        for worker in Worker.objects.all():
            states["silent" if not worker.alive else "draining" if worker.draining else "alive"] += 1
            if worker.alive:
                memory.add_metric([worker.name, "used"], worker.used)
                memory.add_metric([worker.name, "total"], worker.memory)
                for model in worker.loaded:
                    loaded.add_metric([worker.name, str(model)], 1)
        for state, count in states.items():
            workers.add_metric([state], count)
        errands = GaugeMetricFamily("tessera_errands", "Test-loads and evictions.", labels=["kind", "state"])
        for row in Errand.objects.order_by().values("kind", "state").annotate(count=Count("pk")):
            errands.add_metric([row["kind"], row["state"]], row["count"])
        yield from (workers, memory, loaded, errands)

    def _deleted(self) -> Iterator[Metric]:
        deleted = CounterMetricFamily("tessera_deleted", "What retention deleted.", labels=["kind"])
        kinds: Counter[str] = Counter()
        for counts in Cleaning.objects.values_list("counts", flat=True):
            kinds.update(counts)
        for kind, count in kinds.items():
            deleted.add_metric([kind], count)
        freed = Cleaning.objects.aggregate(total=Sum("bytes"))["total"] or 0
        yield deleted
        yield CounterMetricFamily("tessera_deleted_bytes", "Bytes of files that retention removed.", value=freed)
