"""`/why` on a phone: reasons are worked out between two transactions, in order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.logic.assessment import Assessment, assess
from bot.service.service import Service
from state.store import Store
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import OpenStore
from tests.faults.steps import all_is_sent, case_of, until

SHOWN = ("Why U1", "About CordCall: ", "Why D1", "Kept: the answers")


async def test_reasons_hold_no_transaction_and_what_was_typed_after_comes_after(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    open_again: OpenStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    await all_is_sent(service.store)
    first, polled = server.updates.next_id, set[int]()
    open_while_working_out, turns = set[bool](), set[object]()
    engine, other = type(service.store), open_again()
    beside = engine.turn_beside

    @asynccontextmanager
    async def marked(store: Store, **how: bool) -> AsyncIterator[Store]:
        async with beside(store, **how) as opened:
            turns.add(opened)
            try:
                yield opened
            finally:
                turns.discard(opened)

    def watched(*given: Any) -> Assessment:
        open_while_working_out.add(bool(turns))
        poll = other.inbox.poll()
        polled.add(poll.next_update if poll else 0)
        return assess(*given)

    monkeypatch.setattr("bot.guidance.reasons.assess", watched)
    monkeypatch.setattr(engine, "turn_beside", marked)
    server.updates.hold()
    for typed in ("/why U1", "/help", "/why D1", "/privacy"):
        ann.types(typed)
    server.updates.release()
    await ann.sees(SHOWN[-1])
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)
    other.close()
    sent = (each for each in ann.chat.messages.values() if each.sender.id != ann.user.id)
    said = ["".join(each.text for each in message.versions) for message in sent]
    shown = [each for text in said for each in SHOWN if each in text]
    assert shown == [*SHOWN]
    assert sum("Cord signs: Gait or balance" in text for text in said) == 2
    assert open_while_working_out == {False}
    assert max(polled) <= first, "Telegram would forget what is still to be done"
    poll = service.store.inbox.poll()
    assert poll is not None and poll.next_update == server.updates.next_id
    assert service.store.inbox.parked_count() == 0


async def test_reasons_that_cannot_be_worked_out_set_that_update_alone_aside(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await tap(ann, await card_of(ann), "Gait or balance")
    await ann.sees("EMERGENCY")
    before = case_of(service).answers

    def failing(*_: object) -> Assessment:
        raise ArithmeticError

    monkeypatch.setattr("bot.guidance.reasons.assess", failing)
    server.updates.hold()
    for typed in ("/why U1", "/help"):
        ann.types(typed)
    server.updates.release()
    await ann.sees("I cannot work this out.")
    await ann.sees("About CordCall: ")
    await until(lambda: service.store.inbox.parked_count() == 1)
    assert case_of(service).answers == before
