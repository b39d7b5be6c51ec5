"""Scale: what many stored cases cost in turn time and memory."""

import asyncio
import logging
import statistics
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.flows.triage import FLOW
from state.records import Card, Poll, StoredCase
from state.sqlite.store import SqliteStore
from tests.bench.bots import CORDCALL, ROOT, running
from tests.bench.core import ANSWERS
from tests.bench.load import Crowd
from tests.bench.table import Figure, print_table

FEW, MANY = 1_000, 100_000
ROUNDS = 7
PEOPLE = 50
TAPS = 10
MOST_SLOWER = 0.10
MOST_MORE_MEMORY = 0.05


def measure() -> None:
    """Print the table of scale."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    print_table("scale", asyncio.run(_figures()))


async def _figures() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        few, many = Path(name) / "few.db", Path(name) / "many.db"
        fill(few, FEW)
        fill(many, MANY)
        async with running(CORDCALL, few) as one, running(CORDCALL, many) as other:
            crowds = [Crowd(one, PEOPLE), Crowd(other, PEOPLE)]
            for crowd in crowds:
                while not await crowd.is_answered():
                    pass
                await crowd.tap(TAPS)
            rates: tuple[list[float], list[float]] = ([], [])
            for _ in range(ROUNDS):
                for crowd, found in zip(crowds, rates, strict=True):
                    found.append((await crowd.tap(TAPS)).per_second)
            memory = [bot.resident_mb for bot in (one, other)]
    slower = statistics.median(rates[0]) / statistics.median(rates[1]) - 1
    more = memory[1] / memory[0] - 1
    return [
        Figure(f"{MANY:,} stored cases, not {FEW:,}: a tap takes", f"{slower:+.1%}", "< +10 %",
               slower < MOST_SLOWER),
        Figure("the same: memory", f"{memory[0]:.0f} to {memory[1]:.0f} MB = {more:+.1%}",
               "< +5 %", more < MOST_MORE_MEMORY),
    ]  # fmt: skip


def fill(path: Path, count: int) -> None:
    """Store recent cases, a dozen per chat, each with answers and its card."""
    store, now = SqliteStore(path, durability="OFF"), datetime.now(UTC)
    with store.turn():
        for number in range(count):
            at = now - timedelta(minutes=number % 20_000)
            chat = str(10_000 + number // 12)
            case = StoredCase(
                code=f"OLD-{number}", chat=chat, owner=chat, status="open", begun_at=at,
                flow=FLOW.id, fingerprint=FLOW.fingerprint, ruleset="", touched_at=at,
            )  # fmt: skip
            for question, answer in ANSWERS.items():
                case = case.with_answer(question, answer, chat, at)
            store.cases.add(case)
            store.cards.keep(Card(case.code, "card", chat, number, at))
        store.inbox.keep_poll(Poll(0, now, now))
    store.close()
