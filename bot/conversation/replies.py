"""What the engine wants shown: ids and keys, no words and no look."""

from collections.abc import Iterable
from dataclasses import dataclass

from state.records import Answer, Entry, Told, Value


@dataclass(frozen=True, slots=True)
class Ask:
    """Show a question."""

    key: str


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show the card."""


@dataclass(frozen=True, slots=True)
class ShowSections:
    """Show sections of the plan, one from a page on; with none named, list them."""

    names: tuple[str, ...] = ()
    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """List the answers, newest page first, to change one."""

    page: int = 1


@dataclass(frozen=True, slots=True)
class ShowMore:
    """Offer what neither the card nor a question offers, page by page."""

    page: int = 1


@dataclass(frozen=True, slots=True)
class Confirm:
    """Show the answer matched to a typed line, for confirmation."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask whether signs that an answer removes are gone, or were a mistake."""

    value: Value


@dataclass(frozen=True, slots=True)
class Define:
    """Show what each option of a question means."""

    key: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Say something about the conversation itself; `keys` are the answers concerned.

    `by_tap` replaces the detail where options are buttons without numbers.
    """

    name: str
    detail: str = ""
    keys: tuple[str, ...] = ()
    by_tap: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed of the urgency or the steroid decision, and why.

    `before` is what was said last; None if not kept. `keys` are the answers that changed it;
    `ruleset` and `policy` are the former ones if these did. `cauda_equina` if its limit is new.
    """

    before: Told | None
    keys: tuple[str, ...] = ()
    ruleset: str = ""
    policy: str = ""
    cauda_equina: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """Say with sound how urgent it is and what to do first; `changed` is None the first time.

    While ticks are open below it, it is short.
    """

    changed: Changed | None = None
    ticking: bool = False


@dataclass(frozen=True, slots=True)
class RenewAlert:
    """Correct the newest alert, without sound; `ticking` as in Alert."""

    ticking: bool = False


def has_alert(replies: Iterable[object]) -> bool:
    """Return whether an alert is among replies, sent or corrected."""
    return any(isinstance(reply, Alert | RenewAlert) for reply in replies)


@dataclass(frozen=True, slots=True)
class SayNoted:
    """Say what was noted in the time line; `before` means it was already there moments ago.

    With `unseen` it was there, but nobody could see that when the same was sent: it is not noted.
    """

    entry: Entry
    before: bool = False
    unseen: bool = False


@dataclass(frozen=True, slots=True)
class SayUndone:
    """Say what was taken back: a line of the time line, or answers that came without one."""

    entry: Entry | None
    answers: tuple[Answer, ...]


Reply = (
    Ask | AskBack | Confirm | Define | ShowCard | ShowSections | ShowAnswers | ShowMore | Notice
    | Alert | RenewAlert | SayNoted | SayUndone
)  # fmt: skip
