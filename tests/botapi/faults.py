"""Faults that a test injects into chosen calls: refusals, floods, lost connections, delays."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from typing import Literal

from .clock import Clock
from .errors import Refusal, too_many_requests
from .params import Params

Kind = Literal["refuse", "flood", "close", "delay"]


@dataclass(slots=True, eq=False)
class Fault:
    """Applies to calls of ``method`` (any: None) to ``chat_id`` (any: None): from the ``nth``
    such call on, ``times`` times (always: None), and each time only with ``chance``.

    ``after`` lets the call have its effect first: the bot then loses the answer, or waits for it.
    """

    kind: Kind
    method: str | None = None
    chat_id: int | None = None
    nth: int = 1
    times: int | None = None
    chance: float = 1.0
    rng: random.Random | None = None
    after: bool = False
    refusal: Refusal = field(default_factory=lambda: Refusal(500, "Internal Server Error"))
    as_html: bool = False
    page: bytes | None = None
    seconds: float = 0.0
    until: float = 0.0
    seen: int = 0
    hits: int = 0

    def __post_init__(self) -> None:
        if self.chance < 1.0 and self.rng is None:
            raise ValueError("a fault by chance needs a seeded random.Random")

    def strikes(self, method: str, chat_id: str, now: float) -> bool:
        if self.method is not None and self.method.lower() != method.lower():
            return False
        if self.chat_id is not None and chat_id != str(self.chat_id):
            return False
        if self.kind == "flood" and now >= self.until:
            return False
        self.seen += 1
        if self.seen < self.nth or (self.times is not None and self.hits >= self.times):
            return False
        if self.rng is not None and self.rng.random() >= self.chance:
            return False
        self.hits += 1
        return True


@dataclass(slots=True)
class Plan:
    """What the faults that struck do to one call."""

    refusal: Refusal | None = None
    refuse_after: bool = False
    as_html: bool = False
    page: bytes | None = None
    close_before: bool = False
    close_after: bool = False
    delay_before: float = 0.0
    delay_after: float = 0.0


class Faults:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.active: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.active.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        self.active.remove(fault)

    def clear(self) -> None:
        self.active.clear()

    def flood(
        self, retry_after: float, chat_id: int | None = None, method: str | None = None
    ) -> Fault:
        """429 for the next ``retry_after`` seconds, for one chat or for all."""
        until = self._clock.now() + retry_after
        return self.add(Fault("flood", method, chat_id, until=until))

    def refuse(
        self,
        code: int,
        description: str,
        method: str | None = None,
        chat_id: int | None = None,
        *,
        nth: int = 1,
        times: int | None = 1,
        after: bool = False,
        as_html: bool = False,
    ) -> Fault:
        """An error answer such as 403 or 502; ``as_html`` as a proxy in between would word it."""
        refusal = Refusal(code, description)
        return self.add(
            Fault(
                "refuse", method, chat_id, nth, times,
                after=after, refusal=refusal, as_html=as_html,
            )
        )  # fmt: skip

    def answer(
        self, page: bytes, method: str | None = None, *, code: int = 200, times: int | None = 1
    ) -> Fault:
        """Any bytes at all in place of an answer, which has no effect."""
        refusal = Refusal(code, "a page")
        return self.add(Fault("refuse", method, times=times, refusal=refusal, page=page))

    def close(
        self,
        method: str | None = None,
        chat_id: int | None = None,
        *,
        after: bool,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        """The connection closes without an answer, before the effect or after it."""
        return self.add(Fault("close", method, chat_id, nth, times, after=after))

    def delay(
        self,
        seconds: float,
        method: str | None = None,
        chat_id: int | None = None,
        *,
        after: bool = False,
        nth: int = 1,
        times: int | None = 1,
    ) -> Fault:
        return self.add(Fault("delay", method, chat_id, nth, times, after=after, seconds=seconds))

    def plan(self, method: str, params: Params) -> Plan:
        plan = Plan()
        now = self._clock.now()
        chat_id = params.text("chat_id")
        for fault in self.active:
            if fault.strikes(method, chat_id, now):
                _apply(fault, plan, now)
        return plan


def _apply(fault: Fault, plan: Plan, now: float) -> None:
    if fault.kind == "delay":
        plan.delay_after += fault.seconds if fault.after else 0.0
        plan.delay_before += 0.0 if fault.after else fault.seconds
    elif fault.kind == "close":
        plan.close_after |= fault.after
        plan.close_before |= not fault.after
    elif plan.refusal is None:
        flooded = fault.kind == "flood"
        plan.refusal = too_many_requests(math.ceil(fault.until - now)) if flooded else fault.refusal
        plan.refuse_after = fault.after
        plan.as_html = fault.as_html
        plan.page = fault.page
