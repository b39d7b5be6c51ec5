"""Programs that tests have started: one that fails leaves none running."""

import asyncio
from contextlib import suppress
from typing import Final

STARTED: Final[list[asyncio.subprocess.Process]] = []


def kill_left() -> None:
    """Kill what a test has started and not ended."""
    while STARTED:
        process = STARTED.pop()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
