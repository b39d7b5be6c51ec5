"""Calls fail, hang or lose their answer: each answer arrives, a doubtful one at most twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.adapters.telegram import api
from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, running
from tests.botapi import BotApi, Fault, Message, PersonInChat
from tests.conftest import Clock
from tests.faults.steps import (
    CAUDA_EQUINA,
    EMERGENCY,
    FIRST_QUESTION,
    REPEAT,
    SECOND_QUESTION,
    all_is_sent,
    button,
    case_of,
    with_text,
)
from tests.starting import redraw_all

pytestmark = pytest.mark.slow

ANSWERS_WITHIN = 0.3
TOO_LONG = 0.5
CALLS = ("sendMessage", "editMessageText", "answerCallbackQuery")
Disturb = Callable[[BotApi, str], Fault]
FAULTS: dict[str, Disturb] = {
    "502": lambda server, method: server.faults.refuse(502, "Bad Gateway", method),
    "502 as a page": lambda s, method: s.faults.refuse(502, "Bad Gateway", method, as_html=True),
    "500 after it": lambda server, method: server.faults.refuse(500, "Oh", method, after=True),
    "closed before": lambda server, method: server.faults.close(method, after=False),
    "closed after": lambda server, method: server.faults.close(method, after=True),
    "too late before": lambda server, method: server.faults.delay(TOO_LONG, method),
    "too late after": lambda server, method: server.faults.delay(TOO_LONG, method, after=True),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten every timeout of the bot."""
    monkeypatch.setattr(api, "READ_SECONDS", ANSWERS_WITHIN)


def assert_said_at_most_twice(person: PersonInChat, text: str) -> None:
    """Check that a text is there once, or a second time if marked as a repeat."""
    found = [m.versions[0].text for m in person.bot_messages if text in m.versions[0].text]
    assert [said.startswith(REPEAT) for said in found] in ([False], [True], [False, True])


@pytest.mark.parametrize("disturb", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("method", CALLS)
async def test_every_answer_arrives_whatever_happens_to_a_call(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    method: str,
    disturb: Disturb,
) -> None:
    fault = disturb(server, method)
    card = await card_of(ann)
    await all_is_sent(service.store)
    card = ann.last
    tap = ann.taps(card, "None of these")
    await ann.gets_answer(tap)
    await ann.sees(SECOND_QUESTION)
    await all_is_sent(service.store)
    assert case_of(service).latest == {"cord_signs": []}
    assert_said_at_most_twice(ann, FIRST_QUESTION)
    assert ann.last is card
    assert [v.text for v in card.versions if SECOND_QUESTION in v.text] == [card.text]
    assert server.refused_but("message is not modified", "query is too old") == []
    assert fault.hits == 1


@pytest.mark.parametrize("disturb", FAULTS.values(), ids=FAULTS)
async def test_an_emergency_arrives_and_is_repeated_at_most_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, disturb: Disturb
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    disturb(server, "sendMessage")
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY)
    below = await _below(ann, card)
    await all_is_sent(service.store)
    assert_said_at_most_twice(ann, EMERGENCY)
    assert ann.last is below
    assert case_of(service).latest == {"cord_signs": ["gait"]}


async def _below(ann: PersonInChat, card: Message) -> Message:
    """Wait for the question that comes below the emergency."""

    def newer() -> Message | None:
        last = ann.last
        return last if last is not card and FIRST_QUESTION in last.text else None

    return await ann.sees_when(newer)


async def test_an_answer_lost_on_the_way_is_marked_when_it_is_repeated(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    server.faults.close("sendMessage", after=True)
    ann.taps(card, "Gait or balance")
    await _below(ann, card)
    await all_is_sent(service.store)
    alerts = [m for m in ann.bot_messages if EMERGENCY in m.text]
    assert [m.text.startswith(REPEAT) for m in alerts] == [False, True]
    kept = service.store.cards.find(case_of(service).code, "alert", case_of(service).chat)
    assert kept and kept.message_id == alerts[1].id


async def test_what_never_left_is_sent_unmarked_when_the_server_is_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    await server.stop()
    token, place = button(card, "Gait or balance")
    replace(service, touch=True).take(Incoming("1001", "1001", Tap(token, place), None, card.id))
    bot._sender.wake("1001")
    typed = ann.types("/help")
    await asyncio.sleep(0.3)
    assert service.store.outbox.queued("1001") and ann.bot_messages == [card]
    await server.start()
    await ann.sees(EMERGENCY)
    assert (await ann.sees("About CordCall: ")).id > typed.id
    await all_is_sent(service.store)
    assert with_text(ann, REPEAT) == [] and len(with_text(ann, EMERGENCY)) == 1


async def test_what_nobody_misses_is_not_repeated(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await card_of(ann)
    await all_is_sent(service.store)
    clock.pass_by(days=2)
    server.faults.close("sendMessage", after=True)
    redraw_all(replace(service, touch=True))
    await bot._sender.wake_all()
    await ann.sees("I was away")
    await all_is_sent(service.store)
    assert len(server.calls.of("sendMessage")) == 2
    assert with_text(ann, REPEAT) == []


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_html_that_is_refused_goes_as_plain_text(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, method: str
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    server.faults.refuse(400, "Bad Request: can't parse entities: x", method)
    ann.taps(card, "Bladder" if method == "sendMessage" else "None of these")
    said = await ann.sees(CAUDA_EQUINA if method == "sendMessage" else SECOND_QUESTION)
    assert said.entities == []
    await all_is_sent(service.store)
    assert ann.last.buttons
    assert len(with_text(ann, said.text)) == 1


async def test_a_card_that_is_gone_is_sent_anew_and_goes_on_there(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    gone = await card_of(ann)
    await all_is_sent(service.store)
    gone.deleted = True
    ann.taps(gone, "None of these")
    card = await ann.sees(SECOND_QUESTION)
    await all_is_sent(service.store)
    kept = service.store.cards.find(case_of(service).code, "card", case_of(service).chat)
    assert kept and kept.message_id == card.id != gone.id
    ann.taps(card, "Back")
    assert await ann.sees(FIRST_QUESTION) is card


async def test_it_starts_as_soon_as_the_server_can_be_reached(
    service: Service, ann: PersonInChat, server: BotApi
) -> None:
    await server.stop()
    ann.types("/triage")
    coming_back = asyncio.create_task(_come_back(server))
    async with running(server, service):
        await ann.sees(FIRST_QUESTION)
    await coming_back


async def _come_back(server: BotApi) -> None:
    await asyncio.sleep(0.2)
    await server.start()
