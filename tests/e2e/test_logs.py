"""The logs of the real stack: a run's whole story by its id, over web and worker, and nobody's words."""

from tests.e2e.person import Person
from tests.e2e.stack import Stack

TEXT = "Mia put the red ball into the marmalade drawer."


def test_a_runs_story_is_in_the_logs_and_its_text_is_not(stack: Stack) -> None:
    with Person(stack) as person:
        run = person.ask(text=TEXT, models=["demo-lm"], methods=[{"key": "surprisal"}])["id"]
        state = person.wait(run)
        cookie = person.http.cookies["tessera_owner"]
    job, result = state["jobs"][0]["id"], state["results"][0]["id"]
    logs = {path.stem: path.read_text(encoding="utf-8") for path in (stack.data / "logs").glob("*.log")}
    story = {name: [line for line in text.splitlines() if f"run={run}" in line] for name, text in logs.items()}
    assert any("job asked of demo-lm" in line and "request=" in line for line in story["web"])
    for step in ("queued → leased", "leased → running", "running → done"):
        assert any(f"job {step}" in line and f"job={job}" in line for line in story["worker"]), step
    assert any(f"result={result}" in line and "surprisal" in line for line in story["worker"])
    assert all("worker=" in line for line in story["worker"])
    for name, text in logs.items():
        assert "marmalade" not in text, name
        assert cookie.strip('"') not in text, name
