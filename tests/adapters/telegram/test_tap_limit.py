"""CORDCALL_TAPS_PER_MINUTE: taps beyond it do not count, except in an emergency."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.adapters.telegram import poller
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.judging import Judging
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.service.service import Service
from bot.service.tap_limit import MOST_REMEMBERED, TapLimit
from state.store import Store
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, Message, PersonInChat
from tests.faults.outages import outage
from tests.faults.steps import (
    EMERGENCY,
    FIRST_QUESTION,
    SECOND_QUESTION,
    all_is_sent,
    case_of,
    until,
)

MOST = 2


@pytest.fixture
async def limited(server: BotApi, service: Service) -> AsyncIterator[TelegramBot]:
    bot = TelegramBot(
        Api(server.token, server.url), replace(service, touch=True), taps_per_minute=MOST
    )
    ready = asyncio.Event()
    task = asyncio.create_task(bot.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    yield bot
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


@pytest.mark.parametrize("kind", ["read-only", "unreadable"])
async def test_an_outage_uses_up_no_taps(
    limited: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, kind: str,
    store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(poller, "FIRST_PAUSE", 0.01)
    card = await card_of(ann)
    await all_is_sent(store)
    read = list[int]()
    judge = Judging.judge
    monkeypatch.setattr(Judging, "judge", lambda *given: (read.append(1), judge(*given))[1])
    with outage(kind, store):
        ann.taps(card, "None of these")
        await until(lambda: len(read) > MOST + 1)
    await ann.sees(SECOND_QUESTION)
    assert case_of(service).latest == {"cord_signs": []}


async def test_a_tap_too_many_that_waited_too_long_for_a_toast_is_answered_in_the_chat(
    limited: TelegramBot, ann: PersonInChat, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await card_of(ann)
    await use_up(ann, card)
    await all_is_sent(service.store)
    before = case_of(service)
    monkeypatch.setattr(JustChanged, "may_have_waited", True)
    ann.taps(card, "None of these")
    await ann.sees("Here is where the case stands.")
    assert case_of(service) == before


def test_people_are_remembered_within_bounds() -> None:
    limit = TapLimit(1, lambda: 0.0)
    most = MOST_REMEMBERED
    assert not any(limit.is_over(str(n)) for n in range(most + 1))
    assert limit.is_over(str(most)) and not limit.is_over("0")
