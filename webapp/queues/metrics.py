"""Numbers for Prometheus: jobs, queue age, results, seconds."""

from collections.abc import Iterator

from django.db.models import Count, Min, Sum
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.queues.models import Worker
from webapp.runs.models import Job, Queue, Result, State


class Jobs(Collector):
    """Collects from the database, so that every web process tells the same."""

    def collect(self) -> Iterator[Metric]:
        """The metrics, each read by one query."""
        yield self._jobs()
        yield self._age()
        results = CounterMetricFamily("tessera_results", "Results by method and state.", labels=["method", "state"])
        seconds = CounterMetricFamily(
            "tessera_result_seconds", "Seconds spent computing, by method.", labels=["method"]
        )
        rows = Result.objects.order_by().values("method", "state").annotate(count=Count("pk"), spent=Sum("seconds"))
        for row in rows:
            results.add_metric([row["method"], row["state"]], row["count"])
            if row["state"] == State.DONE:
                seconds.add_metric([row["method"]], row["spent"] or 0)
        yield results
        yield seconds
        alive = sum(worker.alive for worker in Worker.objects.all())
        yield GaugeMetricFamily("tessera_workers", "Workers that reported lately.", value=alive)

    def _jobs(self) -> Metric:
        jobs = GaugeMetricFamily("tessera_jobs", "Jobs by queue and state.", labels=["queue", "state"])
        rows = Job.objects.order_by().values("queue", "state").annotate(count=Count("pk"))
        counts = {(row["queue"], row["state"]): row["count"] for row in rows}
        for queue in Queue.values:
            for state in State.values:
                jobs.add_metric([queue, state], counts.get((queue, state), 0))
        return jobs

    def _age(self) -> Metric:
        age = GaugeMetricFamily("tessera_queue_age_seconds", "How long the oldest queued job waits.", labels=["queue"])
        now = timezone.now()
        oldest = dict(
            Job.objects.filter(state=State.QUEUED).order_by().values_list("queue").annotate(oldest=Min("created"))
        )
        for queue in Queue.values:
            age.add_metric([queue], (now - oldest[queue]).total_seconds() if queue in oldest else 0)
        return age
