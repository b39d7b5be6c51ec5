"""Works out the reasons for a rule beside the event loop, with no transaction open."""

import asyncio

from bot.guidance.reasons import Reasons, Unexplained

Explained = Reasons | Exception | None


async def explain(unexplained: Unexplained) -> Explained:
    """Work out the reasons for a rule in a thread, or return the error it raised."""
    try:
        return await asyncio.to_thread(unexplained.explain)
    except Exception as error:
        return error
