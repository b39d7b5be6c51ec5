"""The steps of docs/operations.md from a file to PostgreSQL and back, run as they stand."""

from contextlib import closing
from pathlib import Path

import pytest

from bot.database_address import Address
from bot.flows.triage import FLOW
from state.postgres.store import PostgresStore
from tests.botapi import BotApi
from tests.dialogue import FIRST, typed
from tests.faults.steps import FIRST_QUESTION
from tests.postgres.server import Server
from tests.test_drills import blocks, machine

ON_THE_PAGE = "postgresql://cordcall@db.example/cordcall?sslmode=verify-full"


@pytest.mark.slow
async def test_from_one_to_many_and_back(
    tmp_path: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url = postgres_server.url(postgres_empty)
    there, check, back = (each.replace(ON_THE_PAGE, url) for each in blocks("From one to many"))
    async with BotApi() as server, machine(tmp_path, server) as hospital:
        ann = server.private_chat(1001, "Ann")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
        key, put_away = hospital.key_file, hospital.key_file.with_name("put away")

        _, rows, now, _ = (await hospital.runs(there)).splitlines()
        assert now.startswith(f"CORDCALL_DATABASE={url}: set this before the next start")
        former = hospital.database.read_bytes()
        hospital.environment["CORDCALL_DATABASE"] = url
        key.rename(put_away)  # what unsets CORDCALL_KEY_FILE here
        said = await hospital.runs(check.replace("ANCHOR", rows.rpartition("; ")[2]))
        assert "are as written" in said
        ann.types(typed(FLOW.questions[FIRST], []))
        await ann.sees("None of these. Is that right?")
        with closing(PostgresStore(Address.read(url))) as store:
            assert len(store.cases.codes_open("1001")) == 1
            assert store.cases.find("KES-42")

        put_away.rename(key)
        said = await hospital.runs(back)
        assert said.startswith(f"{tmp_path}/var/lib/cordcall/back.db: written and checked; cases: ")
        hospital.environment["CORDCALL_DATABASE"] = f"{tmp_path}/var/lib/cordcall/back.db"
        await hospital.runs("systemctl start cordcall")
        ann.types("/help")
        await ann.sees("About CordCall")
        await hospital.runs("systemctl stop cordcall")
        assert hospital.database.read_bytes() == former
