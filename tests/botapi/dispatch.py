"""One call from parameters to answer: faults, latency, the method itself, its record."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from .as_json import dumps
from .calls import Call, CallLog
from .errors import Refusal
from .faults import Faults, Plan
from .methods import METHODS
from .params import Params
from .world import World

_UNDISTURBED = Plan()


class Reply(NamedTuple):
    """What goes over the wire; without a body the connection just closes."""

    status: int
    body: bytes | None
    content_type: str = "application/json"
    retry_after: int = 0


class Dispatcher:
    def __init__(self, world: World, faults: Faults, calls: CallLog) -> None:
        self.world = world
        self.faults = faults
        self.calls = calls
        self.latency = 0.0
        self.performed = Counter[str]()

    async def perform(
        self, name: str, params: Params, is_listening: Callable[[], bool] = lambda: True
    ) -> Reply:
        """The conflict that a killed poller no longer hears is answered but not recorded."""
        self.performed[name] += 1
        plan = self.faults.plan(name, params) if self.faults.active else _UNDISTURBED
        if wait := self.latency + plan.delay_before:
            await asyncio.sleep(wait)
        if plan.close_before or (plan.refusal and not plan.refuse_after):
            return self._disturbed(name, params, plan, None)
        try:
            result = await self._result(name, params)
        except Refusal as refusal:
            if refusal.code == 409 and not is_listening():
                return refused(refusal)
            return self.refuse(name, params, refusal)
        if plan.delay_after:
            await asyncio.sleep(plan.delay_after)
        if plan.close_after or plan.refusal:
            return self._disturbed(name, params, plan, result)
        self._record(Call(name, params, self._now(), "accepted", True, result=result))
        return Reply(200, dumps({"ok": True, "result": result}))

    def refuse(self, name: str, params: Params, refusal: Refusal) -> Reply:
        code, told = refusal.code, refusal.description
        self._record(Call(name, params, self._now(), "refused", False, code, told))
        return refused(refusal)

    async def _result(self, name: str, params: Params) -> Any:
        method = METHODS.get(name.lower())
        if method is None:
            raise Refusal(404, "Not Found: method not found")
        result = method(self.world, params)
        return await result if asyncio.iscoroutine(result) else result

    def _disturbed(self, name: str, params: Params, plan: Plan, result: Any) -> Reply:
        done = result is not None
        if plan.close_before or (done and plan.close_after) or plan.refusal is None:
            told = "connection closed after the effect" if done else "connection closed"
            self._record(Call(name, params, self._now(), "fault", done, None, told, result))
            return Reply(500, None)
        told = plan.refusal.description
        code = plan.refusal.code
        self._record(Call(name, params, self._now(), "fault", done, code, told, result))
        if plan.page is not None:
            return Reply(code, plan.page, "text/html" if plan.page[:1] == b"<" else "text/json")
        if plan.as_html:
            page = f"<html><body><h1>{code} {told}</h1></body></html>"
            return Reply(code, page.encode(), "text/html")
        return refused(plan.refusal)

    def _record(self, call: Call) -> None:
        if self.calls.enabled:
            self.calls.add(call)
            self.world.changes.notify()

    def _now(self) -> float:
        return self.world.clock.now()


def refused(refusal: Refusal) -> Reply:
    told: dict[str, Any] = {
        "ok": False,
        "error_code": refusal.code,
        "description": refusal.description,
    }
    if refusal.parameters:
        told["parameters"] = refusal.parameters
    retry_after = (refusal.parameters or {}).get("retry_after", 0)
    return Reply(refusal.code, dumps(told), retry_after=retry_after)
