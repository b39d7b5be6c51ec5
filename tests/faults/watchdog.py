"""Measures how long an event loop lets nothing else run; `python -m tests.faults.watchdog run`.

As a program it is CordCall with a watchdog: it writes each new longest silence, in seconds, to the
file that WATCHDOG names.
"""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from bot.__main__ import main
from bot.adapters.telegram.app import TelegramBot

SECONDS_BETWEEN_LOOKS = 0.001


async def watch(note: Callable[[float], None]) -> None:
    """Give each longest silence so far, until cancelled."""
    longest = 0.0
    while True:
        began, waited = perf_counter(), seconds_without_processor()
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        silent = perf_counter() - began - (seconds_without_processor() - waited)
        if silent > longest:
            longest = silent
            note(longest)


def seconds_without_processor() -> float:
    """Return how long this thread has waited for a processor that others used; Linux counts it."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def start_watched() -> None:
    """Start CordCall with a watchdog."""
    run, file = TelegramBot._run, Path(os.environ["WATCHDOG"])

    async def watched(self: TelegramBot, ready: Callable[[], None]) -> None:
        watching = asyncio.create_task(watch(lambda longest: _write(file, longest)))
        try:
            await run(self, ready)
        finally:
            watching.cancel()

    TelegramBot._run = watched  # type: ignore[method-assign]
    main()


def _write(file: Path, longest: float) -> None:
    file.write_text(f"{longest}")


if __name__ == "__main__":
    start_watched()
