"""The grammar of a flow: question kinds and outcomes, from which flows are built."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

from bot.flows.conditions import Condition
from bot.flows.facts import Facts
from bot.logic.case import read_instant
from bot.logic.once import once

Value = bool | int | float | str | list[str]
UNKNOWN: Final = "unknown"


@dataclass(frozen=True)
class Option:
    """One choice. `sets` adds facts that follow by definition; `danger` is highlighted."""

    value: bool | int | str
    danger: bool = False
    sets: Mapping[str, Any] = field(default_factory=dict)

    @once
    def key(self) -> str:
        """Return the option's key in the wording file."""
        return option_key(self.value)


def option_key(value: object) -> str:
    """Return an option's value as the wording file and a typed line name it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What every kind of question has. `field` is the case field it fills, by default its id."""

    id: str
    part: str
    when: Condition | None = None
    fills: str | None = None
    repeated: bool = False
    can_be_unknown: bool = True

    @once
    def field(self) -> str:
        return self.fills or self.id

    def key(self, item: int) -> str:
        """Return the answer's key: a repeated question has one for each item."""
        return f"{self.id}.{item}" if self.repeated else self.id

    def accepts(self, value: object) -> bool:
        """Return whether a stored value is still an answer to this question."""
        return (self.can_be_unknown and value == UNKNOWN) or self._fits(value)

    def sets(self, value: Value) -> dict[str, Any]:
        """Return the facts that an answer sets."""
        return {self.field: value}

    def describe(self) -> str:
        """Describe the kind and its choices in one line, for the fingerprint."""
        return type(self).__name__

    def _fits(self, value: object) -> bool:
        """Return whether a value other than not known is an answer."""
        raise NotImplementedError(type(self).__name__)


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """One of several options. If `by_name`, its own short name is typed; a `long_list` scrolls."""

    options: tuple[Option, ...]
    by_name: bool = False
    long_list: bool = False

    def sets(self, value: Value) -> dict[str, Any]:
        chosen = self._chosen(value)
        return {self.field: value, **chosen.sets} if chosen else {self.field: value}

    def describe(self) -> str:
        return "choice " + " ".join(option.key for option in self.options)

    def _fits(self, value: object) -> bool:
        return self._chosen(value) is not None

    def _chosen(self, value: object) -> Option | None:
        for option in self.options:
            if type(option.value) is type(value) and option.value == value:
                return option
        return None


@dataclass(frozen=True, kw_only=True)
class Several(Question):
    """Any number of ticks, or none of them."""

    options: tuple[Option, ...]

    def describe(self) -> str:
        return "several " + " ".join(option.key for option in self.options)

    def _fits(self, value: object) -> bool:
        allowed = [option.value for option in self.options]
        return isinstance(value, list) and all(
            [isinstance(tick, str) and tick in allowed for tick in value]
        )


@dataclass(frozen=True, kw_only=True)
class Number(Question):
    """A number from low to high, picked or typed; outside `plausible` it needs confirming."""

    low: float
    high: float
    unit: str
    picks: tuple[float, ...]
    plausible: tuple[float, float] = (float("-inf"), float("inf"))

    def sets(self, value: Value) -> dict[str, Any]:
        return {self.field: float(value) if isinstance(value, int | float) else value}

    def said(self, value: float) -> str:
        """Say a number with its unit: "1 day", "3 days"."""
        unit = self.unit.removesuffix("s") if value == 1 and self.unit == "days" else self.unit
        return f"{value:g} {unit}"

    def implausible(self, value: object) -> str:
        """Return on which side of the plausible range a number lies: "below", "above" or ""."""
        if not isinstance(value, int | float):
            return ""
        return "below" if value < self.plausible[0] else "above" * (value > self.plausible[1])

    def describe(self) -> str:
        return f"number {self.low:g} to {self.high:g} {self.unit}"

    def _fits(self, value: object) -> bool:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and self.low <= value <= self.high  # type: ignore[operator]


@dataclass(frozen=True, kw_only=True)
class Moment(Question):
    """A time in the past or to come; with `before_start` at the latest the start of the case."""

    past: bool
    picks: tuple[str, ...]
    before_start: bool = False

    def describe(self) -> str:
        return "moment in the past" if self.past else "moment to come"

    def _fits(self, value: object) -> bool:
        try:
            return isinstance(value, str) and isinstance(read_instant(value), datetime)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a flow ends, or waits and keeps asking the question `waits_for`.

    Answers beyond an outcome that waits still count.
    """

    id: str
    when: Condition | None = None
    waits_for: str = ""


Node = Question | Outcome


@dataclass(frozen=True, slots=True)
class Landmarks:
    """The ids of the questions that the rest of the program knows; empty if the flow has none.

    `suspected_at` moves the clock of a case, `cord_signs` is where new signs are added, `mri` says
    whether it is done, `lesions_seen` whether its images show any.
    """

    suspected_at: str = ""
    cord_signs: str = ""
    mri: str = ""
    lesions_seen: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class Flow:
    """A conversation: its nodes in the order asked; a node whose condition fails is skipped.

    A question may appear in two places, the second for when the first did not ask it.
    `urgency_settled` says whether the answers so far settle the urgency. The questions from
    `repeat_from` to `repeat_asks` are asked again for each further item while `repeat_asks` is
    answered yes; empty if nothing is repeated. `aside` holds questions asked only on request.
    The wording is in the package `words_in`, under the flow's id.
    """

    id: str
    nodes: tuple[Node, ...]
    urgency_settled: Callable[[Facts], bool]
    landmarks: Landmarks = Landmarks()
    repeat_from: str = ""
    repeat_asks: str = ""
    aside: tuple[Question, ...] = ()
    words_in: str = "bot.flows"

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        asked = [node for node in self.nodes if isinstance(node, Question)]
        return {question.id: question for question in (*asked, *self.aside)}

    @cached_property
    def places(self) -> Mapping[str, Node]:
        """The nodes in order, by unique name: the second "renal" is "renal_2"."""
        named: dict[str, Node] = {}
        for node in self.nodes:
            before = sum(each.id == node.id for each in named.values())
            named[f"{node.id}_{before + 1}" if before else node.id] = node
        return named

    @cached_property
    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n.part for n in self.nodes if isinstance(n, Question)))

    @cached_property
    def fingerprint(self) -> str:
        """A hash that changes with any question, option, condition or the order."""
        text = "\n".join(self._lines())
        return sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def asked_at_any_time(self) -> tuple[str, ...]:
        """The questions that accept an answer wherever the case stands."""
        return tuple(filter(None, (self.landmarks.suspected_at, self.landmarks.mri)))

    def question(self, key: str) -> Question | None:
        """Find the question for an answer's key; None if the flow has none."""
        name, _, item = key.partition(".")
        found = self.questions.get(name)
        return found if found and found.repeated == item.isdigit() else None

    def _lines(self) -> Iterator[str]:
        for node in (*self.nodes, *self.aside):
            kind = node.describe() if isinstance(node, Question) else "outcome"
            yield f"{node.id}: {kind}; {node.when or 'always'}"
