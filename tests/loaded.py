"""What the running program has loaded so far, as it says itself."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.botapi import BotApi
from tests.docs import ROOT

PATIENCE = 20.0


@asynccontextmanager
async def loading(folder: Path, typed: str, answer: str) -> AsyncIterator[Callable[[], list[str]]]:
    """Run the bot until it answers a typed line; list what it has loaded and logged, in order."""
    said = folder / "said"
    async with BotApi() as server:
        ann = server.private_chat(1001, "Ann")
        ann.types(typed)
        with said.open("w") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-X", "importtime", "-m", "bot", "run"),
                cwd=folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "TELEGRAM_BOT_TOKEN": server.token,
                    "TELEGRAM_API_URL": server.url,
                    "CORDCALL_ACCESS": "open",
                    "CORDCALL_PLAINTEXT": "accept",
                    "CORDCALL_TIMEZONE": "UTC",
                },
                stderr=log,
            )
        await ann.sees(answer, PATIENCE)
        yield lambda: [
            line.rpartition("|")[2].strip() for line in said.read_text("utf-8").splitlines()
        ]
        process.terminate()
        assert await process.wait() == 0
