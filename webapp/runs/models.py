"""Runs, their jobs and results: the durable state from which everything else can be told again."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from webapp.common.ids import new_id


class State(models.TextChoices):
    """Where a job or a result is on its way."""

    QUEUED = "queued"
    LEASED = "leased"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = (State.LEASED, State.RUNNING)
OPEN = (State.QUEUED, *ACTIVE)
ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class Queue(models.TextChoices):
    """What kind of worker a job needs."""

    GPU = "gpu", "gpu"
    CPU = "cpu", "cpu"


class Run(models.Model):
    """What a person asked for: one input, one or more models and methods. `seq` numbers its changes."""

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    owner = models.CharField(max_length=64)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    address = models.CharField(max_length=32, blank=True)
    seq = models.PositiveBigIntegerField(default=0)
    label = models.CharField(max_length=120, blank=True)
    source_ids = models.JSONField(default=list)
    reading = models.JSONField(default=dict)
    generate = models.JSONField(null=True, blank=True)
    branch = models.JSONField(null=True, blank=True)  # null: it departs from no other run
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created",)
        indexes = [
            models.Index(fields=["owner", "-created"]),
            models.Index(fields=["account", "-created"]),
            models.Index(fields=["address", "-created"]),
        ]

    def __str__(self) -> str:
        return self.label or self.id


class Job(models.Model):
    """One model (or none) × one input × one set of targets, with all its methods: what is queued and leased."""

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="jobs")
    owner = models.CharField(max_length=64)
    model = models.CharField(max_length=100, null=True, blank=True)  # null: no model
    targets = models.JSONField(default=list)
    queue = models.CharField(max_length=8, choices=Queue.choices)
    priority = models.SmallIntegerField(default=0)
    turn = models.FloatField(default=0)  # when it is due among those of its priority, in seconds of computing
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    token = models.CharField(max_length=32, blank=True)
    worker = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    renewals = models.PositiveIntegerField(default=0)  # of the lease: it expires when this stands still
    content = models.CharField(max_length=64, blank=True, db_index=True)  # equal for jobs that compute the same
    length = models.PositiveIntegerField(default=0)  # of the input: characters of text, or pixels of a picture
    cost = models.JSONField(null=True, blank=True)  # what was expected when it was asked for; null: nothing known
    freed = models.BigIntegerField(null=True, blank=True)  # bytes given back when it was cancelled; null: not measured
    cancelling = models.BooleanField(default=False)
    cancel_asked = models.DateTimeField(null=True, blank=True)
    stopping = models.BooleanField(default=False)
    problem = models.JSONField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created", "id")
        indexes = [
            models.Index(fields=["state", "queue", "-priority", "turn", "created", "id"], name="job_next"),
            models.Index(fields=["owner", "state"]),
            models.Index(fields=["state", "worker"]),
            models.Index(fields=["state", "finished"], name="job_ended"),
            models.Index(fields=["started"], name="job_started"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["content"],
                condition=models.Q(state__in=ACTIVE) & ~models.Q(content=""),
                name="job_computed_once",
            )
        ]
        permissions = [
            ("cancel_job", "Can cancel jobs"),
            ("retry_job", "Can try jobs again"),
            ("prioritise_job", "Can change the priority of jobs"),
            ("purge_job", "Can purge jobs"),
        ]

    def __str__(self) -> str:
        return f"{self.model or 'no model'} {self.id}"


class Continuation(models.Model):
    """What a model generated in a run, kept so that no later question samples again; `finish` null: so far."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="continuations")
    model = models.CharField(max_length=100)
    key = models.CharField(max_length=64, blank=True, db_index=True)
    data = models.JSONField()
    finish = models.CharField(max_length=10, null=True, blank=True)  # null: not yet
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "model"], name="continuation_once_per_model")]

    def __str__(self) -> str:
        return f"{self.model} in {self.run_id}"


class Result(models.Model):
    """What one method of one job produced: a key to the file, its size and figures."""

    id = models.CharField(max_length=32, primary_key=True, default=new_id, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="results")
    index = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=64)
    lens = models.CharField(max_length=20)
    call = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    progress = models.JSONField(null=True, blank=True)
    problem = models.JSONField(null=True, blank=True)
    fault = models.CharField(max_length=10, blank=True)
    key = models.CharField(max_length=64, blank=True, db_index=True)
    size = models.PositiveBigIntegerField(default=0)
    figures = models.JSONField(default=dict)
    seconds = models.FloatField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("job__created", "job_id", "index")
        constraints = [models.UniqueConstraint(fields=["job", "index"], name="result_once_per_call")]
        indexes = [models.Index(fields=["state", "finished"], name="result_ended")]

    def __str__(self) -> str:
        return f"{self.method} {self.id}"


class Transition(models.Model):
    """One step of a job, or of one of its results, from a state to the next: when, why, and at whose hands."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="transitions")
    result = models.ForeignKey(Result, null=True, blank=True, on_delete=models.CASCADE, related_name="transitions")
    before = models.CharField(max_length=10, choices=State.choices, blank=True)  # empty: it was made
    after = models.CharField(max_length=10, choices=State.choices)
    reason = models.CharField(max_length=40)
    worker = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["job", "id"])]

    def __str__(self) -> str:
        return f"{self.before or 'nothing'} → {self.after}: {self.reason}"


class Timing(models.Model):
    """What one method on one model took for inputs of about one length: the base of what is promised next time."""

    method = models.CharField(max_length=64)
    model = models.CharField(max_length=100, blank=True)  # empty: no model
    device = models.CharField(max_length=40, blank=True)
    bucket = models.SmallIntegerField()  # log2 of the length
    count = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0)  # sum
    squares = models.FloatField(default=0)  # sum of squared seconds
    passes = models.FloatField(default=0)  # sum of the passes that were promised
    memory = models.BigIntegerField(default=0)  # the highest peak seen, in bytes
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "model", "device", "bucket"], name="timing_once_per_bucket")
        ]

    def __str__(self) -> str:
        return f"{self.method} on {self.model or 'no model'}, 2^{self.bucket}"
