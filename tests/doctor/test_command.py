"""`cordcall doctor` as a real process: beside a running bot, without one, and after a kill."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.facts import _ahead
from state.key import read_key, write_new_key
from state.lock import BOT, TERMINAL, Lock, is_held
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.faults.steps import PATIENCE
from tests.forked import run
from tests.shares import quick_for
from tests.state.contract.values import a_case, add

ANN = 1001


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


async def doctor(
    folder: Path, server: BotApi | None, *options: str, **more: str
) -> tuple[int, str, str]:
    """Run the command with the settings of a deployment."""
    environment = {
        "CORDCALL_DATABASE": str(folder / "cordcall.db"),
        "CORDCALL_TIMEZONE": "UTC",
        "CORDCALL_CALL": "coordinator, 4321",
        "CORDCALL_OWNERS": str(ANN),
        "CORDCALL_PLAINTEXT": "accept",
        **({"TELEGRAM_BOT_TOKEN": server.token, "TELEGRAM_API_URL": server.url} if server else {}),
        **more,
    }
    done = await asyncio.to_thread(run, folder, "doctor", *options, **environment)
    return done.status, done.out.decode(), done.err


async def found(folder: Path, server: BotApi | None, **more: str) -> dict[str, dict[str, Any]]:
    _, said, errors = await doctor(folder, server, "--json", **more)
    assert errors == ""
    lines = [json.loads(line) for line in said.splitlines()]
    return {line["check"]: line for line in lines}


def snapshot(folder: Path) -> dict[str, object]:
    """Read every file but the index of SQLite's log, which readers share."""
    return {
        each.name: (each.stat().st_mtime_ns, each.stat().st_mode, each.read_bytes())
        for each in folder.iterdir()
        if not each.name.endswith("-shm")
    }


def program(server: BotApi, folder: Path) -> CordCall:
    return CordCall(server, folder, CORDCALL_ACCESS="invite", CORDCALL_OWNERS=str(ANN))


async def test_beside_a_running_bot_it_finds_it_and_changes_nothing(
    server: BotApi, tmp_path: Path
) -> None:
    ann = server.private_chat(ANN, "Ann")
    bot = program(server, tmp_path)
    await bot.start()
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY", PATIENCE)
    await asyncio.sleep(0.3)
    server.calls.clear()
    names = {each.name for each in tmp_path.iterdir()}
    status, said, errors = await doctor(tmp_path, server)
    asked = {call.method for call in server.calls if call.method != "getUpdates"}
    assert asked == {"getMe", "getWebhookInfo"}
    assert {each.name for each in tmp_path.iterdir()} == names
    assert (status, errors) == (1, "")
    bad = [line for line in said.splitlines() if not line.startswith("ok ")]
    assert bad == [
        "warn  key          the database is not encrypted – "
        "keep it and its backups on an encrypted disk, or set CORDCALL_KEY_FILE"
    ]
    assert "ok    bot          one is running on this database" in said
    assert "open cases: 1" in said
    for secret in (str(ANN), server.token, server.token.partition(":")[2], "Ann"):
        assert secret not in said
    ann.types("/card")
    await ann.sees("MRI: whole spine", PATIENCE)
    assert await bot.stop() == 0
    assert bot.trouble() == []


@pytest.mark.parametrize("ended", quick_for(["stopped", "killed"], "stopped"))
async def test_without_a_bot_not_a_byte_is_changed(
    server: BotApi, tmp_path: Path, ended: str
) -> None:
    ann = server.private_chat(ANN, "Ann")
    bot = program(server, tmp_path)
    await bot.start()
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY", PATIENCE)
    await (bot.stop() if ended == "stopped" else bot.kill())
    before = snapshot(tmp_path)
    made_or_removed_at = tmp_path.stat().st_mtime_ns
    checks = await found(tmp_path, server)
    assert snapshot(tmp_path) == before
    assert tmp_path.stat().st_mtime_ns == made_or_removed_at
    assert checks["bot"]["said"] == "none is running on this database"
    assert (checks["database"]["result"], checks["database"]["said"]) == (
        "ok", "is whole; open cases: 1",
    )  # fmt: skip


