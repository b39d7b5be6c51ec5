"""What the engine wants shown: ids and keys, no words and no look."""

from dataclasses import dataclass

from state.records import Answer, Entry, Told, Value


@dataclass(frozen=True, slots=True)
class Ask:
    """Show a question."""

    key: str


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show the card; `urgent` sends it as an emergency alert."""

    urgent: bool = False


@dataclass(frozen=True, slots=True)
class ShowSections:
    """Show sections of the plan; with none named, list them."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """List the answers, to change one."""


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
    """Say something about the conversation itself; `keys` are the answers concerned."""

    name: str
    detail: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """Say with sound that urgency or steroid decision have changed, and why.

    `before` is what was said last; None if not kept. `keys` are the answers that changed it;
    `ruleset` and `policy` are the former ones if these did.
    """

    before: Told | None
    keys: tuple[str, ...] = ()
    ruleset: str = ""
    policy: str = ""


@dataclass(frozen=True, slots=True)
class SayNoted:
    """Say what was noted in the time line; `before` means it was already there moments ago."""

    entry: Entry
    before: bool = False


@dataclass(frozen=True, slots=True)
class SayUndone:
    """Say what was taken back: a line of the time line, or answers that came without one."""

    entry: Entry | None
    answers: tuple[Answer, ...]


Reply = (
    Ask | AskBack | Changed | Confirm | Define | ShowCard | ShowSections | ShowAnswers | Notice
    | SayNoted | SayUndone
)  # fmt: skip
