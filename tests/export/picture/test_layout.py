"""The picture before it is drawn: nothing overlaps, nothing is cut, everything can be read."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.moments import moments
from bot.export.picture.drawing import MOST_PIXELS, Fonts
from bot.export.picture.layout import LABELS, SMALLEST, TIMES, WIDTH, Layout, Text, wrapped
from bot.export.picture.rows import heading, rows
from bot.export.picture.time_line import laid_out
from bot.screens.view import View
from tests.export.cases import fullest, shortest
from tests.export.random_cases import random_views
from tests.export.table_cases import table_views
from tests.screens.views import random_view
from tests.shares import some_or_all

FEWEST_PIXELS = 2  # to a CSS pixel


def columns(found: Layout) -> Iterator[list[Text]]:
    """Yield the texts of each column, downwards: times, marks, labels, and what spans them all."""
    for left in sorted({TIMES[0], LABELS[0]}):
        yield [each for each in found.texts if each.box.left == left]


def overlapping(texts: tuple[Text, ...]) -> list[tuple[str, str]]:
    """Return every two texts that overlap; from top to bottom, only neighbours can."""
    found, open_ = list[tuple[str, str]](), list[Text]()
    for text in sorted(texts, key=lambda each: each.box.top):
        open_ = [each for each in open_ if each.box.bottom > text.box.top]
        found += [(each.text, text.text) for each in open_ if each.box.overlaps(text.box)]
        open_.append(text)
    return found


def check(view: View) -> Layout:
    """Check the layout of a case."""
    found, fonts = laid_out(view)
    assert overlapping(found.texts) == []
    assert all(each.box.within(found.box) for each in (*found.texts, *found.shapes))
    assert found.height * fonts.scale <= MOST_PIXELS and fonts.scale >= FEWEST_PIXELS
    assert min(each.size for each in found.texts) >= SMALLEST
    for text in found.texts:
        ink = fonts.at(text.size, bold=text.bold).getbbox(text.text, anchor="la")
        left, top, right, bottom = (each / fonts.scale for each in ink)
        wide, high = text.box.right - text.box.left, text.box.bottom - text.box.top
        assert left >= -1 and top >= 0 and right <= wide + 1 and bottom <= high, text
    bands = [each for each in found.shapes if each.shape == "band"]
    for text in found.texts:
        on = [each for each in bands if each.box.overlaps(text.box)]
        assert all(text.box.within(each.box) for each in on)
        assert text.on != "page" or not on
    rails = [each for each in found.shapes if each.shape in ("rail", "lane")]
    letters = [t for t in found.texts if t.box.left not in (TIMES[0], LABELS[0])]
    words = [t for t in found.texts if t.box.left in (TIMES[0], LABELS[0])]
    below = max(each.box.bottom for each in found.shapes)
    beside = [each for each in words if rails[0].box.top < each.box.top < below]
    assert not any(rail.box.overlaps(each.box) for rail in rails for each in beside)
    marks = [e for e in found.shapes if e.shape in ("circle", "square", "diamond", "triangle")]
    zones = {each.zone for each in rows(view, 0)}
    assert all(
        each.text in zones or any(each.box.within(mark.box) for mark in marks) for each in letters
    )
    assert all(one.box.bottom <= other.box.top for one, other in pairwise(marks))
    return found


def test_nothing_overlaps_or_is_cut_at_the_ends(engine: Engine, machine: FlowMachine) -> None:
    low, high = check(shortest(engine)), check(fullest(engine, machine))
    assert low.height < 400 < high.height


@pytest.mark.parametrize("count", some_or_all(60, 2000))
def test_nothing_overlaps_or_is_cut_in_random_cases(engine: Engine, count: int) -> None:
    high = 0
    for view in random_views(count):
        high = max(high, check(view).height)
    for seed in range(count // 4):
        check(random_view(engine, seed))
    assert high > 700


@pytest.mark.parametrize("every", some_or_all(10, 1))
def test_nothing_overlaps_or_is_cut_in_the_case_tables(every: int) -> None:
    for _, view in table_views()[::every]:
        check(view)


def test_what_is_said_is_there_in_full_and_each_moment_with_its_time_and_zone() -> None:
    for view in random_views(60):
        found, _ = laid_out(view)
        said = " ".join(each.text for each in found.texts if each.box.left == LABELS[0])
        times = {each.text for each in found.texts}
        assert heading(view) in " ".join(t.text for t in found.texts if t.box.left == TIMES[0])
        for row in rows(view, 0):
            assert f"{row.moment.label} {row.left}".strip() in said
            assert row.moment.note in said
            assert {row.clock, row.zone, row.date} - {""} <= times or row.zone.startswith("UTC")


@pytest.mark.parametrize("count", some_or_all(60, 400))
def test_now_and_what_is_due_stand_out(count: int) -> None:
    overdue = 0
    for view in random_views(count):
        found, _ = laid_out(view)
        bands = [each for each in found.shapes if each.shape == "band"]
        deadlines = [each for each in moments(view) if each.is_deadline]
        late = sum(each.is_overdue(view.now) for each in deadlines)
        overdue += late > 0
        assert len(bands) == 1 + max(late, bool(deadlines))
        assert all((band.box.left, band.box.right) == (0, WIDTH) for band in bands)
    assert overdue > count // 20


def test_a_word_that_is_too_long_is_broken_and_nothing_is_lost() -> None:
    fonts = Fonts()
    said = "Ann Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren, nephrology"
    lines = [*wrapped(said, 120, lambda text: fonts.measure(text, 13, True))]
    assert all(fonts.measure(line, 13, True) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")


def test_a_number_stays_with_its_unit() -> None:
    assert [*wrapped("MRI due in 8 h 14 min", 14, len)] == ["MRI due in", "8 h 14 min"]
