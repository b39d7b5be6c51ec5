"""Somebody is removed from CORDCALL_OWNERS: the real program offers their cases at its next start.

Each start is a process of its own, against the strict server.
"""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_random_conversations import CordCall
from tests.botapi import BotApi
from tests.faults.steps import PATIENCE, all_is_sent

ANN, BOB, CAT = 1001, 1002, 1003
OFFER = "Unattended cases"


def program(server: BotApi, folder: Path, *owners: int) -> CordCall:
    ids = ",".join(map(str, owners))
    return CordCall(server, folder, CORDCALL_ACCESS="invite", CORDCALL_OWNERS=ids)


@pytest.mark.slow
async def test_after_a_restart_without_her_one_of_the_others_goes_on(tmp_path: Path) -> None:
    async with BotApi() as server:
        ann, bob = server.private_chat(ANN, "Ann"), server.private_chat(BOB, "Bob")
        cat = server.private_chat(CAT, "Cat")
        first = program(server, tmp_path, ANN, BOB, CAT)
        await first.start()
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY", PATIENCE)
        for each in (bob, cat):
            each.types("/version")
            await each.sees("Policy: stepwise", PATIENCE)
        assert await first.stop() == 0
        with closing(SqliteStore(first.database)) as store:
            case = store.cases.active(str(ANN))
            assert case is not None
        seen = len(ann.bot_messages)
        server.calls.clear()
        for _ in range(2):
            again = program(server, tmp_path, BOB, CAT)
            await again.start()
            offered = await bob.sees(OFFER, PATIENCE)
            await cat.sees(OFFER, PATIENCE)
            await again.stop()
        said = [message.text for each in (bob, cat) for message in each.bot_messages]
        assert sum(OFFER in text for text in said) == 2
        loud = [
            call.params.values["chat_id"]
            for call in server.calls.of("sendMessage")
            if not call.params.boolean("disable_notification")
        ]
        assert sorted(map(int, loud)) == [BOB, CAT]
        again = program(server, tmp_path, BOB, CAT)
        await again.start()
        one, two = (bob.taps(offered, f"Take over {case.code}") for _ in range(2))
        await asyncio.gather(bob.gets_answer(one), bob.gets_answer(two))
        late = await cat.sees(OFFER, PATIENCE)
        await tap(cat, late, f"Take over {case.code}")
        await cat.sees(f"{case.code}: a colleague has taken it over at", PATIENCE)
        await tap(bob, await bob.sees("Do now", PATIENCE), "Continue")
        question = await bob.sees("Which cord signs are new?", PATIENCE)
        await tap(bob, question, "Bladder")
        assert await again.stop() == 0
        (told,) = ann.bot_messages[seen:]
        assert "You have been removed" in told.text
        with closing(SqliteStore(again.database)) as store:
            await all_is_sent(store)
            moved = store.cases.find(case.code)
            assert moved is not None
            assert (moved.chat, moved.owner) == (str(BOB), str(BOB))
            assert [each.who for each in moved.answers] == [str(ANN), str(BOB)]
            assert store.reminders.pending(case.code)
            (kept,) = store.database.execute("SELECT count(*) FROM cases").fetchone()
            assert kept == 1
