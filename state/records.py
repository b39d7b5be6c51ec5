"""What is stored, as frozen values: a case and its answers. Knows no SQL and no medicine."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Literal

Value = bool | int | float | str | list[str]
Status = Literal["open", "waiting", "closed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given; later answers to the same question follow it."""

    question: str
    value: Value
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's time line: what was done or found, and a detail such as whom."""

    kind: str
    detail: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StoredCase:
    """One case as it is kept: its answers in order, and what cannot be derived from them.

    `revisiting` is the question that back or edit leads to; `position` is what a replay gives.
    With `adding` it leads there for new signs, which take nothing back. `timeline` holds what
    followed the answer, oldest first.
    `version` counts the saves, for compare-and-swap.
    """

    code: str
    chat: str
    owner: str
    status: Status
    begun_at: datetime
    flow: str
    fingerprint: str
    ruleset: str
    touched_at: datetime
    position: str = ""
    revisiting: str | None = None
    version: int = 0
    adding: bool = False
    answers: tuple[Answer, ...] = ()
    timeline: tuple[Entry, ...] = ()

    @property
    def latest(self) -> dict[str, Value]:
        """Give the newest answer of each question."""
        return {answer.question: answer.value for answer in self.answers}

    @property
    def is_under_way(self) -> bool:
        """Tell a case that can go on from a closed or untouched one."""
        return self.status != "closed" and bool(self.answers)

    def with_answer(self, question: str, value: Value, who: str, at: datetime) -> "StoredCase":
        return replace(self, answers=(*self.answers, Answer(question, value, who, at)))

    def with_entry(self, entry: Entry) -> "StoredCase":
        return replace(self, timeline=(*self.timeline, entry))

    def newest_entry(self, kind: str) -> Entry | None:
        """Give the newest line of a kind."""
        return next((each for each in reversed(self.timeline) if each.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Reader:
    """What a person has chosen: a role, an IANA time zone; None is nothing chosen."""

    who: str
    role: str | None = None
    zone: str | None = None


class Priority(IntEnum):
    """How pressing something to send is; somebody waits for an emergency and for an answer."""

    EMERGENCY = 0
    ANSWER = 1
    BOARD = 2
    REMINDER = 3


@dataclass(frozen=True, slots=True)
class Queued:
    """What one turn sends to a chat: its screens as JSON text, and the tap it answers.

    `token` stands for all its buttons; `tapped` is the message whose button was tapped; with
    `anew` it comes below what was said before. `said` counts its messages that have been sent;
    with `sending` the next one was begun, and may have arrived.
    """

    id: int
    chat: str
    code: str | None
    screens: tuple[str, ...]
    token: str | None
    query: str | None
    tapped: int | None
    anew: bool
    priority: Priority
    said: int = 0
    sending: bool = False

    @property
    def awaited(self) -> bool:
        """Tell what somebody waits for from what nobody misses for a minute."""
        return self.priority <= Priority.ANSWER

    @property
    def may_be_missed(self) -> bool:
        """Tell a mere redrawing from what has to arrive: an answer, a reminder."""
        return self.priority is Priority.BOARD


@dataclass(frozen=True, slots=True)
class LeftTap:
    """A tap that was taken but not done when the program ended: its update, and what was kept."""

    update_id: int
    tap: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Minted:
    """What the buttons of one message do, each as a verb with its key and a value."""

    token: str
    chat: str
    code: str | None
    version: int
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A message that shows a case: its card, the card before, or its newest emergency."""

    code: str
    role: str
    chat: str
    message_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder that a case wants: its kind, the deadline it is about, and when it is due.

    Without `due_at` it is only let be, where somebody has put one off.
    """

    kind: str
    deadline: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder that is kept and has not been given yet."""

    id: int
    code: str
    kind: str
    deadline: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Poll:
    """Where polling stands: the next update to ask for, the last poll, the last update."""

    next_update: int
    polled_at: datetime
    updated_at: datetime
