"""Telegram: time until the bot polls, and its memory after a conversation."""

import asyncio
import logging
import os
import re
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import time

from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from tests.bench.table import Figure, print_table
from tests.botapi import BotApi

ROOT = Path(__file__).parents[2]
PEER = Path(__file__).parent / "peers" / "bare_ptb.py"
CORDCALL = ("-m", "bot", "run")
ROUNDS = 7
PATIENCE = 20.0
MOST_TIMES = 1.5
MOST_MB = 90
ANSWERS = {
    "cord_signs": "None of these",
    "radicular_deficit": "None",
    "radicular_pain": "None",
    "back_pain": "Yes",
    "infection_signs": "No",
    "renal": "Haemodialysis",
    "cancer": "None",
    "blood_thinners": "None of these",
}


def measure() -> None:
    """Print the table of Telegram. A program that ends in mid-call is expected here."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        folder = Path(name)
        print_table("telegram", [asyncio.run(_ready(folder)), asyncio.run(_memory(folder))])


async def _ready(folder: Path) -> Figure:
    own, bare = list[float](), list[float]()
    for number in range(ROUNDS):
        bare.append(await seconds_to_poll(folder / f"{number}.db", own=False))
        own.append(await seconds_to_poll(folder / f"{number}.db", own=True))
    ours, theirs = statistics.median(own), statistics.median(bare)
    return Figure(
        "cordcall run until it polls / bare Application",
        f"{ours:.2f} / {theirs:.2f} s = {ours / theirs:.2f} x",
        f"<= {MOST_TIMES} x",
        ours / theirs <= MOST_TIMES,
    )


async def seconds_to_poll(database: Path, *, own: bool) -> float:
    """Time a start on a new database until getUpdates returns a line typed beforehand.

    Of CordCall, or else of a bare Application of python-telegram-bot.
    """
    async with BotApi() as server:
        server.private_chat(1).types("/start")
        began = time()
        async with _running(server, database, *(CORDCALL if own else (str(PEER),))):
            polls = await server.until(lambda: server.calls.of("getUpdates"), PATIENCE)
            return polls[0].time - began


async def _memory(folder: Path) -> Figure:
    async with BotApi() as server, _running(server, folder / "talk.db", *CORDCALL) as process:
        ann = server.private_chat(1)
        ann.types("/triage")
        for question, answer in ANSWERS.items():
            card = await ann.sees(words_of(FLOW, question).ask, PATIENCE)
            await ann.gets_answer(ann.taps(card, answer), PATIENCE)
        ann.types("/plan all")
        await ann.sees("Sources", PATIENCE)
        resident = _resident_mb(process.pid)
    what = f"resident memory after {len(ANSWERS)} answers and the plan"
    return Figure(what, f"{resident:.0f} MB", f"<= {MOST_MB} MB", resident <= MOST_MB)


@asynccontextmanager
async def _running(
    server: BotApi, database: Path, *arguments: str
) -> AsyncIterator[asyncio.subprocess.Process]:
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
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=database.parent, env=environment,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        await process.communicate()


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


if __name__ == "__main__":
    measure()
