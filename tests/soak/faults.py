"""The faults of a soak, in turn: each lasts a moment, and the crowd goes on tapping."""

import asyncio
import os
import random
import resource
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi, Fault
from tests.soak.clock import AHEAD

LONGEST = 2.0
SHARE_OF_TIME = 0.4
SECONDS_TO_RESTART = 1.0
LOOK_AGAIN = 0.1
KILL = "kill -9"
SECONDS_JUMPED = 3 * 3600
PAGE = (
    b"<html><head><title>Sign in</title></head><body>Accept the terms of this network</body></html>"
)
UNLIMITED = resource.RLIM_INFINITY


class Program(CordCall):
    """The program by a clock that can jump, and on a disk that can be full."""

    module = "tests.soak.clock"

    def __init__(self, server: BotApi, folder: Path, **settings: str) -> None:
        self.ended = list[int]()
        self._ahead = folder / "seconds_ahead"
        super().__init__(server, folder, **{AHEAD: str(self._ahead)}, **settings)
        self.jump(0)

    async def keep_up(self) -> None:
        """Start it again whenever it ends, until cancelled; ends other than kills are kept."""
        while True:
            status = await self._process.wait()
            if status != -signal.SIGKILL:
                self.ended.append(status)
                await asyncio.sleep(SECONDS_TO_RESTART)
            await self.start()

    async def polls(self) -> None:
        """Wait until it asks for updates."""
        polls = self.server.faults.delay(0, "getUpdates", times=None)
        while not polls.hits:
            await asyncio.sleep(LOOK_AGAIN)
        self.server.faults.remove(polls)

    def jump(self, seconds: int) -> None:
        """Set its clock so many seconds ahead."""
        beside = self._ahead.with_suffix(".new")
        beside.write_text(str(seconds))
        beside.replace(self._ahead)

    def fill_disk(self, *, full: bool) -> None:
        """Have every write to a file refused by the system, or none; it may have ended by then."""
        limit = 0 if full else UNLIMITED
        with suppress(ProcessLookupError):
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (limit, UNLIMITED))


class Faults:
    """Strikes in rounds, each kind once a round in random order."""

    def __init__(self, program: Program, every: float, seed: int) -> None:
        self.struck = Counter[str]()
        self.kills = True
        self._program = program
        self._every = every
        self._lasts = min(LONGEST, every * SHARE_OF_TIME)
        self._chance = random.Random(seed)
        self._ahead = 0

    async def strike(self) -> None:
        """Strike until cancelled; a fault under way then ends."""
        loop = asyncio.get_running_loop()
        while True:
            for kind in self._chance.sample([*KINDS], len(KINDS)):
                ends = loop.time() + self._every
                if kind != KILL or self.kills:
                    self.struck[kind] += 1
                    async with KINDS[kind](self):
                        await asyncio.sleep(self._lasts)
                    await asyncio.sleep(ends - loop.time())

    @asynccontextmanager
    async def _kill(self) -> AsyncIterator[None]:
        """Kill it, and wait until another one polls: without a disk none can begin."""
        with suppress(ProcessLookupError):
            os.kill(self._program.pid, signal.SIGKILL)
        await self._program.polls()
        yield

    @asynccontextmanager
    async def _full(self) -> AsyncIterator[None]:
        self._program.fill_disk(full=True)
        try:
            yield
        finally:
            self._program.fill_disk(full=False)

    @asynccontextmanager
    async def _jump(self) -> AsyncIterator[None]:
        self._ahead = 0 if self._ahead else SECONDS_JUMPED
        self._program.jump(self._ahead)
        yield

    def _flood(self) -> AbstractAsyncContextManager[None]:
        chats = [chat.id for chat in self._program.server.world.chats.values()]
        chat = self._chance.choice((None, self._chance.choice(chats)))
        return self._at_server(self._program.server.faults.flood(self._lasts, chat))

    def _bad_gateway(self) -> AbstractAsyncContextManager[None]:
        after = self._chance.choice((False, True))
        return self._at_server(
            self._program.server.faults.refuse(502, "Bad Gateway", times=None, after=after)
        )

    def _page(self) -> AbstractAsyncContextManager[None]:
        return self._at_server(self._program.server.faults.answer(PAGE, times=None))

    @asynccontextmanager
    async def _at_server(self, fault: Fault) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._program.server.faults.remove(fault)


KINDS: Mapping[str, Callable[[Faults], AbstractAsyncContextManager[None]]] = {
    KILL: Faults._kill,
    "429": Faults._flood,
    "5xx": Faults._bad_gateway,
    "disk full": Faults._full,
    "clock": Faults._jump,
    "proxy page": Faults._page,
}
