"""What happens to a case: neutral events, without behaviour or connections."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from state.records import Value

Answers = tuple[tuple[str, Value], ...]
"""Answers by the keys of their questions."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The case was started, or started again before its first answer."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Someone returns to the case and wants to see where it stands."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A button or a command came too late: it only shows where the case stands.

    The button is of an older screen; or it was Done, and ticks of its question have changed since;
    or the `command` was sent before the case went on.
    """

    why: Literal["old_button", "ticked_since", "sent_before"] = "old_button"
    command: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """An option was chosen for a question, by its key."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """Answers worked out by a score are put into the case, by their keys."""

    answers: Answers


@dataclass(frozen=True, slots=True)
class ReadFromLine:
    """Answers that were read from a typed line are confirmed, by their keys.

    `read_at` is when the line was typed: from then on an untouched case counts its deadlines.
    """

    answers: Answers
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Typed:
    """A line was typed where the case stands; `elsewhere`: not under its question.

    A bare number is then confirmed first, since what was shown last may be numbered too.
    """

    text: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Suggested:
    """A line was typed where answers are tapped: it is matched, and confirmed before it counts.

    `elsewhere` is that of Typed.
    """

    text: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """A button of a question was tapped: the question's key, and what would be typed for it."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Ticked:
    """One of several ticks was set (`on`) or cleared; the question stays until ticking is done."""

    key: str
    option: str
    on: bool


@dataclass(frozen=True, slots=True)
class Replied:
    """Somebody who was asked for one answer gives it; the case goes on where it stands.

    With `on`, one of several ticks is set or cleared; None if it is the whole answer.
    """

    key: str
    text: str
    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The ticks of a question are complete."""

    key: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The program was started; the rules or the policy may differ from those last used."""


@dataclass(frozen=True, slots=True)
class WentBack:
    """Go back to the previous question."""


@dataclass(frozen=True, slots=True)
class Edited:
    """Change one answer, by its key or its number in the summary; empty lists them."""

    which: str = ""


@dataclass(frozen=True, slots=True)
class SuspectedEarlier:
    """The time of suspicion was given, as typed; empty asks for it."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class AskedForCard:
    """Show the card."""


@dataclass(frozen=True, slots=True)
class AskedForPlan:
    """Show a section of the plan, by name, number or "all"; empty lists them.

    The name may be followed by "page" and its number.
    """

    which: str = ""


@dataclass(frozen=True, slots=True)
class AskedForMore:
    """Show what else can be done in the case, page by page."""

    page: int = 1


@dataclass(frozen=True, slots=True)
class WentOn:
    """Go on with the question that is open."""


@dataclass(frozen=True, slots=True)
class AskedWhatItMeans:
    """Show the definitions of the options."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something was done, by its kind in the time line; `tapped` if on a card that may be old."""

    kind: str
    detail: str = ""
    tapped: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """The MRI is done; `tapped` if on a card that may be old."""

    tapped: bool = False


@dataclass(frozen=True, slots=True)
class NewSigns:
    """New signs have appeared: ask about them again, keeping the ticks so far."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The cord signs were deliberately restated, as they would be typed.

    With `ask_back`, a change that removes signs or moves a deadline later is confirmed first.
    """

    text: str
    ask_back: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The case is finished; how it ended, if given."""

    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was noted or answered by mistake is taken back: the newest act, or the newest `what`.

    `what` is a word of `undoing.KINDS`, or "answer". By a button (`tapped`) only what is young.
    """

    what: str = ""
    tapped: bool = False


Answering = (
    Answered | BroughtIn | ReadFromLine | Picked | Ticked | Replied | Done | Typed | Suggested
)  # fmt: skip
Noting = Noted | Scanned | NewSigns | Corrected | SuspectedEarlier | Closed
Looking = (
    Opened
    | Looked
    | Outdated
    | WentBack
    | WentOn
    | Edited
    | AskedForCard
    | AskedForPlan
    | AskedForMore
    | AskedWhatItMeans
)
Event = Answering | Noting | Looking | Undone | TakenOver
