"""Out of use on a phone: every act is answered with why and whom to call, over restarts too."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from state.key import read_key, write_new_key
from state.records import Switch
from state.sqlite.store import SqliteStore
from tests.access import open_to_all
from tests.adapters.telegram.test_conversation import CALL, card_of, running, tap
from tests.adapters.telegram.test_random_conversations import CordCall, opened
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.faults.steps import PATIENCE, all_is_sent, case_of, until, with_text
from tests.forked import run
from tests.stored import place_of

ANN, BOB = 1001, 1002
SAID = f"Do not use CordCall – call {CALL}. Reason: wrong dose."
BACK = "CordCall is in use again."


@pytest.fixture
def bob(server: BotApi) -> PersonInChat:
    return server.private_chat(BOB, "Bob")


@pytest.fixture
def owned(service: Service) -> Service:
    return replace(service, access=open_to_all(str(ANN)))


@pytest.fixture
async def bot(server: BotApi, owned: Service) -> AsyncIterator[TelegramBot]:
    async with running(server, owned) as bot:
        yield bot


async def test_an_owner_stops_every_answer_and_puts_it_back(
    bot: TelegramBot, server: BotApi, owned: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    card = await card_of(bob)
    await tap(bob, card, "Gait or balance")
    await bob.sees("EMERGENCY")
    await all_is_sent(owned.store)
    question, before = bob.last, case_of(owned, str(BOB))
    ann.types("/outofuse wrong dose")
    told = await bob.sees(f"{before.code}: MRI by Mon 23 Nov 00:00 UTC, as last shown")
    assert SAID in told.text
    for _ in range(3):
        assert await tap(bob, question, "Done") == SAID
    await all_is_sent(owned.store)
    assert len(with_text(bob, SAID)) == 2
    for line in ("/card", "gait", "/triage"):
        bob.types(line)
    await until(lambda: len(with_text(bob, SAID)) == 5)
    query = bob.asks_inline("dex")
    await server.until(lambda: query.answered)
    assert [each["description"] for each in query.results] == [SAID]
    assert SAID in bob.picks(query).text
    assert case_of(owned, str(BOB)) == before and question.text == question.versions[0].text
    ann.types("/inuse")
    await bob.sees(BACK)
    await tap(bob, question, "Done")
    await bob.sees("Any sign of infection?")
    assert len(with_text(bob, BACK)) == len(with_text(ann, BACK)) - 1 == 1
    assert server.refused_but() == []


@pytest.mark.usefixtures("hurry")
async def test_what_a_flood_held_back_is_not_shown_any_more(
    bot: TelegramBot, server: BotApi, owned: Service, ann: PersonInChat, bob: PersonInChat
) -> None:
    await card_of(bob)
    await all_is_sent(owned.store)
    server.faults.flood(retry_after=1, method="sendMessage", chat_id=BOB)
    bob.types("/drug prolia")
    await until(lambda: owned.store.outbox.queued(str(BOB)))
    ann.types("/outofuse wrong dose")
    await bob.sees(SAID)
    await all_is_sent(owned.store)
    assert with_text(bob, "denosumab") == []


@pytest.mark.usefixtures("hurry")
async def test_started_out_of_use_it_catches_up_once_it_is_back(
    server: BotApi, owned: Service, ann: PersonInChat, bob: PersonInChat, clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.adapters.telegram.catching_up.FIRST_PAUSE", 0.05)
    monkeypatch.setattr("bot.adapters.telegram.catching_up.LONGEST_PAUSE", 0.05)
    monkeypatch.setattr("bot.adapters.telegram.reminder_loop.LONGEST_SLEEP", 0.05)
    async with running(server, owned):
        await tap(bob, await card_of(bob), "Gait or balance")
        await bob.sees("EMERGENCY")
        await all_is_sent(owned.store)
    with owned.store.turn() as store:
        store.out_of_use.keep(Switch("wrong dose", ""))
        store.database.execute("UPDATE cases SET ruleset = 'older', told = NULL")
        store.reminders.set(case_of(owned, str(BOB)).code, ())
    clock.pass_by(minutes=10)
    async with running(server, owned):
        await bob.sees(SAID)
        await all_is_sent(owned.store)
        assert with_text(bob, "I was away") == with_text(bob, "newer rules") == []
        ann.types("/inuse")
        await bob.sees(BACK)
        await bob.sees("newer rules")
        await bob.sees("I was away")
        await until(lambda: owned.store.reminders.pending(case_of(owned, str(BOB)).code))


async def test_reminders_are_worked_out_anew_each_time_it_is_back(
    server: BotApi, owned: Service, ann: PersonInChat, bob: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("bot.adapters.telegram.reminder_loop.LONGEST_SLEEP", 0.05)
    async with running(server, owned):
        await tap(bob, await card_of(bob), "Gait or balance")
        await bob.sees("EMERGENCY")
        code = case_of(owned, str(BOB)).code
        ann.types("/outofuse wrong dose")
        await bob.sees(SAID)
        with owned.store.turn() as store:
            store.reminders.set(code, ())
        await asyncio.sleep(0.2)
        assert owned.store.reminders.pending(code) == []
        ann.types("/inuse")
        await until(lambda: owned.store.reminders.pending(code))


@pytest.mark.slow
async def test_the_real_program_tells_each_once_over_restarts(tmp_path: Path) -> None:
    async with BotApi() as server:
        ann, bob = server.private_chat(ANN, "Ann"), server.private_chat(BOB, "Bob")

        async def runs(**settings: str) -> CordCall:
            ids = f"{ANN},{BOB}"
            program = CordCall(
                server, tmp_path, CORDCALL_ACCESS="invite", CORDCALL_OWNERS=ids,
                CORDCALL_CALL=CALL, **settings,
            )  # fmt: skip
            await program.start()
            return program

        first = await runs()
        await tap(bob, await card_of(bob), "Gait or balance")
        await bob.sees("EMERGENCY", PATIENCE)
        ann.types("/outofuse wrong dose")
        await bob.sees(SAID, PATIENCE)
        await ann.sees(SAID, PATIENCE)
        with opened(first.database) as store:
            await all_is_sent(store)
        await first.kill()
        for _ in range(2):
            again = await runs()
            bob.types("/card")
            count = len(bob.bot_messages)
            await until(lambda count=count: len(bob.bot_messages) > count)
            assert await again.stop() == 0
        assert {SAID in message.text for message in bob.bot_messages[-2:]} == {True}
        assert len(with_text(ann, SAID)) == 1
        last = await runs()
        ann.types("/inuse")
        await bob.sees(BACK, PATIENCE)
        bob.types("/card")
        await bob.sees("MRI: whole spine", PATIENCE)
        assert await last.stop() == 0
        by_setting = await runs(CORDCALL_OUT_OF_USE="wrong dose")
        await until(lambda: len(with_text(ann, SAID)) == 2)
        assert await by_setting.stop() == 0
        last = await runs()
        await until(lambda: len(with_text(ann, BACK)) == 3)
        assert await last.stop() == 0
        with opened(last.database) as store:
            assert store.out_of_use.kept() == Switch()
        assert last.trouble() == [] and "wrong dose" not in (tmp_path / "log").read_text()


async def test_open_to_everybody_an_owner_may_still_stop_it(
    server: BotApi, tmp_path: Path, ann: PersonInChat, bob: PersonInChat
) -> None:
    program = CordCall(server, tmp_path, CORDCALL_CALL=CALL, CORDCALL_OWNERS=str(ANN))
    await program.start()
    bob.types("/outofuse right dose")
    await bob.sees("Only an owner may", PATIENCE)
    ann.types("/outofuse wrong dose")
    await ann.sees(SAID, PATIENCE)
    bob.types("/triage")
    await bob.sees(SAID, PATIENCE)
    assert await program.stop() == 0


@pytest.mark.parametrize("by", ["setting", "owner", "owner, encrypted"])
async def test_assess_refuses_as_well(tmp_path: Path, owned: Service, by: str) -> None:
    environment = {"CORDCALL_CALL": CALL}
    if by == "setting":
        environment["CORDCALL_OUT_OF_USE"] = "wrong dose"
    elif by == "owner":
        with owned.store.turn() as store:
            store.out_of_use.keep(Switch("wrong dose", ""))
        environment["CORDCALL_DATABASE"] = place_of(owned.store)
    else:
        database, file = tmp_path / "data" / "cordcall.db", tmp_path / "key"
        database.parent.mkdir()
        write_new_key(file, database)
        with closing(SqliteStore(database, key=read_key(file, database))) as kept, kept.turn():
            kept.out_of_use.keep(Switch("wrong dose", ""))
        environment |= {"CORDCALL_DATABASE": str(database), "CORDCALL_KEY_FILE": str(file)}
    given = json.dumps({"cord_signs": ["gait"]}).encode()
    done = await asyncio.to_thread(run, tmp_path, "assess", given=given, **environment)
    assert done == (2, b"", f"cordcall: {SAID}\n")
