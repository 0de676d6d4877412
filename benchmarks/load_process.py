"""Fifty people with four open pages each, in a process of its own, because locust's gevent patches what it runs in.

Reads what to do as JSON on standard input, prints what was measured as JSON.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from dataclasses import asdict, dataclass, field  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
from locust import FastHttpUser, constant_throughput, task  # noqa: E402
from locust.env import Environment  # noqa: E402

from benchmarks.load_sockets import Counts, Page  # noqa: E402

MODEL = "demo-lm-small"
METHODS = ["surprisal", "entropy", "rank_buckets", "confidence_means"]
PAGE_READS = "/api/runs/{id} by a page at news"
REMEMBERED = 6
NAMES = ["Mia", "Tom", "Lily", "Max", "Ben", "Anna"]
DEEDS = ["took the ball to", "found the key in", "put the box in", "went to", "looked for the cup in"]
PLACES = ["the kitchen", "the garden", "the library", "the chest", "the hall"]


@dataclass
class Measured:
    """What the measured seconds brought."""

    seconds: float = 0.0
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    open_sockets: int = 0
    sockets: Counts = field(default_factory=Counts)


def new_text() -> str:
    """A text of some sixty tokens that nobody asked about before."""
    sentences = [f"{random.choice(NAMES)} {random.choice(DEEDS)} {random.choice(PLACES)}." for _ in range(6)]
    return " ".join([*sentences, f"They counted {random.randrange(10**9)}."])


class Somebody(FastHttpUser):
    """One request a second: mostly looks at what there is, sometimes asks something new."""

    wait_time = constant_throughput(1)
    pages_each = 4
    connection_timeout = network_timeout = 30.0

    def on_start(self) -> None:
        """A first run, and the pages that show it."""
        number = random.getrandbits(16)
        self.headers = {"X-Forwarded-For": f"10.77.{number >> 8}.{number & 255}"}
        self.runs: list[str] = []
        self.results: list[str] = []
        self.pages: list[Page] = []
        self.new_run()
        for _ in range(self.pages_each):
            headers = self.headers | {"Cookie": self._cookies()}
            self.pages.append(Page(str(self.host), headers, lambda: random.choice(self.runs), self._page_read))
            self.pages[-1].start()

    @task(30)
    def read_run(self) -> None:
        """The whole state of a run; its results are what is looked at next."""
        run = random.choice(self.runs)
        state = self._get(f"/api/runs/{run}", "GET /api/runs/{id}")
        done = [entry["id"] for entry in state["results"] if entry["state"] == "done"] if state else []
        self.results = [f"/api/runs/{run}/results/{id}?arrays=base64" for id in done] or self.results

    @task(25)
    def read_result(self) -> None:
        """A finished result, as the page reads it."""
        if self.results:
            self._get(random.choice(self.results), "GET /api/runs/{id}/results/{rid}")
        else:
            self.read_run()

    @task(15)
    def list_runs(self) -> None:
        """My runs."""
        self._get("/api/runs", "GET /api/runs")

    @task(10)
    def methods(self) -> None:
        """What can be asked."""
        self._get("/api/methods", "GET /api/methods")

    @task(9)
    def models(self) -> None:
        """Whom it can be asked of."""
        self._get("/api/models", "GET /api/models")

    @task(5)
    def limits(self) -> None:
        """What may be asked."""
        self._get("/api/limits", "GET /api/limits")

    @task(4)
    def new_run(self) -> None:
        """A new text."""
        body = {"text": new_text(), "models": [MODEL], "methods": [{"key": random.choice(METHODS)}]}
        made = self._post("/api/runs", body, "POST /api/runs")
        if made:
            self.runs = [made["id"], *self.runs][:REMEMBERED]
            if self.pages:
                random.choice(self.pages).turn_to(made["id"])

    @task(2)
    def another_question(self) -> None:
        """Another method about a text of before; whoever has it open sees it come."""
        body = {"models": [MODEL], "methods": [{"key": random.choice(METHODS)}]}
        self._post(f"/api/runs/{random.choice(self.runs)}/jobs", body, "POST /api/runs/{id}/jobs")

    def _get(self, path: str, name: str) -> Any:
        with self.client.get(path, name=name, headers=self.headers) as answer:
            return answer.json() if answer.status_code == 200 else None

    def _post(self, path: str, body: dict[str, Any], name: str) -> Any:
        with self.client.post(path, json=body, name=name, headers=self.headers) as answer:
            return answer.json() if answer.status_code == 201 else None

    def _page_read(self, milliseconds: float) -> None:
        told: dict[str, Any] = {"response_time": milliseconds, "response_length": 0, "exception": None, "context": {}}
        self.environment.events.request.fire(request_type="GET", name=f"GET {PAGE_READS}", **told)

    def _cookies(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.cookiejar)


def measure(host: str, people: int, pages: int, seconds: float, warm_up: float) -> Measured:
    """Let so many people come, and measure for so many seconds once all are there."""
    measured = Measured()
    measuring = False
    Somebody.host, Somebody.pages_each = host, pages
    environment = Environment(user_classes=[Somebody], stop_timeout=5)
    runner = environment.create_local_runner()

    def on_request(name: str, response_time: float, exception: Any, **_: Any) -> None:
        if not measuring:
            return
        measured.milliseconds.setdefault(name, []).append(response_time)
        if exception is not None:
            what = f"{name}: {exception}"[:200]
            measured.errors[what] = measured.errors.get(what, 0) + 1

    environment.events.request.add_listener(on_request)
    runner.start(people, spawn_rate=people / warm_up)
    gevent.sleep(warm_up + 5)
    print("measuring", file=sys.stderr, flush=True)
    began, measuring = time.monotonic(), True
    gevent.sleep(seconds)
    measuring, measured.seconds = False, time.monotonic() - began
    print("measured", file=sys.stderr, flush=True)
    measured.open_sockets = sum(page.is_open for page in Page.all)
    runner.stop()
    gevent.joinall([gevent.spawn(page.compare) for page in Page.all])
    measured.sockets = sum((page.counts for page in Page.all), Counts())
    runner.quit()
    return measured


def main() -> None:
    """Measure once."""
    print(json.dumps(asdict(measure(**json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
