"""One bad row, a late refusal, a stop: one chat's failure leaves nobody else in silence."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Command, Incoming
from bot.service.service import Service
from state.records import Priority
from state.store import Store
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running
from tests.botapi import BotApi, PersonInChat
from tests.conftest import NOON
from tests.faults.outages import database, outage
from tests.faults.steps import EMERGENCY, all_is_sent, case_of, until, with_text
from tests.faults.test_disk import WITHOUT_THIS
from tests.workers import count_two

__all__ = ["database"]
HELP = "About CordCall: "
BLOCKED = "Forbidden: bot was blocked by the user"
SHORT = 0.2


def queue(
    store: Store,
    screens: list[str],
    priority: Priority,
    *,
    chat: str = "1001",
    code: str | None = None,
) -> None:
    with store.turn():
        store.outbox.enqueue(
            chat=chat, code=code, screens=screens, token=None, query=None, tapped=None,
            anew=False, priority=priority, at=NOON,
        )  # fmt: skip


def asks(service: Service, chat: str, command: str) -> None:
    """Queue the answer to a command without waking the sender."""
    replace(service, touch=True).take(Incoming(chat, chat, Command(command)))


async def test_a_row_that_cannot_be_drawn_and_need_not_be_silences_nobody(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    queue(service.store, ["[1,2]"], Priority.CARD, code=case_of(service).code)
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY)
    ann.types("/help")
    await ann.sees(HELP)
    await all_is_sent(service.store)
    assert with_text(ann, WITHOUT_THIS) == []


async def test_a_row_that_cannot_be_read_says_what_to_do_even_where_that_fails_at_first(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    queue(service.store, ["{}"], Priority.ANSWER)
    with service.store.turn() as store:
        store.database.execute("UPDATE outbox SET screens = 'no JSON'")
    server.faults.close("sendMessage", after=False)
    bot._sender.wake("1001")
    assert "Spinal coordinator" in (await ann.sees(WITHOUT_THIS)).text
    ann.types("/help")
    await ann.sees(HELP)
    await all_is_sent(service.store)
    assert len(with_text(ann, WITHOUT_THIS)) == 1


async def test_a_refusal_that_comes_late_drops_nothing_that_was_asked_since(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.faults.delay(SHORT, "sendMessage")
    refusal = server.faults.refuse(403, BLOCKED, "sendMessage")
    with service.store.turn() as store:
        store.cases.activate("1001", None)
    asks(service, "1001", "privacy")
    bot._sender.wake("1001")
    await until(lambda: refusal.hits)
    ann.chat.bot_status = "kicked"
    ann.unblocks()
    ann.types("/help")
    await ann.sees(HELP)
    await all_is_sent(service.store)
    assert len(ann.bot_messages) == 1
    row = service.store.database.execute(
        "SELECT coalesce(unreachable, 0) FROM chats WHERE chat = '1001'"
    ).fetchone()
    assert row == (0,)


async def test_a_stop_waits_for_what_is_begun_during_it(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob = server.private_chat(1002, "Bob")
    server.faults.delay(SHORT, "sendMessage", 1001)
    server.faults.delay(2 * SHORT, "sendMessage", 1002)
    asks(service, "1001", "help")
    asks(service, "1002", "help")
    bot._sender.wake("1001")
    finishing = asyncio.create_task(bot._sender.finish(10 * SHORT))
    await asyncio.sleep(SHORT / 2)
    bot._sender.wake("1002")
    await finishing
    assert with_text(ann, HELP) and with_text(bob, HELP)


async def test_a_stop_leaves_to_other_workers_what_it_might_not_finish(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    count_two(monkeypatch, service.store)
    delay = server.faults.delay(SHORT, "sendMessage", times=None)
    for _ in range(3):
        asks(service, "1001", "help")
    bot._sender.wake("1001")
    await until(lambda: delay.hits)
    await bot._sender.finish(1.5 * SHORT)
    assert len(with_text(ann, HELP)) == 1
    assert [row.sending for row in service.store.outbox.queued("1001")] == [False, False]
    bot._sender.wake("1001")
    assert not bot._sender._tasks


async def test_a_redraw_takes_no_answer_away_and_one_before_an_emergency_does_not_wait(
    bot: TelegramBot, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    await all_is_sent(service.store)
    code = case_of(service).code
    queue(service.store, ["answer"], Priority.ANSWER, code=code)
    queue(service.store, ["board"], Priority.CARD, code=code)
    chosen = bot._sender._choosing.next("1001")
    assert chosen is not None and chosen.row.priority is Priority.ANSWER
    with service.store.turn() as store:
        store.outbox.sent([chosen.row.id])
        (board,) = store.outbox.queued("1001")
        store.outbox.note_sending(board, 0, sending=True)
    queue(service.store, ["alert"], Priority.EMERGENCY, code=code)
    chosen = bot._sender._choosing.next("1001")
    assert chosen is not None
    assert (chosen.row.priority, chosen.paced_as) == (Priority.CARD, Priority.EMERGENCY)


async def test_an_outage_is_told_to_no_group_and_no_stranger(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.private_chat(2002, "Eve")
    async with running(server, replace(service, access=only("1001"))) as bot:
        for chat in ("-5", "2002", "1001"):
            queue(service.store, ["{}"], Priority.ANSWER, chat=chat)
        with outage("unreadable", service.store):
            for chat in ("-5", "2002", "1001"):
                bot._sender.wake(chat)
            await ann.sees(WITHOUT_THIS)
            await asyncio.sleep(SHORT)
            calls = server.calls.of("sendMessage")
            assert {call.params.integer("chat_id") for call in calls} == {1001}


@pytest.mark.usefixtures("hurry")
async def test_an_outage_whose_telling_gets_no_answer_is_told_at_most_twice(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.faults.refuse(500, "Internal Server Error", "sendMessage", after=True, times=4)
    with outage("read-only", service.store):
        ann.types("/triage")
        await until(lambda: len(with_text(ann, WITHOUT_THIS)) == 2)
        await asyncio.sleep(5 * SHORT)
        assert len(with_text(ann, WITHOUT_THIS)) == 2


async def test_an_outage_that_is_over_is_not_told(
    bot: TelegramBot, server: BotApi, ann: PersonInChat
) -> None:
    bot._sender._pace.flooded("1001", SHORT)
    bot._sender.outage.tell("1001")
    bot._sender.outage.is_over()
    await asyncio.sleep(2 * SHORT)
    assert server.calls.of("sendMessage") == []
