"""The strict server in this process, and the real bot beside it as a child."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.botapi import BotApi
from tests.botapi.server import LOOPBACK

ROOT = Path(__file__).parents[2]
CALL = "Spinal coordinator, bleep 4321"
SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 4.5
OURS = ("CORDCALL_", "TELEGRAM_")
BOT = "cordcall_demo_bot"
TEAM = {2001: "Oncology", 2002: "Spine surgery", 2003: "Dialysis"}


class BotEnded(Exception):
    """The bot ended by itself; ``status`` is its exit status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the bot ended with status {status}")
        self.status = status


class Demo:
    """A server, and the bot that polls it."""

    def __init__(self, api: BotApi, bot: asyncio.subprocess.Process) -> None:
        self.api = api
        self._bot = bot

    def phone(self, user_id: int = 1001, name: str = "Doctor") -> str:
        return f"{self.api.url}/phone?user={user_id}&name={name}"

    def team(self) -> str:
        """The page of three people in a new group, to which its owner adds the bot."""
        group = self.api.group_chat("On call", supergroup=True, bot_status="left")
        owner, *_ = [
            group.joins(user_id, name, "member" if place else "creator")
            for place, (user_id, name) in enumerate(TEAM.items())
        ]
        group.changes_bot(owner, "administrator")
        owner.types(f"/enrol@{BOT}")
        people = ",".join(f"{user_id}:{name}" for user_id, name in TEAM.items())
        return f"{self.api.url}/team?{urlencode({'chat': group.chat.id, 'people': people})}"

    @property
    def port(self) -> int:
        return urlsplit(self.api.url).port or 0

    async def ready(self) -> None:
        """Wait until the bot takes updates and signals: it sets its profile after both."""
        await self.api.until(lambda: self.api.calls.of("getMyName"), SECONDS_TO_START)

    async def first_of(self, *waits: Coroutine[Any, Any, object]) -> None:
        """Wait for one of these. BotEnded if the bot ends first."""
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        ended = asyncio.ensure_future(self._bot.wait())
        try:
            await asyncio.wait((*tasks, ended), return_when=asyncio.FIRST_COMPLETED)
            done = [task for task in tasks if task.done()]
            if not done:
                raise BotEnded(ended.result())
            for task in done:
                task.result()
        finally:
            for task in (*tasks, ended):
                task.cancel()
            await asyncio.gather(*tasks, ended, return_exceptions=True)

    async def end(self) -> int:
        """Ask the bot to stop and return its exit status, 0 even if it was still starting."""
        with contextlib.suppress(ProcessLookupError):
            self._bot.terminate()
        try:
            status = await asyncio.wait_for(self._bot.wait(), SECONDS_TO_STOP)
        except TimeoutError:
            self._bot.kill()
            status = await self._bot.wait()
        return 0 if status == -signal.SIGTERM else status


@contextlib.asynccontextmanager
async def running(port: int = 0, host: str = LOOPBACK, **settings: str) -> AsyncIterator[Demo]:
    """Start both, the server on `host`; port 0 takes a free one. The bot may still be starting."""
    api = BotApi(port=port, host=host, record=1_000, bot_name="CordCall", bot_username=BOT)
    with tempfile.TemporaryDirectory(prefix="cordcall-demo-") as folder:
        async with api:
            # A session of its own: Ctrl-C reaches this process alone, which then ends the bot.
            bot = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run",
                cwd=folder, env=_environment(api, folder, settings), start_new_session=True,
                stdin=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            demo = Demo(api, bot)
            try:
                yield demo
            finally:
                await demo.end()


def _environment(api: BotApi, folder: str, settings: dict[str, str]) -> dict[str, str]:
    """This process's environment, without settings of a real bot and past any proxy."""
    host = urlsplit(api.url).hostname or LOOPBACK
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return kept | {
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": host,
        "no_proxy": host,
        "TELEGRAM_API_URL": api.url,
        "TELEGRAM_BOT_TOKEN": api.token,
        "CORDCALL_ACCESS": "open",
        "CORDCALL_OWNERS": str(min(TEAM)),
        "CORDCALL_PLAINTEXT": "accept",
        "CORDCALL_DATABASE": str(Path(folder, "cordcall.db")),
        "CORDCALL_CALL": CALL,
        "CORDCALL_LOG_LEVEL": "WARNING",
        **settings,
    }
