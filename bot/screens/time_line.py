"""Says the time line of a case in hospital time: the newest lines that fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final, Self

from bot.conversation.alarm import UNANSWERED
from bot.conversation.time_line import OVERRIDDEN
from bot.flows.wording import words_of
from bot.guidance.spoken_times import say_clock, say_weekday
from bot.screens.notices import words
from bot.screens.view import View, in_a_sentence
from state.records import HANDED_OVER, UNDONE, Entry, StoredCase

WORDS: Final = "time_line.toml"
MOST_LINES: Final = 6
HEADING: Final = "Time line"


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest lines of a time line, newest last, and how many it has."""

    lines: tuple[str, ...]
    count: int

    @classmethod
    def of(cls, view: View) -> Self:
        entries = _in_order(view.case.timeline)
        said = (say_with_time(view, each) for each in entries[-MOST_LINES:])
        return cls(tuple(said), len(entries))

    def fitting(self, room: int) -> list[str]:
        """Return those that fit into a number of characters, heading included."""
        room -= len(HEADING) + 1
        lines = _last_that_fit(self.lines, room)
        if not lines or len(lines) == self.count:
            return lines
        more = words("left_out", WORDS)["earlier"]
        lines = _last_that_fit(self.lines, room - len(more.format(count=self.count)) - 1)
        return [more.format(count=self.count - len(lines)), *lines]


def _last_that_fit(newest: Sequence[str], room: int) -> list[str]:
    lines: list[str] = []
    for line in reversed(newest):
        room -= len(line) + 1
        if room < 0:
            break
        lines.insert(0, line)
    return lines


def lines_that_count(view: View) -> Iterator[str]:
    """Say each line that was not taken back with its time, oldest first."""
    return (say_with_time(view, entry) for entry in entries_that_count(view))


def entries_that_count(view: View) -> list[Entry]:
    """Return what was noted and not taken back, oldest first."""
    return _in_order(view.case.noted)


def _in_order(entries: tuple[Entry, ...]) -> list[Entry]:
    """Sort by time: a message may arrive after one that was sent later."""
    return sorted(entries, key=lambda each: each.at)


def say_with_time(view: View, entry: Entry) -> str:
    """Say what was noted: "22:41 MRI requested"; on another day with its weekday.

    In a case of a group it says by whom: "22:41 MRI requested (AB)".
    """
    by = say_by(view, entry)
    said = f"{say_time(entry.at, view.now, view.zone)} {say_entry(view, entry)}"
    return f"{said} ({by})" if by else said


def say_by(view: View, entry: Entry) -> str:
    """Return the initials of who noted something in a case of a group; "" where nobody did."""
    return "" if entry.kind == UNANSWERED else view.by(entry.who)


def say_time(at: datetime, now: datetime, zone: tzinfo) -> str:
    local, today = at.astimezone(zone), now.astimezone(zone)
    time = say_clock(local)
    return time if local.date() == today.date() else f"{say_weekday(local)} {time}"


def say_entry(view: View, entry: Entry) -> str:
    """Say what was noted, without its time."""
    kinds = words("kinds", WORDS)
    detail = _detail(view, entry)
    kind = fitting(view, entry.kind)
    if kind != entry.kind and entry not in view.case.noted:
        kind = entry.kind
    key = f"{kind}_detail" if detail and f"{kind}_detail" in kinds else kind
    return kinds[key].format(detail=detail)


def fitting(view: View, kind: str) -> str:
    """Name the words for a kind of line: an MRI that is impossible, a case that was reopened."""
    if kind == "closed" and view.case.status != "closed":
        return "reopened"
    impossible = view.result.case.mri == "not_possible"
    return "scan_requested" if kind == "mri_requested" and impossible else kind


def say_override(entry: Entry) -> str:
    """Say what differs from the plan, and why: "MRI time – senior decision"."""
    what, _, why = entry.detail.partition(" ")
    reason = words("reasons", WORDS).get(why, "")
    return f"{words('differs', WORDS).get(what, what)} – {in_a_sentence(reason)}"


def say_outcome(case: StoredCase) -> str:
    """Say how a case ended; empty if nobody said."""
    closed = case.newest_entry("closed")
    return words("outcomes", WORDS).get(closed.detail, "") if closed else ""


def _from_and_to(view: View, entry: Entry) -> str:
    """Say who handed a case over to whom; "" if it was taken over without."""
    return f"{view.name(entry.detail)} → {view.name(entry.who)}" if entry.detail else ""


def _detail(view: View, entry: Entry) -> str:
    if entry.kind == UNDONE:
        undone = view.case.undone_by(entry)
        time = say_time(undone.at, view.now, view.zone)
        return f"{time} {in_a_sentence(say_entry(view, undone))}"
    if entry.kind == HANDED_OVER:
        return _from_and_to(view, entry)
    if entry.kind == "called":
        return in_a_sentence(words("called", WORDS).get(entry.detail, ""))
    if entry.kind == "closed":
        return in_a_sentence(words("outcomes", WORDS).get(entry.detail, ""))
    if entry.kind == OVERRIDDEN:
        return say_override(entry)
    if not entry.detail:
        return ""
    asked = words_of(view.flow, view.flow.landmarks.cord_signs)
    signs = entry.detail.split(",")
    return ", ".join(in_a_sentence(asked.in_full(sign)) for sign in signs)
