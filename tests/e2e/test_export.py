"""Exports of what is shown: every file is opened and read back, and what is to be computed again is."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.site import DONE_MS, ask_in, card, result_of, tiles

NewPage = Callable[..., Page]
HOSTILE = "<img src=x onerror=alert(1)>"
SCRIPTS = "हिन्दी किताब Ωμέγα 猫在垫子上。 தமிழ் ไทย"
ARABIC = "السلام عليكم"
TEXT = f"Mia put the ball in the box. {SCRIPTS} {ARABIC} {HOSTILE} \\input{{/etc/passwd}} =cmd"
SVG = "{http://www.w3.org/2000/svg}"


def saved(page: Page, answer: Locator, form: str, folder: Path) -> Path:
    """The file of a form, chosen by the pointer."""
    menu = answer.locator("tessera-export-menu")
    menu.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        menu.locator(f"[data-format={form}]").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def grounds(answer: Locator) -> list[tuple[float, ...]]:
    """The colour behind each unit on the page: red, green and blue from 0 to 255."""
    read = """strip => [...strip.shadowRoot.querySelectorAll('.tile[role=option]:not(.missing)')].map(tile => {
        const canvas = document.createElement('canvas').getContext('2d');
        canvas.fillStyle = getComputedStyle(tile).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    })"""
    return [tuple(colour) for colour in answer.locator("tessera-token-strip").first.evaluate(read)]


def colour(hexadecimal: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(hexadecimal.removeprefix("#")))


def close(values: list[float | None]) -> list[object]:
    """The same numbers, up to their last digits."""
    return [None if value is None else pytest.approx(value, rel=1e-5, abs=1e-7) for value in values]


def near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exports")


def test_what_is_shown_is_exported_in_every_form(page: Page, new_page: NewPage, folder: Path) -> None:
    ask_in(page, text=TEXT, models=["demo-lm"], methods=[{"key": "surprisal"}], generate={"max_new_tokens": 3})
    answer = card(page, "Surprisal")
    expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
    answer.get_by_role("combobox", name="What one number is shown for").select_option("words")
    page.wait_for_timeout(300)  # the tiles fade in
    shown = grounds(answer)
    files = {form: saved(page, answer, form, folder) for form in ("svg", "png", "pdf", "html", "csv", "json", "tex")}
    assert files["svg"].name == "surprisal-demo-lm.svg"
    _svg(files["svg"], shown)
    _png(files["png"])
    _pdf(files["pdf"], shown)
    _html(files["html"], new_page())
    _numbers(files["csv"], files["json"], page)
    _latex(files["tex"], shown)


def _svg(path: Path, shown: list[tuple[float, ...]]) -> None:
    root = ElementTree.parse(path).getroot()
    text = "".join("".join(node.itertext()) for node in root.iter(f"{SVG}text"))
    joined = re.sub(r"\s+", " ", text)
    for part in (SCRIPTS, ARABIC, HOSTILE, "\\input{/etc/passwd}", "More colour"):
        assert part in joined
    kinds = {node.tag.removeprefix(SVG) for node in root.iter()}
    assert not kinds & {"image", "img", "script", "foreignObject", "a"}
    style = "".join(root.find(f"{SVG}style").itertext())  # type: ignore[union-attr]
    assert "data:font/woff2;base64," in style
    drawn = [colour(node.attrib["fill"]) for node in root.iter(f"{SVG}rect") if node.attrib["fill"] != "none"]
    assert all(any(near(ground, tile) for tile in drawn) for ground in shown)
    assert root.attrib["width"] == "175mm"


def _png(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.width == 2 * 941
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50


def _pdf(path: Path, shown: list[tuple[float, ...]]) -> None:
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    assert page.get_width() == pytest.approx(175 / 25.4 * 72, abs=0.5)
    text = re.sub(r"\s+", " ", page.get_textpage().get_text_range())
    for part in (*SCRIPTS.split(), *ARABIC.split(), HOSTILE[1:], "More colour"):
        assert part in text, part
    kinds = {item.type for item in page.get_objects()}
    assert pypdfium2.raw.FPDF_PAGEOBJ_IMAGE not in kinds
    assert pypdfium2.raw.FPDF_PAGEOBJ_TEXT in kinds
    drawn = page.render(scale=3).to_pil().convert("RGB").getcolors(1 << 24) or []
    colours = [pixel for count, pixel in drawn if count > 30 and isinstance(pixel, tuple)]
    assert all(any(near(ground, pixel) for pixel in colours) for ground in set(shown))


def _html(path: Path, page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto(path.as_uri())
    text = page.locator("main").evaluate("main => main.textContent")
    for part in (SCRIPTS, ARABIC, HOSTILE, "More colour"):
        assert part in re.sub(r"\s+", " ", text)
    assert page.locator("img, script, iframe").count() == 0
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) != light


def _numbers(table: Path, numbers: Path, page: Page) -> None:
    values = result_of(page, "surprisal")["panels"][0]["tracks"][0]["values"]
    told = json.loads(numbers.read_text(encoding="utf-8"))
    (units, *_) = told["tables"]
    assert units["columns"][-1] == "Surprisal [nat]"
    assert [row[-1] for row in units["rows"]] == close(values)
    words = units["columns"].index("Surprisal, sum [nat]")
    group = units["columns"].index("group")
    first = [row for row in units["rows"] if row[group] == units["rows"][1][group]]
    assert units["rows"][1][words] == pytest.approx(sum(row[-1] or 0 for row in first), rel=1e-5)
    rows = list(csv.reader(io.StringIO(table.read_text(encoding="utf-8"))))
    head = next(index for index, row in enumerate(rows) if row[:2] == ["unit", "text"])
    body = rows[head + 1 : head + 1 + len(values)]
    assert [float(row[-1]) if row[-1] else None for row in body] == [row[-1] for row in units["rows"]]
    assert not [cell for row in body for cell in row[1:2] if re.match(r"\s*[=+@-]", cell)]


def _latex(path: Path, shown: list[tuple[float, ...]]) -> None:
    text = path.read_text(encoding="utf-8")
    body = "\n".join(line for line in text.split("\n") if not line.startswith("%"))
    assert "\\input" not in body
    assert "LuaLaTeX" in text
    drawn = {colour(found) for found in re.findall(r"\\tesseratile\{([0-9A-F]{6})\}", body)}
    assert all(any(near(ground, tile) for tile in drawn) for ground in set(shown))


def test_by_keys_alone_and_computed_again(page: Page, folder: Path) -> None:
    request = {"text": "-n 'Mia' put $HOME in\nthe box", "models": ["demo-lm"]}
    ask_in(
        page,
        **request,
        methods=[{"key": "occlusion", "params": {}}],
        targets=[{"strip": "main", "from": 6, "to": 8}],
        generate={"max_new_tokens": 4, "do_sample": True, "seed": 5, "temperature": 0.8},
        reading={"bos": "yes"},
    )
    answer = card(page, "Occlusion")
    expect(tiles(answer).first).to_be_visible(timeout=DONE_MS)
    wanted = result_of(page, "occlusion")["panels"][0]["tracks"][0]["values"]
    opener = answer.get_by_role("button", name="Export")
    opener.focus()
    page.keyboard.press("ArrowDown")
    expect(answer.get_by_role("menuitem", name="PNG picture")).to_be_focused()
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    files = {}
    for form, name in (("sh", "Command line"), ("py", "Python program")):
        page.keyboard.press("Enter")
        item = answer.get_by_role("menuitem", name=name, exact=True)
        for _ in range(30):
            page.keyboard.press("ArrowDown")
            if item.evaluate("node => node.matches(':focus')"):
                break
        with page.expect_download() as download:
            page.keyboard.press("Enter")
        files[form] = folder / download.value.suggested_filename
        download.value.save_as(files[form])
        expect(opener).to_be_focused()
    assert _command(files["sh"], folder) == close(wanted)
    asked = subprocess.run([sys.executable, str(files["py"])], capture_output=True, text=True, timeout=120, check=True)
    assert json.loads(asked.stdout)["panels"][0]["tracks"][0]["values"] == wanted


def _command(path: Path, folder: Path) -> list[float | None]:
    """The numbers that the command computes, run by a shell as it stands."""
    programs = folder / "programs"
    programs.mkdir()
    python = programs / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": root}
    ran = subprocess.run(["sh", str(path)], capture_output=True, text=True, timeout=120, check=True, env=environment)
    values: list[float | None] = json.loads(ran.stdout)["panels"][0]["tracks"][0]["values"]
    return values
