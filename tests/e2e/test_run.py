"""The page of a run: colours that are the numbers, sources of a generated token, links, patches, shares."""

import csv
import html
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e import pictures
from tests.e2e.site import CUT, DONE_MS, MATTERED, PRUNED, UNSURE, Ask, Run, ask_in, card, overflows, result_of, tiles

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
NewPage = Callable[..., Page]


def test_a_text_becomes_tiles_whose_numbers_are_the_results(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    ask.method("Surprisal")
    run = ask.run()
    shown = tiles(card(page, "Surprisal"))
    expect(shown.first).to_be_visible(timeout=DONE_MS)
    result = result_of(page, "surprisal")
    units, values = result["strips"][0]["units"], result["panels"][0]["tracks"][0]["values"]
    expect(shown).to_have_count(len(units))
    for index, value in enumerate(values):
        label = shown.nth(index).get_attribute("aria-label") or ""
        number = re.search(r"([\d.,]+(?:e−\d+)?)\s(nat|bit)", label)
        assert (number is None) == (value is None), label
        if number is not None:
            assert float(number[1].replace("−", "-")) == pytest.approx(value, rel=0.01)
    text = "".join(part.text_content() or "" for part in card(page, "Surprisal").locator("p.paragraph").all())
    assert STORY in text.replace("▸", "")
    legend = card(page, "Surprisal").locator("tessera-legend")
    expect(legend).to_contain_text(result["provenance"]["reads"])
    assert run.id


def test_more_surprise_is_more_colour(page: Page) -> None:
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=[{"key": "surprisal"}])
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    values = result_of(page, "surprisal")["panels"][0]["tracks"][0]["values"]
    known = [index for index, value in enumerate(values) if value is not None]
    least, most = min(known, key=values.__getitem__), max(known, key=values.__getitem__)
    page.wait_for_timeout(300)  # the tiles fade in
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert run.coloured(most) != run.coloured(least)
    assert run.coloured(most) != paper


