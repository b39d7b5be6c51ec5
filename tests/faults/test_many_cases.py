"""A start with many open cases: who waits is answered in time, and nothing is missed or blocked."""

import asyncio
import os
import re
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_random_conversations import ROOT, CordCall
from tests.bench.starts import (
    BEFORE,
    MOST_SECONDS,
    NOTHING,
    fill,
    happen,
    seconds_to_answers,
    show_cards,
)  # fmt: skip
from tests.botapi import BotApi
from tests.faults.steps import REPEAT, until

pytestmark = pytest.mark.slow

MANY = 2_000
SOME = 100
IN_A_CHAT = 4
KILLED_AT = (1, SOME // 4, SOME // 2)
ROUNDS = 3
MOST_TIMES_AN_EMPTY_START = 1.5
PATIENCE = 60.0
LONGEST_SILENCE_S = 0.05
CODE = re.compile(r"OLD-\d+")
LONG_AGO = "2020-01-01T00:00:00+00:00"
AWAY = "I was away."
ANEW = "Assessed anew"
CHANGED = "Changed: newer rules"


class Watched(CordCall):
    """The program with a watchdog on its event loop."""

    module = "tests.faults.watchdog"


@pytest.mark.parametrize("event", BEFORE)
async def test_a_waiting_tap_is_answered_within_a_second_of_the_start(
    tmp_path: Path, event: str
) -> None:
    """On a machine too busy to start within a second at all, many cases cost next to nothing."""
    few, many = tmp_path / "few.db", tmp_path / "many.db"
    fill(few, 0)
    fill(many, MANY)
    found = list[tuple[float, float]]()
    for _ in range(ROUNDS):
        (calm,) = await seconds_to_answers(few, 0, NOTHING, 1)
        (taken,) = await seconds_to_answers(many, MANY, event, 1)
        found.append((calm, taken))
    most = MOST_SECONDS[MANY]
    assert any(taken <= max(most, MOST_TIMES_AN_EMPTY_START * calm) for calm, taken in found), found


@pytest.mark.parametrize(("event", "said"), [("a long absence", AWAY), ("new rules", ANEW)])
async def test_kills_while_it_catches_up_leave_no_case_out_and_say_no_news_twice(
    tmp_path: Path, event: str, said: str
) -> None:
    async with BotApi() as server:
        program = CordCall(server, tmp_path)
        fill(program.database, SOME, IN_A_CHAT)
        show_cards(server, SOME, IN_A_CHAT)
        happen(program.database, event)
        for least in KILLED_AT:
            await program.start()
            await server.until(lambda least=least: len(showing(server, said)) >= least, PATIENCE)
            await program.kill()
            assert len(showing(server, said)) < SOME
        await program.start()
        await server.until(lambda: len(showing(server, said)) >= SOME, PATIENCE)
        await until(lambda: is_quiet(program.database))
        assert await program.stop() == 0
        assert len(showing(server, said)) == SOME
        news = [(case, text) for case, text in sent(server) if CHANGED in text]
    unmarked = Counter(case for case, text in news if REPEAT.strip() not in text)
    assert all(count == 1 for count in unmarked.values()), unmarked
    assert len({case for case, _ in news}) == (SOME if said == ANEW else 0)
    assert len(news) - len(unmarked) <= len(KILLED_AT) * (SOME // IN_A_CHAT)


def sent(server: BotApi) -> list[tuple[str, str]]:
    """Return the case and the text of each message sent about one."""
    texts = [call.params.text("text") for call in server.calls.accepted]
    found = [(CODE.search(text or ""), text or "") for text in texts]
    return [(code[0], text) for code, text in found if code]


def showing(server: BotApi, text: str) -> set[str]:
    """Return the cases with a message that shows a text now."""
    shown = (m.text for chat in server.world.chats.values() for m in chat.visible)
    return {found[0] for each in shown if text in each and (found := CODE.search(each))}


def is_quiet(database: Path) -> bool:
    """Return whether nothing is waiting to be sent or redrawn."""
    with closing(sqlite3.connect(database)) as connection:
        (left,) = connection.execute(
            "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM redraws)"
        ).fetchone()
    return bool(left == 0)


async def test_nothing_silences_the_loop_at_a_start_with_many_cases_whoever_reads(
    tmp_path: Path,
) -> None:
    """Beside new rules, an absence, a tidy, another reader, a backup and the longest reasons.

    A busy machine can hold up the disk, but not at the same place each time.
    """
    silences = list[float]()
    while len(silences) < ROUNDS and min(silences, default=1.0) >= LONGEST_SILENCE_S:
        folder = tmp_path / str(len(silences))
        folder.mkdir()
        silences.append(await longest_silence(folder))
    assert min(silences) < LONGEST_SILENCE_S, silences


async def longest_silence(folder: Path) -> float:
    """Return the longest time in seconds in which the program's loop did nothing else."""
    silent = folder / "silent"
    async with BotApi() as server:
        program = Watched(server, folder, WATCHDOG=str(silent))
        ann = server.private_chat(1)
        fill(program.database, MANY)
        show_cards(server, MANY)
        for event in BEFORE:
            happen(program.database, event)
        with closing(sqlite3.connect(program.database)) as database, database:
            database.execute("UPDATE cases SET status = 'closed' WHERE rowid % 2")
            database.execute("UPDATE cases SET touched_at = ? WHERE rowid % 4 < 2", (LONG_AGO,))
        await program.start()
        with closing(sqlite3.connect(program.database, isolation_level=None)) as reader:
            await tap(ann, await card_of(ann), "Gait or balance")
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM cases").fetchone()
            backup = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "backup", str(folder / "copy.db"), cwd=ROOT,
                env={**os.environ, "CORDCALL_DATABASE": str(program.database)},
            )  # fmt: skip
            ann.types("/why U1")
            await ann.sees("Why U1", PATIENCE)
            assert await backup.wait() == 0
            await until(lambda: closed_cases(program.database) == 0)
        assert await program.stop() == 0
    return float(silent.read_text())


def closed_cases(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM cases WHERE status = 'closed' AND touched_at = ?", (LONG_AGO,)
        ).fetchone()
    return int(count)
