"""What is stored, as frozen values: a triage and its answers. Knows no SQL and no medicine."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

Value = bool | int | float | str | list[str]
Status = Literal["open", "waiting", "closed"]


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was given; later answers to the same question follow it."""

    question: str
    value: Value
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Triage:
    """One case as it is kept: its answers in order, and what cannot be derived from them.

    `revisiting` is the question that back or edit leads to; `position` is what a replay gives.
    `version` counts the saves, for compare-and-swap.
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
    answers: tuple[Answer, ...] = ()

    @property
    def latest(self) -> dict[str, Value]:
        """Give the newest answer of each question."""
        return {answer.question: answer.value for answer in self.answers}

    def with_answer(self, question: str, value: Value, who: str, at: datetime) -> "Triage":
        return replace(self, answers=(*self.answers, Answer(question, value, who, at)))


@dataclass(frozen=True, slots=True)
class Queued:
    """One screen that waits in the outbox, as JSON text."""

    id: int
    chat: str
    code: str | None
    screen: str
