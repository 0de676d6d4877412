"""The main pages look as they did: light and dark, and to three kinds of eyes that lack a kind of cone.

The pictures are in `screens`; `make screens` draws them anew after a change that is meant. They are drawn from the
fixtures, so numbers never move. Fonts and browsers draw letters each in their way: `screens/about.json` says with
which the pictures were made, and on a machine with others the comparison is left out, which the test says.
"""

import io
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page

from tests.e2e.drawn import THEMES, VIEWS, drawing, open_drawn

SCREENS = Path(__file__).parent / "screens"
ABOUT = SCREENS / "about.json"
RENEW = os.environ.get("TESSERA_SCREENS") == "renew"
EYES = {"normal": "none", "protanopia": "protanopia", "deuteranopia": "deuteranopia", "tritanopia": "tritanopia"}
FONTS = ("DejaVu Sans", "DejaVu Sans Mono", "sans:lang=zh", "sans:lang=hi", "sans:lang=he", "sans:lang=ar", "emoji")
COLOURS = 128
"""A picture keeps so many colours."""
BLOCK = 4
"""Pictures are compared by the mean colours of blocks of this many pixels: edges of letters may fall a little aside."""
SEEN = 24
"""A channel of a block has to differ by this much, of 255, to count."""
TOLERATED = 0.002
"""Share of the blocks that may differ."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The pages of the fixtures."""
    with drawing() as started:
        yield started


def about(browser: Browser) -> dict[str, str]:
    """What draws here: the browser's great version, and the file of each font."""
    asked = {
        font: subprocess.run(["fc-match", "-f", "%{file}", font], capture_output=True, text=True) for font in FONTS
    }
    fonts = {font: Path(answer.stdout).name for font, answer in asked.items()}
    return {"browser": f"{browser.browser_type.name} {browser.version.split('.')[0]}", **fonts}


def shot(page: Page, eyes: str) -> Image.Image:
    """The window as these eyes see it, as Chromium simulates them."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": EYES[eyes]})
    taken = page.screenshot(animations="disabled", caret="hide")
    session.detach()
    return Image.open(io.BytesIO(taken)).convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> float:
    """The share of blocks whose colours differ visibly; all of them where the sizes do."""
    if one.size != other.size:
        return 1.0
    difference = ImageChops.difference(one.reduce(BLOCK), other.reduce(BLOCK))
    channels = [channel.point(lambda value: 255 if value > SEEN else 0) for channel in difference.split()]
    seen = ImageChops.lighter(ImageChops.lighter(channels[0], channels[1]), channels[2])
    return seen.histogram()[255] / (seen.width * seen.height)


def keep(picture: Image.Image, path: Path) -> None:
    """Few colours, so that the file is small."""
    palette = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette.save(path, optimize=True)


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_looks_as_it_did(browser: Browser, address: str, view: str, tmp_path: Path) -> None:
    here = about(browser)
    if RENEW:
        ABOUT.write_text(json.dumps(here, indent=2) + "\n", encoding="utf-8")
    elif (made := json.loads(ABOUT.read_text(encoding="utf-8"))) != here:
        pytest.skip(f"the pictures were drawn with {made}, and here draws {here}: see `make screens`")
    page = open_drawn(browser, address, view, THEMES[0])
    changed: dict[str, str] = {}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for eyes in EYES:
            taken, kept = shot(page, eyes), SCREENS / f"{view}-{theme}-{eyes}.png"
            if RENEW:
                keep(taken, kept)
            elif (share := differs(taken, Image.open(kept).convert("RGB"))) > TOLERATED:
                taken.save(tmp_path / kept.name)
                changed[kept.name] = f"{share:.1%} differs, see {tmp_path / kept.name}"
    page.context.close()
    assert not changed, f"{changed}; if that is meant: `make screens`"


def test_pictures_are_small_and_none_is_left_over() -> None:
    kept = sorted(SCREENS.glob("*.png"))
    named = {f"{view}-{theme}-{eyes}.png" for view in VIEWS for theme in THEMES for eyes in EYES}
    assert {path.name for path in kept} == named
    assert sum(path.stat().st_size for path in kept) < 4_000_000


def test_the_comparison_sees_a_changed_colour_and_no_noise() -> None:
    one = Image.new("RGB", (400, 400), "#fbfaf7")
    other = one.copy()
    other.putpixel((3, 3), (0, 0, 0))
    assert differs(one, other) == 0
    other.paste("#e69049", (100, 100, 140, 140))
    assert differs(one, other) == pytest.approx(0.01)
    assert differs(one, one.resize((400, 380))) == 1
