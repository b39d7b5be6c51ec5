"""The database cannot be written at the start, or one case is bad: the start continues."""

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from bot.adapters.telegram import app
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import pace
from bot.service.service import Service
from state.sql.outbox import Outbox
from tests.adapters.telegram.test_conversation import card_of, running
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import Clock
from tests.faults.outages import OUTAGES, database, no_room, outage
from tests.faults.steps import EMERGENCY, all_is_sent, button, case_of, until, with_text
from tests.faults.test_disk import PLANS, WITHOUT_THIS

__all__ = ["database"]
UPDATE = 999
STARTS = 4
A_WHILE = 0.5
STARTS_LATER = pytest.mark.sqlite(
    reason="on PostgreSQL a worker starts once it can work together with the others"
)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(pace, "CHAT_SECONDS", 0.1)


async def stopped_with_a_card(server: BotApi, service: Service, ann: PersonInChat) -> Message:
    async with running(server, service):
        card = await card_of(ann)
        await all_is_sent(service.store)
    return card


def leave_tap(service: Service, card: Message, label: str) -> None:
    """Store a tap as a run does that dies before processing it."""
    token, place = button(card, label)
    tap = json.dumps(("1001", "1001", token, place, None, card.id))
    with service.store.turn() as store:
        store.inbox.receive(UPDATE, tap, service.clock(), again=False)


@pytest.mark.usefixtures("hurry")
@STARTS_LATER
@pytest.mark.parametrize("kind", OUTAGES)
async def test_it_starts_while_the_database_fails_and_catches_up(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock, kind: str
) -> None:
    card = await stopped_with_a_card(server, service, ann)
    leave_tap(service, card, "Gait or balance")
    clock.pass_by(minutes=10)
    for _ in range(PLANS):
        ann.types("/plan all")
    bot = TelegramBot(Api(server.token, server.url), replace(service, touch=True))
    with outage(kind, service.store):
        task = asyncio.create_task(bot.run())
        await ann.sees(WITHOUT_THIS)
    await until(lambda: with_text(ann, EMERGENCY))
    await until(lambda: len(with_text(ann, "· Sources")) == PLANS)
    await all_is_sent(service.store)
    assert case_of(service).latest == {"cord_signs": ["gait"]}
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@STARTS_LATER
async def test_open_cards_are_drawn_again_when_the_database_can_be_written(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    await stopped_with_a_card(server, service, ann)
    clock.pass_by(minutes=10)
    async with AsyncExitStack() as stack:
        with outage("read-only", service.store):
            await stack.enter_async_context(running(server, service))
            assert with_text(ann, "I was away") == []
        await ann.sees("I was away")


async def test_a_tap_that_the_database_refused_at_each_start_is_not_set_aside(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = await stopped_with_a_card(server, service, ann)
    leave_tap(service, card, "Gait or balance")

    def full(*_: object, **__: object) -> None:
        raise no_room(service.store)

    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "enqueue", full)
        for _ in range(STARTS):
            async with running(server, service):
                await asyncio.sleep(A_WHILE / STARTS)
    assert [left.attempts for left in service.store.inbox.left_taps()] == [1]
    async with running(server, service):
        await ann.sees(EMERGENCY)
        await all_is_sent(service.store)
    assert service.store.inbox.parked_count() == 0 and with_text(ann, WITHOUT_THIS) == []


async def test_a_case_that_cannot_be_read_keeps_no_other_from_being_drawn_again(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    bob = server.private_chat(1002, "Bob")
    async with running(server, service):
        await card_of(bob)
        await card_of(ann)
        await all_is_sent(service.store)
    bad = case_of(service, "1002").code
    with service.store.turn() as store:
        store.database.execute("UPDATE cases SET touched_at = 'x' WHERE code = ?", (bad,))
    clock.pass_by(minutes=10)
    async with running(server, service):
        await ann.sees("I was away")
        await all_is_sent(service.store)
    assert with_text(bob, "I was away") == []


async def test_a_left_tap_that_cannot_be_read_is_set_aside(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    card = await stopped_with_a_card(server, service, ann)
    with service.store.turn() as store:
        store.inbox.receive(UPDATE - 1, "[1, 2", service.clock(), again=False)
    leave_tap(service, card, "Gait or balance")
    async with running(server, service):
        await ann.sees(EMERGENCY)
        await until(lambda: service.store.inbox.left_taps() == [])
    assert service.store.inbox.parked_count() == 1
