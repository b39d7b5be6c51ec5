"""What stands in the chat stays true: alerts, warnings, screens; after edits, taps, refusals."""

import asyncio
from dataclasses import replace

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.service.service import Service
from state.records import Value
from state.store import Store
from tests.botapi import BotApi, Message, PersonInChat
from tests.dialogue import AFTER_NO_SIGN, ask, tap_answers
from tests.faults.outages import outage
from tests.faults.steps import all_is_sent, case_of, until

pytestmark = pytest.mark.usefixtures("hurry")

CANCER: dict[str, Value] = {"cord_signs": ["gait"], "infection_signs": False, "cancer": "known"}


def bot_for(server: BotApi, service: Service, tap_guard: float) -> TelegramBot:
    touched = replace(service, touch=True)
    return TelegramBot(Api(server.token, server.url), touched, tap_guard=tap_guard)


async def started(bot: TelegramBot) -> asyncio.Task[None]:
    ready = asyncio.Event()
    task = asyncio.create_task(bot.run(ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    return task


async def settled(service: Service, server: BotApi) -> None:
    await asyncio.sleep(0.2)
    await all_is_sent(service.store)
    await until(lambda: server.updates.is_polled)


async def begun(
    ann: PersonInChat, service: Service, server: BotApi, up_to: str = "", **stated: Value
) -> None:
    ann.types("/triage")
    await settled(service, server)
    await tap_answers(ann, service, up_to=up_to, **stated)
    await settled(service, server)


async def typed(ann: PersonInChat, service: Service, server: BotApi, *lines: str) -> None:
    for line in lines:
        ann.types(line)
        await settled(service, server)


@pytest.mark.usefixtures("bot")
async def test_an_alert_follows_the_treatment_deadline(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    read: dict[str, Value] = {"mri": "done", "lesions_seen": "some", "level": "T7", "escc": "3"}
    await begun(ann, service, server, **CANCER, **read)
    await typed(ann, service, server, "/earlier 11 h ago")
    alert, screen = ann.bot_messages
    assert "Treat by Mon 01:00" in screen.text
    assert "Treat by Mon 01:00" in alert.text


@pytest.mark.usefixtures("bot")
async def test_an_alert_asks_for_the_scan_that_is_possible(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await begun(ann, service, server, **CANCER, mri="not_possible")
    alert, screen = ann.bot_messages
    assert "CT by" in screen.text
    assert "CT by" in alert.text and "MRI by" not in alert.text


@pytest.mark.usefixtures("bot")
async def test_an_alert_of_a_case_that_is_resumed_says_closed_no_longer(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await begun(ann, service, server, cord_signs=["gait"])
    code = case_of(service).code
    await typed(ann, service, server, "/close transferred", f"/resume {code}")
    assert not [message for message in ann.bot_messages if "CLOSED" in message.text]


@pytest.mark.usefixtures("bot")
async def test_the_second_of_two_taps_wipes_no_warning_out(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await begun(ann, service, server, up_to="walking", cord_signs=[], radicular_deficit="bilateral")
    before = ann.last
    taps = [ann.taps(before, "Cannot walk") for _ in range(2)]
    await settled(service, server)
    assert "no cord sign was ticked" in ann.last.text
    assert await ann.gets_answer(taps[1]) == "Not taken: the tap before it counted."


@pytest.mark.usefixtures("bot")
async def test_the_second_of_two_taps_on_two_drawings_of_a_screen_is_told_too(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await begun(ann, service, server, up_to="cord_signs")
    ann.taps(ann.last, "Done")
    await ann.sees("Tick what is there, or None of these.")
    await settled(service, server)
    server.updates.hold()
    ann.taps(ann.last, "None of these", version=0)
    second = ann.taps(ann.last, "Done")
    server.updates.release()
    assert await ann.gets_answer(second) == "Not taken: the tap before it counted."


@pytest.mark.usefixtures("bot")
async def test_a_screen_that_cannot_be_edited_is_removed(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await begun(ann, service, server)
    server.faults.refuse(400, "Bad Request: message can't be edited", "editMessageText", times=1)
    ann.taps(ann.last, "None of these")
    await settled(service, server)
    assert len([message for message in ann.bot_messages if message.buttons]) == 1


async def first_question(
    ann: PersonInChat, service: Service, server: BotApi
) -> tuple[asyncio.Task[None], Message]:
    """Start a guarded bot, and show the first question for longer than the guard lasts."""
    task = await started(bot_for(server, service, 0.8))
    await asyncio.sleep(3.2)
    ann.types("/triage")
    card = await ann.sees("Which cord signs are new?")
    await settled(service, server)
    await asyncio.sleep(1)
    return task, card


@pytest.mark.slow
async def test_an_edit_counts_as_seen_before_its_answer_comes(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    task, card = await first_question(ann, service, server)
    server.faults.delay(0.7, "editMessageText", after=True, times=1)
    ann.taps(card, "None of these")
    question = await ann.sees(ask(AFTER_NO_SIGN))
    await asyncio.sleep(0.15)
    ann.taps(question, "None")
    await asyncio.sleep(1.5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(case_of(service).answers) == 1


@pytest.mark.slow
async def test_a_tap_that_comes_too_soon_stays_so_while_the_database_cannot_be_written(
    server: BotApi, ann: PersonInChat, service: Service, store: Store
) -> None:
    task, card = await first_question(ann, service, server)
    ann.taps(card, "None of these")
    question = await ann.sees(ask(AFTER_NO_SIGN))
    with outage("read-only", store):
        tapped = ann.taps(question, "None")
        await asyncio.sleep(3)
    assert "the screen had just changed" in await ann.gets_answer(tapped)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(case_of(service).answers) == 1


@pytest.mark.slow
async def test_a_tap_that_waited_out_an_outage_is_not_lost_in_silence(
    server: BotApi, ann: PersonInChat, service: Service
) -> None:
    task, card = await first_question(ann, service, server)
    down = server.faults.refuse(502, "Bad Gateway", "getUpdates", times=None)
    ann.taps(card, "None of these")
    question = await ann.sees(ask(AFTER_NO_SIGN))
    await asyncio.sleep(3)
    tapped, shown = ann.taps(question, "None"), [each.text for each in ann.bot_messages]
    await asyncio.sleep(12)
    server.faults.remove(down)
    await asyncio.sleep(20)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    taken = len(case_of(service).answers) == 2
    assert taken or tapped.answered or shown != [each.text for each in ann.bot_messages]
