"""What a person of these tests does: asks, waits for the middle of a job, and compares what came out."""

from tests.e2e.person import Document, Person
from tests.faults import invariants, ledger
from tests.faults.house import House, wait_until
from tests.faults.ledger import Ledger
from tests.faults.questions import Question, Reference, difference


def ask(person: Person, question: Question) -> str:
    """The id of a new run."""
    return str(person.ask(**question.asked())["id"])


def wait_for_the_middle(person: Person, run: str, *, but: str = "", seconds: float = 60) -> str:
    """Wait until the first of two methods is done and the second is at work; when the job was begun.

    `but` is when it was begun before: that time does not count.
    """
    begun = ""

    def middle() -> bool:
        nonlocal begun
        state = person.state(run)
        begun = state["jobs"][0]["started"] or but
        return begun != but and [result["state"] for result in state["results"]] == ["done", "running"]

    wait_until(middle, "the second method being at work", seconds)
    return begun


def check_numbers(person: Person, run: str, question: Question, reference: Reference) -> None:
    """Every method's result is what it is when nothing is in the way."""
    state = person.wait(run)
    assert [entry["state"] for entry in state["results"]] == ["done"] * len(question.methods), state
    expected = reference.numbers(question)
    for entry in state["results"]:
        found: Document = person.http.get(f"/api/runs/{run}/results/{entry['id']}").raise_for_status().json()
        assert difference(found, expected[entry["method"]["key"]]) is None


def check_house(house: House) -> Ledger:
    """What holds for all jobs that this house ever had; its ledger."""
    found = ledger.read(house.environment, house.inside)
    invariants.ended_once(found)
    invariants.files_whole(found)
    invariants.no_fault_of_the_house(house.broken)
    return found
