"""After a limit a chat is paced: a row that takes several calls still goes out as one."""

from dataclasses import replace

import pytest

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, Fault, Message, PersonInChat
from tests.botapi.errors import too_many_requests
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, SECOND_QUESTION, all_is_sent, case_of
from tests.starting import redraw_all

pytestmark = pytest.mark.usefixtures("hurry")

TWO_PACES = 2.5
SECONDS_FLOODED = 6
NOT_TAKEN = "Not taken: the tap before it counted."


def paced(bot: TelegramBot, chat: str = "1001") -> None:
    """Set up a chat whose limit has just ended and that has just been called."""
    bot._sender._pace.flooded(chat, 0)
    bot._sender._pace.called(chat)


async def emergency(ann: PersonInChat, service: Service) -> Message:
    await tap(ann, await card_of(ann), "Gait or balance")
    alert = await ann.sees(EMERGENCY)
    await all_is_sent(service.store)
    return alert


async def suspected_earlier(ann: PersonInChat, service: Service) -> Message:
    """Ask on the screen below the alert when the compression was suspected."""
    screen = ann.last
    for label in ("Case", "Suspected earlier"):
        await tap(ann, screen, label)
        await all_is_sent(service.store)
    return await ann.sees("Suspected earlier: when was that?")


async def test_an_emergency_whose_answer_was_lost_is_repeated_at_its_first_turn(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    paced(bot)
    server.faults.close("sendMessage", after=False)
    ann.taps(card, "Gait or balance")
    await ann.sees(EMERGENCY, 2 * TWO_PACES)
    assert len(server.calls.of("sendChatAction")) == 1


async def test_an_emergency_message_stays_true_in_a_chat_that_is_paced(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await emergency(ann, service)
    question = await suspected_earlier(ann, service)
    paced(bot)
    await tap(ann, question, "−6 h")
    await ann.sees("MRI by Sun 18:00", TWO_PACES)
    await all_is_sent(service.store)


async def test_what_a_limit_interrupts_goes_on_where_it_stopped(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await emergency(ann, service)
    question = await suspected_earlier(ann, service)
    messages = len(server.calls.of("sendMessage"))
    limit = Fault("refuse", "sendMessage", nth=2, times=1, refusal=too_many_requests(1))
    server.faults.add(limit)
    await tap(ann, question, "−6 h")
    await ann.sees("MRI by Sun 18:00", TWO_PACES)
    await all_is_sent(service.store)
    assert limit.hits == 1
    assert len(server.calls.of("sendMessage")) == messages + 3
    assert server.refused_but("Too Many Requests") == []


@pytest.mark.parametrize("board", [True, False], ids=["a redraw", "an answer"])
async def test_plain_text_follows_refused_html_at_once(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, board: bool
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    server.faults.refuse(400, "Bad Request: can't parse entities: x", "editMessageText")
    paced(bot)
    if board:
        redraw_all(replace(service, touch=True))
        await bot._sender.wake_all()
    else:
        ann.taps(card, "None of these")
    said = await ann.sees("I was away" if board else SECOND_QUESTION, TWO_PACES)
    assert said is card and said.entities == []


async def test_a_tap_is_answered_at_once_however_long_its_chat_waits(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    for method in ("sendMessage", "editMessageText"):
        server.faults.flood(SECONDS_FLOODED, 1001, method)
    first, second = ann.taps(card, "None of these"), ann.taps(card, "Bladder")
    await ann.gets_answer(first)
    assert await ann.gets_answer(second, SECONDS_FLOODED / 2) == NOT_TAKEN
    assert case_of(service).latest == {"cord_signs": []}
    assert card.text.count(FIRST_QUESTION) == 1
