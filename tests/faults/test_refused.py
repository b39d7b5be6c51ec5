"""Telegram refuses a message: the user who waits for it is not left in silence."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from tests.adapters.telegram.test_conversation import card_of
from tests.botapi import BotApi, PersonInChat
from tests.conftest import Clock
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, all_is_sent, until, with_text
from tests.starting import redraw_all

WITHOUT_THIS = "I cannot work this out"
REFUSAL = "Bad Request: BUTTON_TYPE_INVALID"


async def test_an_emergency_that_is_refused_comes_without_look_and_buttons(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    card = await card_of(ann)
    await all_is_sent(service.store)
    server.faults.refuse(400, REFUSAL, "sendMessage")
    ann.taps(card, "Gait or balance")
    alert = await ann.sees(EMERGENCY)
    assert alert.entities == [] and alert.buttons == []
    assert not server.calls.of("sendMessage")[-1].params.boolean("disable_notification")
    await until(lambda: FIRST_QUESTION in ann.last.text and ann.last is not card)
    await all_is_sent(service.store)
    assert len(with_text(ann, EMERGENCY)) == 1 and with_text(ann, WITHOUT_THIS) == []


async def test_an_answer_that_is_refused_in_every_form_says_what_to_do_without_it(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.faults.refuse(400, REFUSAL, "sendMessage", times=2)
    ann.types("/triage")
    assert "Spinal coordinator" in (await ann.sees(WITHOUT_THIS)).text
    await all_is_sent(service.store)
    ann.types("/look")
    await ann.sees(FIRST_QUESTION)
    await all_is_sent(service.store)
    assert len(with_text(ann, WITHOUT_THIS)) <= 1


@pytest.mark.usefixtures("hurry")
async def test_a_refused_redraw_is_given_up_and_ends(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await card_of(ann)
    await all_is_sent(service.store)
    sent = len(server.calls.of("sendMessage"))
    clock.pass_by(days=2)
    server.faults.refuse(400, REFUSAL, "sendMessage", times=None)
    redraw_all(replace(service, touch=True))
    await bot._sender.wake_all()
    await all_is_sent(service.store)
    assert len(server.calls.of("sendMessage")) == sent + 1


async def test_somebody_who_has_not_tapped_start_is_one_warning_and_no_second_try(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    server.faults.refuse(400, "Bad Request: chat not found", "sendMessage", times=None)
    with capture_logs() as logged:
        ann.types("/triage")
        await until(lambda: bool(server.calls.of("sendMessage")))
        await all_is_sent(service.store)
    assert len(server.calls.of("sendMessage")) == 1
    said = {(each["log_level"], each["event"]) for each in logged}
    assert ("warning", "somebody has not tapped Start") in said
    assert "error" not in {level for level, _ in said}
