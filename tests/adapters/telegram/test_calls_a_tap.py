"""How many calls a tap costs: Telegram limits them, and counts edits too."""

from collections import Counter
from typing import Any

import pytest

from bot.adapters.telegram.aiohttp_client import FastRequest
from bot.adapters.telegram.app import TelegramBot
from bot.flows.triage import PLAN
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import ask, asked, labels, script
from tests.faults.steps import all_is_sent, until
from tests.service.test_taps_counted import PATIENT

MOST_CALLS_A_TAP = 2.5
ANSWER = "answerCallbackQuery"


@pytest.mark.usefixtures("hurry")
async def test_a_whole_case_takes_at_most_two_and_a_half_calls_a_tap(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await card_of(ann)
    await all_is_sent(service.store)
    server.calls.clear()
    chat = str(ann.chat.id)
    for question, _, value in script(PATIENT, PLAN, lambda: asked(service, chat)):
        for label in labels(question, value):
            await ann.gets_answer(ann.taps(await ann.sees(ask(question.id)), label))
            await server.until(lambda: not service.store.inbox.left_taps())
            await all_is_sent(service.store)
    made = Counter(call.method for call in server.calls if "chat_id" in call.params.values)
    taps = len(server.calls.of(ANSWER))
    assert taps == len(server.world.taps)
    assert made.total() + taps <= MOST_CALLS_A_TAP * taps, made


async def test_the_next_screen_leaves_before_the_next_poll(
    bot: TelegramBot, ann: PersonInChat, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    made, request = list[str](), FastRequest.do_request

    async def noted(self: FastRequest, url: str, *given: Any) -> tuple[int, bytes]:
        made.append(url.rpartition("/")[2])
        return await request(self, url, *given)

    monkeypatch.setattr(FastRequest, "do_request", noted)
    await ann.gets_answer(ann.taps(card, "None of these"))
    await until(lambda: "getUpdates" in made)
    assert made == [ANSWER, "editMessageText", "getUpdates"]
