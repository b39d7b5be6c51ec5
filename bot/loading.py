"""What is loaded beside the first poll, in steps between which a call that is answered goes on."""

import asyncio
from importlib import import_module
from typing import Final

SECONDS_FOR_CALLS: Final = 0.005
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
    "adapters.telegram.app",
)


async def load_beside(answer: "asyncio.Task[object]") -> None:
    """Load the rest of the program; until there is this answer, calls get some time between."""
    for name in STEPS:
        await asyncio.wait({answer}, timeout=SECONDS_FOR_CALLS)
        import_module(f"bot.{name}")
