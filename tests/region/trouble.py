"""What goes wrong in a region, one thing after the other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tests.region.databases import Databases
from tests.region.workers import Worker

HANGS_S: Final = 20.0
DOWN_S: Final = 15.0
BEGINS: Final = 0.06  # shares of the time
ENDS: Final = 0.9


@dataclass(frozen=True, slots=True)
class Event:
    """Something that went wrong at a time of the server's clock."""

    what: str
    at: float


@dataclass(slots=True)
class Trouble:
    """Strikes at equal distances in so many seconds; `say` gets a line about each event."""

    workers: Sequence[Worker]
    databases: Databases
    seconds: float
    now: Callable[[], float]
    say: Callable[[str], None]
    events: list[Event]

    async def strike(self, plan: Sequence[str]) -> None:
        """Strike as planned, each in turn: `kill N`, `hang N`, `restart`, `crash`, `fail over`."""
        loop = asyncio.get_running_loop()
        begun, apart = loop.time(), (ENDS - BEGINS) * self.seconds / len(plan)
        async with asyncio.TaskGroup() as together:
            for number, what in enumerate(plan):
                at = begun + BEGINS * self.seconds + number * apart
                await asyncio.sleep(at - loop.time())
                self.events.append(Event(what, self.now()))
                together.create_task(self._does(what, apart))

    async def _does(self, what: str, apart: float) -> None:
        name, _, number = what.partition(" ")
        if number.isdigit():
            worker = self.workers[int(number) - 1]
            if name == "kill":
                down = min(DOWN_S, apart / 2)
                self.say(f"{worker.name} is killed, and stays away for {down:.0f} s")
                await worker.is_killed(down)
                self.say(f"{worker.name} is up again")
            else:
                self.say(f"{worker.name} hangs for {HANGS_S:.0f} s")
                await worker.hangs(HANGS_S)
                self.say(f"{worker.name} goes on")
            return
        said, act = DATABASE[what]
        self.say(said)
        await act(self.databases)
        self.say("the database takes changes again")


DATABASE: Final[dict[str, tuple[str, Callable[[Databases], Awaitable[None]]]]] = {
    "restart": ("the database is restarted", lambda each: each.restarts("fast")),
    "crash": ("the database crashes, and starts again", lambda each: each.restarts("immediate")),
    "fail over": ("the primary database is lost; its replica takes over", Databases.fails_over),
}
