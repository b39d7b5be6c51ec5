"""What happens to a case: neutral events. They carry no connection and do nothing."""

from dataclasses import dataclass

from state.records import Value


@dataclass(frozen=True, slots=True)
class Opened:
    """The case was begun, or is begun once more before its first answer."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody comes back to the case and wants to see where it stands."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A button of an older screen was tapped; nothing is done but to show where the case stands."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An option was chosen for a question, by its key."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """Answers worked out elsewhere, by a score, are put into the case, by their keys."""

    answers: tuple[tuple[str, Value], ...]


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
    """One of several ticks was set or taken back; the question stays until it is done."""

    key: str
    option: str


@dataclass(frozen=True, slots=True)
class Done:
    """The ticks of a question are complete."""

    key: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The program was started; the rules or the policy may be others than the case was told by."""


@dataclass(frozen=True, slots=True)
class WentBack:
    """The question before is wanted again."""


@dataclass(frozen=True, slots=True)
class Edited:
    """One answer is to be changed: its key, or its number in the summary; nothing lists them."""

    which: str = ""


@dataclass(frozen=True, slots=True)
class SuspectedEarlier:
    """The time of suspicion is stated, as it would be typed; with nothing typed it is asked."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class AskedForCard:
    """The card is wanted."""


@dataclass(frozen=True, slots=True)
class AskedForPlan:
    """A section of the plan is wanted: its name, its number or "all"; nothing lists them."""

    which: str = ""


@dataclass(frozen=True, slots=True)
class AskedWhatItMeans:
    """The definitions of the options are wanted."""


@dataclass(frozen=True, slots=True)
class Noted:
    """Something was done, by its kind in the time line; `tapped` on a card that may be old."""

    kind: str
    detail: str = ""
    tapped: bool = False


@dataclass(frozen=True, slots=True)
class Scanned:
    """The MRI is done; `tapped` on a card that may be old."""

    tapped: bool = False


@dataclass(frozen=True, slots=True)
class NewSigns:
    """Signs have come up since: the question about them is wanted again, with the ticks so far."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The cord signs are stated anew, on purpose, as they would be typed.

    With `ask_back`, what would take signs away or make a deadline later is asked back first.
    """

    text: str
    ask_back: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The case is finished; how it ended, where that is said."""

    outcome: str = ""


Answering = Answered | BroughtIn | Picked | Ticked | Done | Typed | Suggested
Noting = Noted | Scanned | NewSigns | Corrected | SuspectedEarlier | Closed
Looking = (
    Opened | Looked | Outdated | WentBack | Edited | AskedForCard | AskedForPlan | AskedWhatItMeans
)
Event = Answering | Noting | Looking | TakenOver
