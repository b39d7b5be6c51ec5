"""The program that draws files: started for the first, ended when none was asked for a while."""

import asyncio
import json
import os
import re
import sys
from pathlib import Path
from typing import Final

import bot
from bot.export.asked import kind_asked
from bot.export.kinds import MOST_BYTES, Drawn

PROGRAM: Final = "bot.export"
SECONDS_FOR_A_FILE: Final = 30.0
SECONDS_KEPT: Final = 60.0
LONGEST_HEAD: Final = 64 * 1024
NAME: Final = re.compile(r"[A-Z0-9-]{1,40}", re.ASCII)  # of a file, without its ending
KEPT_IN_ENVIRONMENT: Final = ("LANG", "LC_ALL", "PATH", "PYTHONTZPATH", "TMPDIR", "TZDIR")


class NotDrawn(Exception):
    """A file could not be drawn; `why` is one of a few words, or the name of an error."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class DrawingProgram:
    """Another process, so that no tap waits while a file is drawn. It draws one at a time.

    It gets what is to be drawn and nothing else: neither the token nor the key is in its
    environment. It ends with this process, whatever becomes of that. What it answers is no more
    trusted than it is: it names no other kind of file, and after anything odd it is started anew.
    """

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._ending: asyncio.TimerHandle | None = None

    async def draw(self, asked: str) -> Drawn:
        """Draw a file. Raises NotDrawn."""
        if self._ending:
            self._ending.cancel()
        try:
            async with asyncio.timeout(SECONDS_FOR_A_FILE):
                drawn = await self._ask(asked)
        except TimeoutError:
            await self.end()
            raise NotDrawn("takes too long") from None
        except Exception as error:
            await self.end()
            raise NotDrawn(type(error).__name__) from None
        except asyncio.CancelledError:
            await self.end()
            raise
        self._ending = asyncio.get_running_loop().call_later(SECONDS_KEPT, self._stop)
        if isinstance(drawn, str):
            raise NotDrawn(drawn)
        return drawn

    async def end(self) -> None:
        """End the program, and wait until it is gone."""
        process = self._process
        self._stop()
        if process:
            await process.wait()

    def _stop(self) -> None:
        if self._ending:
            self._ending.cancel()
        process, self._process, self._ending = self._process, None, None
        if process and process.returncode is None:
            process.kill()

    async def _ask(self, asked: str) -> Drawn | str:
        """Return a file, or what kind of error it was.

        Raises an exception of any kind if the program is not to be trusted any more.
        """
        if self._process is None or self._process.returncode is not None:
            self._process = await _start()
        into, out = self._process.stdin, self._process.stdout
        if into is None or out is None:
            raise EOFError
        into.write(f"{asked}\n".encode())
        await into.drain()
        about, kind = json.loads(await out.readuntil(b"\n")), kind_asked(asked)
        if "error" in about:
            return _word(about["error"])
        stem, _, ending = about["name"].partition(".")
        if not 0 < about["size"] <= MOST_BYTES or not NAME.fullmatch(stem):
            raise ValueError
        if (ending, about["media"]) != (kind.ending, kind.media):
            raise ValueError
        content = await out.readexactly(about["size"])
        return Drawn(about["name"], kind.media, content, str(about["in_words"]))


def _word(error: str) -> str:
    """Return the name of an error as it may be logged."""
    if not error.isidentifier():
        raise ValueError
    return error


async def _start() -> asyncio.subprocess.Process:
    kept = {name: os.environ[name] for name in KEPT_IN_ENVIRONMENT if name in os.environ}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", PROGRAM,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**kept, "PYTHONPATH": str(Path(bot.__path__[0]).parent)},
        start_new_session=True,
        limit=LONGEST_HEAD,
    )  # fmt: skip
