"""Starts with many open cases: the time from the process's start to the answer of a waiting tap."""

import asyncio
import logging
import shutil
import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bot.flows.triage import FLOW
from bot.logic.assessment import RULESET_VERSION
from state.records import Card, Poll, StoredCase, Value
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.bench.bots import ROOT
from tests.bench.table import Figure, print_table
from tests.botapi import BotApi, Message, PersonInChat
from tests.dialogue import WITHOUT_SYMPTOMS
from tests.faults.steps import FIRST_QUESTION, SECOND_QUESTION

ROOT_PAIN: dict[str, Value] = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
MOST_SECONDS = {2_000: 1.0, 100_000: 2.0}
ROUNDS = 3
PATIENCE = 60.0
IN_A_CHAT = 12
FIRST_CHAT = 10_000
ABSENCE = timedelta(hours=1)
NOTHING = "nothing"
BEFORE = {
    "a long absence": ("UPDATE poll SET polled_at = ?", ABSENCE),
    "new rules": ("UPDATE cases SET ruleset = 'older', told = NULL", None),
}


def measure() -> None:
    """Print the table of starts."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    print_table("starts", [each for count in MOST_SECONDS for each in _figures(count)])


def _figures(count: int) -> list[Figure]:
    figures, most = [], MOST_SECONDS[count]
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        filled = Path(name) / "filled.db"
        fill(filled, count)
        for event in BEFORE:
            taken = asyncio.run(seconds_to_answers(filled, count, event, ROUNDS))
            said = ", ".join(f"{each:.2f}" for each in taken)
            figures.append(
                Figure(f"{count:,} open cases, {event}: start until a waiting tap is answered",
                       f"{said} s", f"<= {most:g} s", min(taken) <= most)
            )  # fmt: skip
    return figures


async def seconds_to_answers(filled: Path, count: int, event: str, rounds: int) -> list[float]:
    """Kill a bot, let something happen, and time the answer to a tap made meanwhile."""
    taken = list[float]()
    folder = Path(tempfile.mkdtemp(dir=filled.parent))
    shutil.copy(filled, folder / "cordcall.db")
    async with BotApi(record=0) as server:
        program = CordCall(server, folder, CORDCALL_LOG_LEVEL="WARNING")
        ann = server.private_chat(1)
        show_cards(server, count)
        for _ in range(rounds):
            await program.start()
            ann.types("/triage")
            card = await ann.sees_when(lambda: asking(ann, FIRST_QUESTION), PATIENCE)
            await program.kill()
            happen(program.database, event)
            ann.taps(card, "None of these")
            began = perf_counter()
            await program.start()
            await ann.sees_when(lambda: asking(ann, SECOND_QUESTION), PATIENCE)
            taken.append(perf_counter() - began)
            await program.kill()
    return taken


def asking(ann: PersonInChat, question: str) -> Message | None:
    """Return the newest message if it asks a question."""
    newest = ann.bot_messages[-1:]
    return newest[0] if newest and question in newest[0].text else None


def happen(database: Path, event: str) -> None:
    """Change a database as an upgrade or a long absence does."""
    if event == NOTHING:
        return
    sql, ago = BEFORE[event]
    given = [(datetime.now(UTC) - ago).isoformat()] if ago else []
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(sql, given)


def show_cards(server: BotApi, count: int, in_a_chat: int = IN_A_CHAT) -> None:
    """Show in the chats what `fill` has stored."""
    for number in range(count):
        chat = server.private_chat(FIRST_CHAT + number // in_a_chat).chat
        message = server.world.post(chat, server.world.bot, "card")
        assert message.id == number + 1


def fill(path: Path, count: int, in_a_chat: int = IN_A_CHAT) -> None:
    """Store open cases, some in each chat, each with answers and its card."""
    store, now = SqliteStore(path, durability="OFF"), datetime.now(UTC)
    with store.turn():
        for number in range(count):
            at = now - timedelta(minutes=number % 5_000, seconds=600)
            chat = str(FIRST_CHAT + number // in_a_chat)
            case = StoredCase(
                code=f"OLD-{number}", chat=chat, owner=chat, status="open", begun_at=at,
                flow=FLOW.id, fingerprint=FLOW.fingerprint, ruleset=RULESET_VERSION,
                policy="stepwise", touched_at=at,
            )  # fmt: skip
            for question, answer in ROOT_PAIN.items():
                case = case.with_answer(question, answer, chat, at)
            store.cases.add(case)
            store.cards.keep(Card(case.code, "card", chat, number + 1, at))
        store.inbox.keep_poll(Poll(0, now, now))
    store.close()
