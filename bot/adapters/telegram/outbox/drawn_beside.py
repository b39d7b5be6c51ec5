"""Files of cases, drawn beside the event loop: by one program at a time, each of them once."""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog

from bot.adapters.telegram.outbox.drawing_program import DrawingProgram, NotDrawn
from bot.export.asked import is_export, kind_asked
from bot.export.kinds import Drawn
from bot.service.written_screens import read
from state.records import Queued

MOST_KEPT: Final = 64

log = structlog.get_logger()


class DrawnBeside:
    """Draws what the rows of the outbox name; `wake` sends what waits for a chat.

    What several people ask for in the same moment is drawn once. A file is kept in memory until the
    last row that names it is sent; of many, only the newest are, and others are drawn again.
    """

    def __init__(self, wake: Callable[[str], None]) -> None:
        self._wake = wake
        self._program = DrawingProgram()
        self._one_at_a_time = asyncio.Lock()
        self._rows = dict[str, dict[int, str]]()
        self._drawing = dict[str, asyncio.Task[None]]()
        self._drawn = dict[str, Drawn | None]()
        self._ended = False

    def is_ready(self, row: Queued) -> bool:
        """Return whether the file of a row is drawn, or cannot be; if it is neither, begin."""
        file = _file_of(row)
        if not file or file in self._drawn:
            return True
        self._rows.setdefault(file, {})[row.id] = row.chat
        if file not in self._drawing and not self._ended:
            self._drawing[file] = asyncio.create_task(self._draw(file))
        return False

    def get(self, file: str) -> Drawn | None:
        """Return a file that is ready; None if it could not be drawn."""
        return self._drawn.get(file)

    def forget(self, row: Queued) -> None:
        """Forget the file of a row that is finished, unless another one waits for it."""
        file = _file_of(row)
        rows = self._rows.get(file, {})
        rows.pop(row.id, None)
        if file and not rows:
            self._rows.pop(file, None)
            self._drawn.pop(file, None)

    async def end(self) -> None:
        """Draw no more; what was asked for is drawn after the next start."""
        self._ended, drawing = True, [*self._drawing.values()]
        for task in drawing:
            task.cancel()
        await asyncio.gather(*drawing, return_exceptions=True)
        await self._program.end()

    async def _draw(self, file: str) -> None:
        """Draw a file unless nobody waits for it any more, and send it to whoever does."""
        drawn = None
        try:
            async with self._one_at_a_time:
                if file not in self._rows:
                    return
                drawn = await self._program.draw(file)
        except NotDrawn as error:
            log.error("a file could not be drawn", kind=kind_asked(file).name, error=error.why)
        finally:
            del self._drawing[file]
        if file not in self._rows:
            return
        self._drawn[file] = drawn
        if len(self._drawn) > MOST_KEPT:
            oldest = next(iter(self._drawn))
            del self._drawn[oldest], self._rows[oldest]
        for chat in dict.fromkeys(self._rows[file].values()):
            self._wake(chat)


def _file_of(row: Queued) -> str:
    """Return the file of a case that a row names; "" if none, or if it cannot be read."""
    try:
        files = [read(screen).file for screen in row.screens]
    except Exception:
        return ""
    return next(filter(is_export, files), "")
