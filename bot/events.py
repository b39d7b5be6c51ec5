"""What comes in: neutral events. They carry no connection and do nothing."""

from dataclasses import dataclass

from state.records import Value


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case was begun."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody comes back to the case and wants to see where it stands."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An option was chosen for a question, by its key."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Typed:
    """A line was typed where the case stands."""

    text: str


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
class Closed:
    """The case is finished."""


Event = (
    Opened
    | Looked
    | Answered
    | Typed
    | WentBack
    | Edited
    | AskedForCard
    | AskedForPlan
    | AskedWhatItMeans
    | Closed
)
