"""Draws a board: the open cases of a chat in two lines each, by their next deadlines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Final

from bot.guidance.spoken_times import say_short, say_span, say_time_left, say_zone
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Line, Part, Rows, Screen, say_line, text
from state.boards import BoardCase
from state.groups import is_group

WORDS: Final = "board.toml"
ON_PAGE: Final = 12
HEADING_WIDTH: Final = 37  # in bold lower-case letters, at 360 px
CAPITAL: Final = 1.35  # of those
LONGEST_NAME: Final = 15  # of who had a case last, in lower-case letters
DIGEST_CHARACTERS: Final = 12


@dataclass(frozen=True, slots=True)
class BoardView:
    """A page of a chat's board as of `now`, in the hospital's `zone`.

    `count` and `overdue` are of all its cases; `zones` are those that its readers have chosen.
    """

    chat: str
    cases: Sequence[BoardCase]
    count: int
    overdue: int
    page: int
    now: datetime
    zone: tzinfo
    zones: Sequence[tzinfo]

    @property
    def pages(self) -> int:
        return pages_of(self.count)


def pages_of(count: int) -> int:
    """Return how many pages a board of so many cases has."""
    return max(1, -(-count // ON_PAGE))


def draw_board(view: BoardView) -> Screen:
    """Draw a page of a board; the next and the one before are drawn in its place."""
    blocks = tuple(_block(view, case) for case in view.cases)
    return Screen("board", _title(view), blocks, _turning(view))


def draw_ended() -> Screen:
    """Draw what is left of a board that its chat may not see any more."""
    said = words("fixed", WORDS)
    return Screen("expired", said["ended_title"], (text(said["ended"]),))


def draw_not_pinned() -> Screen:
    """Tell a group that its board cannot be pinned."""
    return Screen("info", "CordCall", (text(words("fixed", WORDS)["not_pinned"]),))


def say_older() -> str:
    """Say what is left of a board that cannot be deleted."""
    return words("fixed", WORDS)["older"]


def digests(screen: Screen) -> tuple[str, str]:
    """Return digests of what a board says and of its headings; time that is left is no part."""
    said = [say_line(tuple(part for part in line if not part.relative)) for line in _lines(screen)]
    heads = {_digest(block.heading.partition(" · ")[0]) for block in screen.blocks}
    return _digest("\n".join([*said, *_labels(screen)])), " ".join(sorted(heads))


def _lines(screen: Screen) -> Iterator[Line]:
    yield (Part(screen.title),)
    for block in screen.blocks:
        yield (Part(block.heading),)
        yield from block.lines


def _labels(screen: Screen) -> Iterable[str]:
    return (f"{button.label} {button.does}" for row in screen.rows for button in row)


def _digest(said: str) -> str:
    return sha256(said.encode()).hexdigest()[:DIGEST_CHARACTERS]


def _title(view: BoardView) -> str:
    said, group = words("title", WORDS), is_group(view.chat)
    if not view.count:
        return said["none" if group else "own_none"]
    title = said["group" if group else "own"].format(count=view.count)
    title += said["overdue"].format(overdue=view.overdue) if view.overdue else ""
    if view.pages > 1:
        title += said["page"].format(page=view.page, pages=view.pages)
    return title


def _turning(view: BoardView) -> Rows:
    said = words("buttons", WORDS)
    pages = {"back": view.page - 1, "next": view.page + 1}
    row = tuple(
        Button(said[name], f"board page {page}", typed=f"/board page {page}")
        for name, page in pages.items()
        if 1 <= page <= view.pages
    )
    return (row,) if row else ()


def _block(view: BoardView, case: BoardCase) -> Block:
    levels = words("levels", WORDS)
    late = case.due_at is not None and view.now > case.due_at
    named = (case.code, levels.get(case.level, ""), levels["late"] if late else "")
    head = " ".join(each for each in named if each)
    whose = _whose(view, case, HEADING_WIDTH - _width(head) - len(" · "))
    lines = (_line(view, case), *_without_owner(view, case))
    return Block(lines, " · ".join(each for each in (head, whose) if each))


def _without_owner(view: BoardView, case: BoardCase) -> Iterator[Line]:
    """Say to a group that a case needs an owner, and who had it last."""
    if not is_group(view.chat) or case.name:
        return
    said = words("without_owner", WORDS)["last" if case.last else "unknown"]
    name = _cut(case.last, LONGEST_NAME)
    yield (Part(said.format(name=name)),)


def _width(said: str) -> float:
    """Return how wide a part of a heading is, in lower-case letters."""
    return sum(CAPITAL if each.isupper() else 1 for each in said)


def _cut(said: str, room: float) -> str:
    """Cut what is wider than a number of lower-case letters."""
    if _width(said) <= room:
        return said
    while said and _width(f"{said}…") > room:
        said = said[:-1]
    return f"{said.rstrip()}…"


def _whose(view: BoardView, case: BoardCase, room: float) -> str:
    """Name the owner of a case, in a private chat, whose cases are all its person's, the group."""
    if is_group(view.chat):
        return _cut(case.name or words("whose", WORDS)["nobody"], room)
    return words("whose", WORDS)["in_group"] if is_group(case.chat) else ""


def _line(view: BoardView, case: BoardCase) -> Line:
    """Say what a case waits for and by when; the time left is counted where the board is read."""
    if case.due_at is None:
        return (Part(words("without_deadline", WORDS)[case.about or "unsettled"]),)
    due = f"{_moment(view, case.due_at)}{_zone(view, case.due_at)}"
    late = view.now > case.due_at
    left = (
        f"{say_span(view.now - case.due_at)} ago" if late else say_time_left(case.due_at, view.now)
    )
    said = words(_state(case), WORDS)[case.about].format(due=due)
    return (Part(f"{said}, "), Part(left, int(case.due_at.timestamp()), relative=True))


def _moment(view: BoardView, due: datetime) -> str:
    """Say a deadline with its weekday, or with its date if it is days away."""
    weekday, *rest = say_short(due, view.now, view.zone).split(" ")
    return " ".join(rest) if len(rest) > 1 else f"{weekday} {rest[0]}"


def _state(case: BoardCase) -> str:
    """Name the words for how far a case has got towards what it waits for."""
    if case.about not in words("requested", WORDS):
        return "open"
    if case.requested:
        return "requested"
    return "waiting" if case.status == "waiting" else "open"


def _zone(view: BoardView, due: datetime) -> str:
    """Name the hospital's zone where the weekday and the time alone would mislead.

    The clock of somebody who reads the board shows another time, or the clocks change before then.
    """
    local = due.astimezone(view.zone)
    changes = local.utcoffset() != view.now.astimezone(view.zone).utcoffset()
    elsewhere = any(due.astimezone(each).utcoffset() != local.utcoffset() for each in view.zones)
    return f" {say_zone(local)}" if changes or elsewhere else ""
