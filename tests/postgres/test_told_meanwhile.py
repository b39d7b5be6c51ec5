"""A worker that led goes on asking Telegram while the database is away, so that people are told."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import pytest

from bot.adapters.telegram import api, poller
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import sender
from bot.database_address import Address
from bot.service.service import Service
from state.postgres import connected
from state.postgres.store import PostgresStore
from tests.adapters.telegram.conftest import ann, bot, server
from tests.botapi import BotApi, PersonInChat
from tests.faults.outages import outage
from tests.faults.steps import FIRST_QUESTION, all_is_sent, until, with_text
from tests.faults.test_disk import WITHOUT_THIS

__all__ = ["ann", "bot", "server"]
A_WHILE_S = 0.5
OTHER_POLLER = "Conflict: terminated by other getUpdates request"


@pytest.fixture
def store(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresStore]:
    monkeypatch.setattr(api, "POLL_SECONDS", 1)
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(connected, "SECONDS_BETWEEN_TRIES", 0)
    with closing(PostgresStore(Address.read(postgres_url))) as opened:
        yield opened


async def test_whoever_writes_late_in_an_outage_is_told_and_answered_after_it(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    bob = server.private_chat(1002, "Bob")
    with outage("read-only", service.store):
        await until(lambda: service.store.workers.is_cut_off)
        assert not service.store.workers.leads
        for person in (ann, bob):
            person.types("/triage")
            await person.sees(WITHOUT_THIS)
    for person in (ann, bob):
        await person.sees(FIRST_QUESTION)
    await all_is_sent(service.store)
    assert [len(with_text(person, WITHOUT_THIS)) for person in (ann, bob)] == [1, 1]


async def test_it_leaves_that_to_another_one_that_polls_and_does_not_end(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    with outage("read-only", service.store):
        await until(lambda: service.store.workers.is_cut_off)
        server.faults.refuse(409, OTHER_POLLER, "getUpdates")
        await server.until(lambda: OTHER_POLLER in str([*map(str, server.calls.of("getUpdates"))]))
        asked = len(server.calls.of("getUpdates"))
        ann.types("/triage")
        await asyncio.sleep(A_WHILE_S)
        assert len(server.calls.of("getUpdates")) == asked
        assert with_text(ann, WITHOUT_THIS) == []
    await ann.sees(FIRST_QUESTION)
