"""What comes in: neutral events. They carry no connection and do nothing."""

from dataclasses import dataclass
from typing import Final

from state.records import Value

TERMINAL: Final = "terminal"  # the chat of the terminal; no phone is reached there


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case was begun."""


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
    """A line was typed where the case stands."""

    text: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A line was typed where answers are tapped: it is matched, and confirmed before it counts."""

    text: str


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
class WentBack:
    """The question before is wanted again."""


@dataclass(frozen=True, slots=True)
class Edited:
    """One answer is to be changed: its key, or its number in the summary; nothing lists them."""

    which: str = ""


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
class Scanned:
    """The MRI is done."""


@dataclass(frozen=True, slots=True)
class NewSigns:
    """Signs have come up since: the first question is wanted again, with the ticks so far."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The cord signs are stated anew, on purpose, as they would be typed."""

    text: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The case is finished; how it ended, where that is said."""

    outcome: str = ""


AfterAnswer = Scanned | NewSigns | Corrected | Closed
Event = (
    Opened
    | Looked
    | Outdated
    | Answered
    | BroughtIn
    | Typed
    | Suggested
    | Picked
    | Ticked
    | Done
    | WentBack
    | Edited
    | AskedForCard
    | AskedForPlan
    | AskedWhatItMeans
    | AfterAnswer
)


@dataclass(frozen=True, slots=True)
class Command:
    """A command such as /plan 3: its name without the slash, and the rest of the line."""

    name: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A typed line."""

    text: str


@dataclass(frozen=True, slots=True)
class Tap:
    """A tapped button: the token of its message, and the button's place in it."""

    token: str
    place: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that is no text: a picture, a voice, a sticker; or a text that was `edited`."""

    edited: bool = False


@dataclass(frozen=True, slots=True)
class InGroup:
    """A command in a group, where only the way to the private chat is shown."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing that a person did in a chat.

    `query` is the tap that waits for its answer, and `message_id` the message that it was on.
    """

    chat: str
    who: str
    act: Command | Text | Tap | Unread | InGroup
    query: str | None = None
    message_id: int | None = None
