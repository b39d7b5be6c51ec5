"""What a board says of each case: its deadline, its state, whose it is, and in which zone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest

from bot.screens.board import ON_PAGE, BoardView, digests, draw_board
from bot.screens.drawn_lines import WIDTH, screen_lines
from bot.screens.screen import Screen, say_line
from state.boards import BoardCase
from tests.conftest import NOON

LONDON, PARIS = ZoneInfo("Europe/London"), ZoneInfo("Europe/Paris")
GROUP, ALONE = "-7", "1001"
CASE = BoardCase(
    "KES-42",
    "emergency",
    "mri",
    NOON + timedelta(hours=12),
    False,
    "open",
    GROUP,
    "1001",
    "Ann Lee",
)


def drawn(
    *cases: BoardCase,
    chat: str = GROUP,
    now: datetime = NOON,
    zone: tzinfo = UTC,
    zones: Sequence[tzinfo] = (),
    count: int = 0,
    page: int = 1,
) -> Screen:
    overdue = sum(case.due_at is not None and case.due_at < now for case in cases)
    return draw_board(BoardView(chat, cases, count or len(cases), overdue, page, now, zone, zones))


def lines(screen: Screen) -> list[str]:
    return [
        line for block in screen.blocks for line in (block.heading, *map(say_line, block.lines))
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "open, MRI by Mon 00:00, in 12 h"),
        ({"status": "waiting"}, "MRI due Mon 00:00, in 12 h"),
        ({"status": "waiting", "requested": True}, "ordered, due Mon 00:00, in 12 h"),
        ({"about": "ct", "requested": True}, "CT ordered, due Mon 00:00, in 12 h"),
        ({"about": "ct"}, "open, CT by Mon 00:00, in 12 h"),
        ({"about": "myelography"}, "open, myelogram by Mon 00:00, in 12 h"),
        ({"about": "unread_by", "requested": True}, "read the MRI by Mon 00:00, in 12 h"),
        ({"about": "treat", "requested": True}, "treat by Mon 00:00, in 12 h"),
        ({"about": "drain"}, "drain by Mon 00:00, in 12 h"),
        ({"about": "cauda_equina"}, "cauda equina: scan by Mon 00:00, in 12 h"),
        ({"about": "cord"}, "whole spine: scan by Mon 00:00, in 12 h"),
        ({"about": "unread", "due_at": None}, "MRI done, not read"),
        ({"about": "begun", "due_at": None}, "treatment begun"),
        ({"about": "read", "due_at": None}, "images read"),
        ({"about": "not_indicated", "due_at": None}, "MRI not indicated by symptoms"),
        ({"about": "", "level": "", "due_at": None}, "open, urgency not settled"),
        ({"about": "unreadable", "due_at": None}, "cannot be read: use the number to call"),
        ({"due_at": NOON - timedelta(minutes=5)}, "open, MRI by Sun 11:55, 5 min ago"),
    ],
)
def test_a_line_says_the_state_the_deadline_and_the_time_left(
    changed: dict[str, object], said: str
) -> None:
    assert lines(drawn(replace(CASE, **changed)))[1] == said  # type: ignore[arg-type]


def test_the_heading_says_the_code_the_urgency_and_the_owner() -> None:
    late = replace(CASE, due_at=NOON - timedelta(hours=1))
    assert lines(drawn(CASE))[0] == "KES-42 EMERGENCY · Ann Lee"
    assert lines(drawn(late))[0] == "KES-42 EMERGENCY overdue · Ann…"
    assert (
        lines(drawn(replace(CASE, level="no_mri", about="read", due_at=None)))[0]
        == "KES-42 · Ann Lee"
    )
    assert lines(drawn(replace(CASE, name="")))[::2] == [
        "KES-42 EMERGENCY · nobody",
        "needs an owner",
    ]


def test_a_case_without_an_owner_says_who_had_it_last_in_one_line_more() -> None:
    left = replace(CASE, name="", last="Dr Wilhelmina Bergström")
    assert lines(drawn(left))[2] == "needs an owner – last: Dr Wilhelmina…"
    assert screen_lines(drawn(left)) == 1 + 3
    assert len(lines(drawn(replace(left, chat=ALONE), chat=ALONE))) == 2


def test_a_long_name_is_cut_so_that_a_case_takes_two_lines() -> None:
    long = replace(CASE, name="Dr Wilhelmina-Anneliese Bergström van den Heuvel", requested=True)
    for case in (long, replace(long, due_at=NOON - timedelta(hours=11))):
        heading, _ = lines(drawn(case))
        assert len(heading) <= WIDTH


def test_a_private_board_names_no_owner_and_says_what_is_a_groups() -> None:
    own = replace(CASE, chat=ALONE)
    assert lines(drawn(own, CASE, chat=ALONE))[::2] == [
        "KES-42 EMERGENCY",
        "KES-42 EMERGENCY · in a group",
    ]


def test_the_time_left_is_counted_where_the_board_is_read() -> None:
    (line,) = drawn(CASE).blocks[0].lines
    assert CASE.due_at is not None
    assert (line[-1].unix, line[-1].relative) == (int(CASE.due_at.timestamp()), True)
    assert digests(drawn(CASE)) == digests(drawn(CASE, now=NOON + timedelta(hours=3)))


def test_a_deadline_across_midnight_has_its_weekday() -> None:
    due = datetime(2026, 11, 23, 0, 20, tzinfo=UTC)
    before, after = (
        drawn(replace(CASE, due_at=due), now=due - timedelta(minutes=minutes))
        for minutes in (30, 10)
    )
    assert lines(before)[1] == "open, MRI by Mon 00:20, in 30 min"
    assert lines(after)[1] == "open, MRI by Mon 00:20, in 10 min"


@pytest.mark.parametrize(
    ("now", "due", "said"),
    [
        ("2026-10-25T00:10+00:00", "2026-10-25T00:30+00:00", "Sun 01:30, in 20 min"),
        ("2026-10-25T00:10+00:00", "2026-10-25T01:30+00:00", "Sun 01:30 GMT, in 1 h 20 min"),
        ("2026-03-28T23:30+00:00", "2026-03-29T01:30+00:00", "Sun 02:30 BST, in 2 h"),
    ],
)
def test_a_deadline_beyond_a_change_of_the_clocks_names_its_zone(
    now: str, due: str, said: str
) -> None:
    case = replace(CASE, due_at=datetime.fromisoformat(due))
    shown = drawn(case, now=datetime.fromisoformat(now), zone=LONDON)
    assert lines(shown)[1] == f"open, MRI by {said}"


def test_the_hospitals_zone_is_named_if_the_clock_of_a_reader_shows_another_time() -> None:
    same, other = drawn(CASE, zone=UTC, zones=[LONDON]), drawn(CASE, zone=LONDON, zones=[PARIS])
    assert lines(same)[1] == "open, MRI by Mon 00:00, in 12 h"
    assert lines(other)[1] == "open, MRI by Mon 00:00 GMT, in 12 h"


def test_a_digest_tells_a_changed_urgency_from_another_change() -> None:
    shown, heads = digests(drawn(CASE))
    taken, same = digests(drawn(replace(CASE, name="Bob")))
    assert taken != shown and same == heads
    _, risen = digests(drawn(replace(CASE, level="urgent")))
    _, late = digests(drawn(CASE, now=NOON + timedelta(hours=13)))
    assert len({heads, risen, late}) == 3


def test_each_case_of_a_page_takes_two_lines() -> None:
    cases = [
        replace(CASE, code=f"KES-{number}", name="Dr Wilhelmina Bergström", requested=True,
                due_at=NOON + timedelta(hours=number - 20))
        for number in range(10, 10 + ON_PAGE)
    ]  # fmt: skip
    screen = drawn(*cases, count=30, page=2)
    assert screen_lines(screen) == 1 + 2 * ON_PAGE
    assert screen.title == "Board: 30 open, 10 overdue (2/3)"
