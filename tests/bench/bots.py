"""The bots that are measured, each in its own process on its own test server."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.botapi import BotApi

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
CALM = (
    "None of these", "None", "None", "Yes", "No", "Haemodialysis", "Anuric", "Fistula", "Not known",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a bot, and how a person begins and continues with it."""

    command: tuple[str, ...]
    opening: str = "/start"
    labels: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


CORDCALL = Program(("-m", "bot", "run"), "/triage", CALM)
NOT_DURABLE = Program(("-m", "tests.bench.not_durable", "run"), "/triage", CALM)
BARE_PTB = Program((str(PEERS / "bare_ptb.py"),))
ECHO_PTB = Program((str(PEERS / "echo_ptb.py"),), "hello")
PTB = Program((str(PEERS / "conversation_ptb.py"),))
CONCURRENT_PTB = Program((str(PEERS / "conversation_ptb.py"),), environment=(("CONCURRENT", "1"),))
AIOGRAM = Program((str(PEERS / "conversation_aiogram.py"),))


@dataclass(frozen=True, slots=True)
class Bot:
    """A running bot."""

    program: Program
    server: BotApi
    process: asyncio.subprocess.Process

    @property
    def resident_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024


@asynccontextmanager
async def running(program: Program, database: Path, record: int | None = 0) -> AsyncIterator[Bot]:
    """Run a bot on a server that records this many calls; None records all."""
    async with BotApi(record=record) as server:
        peers = Path(sys.prefix, "peers", "bin", "python")
        own = str(PEERS) not in program.command[0] or not peers.exists()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "CORDCALL_ACCESS": "open",
            "CORDCALL_PLAINTEXT": "accept",
            "CORDCALL_DATABASE": str(database),
            "CORDCALL_TIMEZONE": "UTC",
            "CORDCALL_TAP_GUARD_MS": "0",
            "CORDCALL_TAPS_PER_MINUTE": "0",
            "CORDCALL_LOG_LEVEL": "WARNING",
            **dict(program.environment),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable if own else str(peers), *program.command,
            cwd=database.parent, env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Bot(program, server, process)
        finally:
            process.terminate()
            await process.wait()
