"""The real command starts twice, is told to stop, or dies at any moment."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.poller import SecondPoller
from bot.conversation.machine import FlowMachine
from bot.service.service import Service
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.adapters.telegram.test_random_conversations import (
    SECONDS_TO_STOP,
    CordCall,
    Person,
    buttons_of,
    running,
    until,
)
from tests.adapters.telegram.test_webhook import SECRET, post
from tests.botapi import BotApi
from tests.faults.steps import FIRST_QUESTION, PATIENCE, REPEAT
from tests.state.contract.values import a_case, add

KILLS = 10
TICK = "✓"
REPLACES_TICKS = ("None of these", "Not known", "Unexamined")
LONGEST_MOMENT = 0.03
OTHER_POLLER = "Conflict: terminated by other getUpdates request"
SECOND_POLLER = "another process polls with this token; allowed: one at a time"


@asynccontextmanager
async def started(program: CordCall) -> AsyncIterator[CordCall]:
    await program.start()
    try:
        yield program
    finally:
        await program.kill()


@pytest.mark.slow
async def test_a_second_process_on_the_database_is_refused_in_one_line(
    tmp_path: Path, machine: FlowMachine
) -> None:
    async with running(tmp_path) as (program, store):
        ann = Person(program.server, store, machine, 1)
        await ann.begin()
        async with started(CordCall(program.server, tmp_path)) as second:
            assert await second.ends(PATIENCE) == 2
        assert second.refusals() == [
            f"cordcall: CORDCALL_DATABASE: {program.database} is in use by another Telegram bot; "
            "allowed: one at a time, or another database"
        ]
        await ann.go_forward()
        assert await program.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
async def test_a_second_process_through_a_link_is_refused_too(
    tmp_path: Path, link: Callable[[Path, Path], None]
) -> None:
    async with running(tmp_path) as (program, _):
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        ann = program.server.private_chat(1001, "Ann")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION, PATIENCE)
        second = CordCall(program.server, elsewhere)
        link(second.database, program.database)
        async with started(second):
            assert await second.ends(PATIENCE) == 2
        (line,) = second.refusals()
        refused = "is in use by " if second.database.is_symlink() else "has 2 names (hard links)"
        assert line.startswith(f"cordcall: CORDCALL_DATABASE: {second.database}")
        assert refused in line
        assert not second.database.with_name("cordcall.db-wal").exists()
        assert await program.stop() == 0


@pytest.mark.slow
@pytest.mark.parametrize("way", ["link/cordcall.db", "here/../cordcall.db", "/proc/self/root{}"])
async def test_a_second_process_on_another_way_to_the_file_is_refused_too(
    tmp_path: Path, way: str
) -> None:
    async with running(tmp_path) as (program, _):
        ann = program.server.private_chat(1001, "Ann")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION, PATIENCE)
        (tmp_path / "here").mkdir()
        (tmp_path / "link").symlink_to(tmp_path)
        path = str(tmp_path / way.format(program.database))
        second = CordCall(program.server, tmp_path / "here", CORDCALL_DATABASE=path)
        async with started(second):
            assert await second.ends(PATIENCE) == 2
        (line,) = second.refusals()
        assert line.startswith(f"cordcall: CORDCALL_DATABASE: {path} is in use by another Telegram")
        assert await program.stop() == 0


@pytest.mark.slow
async def test_a_damaged_database_is_refused_before_telegram_is_called(tmp_path: Path) -> None:
    database = tmp_path / "cordcall.db"
    with closing(SqliteStore(database)) as store:
        add(store, a_case())
    os.truncate(database, database.stat().st_size - 4096 * 5)
    before = database.read_bytes()
    async with BotApi() as server:
        async with started(CordCall(server, tmp_path)) as program:
            assert await program.ends(PATIENCE) == 2
        (line,) = program.refusals()
        assert "is damaged: " in line and "`cordcall restore FILE`" in line
        assert list(server.calls) == []
    assert database.read_bytes() == before


@pytest.mark.slow
async def test_a_second_process_with_the_token_is_named_and_ends_it(tmp_path: Path) -> None:
    async with BotApi() as server:
        server.faults.refuse(409, OTHER_POLLER, "getUpdates", times=None)
        async with started(CordCall(server, tmp_path)) as program:
            assert await program.ends(2 * PATIENCE) == 2
        assert program.refusals() == [f"cordcall: {SECOND_POLLER}"]


async def test_a_conflict_that_passes_ends_nothing(
    server: BotApi, service: Service, bot: TelegramBot
) -> None:
    ann = server.private_chat(1001, "Ann")
    server.faults.refuse(409, OTHER_POLLER, "getUpdates", times=3)
    for command in ("/triage", "/plan", "/card"):
        ann.types(command)
    await ann.sees(FIRST_QUESTION)
    await server.until(lambda: len(server.updates) == 0)


@pytest.mark.usefixtures("hurry")
async def test_a_conflict_that_stays_ends_the_bot_and_keeps_what_waits(
    server: BotApi, service: Service
) -> None:
    ann = server.private_chat(1001, "Ann")
    server.faults.refuse(409, OTHER_POLLER, "getUpdates", times=None)
    ann.types("/triage")
    bot = TelegramBot(Api(server.token, server.url), replace(service, touch=True))
    with pytest.raises(SecondPoller, match=SECOND_POLLER):
        await bot.run()
    assert len(server.updates) == 1


@pytest.mark.slow
async def test_told_to_stop_with_a_webhook_it_asks_telegram_to_come_back_and_ends_in_time(
    tmp_path: Path, unused_tcp_port: int
) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/hook"
    settings = {
        "CORDCALL_WEBHOOK_URL": url,
        "CORDCALL_WEBHOOK_SECRET": SECRET,
        "CORDCALL_WEBHOOK_LISTEN": f"127.0.0.1:{unused_tcp_port}",
    }
    async with BotApi() as server:
        server.webhook.delay_unit = 0.02
        ann = server.private_chat(1001, "Ann")
        program = CordCall(server, tmp_path, **settings)
        async with started(program):
            await server.until(lambda: server.webhook.target, PATIENCE)
            slow = server.faults.delay(2 * SECONDS_TO_STOP, "sendMessage")
            ann.types("/triage")
            await until(lambda: slow.hits)
            stopping = asyncio.create_task(program.stop())
            told = time.monotonic()
            await asyncio.sleep(0.3)
            answer = await post(url, SECRET)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
            ann.types("/help")
            assert await stopping == 0
            assert time.monotonic() - told < SECONDS_TO_STOP
        assert len(server.updates) == 1
        server.faults.clear()
        async with started(program):
            await ann.sees("About CordCall: ", PATIENCE)
            await ann.sees(FIRST_QUESTION, PATIENCE)
            assert await program.stop() == 0
        assert len([m for m in ann.bot_messages if FIRST_QUESTION in m.text]) == 1


@pytest.mark.slow
async def test_ten_kills_in_one_conversation_lose_and_double_no_answer(
    tmp_path: Path, machine: FlowMachine
) -> None:
    chance = random.Random(8)
    async with running(tmp_path) as (program, store):
        ann = Person(program.server, store, machine, 1)
        await ann.begin()
        (case,) = ann.cases
        tapped = list[str]()
        for number in range(1, KILLS + 1):
            message = ann.newest
            assert message is not None
            wanted = [d for d in data_on(ann) if question_of(store, d)]
            data = chance.choice(wanted)
            tapped.append(question_of(store, data))
            ann.phone.taps_data(message, data)
            await asyncio.sleep(chance.uniform(0, LONGEST_MOMENT))
            await program.kill()
            await program.start()
            await until(lambda n=number: ann.answers()[case.code] >= n)
            await ann.settle()
            ann.assert_cases_are_possible()
        (case,) = ann.cases
        assert [answer.question for answer in case.answers] == tapped
        await ann.type("/card")
        ann.assert_last_card_is_true()
        repeats = [m for m in ann.phone.bot_messages if m.versions[0].text.startswith(REPEAT)]
        assert len(repeats) <= KILLS
        assert await program.stop() == 0


def data_on(person: Person) -> list[str]:
    """Return what the buttons of the newest card send that takes no tick away."""
    found = buttons_of(person.newest) if person.newest else []
    ticked = any(each["text"].startswith(TICK) for each in found)
    kept = (each for each in found if not ticked or each["text"] not in REPLACES_TICKS)
    return [each["callback_data"] for each in kept if not each["text"].startswith(TICK)]


def question_of(store: Store, data: str) -> str:
    """Name the question that a button answers; none for any other button."""
    token, _, place = data.partition(":")
    minted = store.buttons.find(token)
    verb, _, key = minted.actions[int(place)][0].partition(" ") if minted else ("", "", "")
    return key if verb in ("answer", "tick", "done") else ""


@pytest.mark.slow
async def test_a_database_that_cannot_be_used_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cordcall.db").write_bytes(b"this is no database" * 100)
    async with BotApi() as server:
        async with started(CordCall(server, tmp_path)) as program:
            assert await program.ends(PATIENCE) == 2
        (line,) = program.refusals()
        assert line.startswith(
            f"cordcall: CORDCALL_DATABASE: {program.database} is damaged: file is not a database; "
        )
        assert list(server.calls) == []
