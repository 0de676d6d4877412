"""What each limit means, and between which values the admin may set it while the site runs."""

from dataclasses import dataclass

from django.conf import settings

from webapp.config.environment import HouseLimits

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Range:
    """One limit: what it counts, in which unit, and the least and the most that make sense."""

    says: str
    least: int
    most: int

    def check(self, value: int) -> None:
        """ValueError naming the range that `value` is out of."""
        if not self.least <= value <= self.most:
            raise ValueError(f"Between {self.least:,} and {self.most:,}; got {value:,}.")


FIXED = {"body_bytes"}
"""Read once, when a process starts: only TESSERA_LIMIT_BODY_BYTES sets it."""


def ranges() -> dict[str, Range]:
    """Every limit that may be changed while the site runs, by its name.

    What arrives in a request cannot be let grow beyond what the site was started with, because a body over that is
    refused before anybody knows whose it is. Zero of what is counted by time closes the door.
    """
    file = max(settings.LIMITS.image_bytes, settings.LIMITS.table_bytes, settings.LIMITS.logprobs_bytes)
    return {
        "text_characters": Range("Characters of one text.", 1, settings.LIMITS.body_bytes),
        "image_bytes": Range("Bytes of one picture's file.", 1, file),
        "image_pixels": Range("Pixels of one picture.", 1, 1_000_000_000),
        "table_bytes": Range("Bytes of one labelled file.", 1, file),
        "table_rows": Range("Rows of one labelled file.", 1, 10_000_000),
        "logprobs_bytes": Range("Bytes of one file of log-probabilities.", 1, file),
        "logprobs_tokens": Range("Tokens of one file of log-probabilities.", 1, 10_000_000),
        "runs_per_minute": Range("Runs and further questions within a minute.", 0, 100_000),
        "sources_per_minute": Range("Files sent within a minute.", 0, 100_000),
        "reads_per_minute": Range("Requests within a minute that change nothing.", 1, 1_000_000),
        "changes_per_minute": Range("Requests within a minute that change something.", 0, 1_000_000),
        "admin_per_minute": Range("Requests to the admin within a minute.", 30, 1_000_000),
        "logins_per_minute": Range(
            "Attempts to log in within a minute, by address and by name; twice as many within 15 minutes, four times "
            "within an hour.",
            1,
            100_000,
        ),
        "guesses_per_minute": Range("Links and tokens within a minute that do not exist, by address.", 1, 100_000),
        "sockets_per_minute": Range("Sockets opened within a minute.", 0, 1_000_000),
        "open_sockets": Range("Sockets open at a time.", 0, 1_000_000),
        "queued_jobs": Range("Unfinished jobs at a time.", 0, 1_000_000),
        "gpu_seconds_per_hour": Range("Seconds of computing in the queue gpu within an hour.", 0, 100_000_000),
        "job_seconds": Range("Seconds that one job may take.", 1, 30 * DAY),
        "result_bytes": Range("Bytes of one result.", 1024, 4 * 2**30),
    }


def editable() -> list[str]:
    """The names of the limits that may be changed, in the order in which HouseLimits lists them."""
    known = ranges()
    return [name for name in HouseLimits.model_fields if name in known]
