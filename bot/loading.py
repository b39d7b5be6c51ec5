"""What is loaded while the first poll waits, and after it what the first typed line needs."""

import asyncio
from datetime import UTC, datetime
from importlib import import_module
from typing import Final

SECONDS_FOR_CALLS: Final = 0.005
SECONDS_FOR_TAPS: Final = 1.0
STEPS: Final = (
    "access",
    "logic.assessment",
    "conversation.events",
    "flows.triage",
    "conversation.engine",
    "screens.draw",
    "turn",
    "commands.registry",
    "service.service",
    "adapters.telegram.updates",
    "adapters.telegram.outbox.sender",
    "adapters.telegram.app",
)


async def load_beside(answer: "asyncio.Task[object]") -> None:
    """Load the rest of the program; until there is this answer, calls get some time between."""
    for name in STEPS:
        await asyncio.wait({answer}, timeout=SECONDS_FOR_CALLS)
        import_module(f"bot.{name}")


async def load_words() -> None:
    """Load what a typed line is read with, once the taps that waited for the start are answered.

    It takes a tenth of a second, in a thread: taps that come meanwhile are answered beside it.
    """
    await asyncio.sleep(SECONDS_FOR_TAPS)
    await asyncio.to_thread(_read_a_line)


def _read_a_line() -> None:
    from bot.identifiers.identifiers import leave_out
    from bot.reading.reader import read

    read(leave_out("weak legs", datetime.now(UTC).date()).text)