async def test_an_encrypted_database_is_read_with_its_key_alone(
    server: BotApi, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    file, other = tmp_path / "key", tmp_path / "other"
    for each in (file, other):
        write_new_key(each, folder / "cordcall.db")
    key = read_key(file, folder / "cordcall.db")
    with closing(SqliteStore(folder / "cordcall.db", key=key)) as store:
        add(store, a_case())
    before = snapshot(folder)
    checks = await found(folder, server, CORDCALL_PLAINTEXT="", CORDCALL_KEY_FILE=str(file))
    assert (checks["key"]["result"], checks["key"]["said"]) == ("ok", "the database is encrypted")
    assert checks["database"]["said"] == "is whole; open cases: 1"
    checks = await found(folder, server, CORDCALL_KEY_FILE=str(other))
    assert "not known" in checks["key"]["said"] and "not known" in checks["retention"]["said"]
    assert "is not its key" in checks["database"]["said"] and checks["database"]["result"] == "fail"
    checks = await found(folder, server)
    assert {checks[each]["result"] for each in ("key", "database")} == {"fail"}
    file.chmod(0o644)
    checks = await found(folder, server, CORDCALL_KEY_FILE=str(file))
    assert "others can read" in checks["key"]["said"] and "chmod 600" in checks["key"]["do"]
    assert snapshot(folder) == before
    file.chmod(0o600)
    copy = folder / "cordcall.db.replaced-2026-11-27T000000Z"
    SqliteStore(copy).close()
    checks = await found(folder, server, CORDCALL_KEY_FILE=str(file))
    assert (checks["key"]["result"], checks["key"]["do"]) == ("warn", f"shred -u {copy.name}")


async def test_before_the_first_start_nothing_is_made(server: BotApi, tmp_path: Path) -> None:
    status, said, _ = await doctor(tmp_path, server, CORDCALL_OWNERS="0")
    assert status == 1
    assert "ok    database     there is none yet" in said
    assert "warn  members      nobody may use it yet" in said
    assert list(tmp_path.iterdir()) == []


async def test_a_lost_database_is_no_first_start(server: BotApi, tmp_path: Path) -> None:
    (tmp_path / "cordcall.db.replaced-2026-11-22T120000Z").touch()
    status, said, _ = await doctor(tmp_path, server)
    assert status == 2
    assert re.search(r"^fail  database .* is missing, but cordcall\.db\.rep", said, re.MULTILINE)


async def test_a_damaged_database_a_refused_token_and_a_wrong_setting_fail(
    server: BotApi, tmp_path: Path
) -> None:
    with closing(SqliteStore(tmp_path / "cordcall.db")) as store:
        add(store, a_case())
    with (tmp_path / "cordcall.db").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    before = snapshot(tmp_path)
    status, said, errors = await doctor(tmp_path, server, TELEGRAM_BOT_TOKEN="999:" + "A" * 35)
    assert (status, errors) == (2, "")
    assert "fail  token        Telegram refuses it" in said
    assert re.search(r"^fail  database .* is damaged", said, re.MULTILINE)
    assert "AAAA" not in said
    assert snapshot(tmp_path) == before
    status, said, errors = await doctor(tmp_path, server, CORDCALL_POLICY="fast")
    assert (status, errors) == (2, "")
    assert said == (
        "fail  settings     CORDCALL_POLICY: 'fast' given – allowed: stepwise, nice, strictest\n"
    )


async def test_a_foreign_file_is_not_taken_for_ours(server: BotApi, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "cordcall.db")) as other:
        other.execute("CREATE TABLE x (y)")
    checks = await found(tmp_path, server)
    assert checks["database"]["said"] == "is another program's"


async def test_an_unreachable_server_is_named_with_its_cause(tmp_path: Path) -> None:
    token = f"123456789:{'Aa0_-' * 7}"
    checks = await found(
        tmp_path, None, TELEGRAM_BOT_TOKEN=token, TELEGRAM_API_URL="http://127.0.0.1:1"
    )
    assert checks["telegram"]["result"] == "fail"
    assert checks["telegram"]["said"] == "no answer: 127.0.0.1:1 refused"
    assert checks["clock"]["result"] == "warn"


async def test_a_web_proxy_that_could_never_be_used_is_found(tmp_path: Path) -> None:
    token = f"123456789:{'Aa0_-' * 7}"
    checks = await found(tmp_path, None, TELEGRAM_BOT_TOKEN=token, HTTPS_PROXY="s3cret@ host")
    assert checks["telegram"]["result"] == "fail"
    assert "HTTPS_PROXY: the value given is no address" in checks["telegram"]["said"]
    assert "s3cret" not in str(checks)


async def test_the_clock_is_compared_with_the_date_of_any_answer(server: BotApi) -> None:
    ahead = await asyncio.to_thread(_ahead, server.url)
    assert ahead is not None
    assert abs(ahead.total_seconds()) <= 2


def test_a_lock_is_seen_without_taking_it(tmp_path: Path) -> None:
    database = tmp_path / "cordcall.db"
    assert not is_held(database, BOT)
    assert not database.exists()
    lock = Lock(database, BOT)
    assert is_held(database, BOT) and not is_held(database, TERMINAL)
    lock.release()
    assert not is_held(database, BOT)
    Lock(database, BOT).release()
