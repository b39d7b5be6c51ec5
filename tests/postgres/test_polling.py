"""Two workers without a webhook, as real processes: the leader polls, and is replaced."""

import asyncio
import signal
import time
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest

from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from state.postgres.store import PostgresStore
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_kills import Patient
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.postgres.fixtures import require_server
from tests.postgres.server import Place, Server

PATIENCE = 20.0
SECONDS_TO_TAKE_OVER = 15.0


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
async def test_the_other_worker_polls_within_15_s_once_the_leader_is_gone(
    tmp_path: Path, machine: FlowMachine, how: signal.Signals
) -> None:
    """Nothing is lost or said twice, and one that only hung polls no more."""
    require_server()
    place = Place()
    postgres = Server.begun(place).start()
    postgres.sql("CREATE DATABASE cordcall")
    url = postgres.url("cordcall")
    async with BotApi() as server:
        programs = list[CordCall]()
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            programs.append(CordCall(server, tmp_path / name, CORDCALL_DATABASE=url))
        one, two = programs
        try:
            await one.start()
            await server.until(lambda: server.calls.of("setMyCommands"), PATIENCE)
            await two.start()
            with closing(PostgresStore(Address.read(url))) as store:
                ann = Patient(server, cast("SqliteStore", store), machine, 1)
                await ann.begin()
                await ann.go_forward()
                given = sum(ann.answers().values())
                one._process.send_signal(how)
                if how is signal.SIGTERM:
                    await one._process.wait()
                gone = time.monotonic()
                message = ann.phone.last
                tap = ann.phone.taps(message, message.buttons[0][0])
                await ann.phone.gets_answer(tap, PATIENCE)
                assert time.monotonic() - gone < SECONDS_TO_TAKE_OVER
                await ann.settle()
                assert sum(ann.answers().values()) == given + 1
                if how is signal.SIGSTOP:
                    one._process.send_signal(signal.SIGCONT)
                    await asyncio.sleep(3)
                    await ann.go_forward()
                ann.assert_nothing_is_lost()
            assert await two.stop() == 0
        finally:
            for program in programs:
                await program.kill()
            place.close()
