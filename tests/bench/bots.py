"""The bots that are measured, each in its own process on its own test server."""

import asyncio
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.processor import seconds_spent
from tests.botapi import BotApi

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
PEERS_PYTHON = Path(sys.prefix, "peers", "bin", "python")


@dataclass(frozen=True, slots=True)
class Program:
    """How to start a bot; `runs_on` is own, peers or node, whatever has what it needs."""

    name: str
    command: tuple[str, ...]
    runs_on: str = "peers"
    environment: tuple[tuple[str, str], ...] = ()


CORDCALL = Program("CordCall", ("-m", "bot", "run"), "own")
NOT_DURABLE = Program(
    "CordCall, not waiting for the disk", ("-m", "tests.bench.not_durable", "run"), "own"
)
FLOOR = Program("the same calls, an empty turn", (str(PEERS / "floor.py"),), "own")
BARE_PTB = Program("bare python-telegram-bot", (str(PEERS / "screens_ptb.py"),))
PTB = Program("ConversationHandler", (str(PEERS / "conversation_ptb.py"),))
CONCURRENT_PTB = Program(
    "concurrent ConversationHandler", PTB.command, environment=(("CONCURRENT", "1"),)
)
AIOGRAM = Program("aiogram", (str(PEERS / "conversation_aiogram.py"),))
TELEGRAF = Program("Telegraf", (str(PEERS / "conversation_telegraf.js"),), "node")
OWN = (CORDCALL, NOT_DURABLE)


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

    @property
    def processor_seconds(self) -> float:
        return seconds_spent(self.process.pid)

    @property
    def database_processor_seconds(self) -> float:
        return 0.0  # its database is part of it


@asynccontextmanager
async def running(
    program: Program, folder: Path, record: int | None = 0, modules: Path | None = None
) -> AsyncIterator[Bot]:
    """Run a bot on a server that records this many calls; None records all.

    In `folder` are the screens of the peers, and the database of CordCall. In `modules` are the
    packages of Node.
    """
    async with BotApi(record=record) as server:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "NODE_PATH": str(modules),
            "SCREENS": str(folder / "screens.json"),
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "CORDCALL_ACCESS": "open",
            "CORDCALL_PLAINTEXT": "accept",
            "CORDCALL_DATABASE": str(folder / f"{program.name}.db"),
            "CORDCALL_TIMEZONE": "UTC",
            "CORDCALL_TAP_GUARD_MS": "0",
            "CORDCALL_TAPS_PER_MINUTE": "0",
            "CORDCALL_LOG_LEVEL": "WARNING",
            **dict(program.environment),
        }
        process = await asyncio.create_subprocess_exec(
            _runtime(program), *program.command, cwd=folder, env=environment,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield Bot(program, server, process)
        finally:
            process.terminate()
            await process.wait()


def _runtime(program: Program) -> str:
    """Return what runs a program; without an interpreter of their own, peers run on this one."""
    if program.runs_on == "node":
        return "node"
    apart = program.runs_on == "peers" and PEERS_PYTHON.exists()
    return str(PEERS_PYTHON) if apart else sys.executable


async def why_not(program: Program, modules: Path) -> str:
    """Prepare a peer; return why it cannot be measured here, or nothing.

    Node's packages are installed into `modules`.
    """
    if program is AIOGRAM and not PEERS_PYTHON.exists():
        return "aiogram is left out: `make bench` installs it"
    return await _install_telegraf(modules) if program is TELEGRAF else ""


async def _install_telegraf(modules: Path) -> str:
    if missing := [name for name in ("node", "npm") if not shutil.which(name)]:
        return f"Telegraf is left out: there is no {' and no '.join(missing)}"
    npm = await asyncio.create_subprocess_exec(
        "npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(modules.parent),
        "telegraf@4",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    return "Telegraf is left out: npm cannot install it" if await npm.wait() else ""