def test_pointer_and_keyboard_show_the_numbers_of_a_unit(page: Page) -> None:
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=[{"key": "entropy"}])
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    run.tiles.nth(5).hover()
    expect(run.popup).to_be_visible()
    expect(run.popup).to_contain_text(re.compile(r"[\d.]+\s(nat|bit)"))
    expect(run.popup).to_contain_text("%")
    page.mouse.move(0, 0)
    expect(run.popup).to_be_hidden()
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") == "BODY":
        page.keyboard.press("Tab")
    run.strip.locator("[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(run.popup).to_be_visible()
    first = run.popup.inner_text()
    page.keyboard.press("ArrowRight")
    expect(run.popup).not_to_have_text(first)
    page.keyboard.press("Escape")
    expect(run.popup).to_be_hidden()


def test_a_click_on_a_generated_token_shows_its_sources(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    ask.continue_greedily(4)
    run = ask.run()
    generated = run.strip.locator(".tile.generated")
    expect(generated.first).to_be_visible(timeout=DONE_MS)
    assert 1 <= generated.count() <= 4
    unit = int(generated.first.get_attribute("data-unit") or -1)
    generated.first.click()
    explanation = page.locator("tessera-result-card").filter(has_text="Explains")
    expect(explanation.first).to_be_visible(timeout=DONE_MS)
    chosen = explanation.first.locator(f".tile.chosen[data-unit='{unit}']").first
    expect(chosen).to_be_visible()
    state = page.request.get(f"/api/runs/{run.id}").json()
    assert len(state["jobs"]) == 2
    first, second = (job["continuation"] for job in state["jobs"])
    assert first["ids"] == (second or first)["ids"]


def test_sampling_again_with_the_same_seed_gives_the_same_text(page: Page) -> None:
    texts = []
    for seed in (7, 7, 8, 9, 10):
        generate = {"max_new_tokens": 12, "do_sample": True, "temperature": 1.5, "seed": seed}
        run = ask_in(page, text="Story: Mia", models=["demo-lm"], methods=[{"key": "surprisal"}], generate=generate)
        expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
        texts.append(page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]["text"])
        expect(page.get_by_text(f"sampled with seed {seed}")).to_be_visible()
    assert texts[0] == texts[1]
    assert len(set(texts)) > 1


def test_a_picture_becomes_patches_and_the_slider_goes_through_the_layers(page: Page) -> None:
    ask = Ask(page).open()
    ask.drop("scene.png", pictures.encoded(pictures.scene(64)), "image/png")
    expect(page.get_by_alt_text("The picture you chose")).to_be_visible()
    ask.question(PRUNED)
    ask.run()
    view = page.locator("tessera-reduction")
    expect(view).to_be_visible(timeout=DONE_MS)
    slider = view.get_by_role("slider")
    stages = next(p for p in result_of(page, "tome")["panels"] if p["kind"] == "reduction")["stages"]
    seen = []
    for stage, known in enumerate(stages):
        slider.fill(str(stage))
        expect(view).to_contain_text(f"{known['count']} of 65 left")
        seen.append(known["count"])
    assert seen[0] > seen[-1]
    expect(view).to_contain_text("At random, same ratio")
    assert view.locator("tessera-merge-grid img, tessera-merge-grid image, tessera-merge-grid canvas").count() > 0


def test_a_picture_is_explained_patch_by_patch(page: Page) -> None:
    ask = Ask(page).open()
    ask.drop("scene.png", pictures.encoded(pictures.scene(64)), "image/png")
    expect(page.get_by_alt_text("The picture you chose")).to_be_visible()
    ask.question(MATTERED)
    ask.run()
    grid = page.locator("tessera-patch-grid").first
    expect(grid).to_be_visible(timeout=DONE_MS)
    patches = grid.locator("[data-unit][role]")
    assert patches.count() >= 64
    patches.nth(9).hover()
    expect(Run(page).popup).to_be_visible()


def test_a_reload_in_the_middle_of_a_job_sees_it_finish(page: Page) -> None:
    steps = [{"n_steps": 40 - fewer, "tolerance": 1} for fewer in range(4)]
    calls = [{"key": "surprisal"}, *({"key": "integrated_gradients", "params": params} for params in steps)]
    run = ask_in(page, text=(STORY + " ") * 4, models=["demo-lm"], methods=calls)
    waiting = page.locator("tessera-result-card progress")
    expect(waiting.first).to_be_visible(timeout=DONE_MS)
    assert page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["state"] != "done"
    page.reload()
    expect(card(page, "Integrated gradients")).to_have_count(4)
    expect(waiting).to_have_count(0, timeout=2 * DONE_MS)
    for answer in card(page, "Integrated gradients").all():
        expect(tiles(answer).first).to_be_visible()


def test_a_long_job_can_be_cancelled(page: Page) -> None:
    steps = {"n_steps": 1000, "max_steps": 4000, "tolerance": 0.000001}  # much longer than anyone would wait
    calls = [{"key": "integrated_gradients", "params": steps}]
    ask_in(page, text=(STORY + " ") * 8 + "Cancel.", models=["demo-lm"], methods=calls)
    page.get_by_role("button", name="Cancel").click(timeout=DONE_MS)
    expect(card(page, "Integrated gradients")).to_contain_text("Cancelled", timeout=DONE_MS)


def test_a_share_link_shows_the_run_to_a_stranger_until_it_is_revoked(new_page: NewPage) -> None:
    page = new_page()
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=[{"key": "surprisal"}])
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_label("A note to go with it").fill("Look at <b>this</b>")
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("The link", exact=True).input_value()
    stranger = new_page(refusals=True)
    stranger.goto(link)
    expect(Run(stranger).tiles.first).to_be_visible()
    expect(stranger.get_by_text("Look at <b>this</b>")).to_be_visible()
    expect(stranger.get_by_role("button", name="Share", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
    stranger.reload()
    expect(stranger.locator("tessera-token-strip")).to_have_count(0)


def test_tokenizers_are_compared_on_one_byte_axis(page: Page) -> None:
    ask = Ask(page).open()
    text = "Grüße 👩‍👩‍👧‍👦 नमस्ते שלום 日本語 cafe\u0301 the cat"
    ask.text.fill(text)
    ask.question(CUT)
    ask.run()
    view = page.locator("tessera-segmentations")
    expect(view).to_be_visible(timeout=DONE_MS)
    panel = result_of(page, "compare_tokenizers")["panels"][0]
    for strip in panel["strips"]:
        expect(view).to_contain_text(strip.removeprefix("tokenizer:").split("/")[-1][:4], ignore_case=True)
    assert "\ufffd" not in view.inner_text()
    assert view.get_by_role("table").count() >= 1


HOSTILE = "<img src=x onerror=\"document.title='broken'\"> <script>alert(1)</script> &amp; {{7*7}}"


def said_in(file: str, form: str) -> str:
    """The text that a downloaded file holds, without what marks it up, and without spaces: lines break anywhere."""
    if form == "csv":
        rows = csv.DictReader(io.StringIO(file, newline=""))
        text = "".join(row["text"].removeprefix("'") for row in rows if row["record"] in {"unit", "segment"})
    else:
        text = html.unescape(re.sub(r"<title>.*?</title>|<[^>]*>", "", file, flags=re.DOTALL))
    return "".join(text.split())


def test_hostile_text_stays_text(page: Page) -> None:
    run = ask_in(page, text=HOSTILE, models=["demo-lm"], methods=[{"key": "surprisal"}, {"key": "compare_tokenizers"}])
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    assert HOSTILE in page.get_by_label("The text", exact=True).inner_text()
    assert page.locator("tessera-token-strip img").count() == 0
    assert page.evaluate("document.title") != "broken"
    expect(page.locator("tessera-segmentations")).to_be_visible(timeout=DONE_MS)
    state = page.request.get(f"/api/runs/{run.id}").json()
    for result in state["results"]:
        for form in ("html", "svg", "csv"):
            file = page.request.get(f"/api/runs/{run.id}/results/{result['id']}.{form}")
            assert file.headers["content-disposition"].startswith("attachment")
            assert "".join(HOSTILE.split()) in said_in(file.text(), form), (result["method"]["key"], form)
            assert form == "csv" or "<img src=x" not in file.text()


def test_a_text_longer_than_the_context_offers_to_cut(page: Page) -> None:
    ask_in(page, text="ball " * 1100, models=["demo-lm"], methods=[{"key": "surprisal"}])
    problem = page.get_by_role("alert").first
    expect(problem).to_be_visible(timeout=DONE_MS)
    assert len(re.findall(r"\d[\d,]*", problem.inner_text())) >= 2
    problem.get_by_role("button", name="Cut the text").click()
    page.wait_for_url(re.compile("/$"))
    run = Ask(page).run()
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)


def test_a_sample_is_one_click_and_tells_the_right_answer(page: Page) -> None:
    Ask(page).open()
    page.locator("tessera-ask-samples").get_by_role("button", name="where is the ball").first.click()
    page.wait_for_url(re.compile("/runs/"), timeout=DONE_MS)
    expect(page.get_by_text("Right answer:")).to_contain_text("kitchen")
    expect(Run(page).tiles.first).to_be_visible(timeout=DONE_MS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_fits_a_phone(new_page: NewPage, scheme: str) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    calls = [{"key": key} for key in ("surprisal", "entropy", "gradient_x_input", "compare_tokenizers")]
    run = ask_in(page, text=STORY + " " + "x" * 300, models=["demo-lm"], methods=calls)
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    expect(page.locator("tessera-segmentations")).to_be_visible(timeout=DONE_MS)
    assert overflows(page) == 0
