"""CORDCALL_TAPS_PER_MINUTE: taps beyond it do not count, except in an emergency."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from bot.service.tap_limit import MOST_REMEMBERED, TapLimit
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, Message, PersonInChat
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, SECOND_QUESTION, all_is_sent, case_of

MOST = 2


@pytest.fixture
async def limited(server: BotApi, service: Service) -> AsyncIterator[None]:
    bot = TelegramBot(
        Api(server.token, server.url), replace(service, touch=True), taps_per_minute=MOST
    )
    ready = asyncio.Event()
    task = asyncio.create_task(bot.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def use_up(ann: PersonInChat, card: Message) -> None:
    """Tap as often as counts; the first question is shown again after it."""
    for label, seen in (("None of these", SECOND_QUESTION), ("Back", FIRST_QUESTION)):
        ann.taps(card, label)
        await ann.sees(seen)


@pytest.mark.usefixtures("limited")
async def test_a_tap_too_many_changes_nothing_and_says_so(
    ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await use_up(ann, card)
    await all_is_sent(service.store)
    before, text = case_of(service), card.text
    for _ in range(3):
        toast = await ann.gets_answer(ann.taps(card, "None of these"))
        assert toast == "Not taken: too many taps in a minute. Wait a few seconds, then tap again."
    await all_is_sent(service.store)
    assert (case_of(service), card.text) == (before, text)
    assert service.store.inbox.parked_count() == 0


@pytest.mark.usefixtures("limited")
async def test_an_emergency_is_never_limited(ann: PersonInChat, service: Service) -> None:
    card = await card_of(ann)
    await use_up(ann, card)
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY)
    for sign in ("Bladder", "Limb weakness"):
        await all_is_sent(service.store)
        assert not (await ann.gets_answer(ann.taps(ann.last, sign)) or "").startswith("Not taken")
    await all_is_sent(service.store)
    signs = case_of(service).latest["cord_signs"]
    assert isinstance(signs, list) and len(signs) == 3


def test_taps_come_back_over_the_minute_and_each_person_has_their_own() -> None:
    now = 0.0
    limit = TapLimit(60, lambda: now)
    assert [limit.is_over("1001") for _ in range(61)] == [False] * 60 + [True]
    assert not limit.is_over("1002")
    now = 1.0
    assert [limit.is_over("1001") for _ in range(2)] == [False, True]
    now = 61.0
    assert [limit.is_over("1001") for _ in range(61)] == [False] * 60 + [True]
    assert not any(TapLimit(0, lambda: now).is_over("1001") for _ in range(1000))


def test_people_are_remembered_within_bounds() -> None:
    limit = TapLimit(1, lambda: 0.0)
    assert not any(limit.is_over(str(n)) for n in range(MOST_REMEMBERED + 1))
    assert limit.is_over(str(MOST_REMEMBERED)) and not limit.is_over("0")
