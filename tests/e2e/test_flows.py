"""From one question to the next: further models, stopping, seeds, another token, charts with their numbers."""

import math
import re

from playwright.sync_api import Page, expect

from tests.e2e.site import DONE_MS, JSON, UNSURE, Ask, Run, ask_in, card, result_of, tiles

STORY = "Story: Mia put the red ball in the box. Tom took the box to the kitchen. Where is the ball?"
SENTENCE = "Mia put the red pen in the box."


def names(page: Page, kind: str) -> dict[str, str]:
    """What the catalogue calls its methods or models, by key."""
    return {entry["key"]: entry["name"] for entry in page.request.get(f"/api/{kind}").json()}


def test_a_method_of_two_models_gets_its_second_one_from_a_picker(page: Page) -> None:
    ask = Ask(page).open()
    ask.text.fill(STORY)
    ask.question(UNSURE)
    methods, models = names(page, "methods"), names(page, "models")
    page.get_by_label("Search the methods of").fill("loss gap")
    ask.method(methods["loss_gap"])
    page.get_by_label("Search the methods of").fill("")
    picker = page.get_by_role("combobox", name=re.compile(re.escape(methods["loss_gap"])))
    expect(picker.locator("option")).to_contain_text([models["demo-lm"], models["demo-lm-small"]])
    expect(picker).not_to_have_value("demo-lm")
    picker.select_option("demo-lm-small")
    unfit = page.locator("tessera-ask-roles").get_by_text(models["demo-vit"])
    page.locator("tessera-ask-roles summary").click()
    expect(unfit.locator("..")).to_contain_text("next token")
    ask.run()
    expect(tiles(card(page, methods["loss_gap"])).first).to_be_visible(timeout=DONE_MS)
    used = {use["role"]: use["model"] for use in result_of(page, "loss_gap")["provenance"]["models"]}
    assert used == {"main": "demo-lm", "reference": "demo-lm-small"}


def test_tokens_come_coloured_and_stop_keeps_what_there_is(page: Page) -> None:
    page.goto("/")
    steps = {"n_steps": 1000, "max_steps": 4000, "tolerance": 0.000001}
    blocker = {"text": STORY * 6, "models": ["demo-lm"], "methods": [{"key": "integrated_gradients", "params": steps}]}
    held = page.request.post("/api/runs", data=blocker, headers=JSON).json()["id"]
    generate = {"max_new_tokens": 460, "do_sample": True, "temperature": 10, "seed": 5}
    run = ask_in(page, text="Story: Mia", models=["demo-lm"], methods=[{"key": "surprisal"}], generate=generate)
    expect(page.get_by_text(re.compile(r"Place \d+ of \d+"))).to_be_visible()
    page.request.delete(f"/api/runs/{held}")
    streamed = page.locator("tessera-stream .tile[title^=probability]")
    expect(streamed.nth(8)).to_be_visible(timeout=DONE_MS)
    told = [(tile.get_attribute("title") or "", tile.get_attribute("style") or "") for tile in streamed.all()[:3]]
    page.get_by_role("button", name="Stop generating").click()
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    for title, style in told:
        surprisal, place = float(title.split()[-2]), float(style.rpartition(":")[2].strip(" ;"))
        assert abs(place - min(1, surprisal / math.log(1000))) < 0.01
    continuation = page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]
    assert continuation["finish"] == "stopped"
    assert 8 < len(continuation["ids"]) < 460
    generated = [unit for unit in result_of(page, "surprisal")["strips"][0]["units"] if unit["segment"] == "generated"]
    assert [unit["id"] for unit in generated if "id" in unit] == continuation["ids"]


def test_the_same_seed_says_the_same_and_another_seed_may_not(page: Page) -> None:
    generate = {"max_new_tokens": 12, "do_sample": True, "temperature": 2.5, "seed": 7}
    run = ask_in(page, text="Story: Mia", models=["demo-lm"], methods=[{"key": "surprisal"}], generate=generate)

    def said() -> list[int]:
        expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
        ids: list[int] = page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]["ids"]
        return ids

    first, before = said(), run.id
    page.get_by_role("button", name="Again with seed 7").click()
    page.wait_for_url(lambda url: before not in url)
    assert said() == first
    seeded = page.get_by_text(re.compile(r"sampled with seed 7\b"))
    expect(seeded).to_have_count(1)
    before = run.id
    page.get_by_role("button", name="Another seed").click()
    page.wait_for_url(lambda url: before not in url)
    assert said() != first
    expect(page.get_by_text(re.compile("sampled with seed"))).to_have_count(1)
    expect(seeded).to_have_count(0)


