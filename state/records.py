"""What is stored, as frozen values: a case and its answers. Knows no SQL and no medicine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from typing import Final, Literal

Value = bool | int | float | str | list[str]
Status = Literal["open", "waiting", "closed"]
TAKEN_BACK: Final = "taken back"  # in place of an answer: the newest to its question is withdrawn
SCREEN: Final = "card"  # the role of the one message that shows a case
FORGOTTEN: Final = "forgotten"  # in place of a person who was erased
ANOTHER: Final = "another person"  # in place of others, in what is given to a person
HANDED_OVER: Final = "handed_over"  # a line of the time line: somebody has taken the case over
UNDONE: Final = "undone"  # a line of the time line: it takes back the one whose number it gives


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as given; later answers to the same question follow it."""

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
class Told:
    """What was last said of a case: its level, its MRI limit in hours, its steroid decision."""

    level: str
    hours: int | None
    steroid: str


@dataclass(frozen=True)
class StoredCase:
    """One case as stored: its answers in order, and what cannot be derived from them.

    `revisiting` is the question that back or edit leads to; `position` is the result of a replay.
    With `adding` it leads there for new signs, which undo nothing. `timeline` holds what followed
    the answer, oldest first. Both it and `answers` only grow: `noted` and `given` hold those that
    were not taken back, and only they count. `told` is what was last said of it under `ruleset` and
    `policy`, if kept. `version` counts the saves, to compare and swap; `thread` is its topic.
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
    policy: str = ""
    told: Told | None = None
    thread: int | None = None
    answers: tuple[Answer, ...] = ()
    timeline: tuple[Entry, ...] = ()

    @cached_property
    def given(self) -> tuple[Answer, ...]:
        """Return the answers that count: without those that were taken back."""
        if TAKEN_BACK not in [each.value for each in self.answers]:
            return self.answers
        kept = list[Answer]()
        for answer in self.answers:
            if answer.value != TAKEN_BACK:
                kept.append(answer)
                continue
            del kept[max(n for n, each in enumerate(kept) if each.question == answer.question)]
        return tuple(kept)

    @cached_property
    def noted(self) -> tuple[Entry, ...]:
        """Return the lines of the time line that count: without those that were taken back."""
        undone = {each.detail for each in self.timeline if each.kind == UNDONE}
        if not undone:
            return self.timeline
        return tuple(
            each
            for number, each in enumerate(self.timeline, 1)
            if each.kind != UNDONE and str(number) not in undone
        )

    def undone_by(self, entry: Entry) -> Entry:
        """Return the line of the time line that another one takes back."""
        return self.timeline[int(entry.detail) - 1]

    @cached_property
    def latest(self) -> Mapping[str, Value]:
        """Return the newest answer of each question."""
        return {answer.question: answer.value for answer in self.given}

    def with_answer(self, question: str, value: Value, who: str, at: datetime) -> "StoredCase":
        return replace(self, answers=(*self.answers, Answer(question, value, who, at)))

    def with_entry(self, entry: Entry) -> "StoredCase":
        return replace(self, timeline=(*self.timeline, entry))

    def newest_entry(self, kind: str) -> Entry | None:
        """Return the newest line of a kind that was not taken back."""
        return next((each for each in reversed(self.noted) if each.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Switch:
    """Why an owner took CordCall out of use, and the reason people were told last; "" for none."""

    reason: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place among the open cases, last used first: after the case that it names."""

    touched_at: datetime
    code: str


FIRST_PLACE: Final = Place(datetime.max.replace(tzinfo=UTC), "")


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case in brief; `shown` if it has a card in a chat that can be reached."""

    touched_at: datetime
    code: str
    chat: str
    ruleset: str
    policy: str
    reachable: bool
    shown: bool

    @property
    def place(self) -> Place:
        return Place(self.touched_at, self.code)


class Priority(IntEnum):
    """How urgent something to send is; a refusal alone may be shown to a chat without access."""

    EMERGENCY = 0  # somebody waits for it, as for an answer
    ANSWER = 1
    CARD = 2
    REMINDER = 3
    REFUSAL = 4
    BOARD = 5  # one on which an urgency has changed is as urgent as a card
    FILE = 6  # it has to be drawn first; somebody waits for it too


@dataclass(frozen=True, slots=True)
class Queued:
    """What one turn sends to a chat: its screens as JSON text, and the tap that it answers.

    `token` identifies all its buttons; `tapped` is the message whose button was tapped; with
    `anew` it is sent below earlier messages. `said` counts its messages that have been sent;
    with `sending` the next one was started, and may have arrived. `thread` is the topic of the
    chat that it goes to; `reminder` is the id of the reminder that it gives.
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
    queued_at: datetime
    said: int = 0
    sending: bool = False
    thread: int | None = None
    reminder: int | None = None

    @property
    def awaited(self) -> bool:
        """Return whether someone is waiting for this, rather than not missing it for a minute."""
        return self.priority <= Priority.ANSWER

    @property
    def may_be_missed(self) -> bool:
        """Return whether this only redraws, unlike an answer or a reminder, which must arrive."""
        return self.priority in (Priority.CARD, Priority.BOARD)


@dataclass(frozen=True, slots=True)
class LeftTap:
    """A tap accepted but not handled when the program ended: its update, and what was kept."""

    update_id: int
    tap: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Minted:
    """What the buttons of one message do, each as a verb with a key and a value."""

    token: str
    chat: str
    code: str | None
    version: int
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A message that shows a case: its card, its newest alert, or the predecessor of either."""

    code: str
    role: str
    chat: str
    message_id: int
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder that a case needs: its kind, the deadline it is about, and when it is due.

    Without `due_at`, one that somebody postponed, or that has fallen due, is only left alone.
    With `from_now` it is due some time after it is first set: one already stored keeps its time.
    """

    kind: str
    deadline: datetime
    due_at: datetime | None
    from_now: bool = False


@dataclass(frozen=True, slots=True)
class Reminder:
    """A stored reminder that has not been sent yet."""

    id: int
    code: str
    kind: str
    deadline: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """What the clock last said; `jumped_at` is what it said after its last jump."""

    seen_at: datetime
    jumped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """The polling position: the next update to ask for, the last poll, the last update."""

    next_update: int
    polled_at: datetime
    updated_at: datetime
