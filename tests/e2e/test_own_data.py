"""A person's own data in a browser: a labelled file is ranked, pasted log-probabilities are coloured."""

import json
import math
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import DONE_MS, Ask, Run, overflows

NewPage = Callable[..., Page]
TABLE = """question,answer,correct
Story: Tom had five pears. Sam put the blue drum in the bag. What is the drum in?,bag,1
Story: Tom had five pears. Sam put the blue drum in the bag. What is the drum in?,jar,0
Story: Lily found the blue key. Sam found the blue bell. Who found the bell?,Sam,1
Story: Lily found the blue key. Sam found the blue bell. Who found the bell?,Lily,0
Who is this?,,1
Story: Lily found the blue key. Sam found the blue bell. Who found the key?,Lily,yes
"""
THUMB = "👍🏽"


def said() -> str:
    """A server's answer, its last character in two tokens."""
    whole = THUMB.encode()
    pieces = [(b"Well", 0.5), (b" done", 0.125), (b" ", 0.5), (whole[:3], 0.9), (whole[3:], 0.9)]
    tokens = [
        {
            "token": piece.decode("utf-8", "replace"),
            "logprob": math.log(p),
            "bytes": list(piece),
            "top_logprobs": [{"token": " then", "logprob": math.log(0.1), "bytes": None}],
        }
        for piece, p in pieces
    ]
    choice = {"message": {"content": f"Well done {THUMB}"}, "logprobs": {"content": tokens}}
    return json.dumps({"model": "far-away", "choices": [choice]})


def paste(ask: Ask, text: str) -> None:
    """Paste a text into the box, as a browser tells the page of it."""
    ask.text.evaluate(
        """(box, text) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const more = { clipboardData: data, bubbles: true, cancelable: true };
            box.dispatchEvent(new ClipboardEvent("paste", more));
        }""",
        text,
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_a_labelled_file_is_ranked(new_page: NewPage, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    ask = Ask(page).open()
    ask.text.fill("This waits while a file is there.")
    ask.drop("answers.csv", TABLE.encode(), "text/csv")
    expect(page.get_by_text("5 rows to use")).to_be_visible()
    expect(page.get_by_text("the first in line 6: the answer is empty")).to_be_visible()
    methods = page.get_by_role("group", name="Where was the model unsure?").get_by_role("checkbox")
    expect(methods).to_have_count(1)
    assert overflows(page) == 0
    ask.run()
    expect(page.get_by_text("ranks this file best").first).to_be_visible(timeout=DONE_MS)
    expect(page.get_by_text("Line 6: the answer is empty").first).to_be_visible()
    expect(page.get_by_text("answers.csv").first).to_be_visible()
    expect(page.get_by_text("Reliability:").first).to_be_visible()
    assert overflows(page) == 0


def test_a_file_can_be_removed_and_what_was_typed_is_still_there(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill("Once upon a time")
    ask.drop("answers.csv", TABLE.encode(), "text/csv")
    expect(ask.text).to_have_count(0)
    page.reload()
    expect(page.get_by_text("5 rows to use")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(ask.text).to_have_value("Once upon a time")


def test_a_file_without_its_columns_is_refused_with_their_names(new_page: NewPage) -> None:
    page = new_page(refusals=True)
    ask = Ask(page).open()
    ask.drop("answers.csv", b"a,b,c\n1,2,3\n", "text/csv")
    expect(ask.problem).to_contain_text("no column for prompt (prompt, question")
    expect(ask.text).to_be_visible()


@pytest.mark.parametrize("pasted", [True, False])
def test_log_probabilities_are_coloured_without_a_model(page: Page, pasted: bool) -> None:
    ask = Ask(page).open()
    if pasted:
        paste(ask, said())
    else:
        ask.drop("said.json", said().encode(), "application/json")
    expect(page.get_by_text("Chat completion of “far-away”: 5 tokens")).to_be_visible()
    expect(page.locator("tessera-ask-models")).to_have_count(0)
    run: Run = ask.run()
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    text = "".join(part.text_content() or "" for part in run.strip.locator("p.paragraph").all())
    assert text.replace("\n", "").strip() == f"Well done {THUMB}"
    expect(page.get_by_text("no model was run").first).to_be_visible()
    assert run.coloured(0) != run.coloured(1)


def test_json_that_is_no_servers_answer_stays_a_text(new_page: NewPage) -> None:
    page = new_page(refusals=True)
    ask = Ask(page).open()
    text = '{"logprobs": "none here"}'
    paste(ask, text)
    expect(ask.problem).to_contain_text("no log-probabilities")
    expect(ask.text).to_have_value(text)
