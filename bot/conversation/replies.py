"""What the engine wants shown: ids and keys, no words and no look."""

from dataclasses import dataclass

from state.records import Entry, Value


@dataclass(frozen=True, slots=True)
class Ask:
    """Show a question."""

    key: str


@dataclass(frozen=True, slots=True)
class ShowCard:
    """Show the card; `urgent` means that it comes as news of an emergency."""

    urgent: bool = False


@dataclass(frozen=True, slots=True)
class ShowSections:
    """Show sections of the plan, or with none named the list of them."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShowAnswers:
    """Show every answer, to change one."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """Show the answer that a typed line was matched to, to be confirmed."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask whether signs that an answer takes away are gone, or were a mistake."""

    value: Value


@dataclass(frozen=True, slots=True)
class Define:
    """Show what each option of a question means."""

    key: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Say something about the conversation itself; `keys` are answers it speaks of."""

    name: str
    detail: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SayNoted:
    """Say what was noted in the time line; `before` means that it was there a moment ago."""

    entry: Entry
    before: bool = False


Reply = Ask | AskBack | Confirm | Define | ShowCard | ShowSections | ShowAnswers | Notice | SayNoted
