"""The rows of the time line: which moments are shown, and what is said of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from bot.export.moments import FROM_LINE, Moment, moments, next_deadline
from bot.guidance.spoken_times import say_moment, say_span, say_time_left
from bot.logic.text_files import read_texts
from bot.screens.notices import words
from bot.screens.screen import say_line
from bot.screens.time_line import WORDS as TIME_LINE
from bot.screens.time_line import say_entry
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

Look = Literal["past", "now", "next", "deadline", "ahead"]
EARLIER: Final = "left_out"


@dataclass(frozen=True, slots=True)
class Row:
    """One moment as it is read: when, what, how long until then, and what the rules say of it.

    `gap` is the time since the row above; with `earlier` lines were left out above it.
    """

    moment: Moment
    look: Look
    mark: str
    date: str
    clock: str
    zone: str
    left: str = ""
    gap: str = ""
    earlier: str = ""

    @property
    def line(self) -> str:
        """Say it in one line, without what the rules say of it."""
        when = " ".join(each for each in (self.date, self.clock, self.zone) if each)
        what = f"{self.moment.label}, {self.left}" if self.left else self.moment.label
        return f"{when} {what}"


def heading(view: View) -> str:
    """Say how urgent the case is, as everywhere; or that it is closed, or not settled yet."""
    if said := say_line(urgency_line(view)):
        return said
    closed = view.case.newest_entry("closed") if view.case.status == "closed" else None
    if closed:
        return f"{view.case.code}: {say_entry(view, closed)}"
    key = "closed" if view.case.status == "closed" else "unsettled"
    return said_here("said")[key].format(code=view.case.code)


def optional(view: View) -> int:
    """Count the lines of the time line that may be left out: all but the newest dose."""
    return sum(map(_may_go, _marked(view)))


def rows(view: View, most: int) -> tuple[Row, ...]:
    """Return the rows of a case, with at most so many lines that may be left out, the newest."""
    found = _marked(view)
    going = [each for each, _ in filter(_may_go, found)]
    gone = going[: max(0, len(going) - most)]
    shown = [each for each, _ in found if not any(each is other for other in gone)]
    stands_out = next_deadline(tuple(shown))
    drawn, above, left_out = list[Row](), None, len(gone)
    for each in shown:
        first = left_out if each.kind in FROM_LINE or each.kind == "now" else 0
        drawn.append(_row(view, each, above, first, next_up=each is stands_out))
        left_out -= first
        above = each
    return tuple(drawn)


def _marked(view: View) -> list[tuple[Moment, bool]]:
    """Return every moment, and whether it is the newest dose that was given."""
    found = moments(view)
    newest = next((each for each in reversed(found) if each.kind == "dose_given"), None)
    return [(each, each is newest) for each in found]


def _may_go(marked: tuple[Moment, bool]) -> bool:
    moment, newest_dose = marked
    return moment.kind in FROM_LINE and not newest_dose


def _row(view: View, moment: Moment, above: Moment | None, left_out: int, *, next_up: bool) -> Row:
    earlier = words(EARLIER, TIME_LINE)["earlier"].format(count=left_out) if left_out else ""
    date, clock, zone = say_moment(moment.shown_at, view.zone).rsplit(" ", 2)
    said = said_here("said")
    ahead = moment.is_deadline or moment.shown_at > view.now
    left = say_time_left(moment.shown_at, view.now) if ahead and moment.kind != "now" else ""
    if moment.day:
        clock, zone, left = "", "", said["no_time"]
    return Row(
        moment=moment,
        look=_look(view, moment, next_up=next_up or moment.is_overdue(view.now)),
        mark=said_here("marks")[moment.kind],
        date=date,
        clock=clock,
        zone=zone,
        left=left,
        gap=_gap(above, moment) if not earlier else "",
        earlier=earlier,
    )


def _look(view: View, moment: Moment, *, next_up: bool) -> Look:
    """Return how a row looks: overdue deadlines, or else the next one, stand out."""
    if moment.kind == "now":
        return "now"
    if moment.is_deadline:
        return "next" if next_up else "deadline"
    done = moment.shown_at <= view.now and moment.kind != "dose_due"
    return "past" if done and not moment.day else "ahead"


def _gap(above: Moment | None, moment: Moment) -> str:
    """Say the time between two moments; nothing where it is under a minute or not known."""
    if above is None or above.day or moment.day:
        return ""
    span = moment.shown_at - above.shown_at
    minutes = int(span.total_seconds()) // 60
    return said_here("said")["gap"].format(span=say_span(span)) if minutes > 0 else ""


def lines(shown: tuple[Row, ...]) -> Iterator[str]:
    """Say rows in one line each."""
    for row in shown:
        if row.earlier:
            yield row.earlier
        yield row.line


@cache
def said_here(table: str) -> Mapping[str, str]:
    found: dict[str, Any] = read_texts("bot.export.picture", "rows.toml")
    named: Mapping[str, str] = found[table]
    return named
