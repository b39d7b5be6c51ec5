"""One of several workers: the real process on the shared database, with ports of its own."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.botapi.server import LOOPBACK

LOOK_AGAIN: Final = 0.1
SECONDS_TO_RESTART: Final = 1.0


class Worker(CordCall):
    """A worker that is up once it listens on `port`.

    `ended` are the statuses with which it has ended by itself.
    """

    def __init__(
        self, server: BotApi, folder: Path, number: int, port: int, **settings: str
    ) -> None:
        own = folder / f"worker-{number}"
        own.mkdir()
        super().__init__(server, own, **settings)
        self.name = f"worker {number}"
        self.port = port
        self.ended = list[int]()
        self._may_start = asyncio.Event()
        self._may_start.set()

    async def keep_up(self) -> None:
        """Start it, and again whenever it ends, until cancelled."""
        while True:
            await self._may_start.wait()
            await self.start()
            status = await self._process.wait()
            if status != -signal.SIGKILL:
                self.ended.append(status)
                await asyncio.sleep(SECONDS_TO_RESTART)

    async def is_killed(self, seconds_down: float) -> None:
        """Kill it; it stays away for some seconds, and then begins again."""
        self._may_start.clear()
        self._signal(signal.SIGKILL)
        await asyncio.sleep(seconds_down)
        self._may_start.set()
        await self.listens()

    async def hangs(self, seconds: float) -> None:
        """Let it hang, as on a machine that stands still, and go on where it was."""
        self._signal(signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._signal(signal.SIGCONT)

    async def listens(self) -> None:
        """Wait until it is up."""
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection(LOOPBACK, self.port)
                writer.close()
                return
            await asyncio.sleep(LOOK_AGAIN)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
