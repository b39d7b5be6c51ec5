"""The picture as it is drawn: its colours, its bytes, its speed; its text; without Pillow."""

import re
import struct
import subprocess
import sys
import time
from io import BytesIO
from itertools import product

import pytest
from PIL import Image

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.moments import moments, next_deadline
from bot.export.picture import alternative, picture
from bot.export.picture.layout import WIDTH, Text
from bot.export.picture.palette import DARK, LIGHT, STANDS_ON
from bot.export.picture.rows import heading, rows
from bot.export.picture.time_line import laid_out
from bot.guidance.spoken_times import say_moment
from bot.screens.view import View
from tests.export.cases import fullest, shortest
from tests.export.random_cases import random_views
from tests.shares import some_or_all

ENOUGH = 4.5
MOST_SECONDS = 0.3
MACHINES_APART = 3  # how much slower than a quiet machine this one may be
CAPTION = 1024
PALETTES = {"light": LIGHT, "dark": DARK}
Colour = tuple[int, int, int]


def rgb(written: str) -> Colour:
    red, green, blue = bytes.fromhex(written.removeprefix("#"))
    return red, green, blue


def luminance(colour: Colour) -> float:
    parts = [each / 255 for each in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast(rgb("#777777"), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("palette", PALETTES)
def test_every_colour_of_a_text_stands_out_from_what_is_behind_it(palette: str) -> None:
    colours = PALETTES[palette]
    for ink, behind in STANDS_ON.items():
        for each in behind:
            assert contrast(rgb(colours[ink]), rgb(colours[each])) >= ENOUGH, (ink, each)


@pytest.mark.parametrize("count", some_or_all(60, 400))
def test_no_text_is_drawn_on_another_colour_than_those_that_were_measured(count: int) -> None:
    pairs = {
        pair
        for ink, behind in STANDS_ON.items()
        for each in behind
        for pair in ((ink, each), (each, ink))
    }
    found = {(t.ink, t.on) for view in random_views(count) for t in laid_out(view)[0].texts}
    assert found <= pairs and len(found) > 6


@pytest.mark.parametrize(("dark", "seed"), [*product([False, True], range(4))])
def test_the_pixels_of_each_text_stand_out_as_much(dark: bool, seed: int) -> None:
    (view,) = random_views(1, seed=seed)
    found, fonts = laid_out(view)
    image = Image.open(BytesIO(picture(view, dark=dark))).convert("RGB")
    assert image.size == (WIDTH * fonts.scale, found.height * fonts.scale)
    for text in found.texts:
        ink, behind = measured(image, text, fonts.scale)
        assert contrast(ink, behind) >= ENOUGH, text


def measured(image: Image.Image, text: Text, scale: int) -> tuple[Colour, Colour]:
    """Return the commonest colour in the box of a text, and the one that differs most from it."""
    box = text.box
    left, top, right, bottom = (
        round(each * scale) for each in (box.left, box.top, box.right, box.bottom)
    )
    part = image.crop((left, top, right, bottom))
    counted = part.getcolors(part.width * part.height) or []
    behind = max(counted)[1]
    ink = max((each for _, each in counted), key=lambda each: contrast(each, behind))
    return ink, behind  # type: ignore[return-value]


def test_the_same_case_gives_the_same_bytes_and_light_is_not_dark() -> None:
    for view in random_views(5, seed=8):
        light, dark = picture(view), picture(view, dark=True)
        assert light == picture(view) and light != dark
        assert light.startswith(b"\x89PNG") and dark.startswith(b"\x89PNG")
        wide, high = struct.unpack(">II", light[16:24])
        assert wide in (720, 1080) and high <= 2560
        assert b"tIME" not in light and b"tEXt" not in light


def test_it_is_drawn_in_under_300_ms(engine: Engine, machine: FlowMachine) -> None:
    view = fullest(engine, machine)
    assert min(drawn_in(view) for _ in range(3)) < MOST_SECONDS * MACHINES_APART


def drawn_in(view: View) -> float:
    begun = time.process_time()
    picture(view)
    return time.process_time() - begun


@pytest.mark.parametrize("count", some_or_all(100, 400))
def test_the_text_beside_it_says_the_same_in_order_and_fits_a_caption(count: int) -> None:
    longest = 0
    for view in random_views(count):
        said = alternative(view)
        first, *lines = said.split("\n")
        longest = max(longest, len(said))
        assert len(said) < CAPTION
        assert first == heading(view)
        assert f"{say_moment(view.now, view.zone)} Now" in lines
        due = next_deadline(moments(view))
        assert due is None or any(due.label in line for line in lines)
        if "…" not in said:
            assert lines == [row.line for row in rows(view, len(lines))]
            assert len(lines) == len(moments(view))
    assert longest > 700


def test_a_long_case_leaves_out_its_first_lines_and_says_how_many(
    engine: Engine, machine: FlowMachine
) -> None:
    view = fullest(engine, machine)
    _, *lines = alternative(view).split("\n")
    (earlier,) = (line for line in lines if line.startswith("…"))
    assert earlier.endswith(" earlier") and len(alternative(view)) < CAPTION
    assert len(lines) - 1 + int(earlier.split()[1]) == len(moments(view))


def test_what_is_still_too_long_keeps_the_present_and_the_next_deadline(
    engine: Engine, machine: FlowMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.export.picture.time_line.MOST_CHARACTERS", 300)
    view = fullest(engine, machine)
    lines = alternative(view).split("\n")
    due = next_deadline(moments(view))
    assert len("\n".join(lines)) <= 300 and re.fullmatch(r"… \d+ more", lines[-1])
    assert any(line.endswith(" Now") for line in lines)
    assert due and any(due.label in line for line in lines)


def test_what_it_says_in_words_needs_no_pillow(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError):
        picture(shortest(engine))
    assert alternative(shortest(engine))


def test_pillow_is_loaded_only_when_a_picture_is_drawn() -> None:
    code = "import sys, bot.export.picture; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
