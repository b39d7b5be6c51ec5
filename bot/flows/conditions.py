"""When a question is asked: conditions that print themselves and can be combined."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.flows.facts import Facts


@dataclass(frozen=True, slots=True)
class Compared:
    """A field that was answered with one of some values; with `equal` false, with none of them."""

    field: str
    values: tuple[object, ...]
    equal: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """When a question is asked; it prints itself in the pathway page.

    If it is no more than answers compared, of which one suffices, it says so in `any_of`.
    """

    text: str
    holds: Callable[[Facts], bool]
    any_of: tuple[Compared, ...] = ()

    def __str__(self) -> str:
        return self.text

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"{self}, and {other}", lambda f: self.holds(f) and other.holds(f))

    def __or__(self, other: "Condition") -> "Condition":
        both = (*self.any_of, *other.any_of) if self.any_of and other.any_of else ()
        return Condition(f"{self}, or {other}", lambda f: self.holds(f) or other.holds(f), both)


def answered(name: str, *values: object) -> Condition:
    """True if a field was answered with one of these values."""
    text = f"{name} is {' or '.join(str(value) for value in values)}"
    return Condition(text, lambda facts: facts.get(name) in values, (Compared(name, values),))


def not_answered(name: str, *values: object) -> Condition:
    """True unless a field was answered with one of these values."""
    text = f"{name} is not {' or '.join(str(value) for value in values)}"
    compared = (Compared(name, values, equal=False),)
    return Condition(text, lambda facts: facts.get(name) not in values, compared)