def test_a_text_goes_on_from_another_token_and_stands_against_the_original(page: Page) -> None:
    methods = [{"key": "surprisal"}, {"key": "entropy"}]
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=methods, generate={"max_new_tokens": 12})
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    expect(tiles(card(page, "Entropy")).first).to_be_visible(timeout=DONE_MS)
    original = page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]["ids"]
    units = result_of(page, "entropy")["strips"][0]["units"]
    at = next(index for index, unit in enumerate(units) if unit.get("segment") == "generated") + 2
    tile = card(page, "Entropy").locator(f"[role=option][data-unit='{at}']")
    tile.focus()
    page.keyboard.press("Enter")
    expect(run.popup.get_by_role("button").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(run.popup).to_be_hidden()
    expect(tile).to_be_focused()
    tile.click()
    other = run.popup.get_by_role("button").first
    chosen = other.inner_text().strip("“”")
    before = page.url
    other.click()
    page.wait_for_url(lambda url: url != before and "/runs/" in url)
    comparison = page.locator("tessera-comparison")
    expect(comparison.locator(".chosen")).to_have_text(chosen, timeout=DONE_MS)
    state = page.request.get(f"/api/runs/{run.id}").json()
    assert state["branch"]["at"] == at
    ids = state["jobs"][0]["continuation"]["ids"]
    assert ids[:2] == original[:2]
    assert ids[2] != original[2]
    expect(comparison.locator(".changed").first).to_be_visible()
    comparison.get_by_role("link", name="the other run").click()
    page.wait_for_url(before.partition("#")[0])


def test_a_prompt_is_cut_before_a_token_that_another_one_replaces(page: Page) -> None:
    run = ask_in(page, text=STORY, models=["demo-lm"], methods=[{"key": "entropy"}])
    expect(run.tiles.first).to_be_visible(timeout=DONE_MS)
    units = result_of(page, "entropy")["strips"][0]["units"]
    at = next(index for index, unit in enumerate(units) if unit["text"] == " box")
    run.tiles.nth(at).click()
    before = run.id
    run.popup.get_by_role("button").first.click()
    page.wait_for_url(lambda url: before not in url)
    expect(page.locator("tessera-comparison .chosen")).to_be_visible(timeout=DONE_MS)
    text = page.request.get(f"/api/runs/{run.id}").json()["sources"][0]["text"]
    assert text == STORY[: STORY.index(" box")]


def test_answers_are_reached_from_a_list_and_charts_have_their_numbers(page: Page) -> None:
    calls = [{"key": key} for key in ("surprisal", "entropy", "rank_buckets")]
    ask_in(page, text=STORY, models=["demo-lm"], methods=calls)
    name = names(page, "methods")["rank_buckets"]
    answer = card(page, name)
    expect(answer.locator("svg").first).to_be_visible(timeout=DONE_MS)
    page.get_by_role("navigation", name="Answers").get_by_role("link", name=name).press("Enter")
    expect(answer).to_be_focused()
    assert page.url.endswith(f"#result-{(answer.get_attribute('id') or '').removeprefix('result-')}")
    answer.get_by_text("Numbers", exact=True).first.click()
    chart = next(panel for panel in result_of(page, "rank_buckets")["panels"] if panel["kind"] == "chart")
    table = answer.get_by_role("table").first
    expect(table).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(1 + len(chart["series"][0]["x"]))


def test_dials_show_where_a_figure_lies_between_its_ends(page: Page) -> None:
    ask_in(page, text=STORY, models=["demo-lm"], methods=[{"key": "confidence_means"}])
    expect(Run(page).tiles.first).to_be_visible(timeout=DONE_MS)
    figures = result_of(page, "confidence_means")["figures"]
    for name in ("geometric_mean", "arithmetic_mean", "kurtosis_mean"):
        dial = page.get_by_role("img", name=re.compile(re.escape(figures[name]["label"])))
        expect(dial).to_be_visible()
        low, high = figures[name]["domain"]
        share = (figures[name]["value"] - low) / (high - low)
        drawn = dial.locator(".fill").get_attribute("stroke-dasharray") or ""
        assert abs(float(drawn.split()[0]) / 100 - share) < 1e-3


def test_a_translation_stands_below_its_input_and_goes_on_from_another_token(page: Page) -> None:
    ask = Ask(page).open()
    models = names(page, "models")
    assert "demo-seq2seq" in models
    ask.text.fill(SENTENCE)
    ask.question(UNSURE)
    page.get_by_role("checkbox", name=re.compile(re.escape(models["demo-seq2seq"]))).check()
    page.get_by_role("checkbox", name=re.compile(f"^{re.escape(models['demo-lm'])} demo-lm ")).uncheck()
    run = ask.run()
    answer = card(page, names(page, "methods")["confidence_means"])
    expect(answer.locator(".dial")).to_have_count(3, timeout=DONE_MS)
    expect(answer.locator(".read")).to_contain_text(SENTENCE)
    said = page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]["text"]
    shown = "".join(part.text_content() or "" for part in answer.locator("p.paragraph").all())
    assert said in shown
    tiles(answer).nth(2).hover()
    expect(run.popup).to_contain_text("%")
    tiles(answer).nth(2).click()
    before = run.id
    run.popup.get_by_role("button").first.click()
    page.wait_for_url(lambda url: before not in url)
    expect(page.locator("tessera-comparison .chosen")).to_be_visible(timeout=DONE_MS)
    assert page.request.get(f"/api/runs/{run.id}").json()["jobs"][0]["continuation"]["text"] != said
