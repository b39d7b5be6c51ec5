"""One worker on PostgreSQL, as a real process: conversations, kills, a server that restarts."""

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, Literal, cast

import pytest

from bot.adapters.telegram.watchdog import Watchdog
from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from state.postgres.store import PostgresStore
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.adapters.telegram.test_kills import (
    DONE_BEFORE,
    Patient,
    act_until,
    has_made,
)
from tests.adapters.telegram.test_random_conversations import (
    PATIENCE,
    REFUSED_RIGHTLY,
    CordCall,
    Person,
    until,
)
from tests.adapters.telegram.test_watchdog import Manager
from tests.botapi import BotApi
from tests.forked import run
from tests.postgres.fixtures import require_server
from tests.postgres.server import Place, Server, free_port

NAME = "cordcall"
WITHOUT_THIS = "I cannot work this out"
BEGUN = "a new database was begun"
PEOPLE = 4
LONGEST_MOMENT_S = 0.15
LOOK_AGAIN_S = 0.02
HOW: tuple[Literal["fast", "immediate"], ...] = ("fast", "immediate")  # the latter as a crash does


class WhenBack:
    """A store, or a part of one, which is asked again while its server is away."""

    def __init__(self, part: object) -> None:
        self._part = part

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        return self._again(found) if callable(found) else WhenBack(found)

    def _again(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def reading(*given: object) -> Any:
            until = time.monotonic() + PATIENCE
            while True:
                try:
                    return read(*given)
                except StoreError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(LOOK_AGAIN_S)

        return reading


class AtACrash(Patient):
    """A user whose tap may be noted, be lost with the server and come again from Telegram."""

    @property
    def waits(self) -> bool:
        ours = f'"id": {self.phone.user.id},'
        kept = [json.dumps(each.body) for each in self.server.updates.waiting]
        return super().waits or any(ours in each for each in kept)


@pytest.fixture
def postgres() -> Iterator[Server]:
    require_server()
    place = Place()
    server = Server.begun(place, wal_writer_delay="10s").start()
    server.sql("CREATE ROLE worker LOGIN")
    server.sql(f"CREATE DATABASE {NAME} OWNER worker")
    yield server
    place.close()


@asynccontextmanager
async def running(
    folder: Path, postgres: Server, **settings: str
) -> AsyncIterator[tuple[CordCall, SqliteStore]]:
    """A running program with its own Bot API server, and its database to inspect."""
    url = postgres.url(NAME, user="worker")
    async with BotApi() as server:
        program = CordCall(server, folder, CORDCALL_DATABASE=url, **settings)
        await program.start()
        try:
            await server.until(lambda: server.calls.of("getMe"), PATIENCE)
            with closing(PostgresStore(Address.read(url))) as store:
                yield program, cast("SqliteStore", WhenBack(store))
        finally:
            await program.kill()


async def test_a_whole_conversation(tmp_path: Path, postgres: Server, machine: FlowMachine) -> None:
    """Every tap is answered and shows, nothing is refused, every case matches its answers."""
    async with running(tmp_path, postgres) as (program, store):
        async with asyncio.TaskGroup() as together:
            for number in range(PEOPLE):
                person = Person(program.server, store, machine, number)
                together.create_task(person.converse(20))
        assert await program.stop() == 0
        assert program.server.refused_but(*REFUSED_RIGHTLY) == []
        assert program.trouble() == []
        await program.start()
        await person.type("/card")
    begun = [line for line in (tmp_path / "log").read_text().splitlines() if BEGUN in line]
    assert [json.loads(line)["path"] for line in begun] == [shown(postgres)]


@pytest.mark.parametrize("how", HOW)
async def test_what_is_tapped_while_the_server_is_away_is_done_when_it_is_back(
    tmp_path: Path, postgres: Server, machine: FlowMachine, how: Literal["fast", "immediate"]
) -> None:
    """Nothing is lost, nothing is done twice, and nobody is told twice to do without."""
    async with running(tmp_path, postgres) as (program, store):
        ann = Patient(program.server, store, machine, 1)
        await ann.begin()
        await ann.go_forward()
        given = sum(ann.answers().values())
        await asyncio.to_thread(postgres.stop, how)
        message = ann.phone.last
        tap = ann.phone.taps(message, message.buttons[0][0])
        ann.phone.types("/plan all")
        await asyncio.sleep(1)
        await asyncio.to_thread(postgres.start)
        await ann.phone.gets_answer(tap, PATIENCE)
        await program.server.until(lambda: len(program.server.updates) == 0, PATIENCE)
        await ann.settle()
        assert sum(ann.answers().values()) == given + 1
        plans = [each for each in ann.phone.bot_messages if "· Sources" in each.text]
        told = [each for each in ann.phone.bot_messages if WITHOUT_THIS in each.text]
        assert len(plans) == 1 and len(told) <= 1
        ann.assert_nothing_is_lost()
        assert await program.stop() == 0


async def test_a_terminal_writes_beside_a_running_worker(
    tmp_path: Path, postgres: Server, machine: FlowMachine
) -> None:
    """Each has its own chat; one sends nothing to the other's, and the doctor counts one worker."""
    url = postgres.url(NAME, user="worker")
    folder = tmp_path / "terminal"
    folder.mkdir()
    async with running(tmp_path, postgres) as (program, store):
        ann = Person(program.server, store, machine, 1)
        await ann.begin()
        conversing = asyncio.create_task(ann.converse(10))
        for _ in range(3):
            talked = await asyncio.to_thread(
                run, folder, "chat", given=b"/triage\n1\n/quit\n", CORDCALL_DATABASE=url,
                CORDCALL_TIMEZONE="UTC",
            )  # fmt: skip
            assert (talked.status, talked.err) == (0, "")
            assert b"Noted \xe2\x80\x93 Cord signs: Limb weakness." in talked.out
        await conversing
        doctor = await asyncio.to_thread(
            run, folder, "doctor", CORDCALL_DATABASE=url, CORDCALL_TIMEZONE="UTC"
        )
        assert b"ok    bot          one is running on this database\n" in doctor.out
        assert store.outbox.queued("terminal") == []
        assert await program.stop() == 0
        assert program.trouble() == []
        assert program.server.refused_but(*REFUSED_RIGHTLY) == []


async def test_health_and_metrics_tell_whether_the_server_is_there(
    tmp_path: Path, postgres: Server
) -> None:
    where = f"127.0.0.1:{free_port()}"
    async with running(tmp_path, postgres, CORDCALL_HEALTH_LISTEN=where) as (program, _):
        await becomes(where, 200)
        assert "cordcall_database_readable 1\n" in (await asked(where, "/metrics"))[1]
        await asyncio.to_thread(postgres.stop)
        status, said = await asked(where, "/healthz")
        assert status == 503 and json.loads(said)["database_writable"] is False
        assert "cordcall_database_readable 0\n" in (await asked(where, "/metrics"))[1]
        await asyncio.to_thread(postgres.start)
        await becomes(where, 200)
        assert "cordcall_database_readable 1\n" in (await asked(where, "/metrics"))[1]
        assert await program.stop() == 0


async def test_the_watchdog_is_fed_although_the_server_is_away(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    monkeypatch.setenv("WATCHDOG_USEC", "150000")
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    url = postgres.url(NAME, user="worker")
    with (
        closing(Manager(str(tmp_path / "notify"))) as manager,
        closing(PostgresStore(Address.read(url))) as store,
    ):
        postgres.stop()
        feeding = asyncio.create_task(Watchdog(store).run())
        await until(lambda: manager.hears("WATCHDOG=1"))
        feeding.cancel()


@pytest.mark.slow
async def test_conversations_survive_kills_of_the_worker_and_restarts_of_the_server(
    tmp_path: Path, postgres: Server, machine: FlowMachine
) -> None:
    """Nothing acknowledged is lost or counted twice; each case resumes at its question."""
    chance = random.Random(18)
    async with running(tmp_path, postgres) as (program, store):
        patients = [AtACrash(program.server, store, machine, n) for n in range(PEOPLE)]
        ended = asyncio.Event()
        async with asyncio.TaskGroup() as together:
            for patient in patients:
                await patient.begin()
                together.create_task(act_until(patient, ended))
            for event in chance.sample(("kill", "kill", "kill", *HOW, "both"), 6):
                enough = len(program.server.calls) + chance.randint(1, 12)
                await program.server.until(lambda e=enough: has_made(program, e), PATIENCE)
                await asyncio.sleep(chance.uniform(0, LONGEST_MOMENT_S))
                await undergo(event, program, postgres)
                left = {row.id for row in store.outbox.queued()}
                await until(lambda left=left: left.isdisjoint(r.id for r in store.outbox.queued()))
            ended.set()
        for patient in patients:
            await patient.assert_goes_on_where_it_stood()
            await patient.go_forward()
            patient.assert_nothing_is_lost()
        assert store.outbox.queued() == []
        assert await program.stop() == 0
        assert program.server.refused_but(*REFUSED_RIGHTLY, *DONE_BEFORE) == []


def shown(postgres: Server) -> str:
    return str(Address.read(postgres.url(NAME, user="worker")))


async def asked(where: str, path: str) -> tuple[int, str]:
    """Ask a health probe; return its status and what it says."""
    reader, writer = await asyncio.open_connection(*where.split(":"))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {where}\r\n\r\n".encode())
    head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
    writer.close()
    return int(head.split()[1]), body


async def becomes(where: str, status: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await is_now(where, status):
            await asyncio.sleep(LOOK_AGAIN_S)


async def is_now(where: str, status: int) -> bool:
    try:
        return (await asked(where, "/healthz"))[0] == status
    except OSError:
        return False


async def undergo(event: str, program: CordCall, postgres: Server) -> None:
    """Kill the worker and start it again, restart the server, or both."""
    if event in ("kill", "both"):
        await program.kill()
    if event != "kill":
        await asyncio.to_thread(postgres.restart, "fast" if event == "fast" else "immediate")
    if event in ("kill", "both"):
        await program.start()
