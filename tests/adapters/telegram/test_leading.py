"""What only the leader does ends once another worker leads, whenever that is noticed."""

import asyncio
from types import SimpleNamespace

from structlog.testing import capture_logs

from bot.adapters.telegram.leading import Leading
from state.records import Poll
from state.sqlite.workers import Workers
from tests.faults.steps import until


class Overtaken(Workers):
    """A worker that has lost the lead for good while it began to lead."""

    leads = False  # type: ignore[misc]

    async def begins_to_lead(self) -> None:
        await asyncio.Event().wait()

    async def stops_leading(self) -> None:
        """Return at once."""


class CaughtUp:
    async def begin(self, poll: Poll | None) -> None: ...

    async def run(self, poll: Poll | None) -> None: ...


async def test_who_lost_the_lead_while_the_program_started_does_not_go_on_leading() -> None:
    running = list[bool]()

    async def loop() -> None:
        running.append(True)
        try:
            await asyncio.Event().wait()
        finally:
            running.remove(True)

    store = SimpleNamespace(workers=Overtaken())
    leading = Leading(store, CaughtUp, [loop])  # type: ignore[arg-type]
    (await leading.begin(None))()
    await until(lambda: running == [True])
    with capture_logs() as logged:
        going_on = asyncio.create_task(leading.run())
        try:
            await until(lambda: not running and leading.ended.is_set())
        finally:
            going_on.cancel()
    assert [line["event"] for line in logged] == ["this worker no longer leads"]
