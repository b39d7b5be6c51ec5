"""Messages wait while the bot is away: what they say counts from when they were sent."""

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from time import time
from typing import Any

import pytest

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Command, Incoming, Text
from bot.service.service import Service
from tests.adapters.telegram.conftest import hold_profile
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.clock import Clock as ServerClock
from tests.conftest import NOON, Clock
from tests.dialogue import ask, tap_answers
from tests.faults.steps import EMERGENCY, FIRST_QUESTION, all_is_sent, button, case_of
from tests.faults.test_clock import deadline

TWELVE_HOURS = timedelta(hours=12)
EVENING = NOON.replace(hour=20, minute=50)


@pytest.fixture
async def server() -> AsyncIterator[BotApi]:
    """A server whose clock stands at the start of the evening and is moved by `Away`."""
    async with BotApi(clock=ServerClock(EVENING.timestamp())) as running:
        hold_profile(running)
        yield running


@pytest.fixture
def clock() -> Clock:
    clock = Clock()
    clock.now = EVENING
    return clock


def pass_by(server: BotApi, clock: Clock, **span: float) -> None:
    """Let the time pass for Telegram and for the bot."""
    clock.pass_by(**span)
    server.clock.advance(timedelta(**span).total_seconds())


async def emergency(ann: PersonInChat, service: Service) -> Message:
    await tap(ann, await card_of(ann), "Gait or balance")
    found = await ann.sees(EMERGENCY)
    await all_is_sent(service.store)
    return found


async def handled(server: BotApi, service: Service) -> None:
    await server.until(lambda: len(server.updates) == 0)
    await all_is_sent(service.store)


def raw(ann: PersonInChat, text: str, date: object) -> dict[str, Any]:
    """Write a message with any date at all."""
    return {
        "message": {
            "message_id": 9_000, "from": ann.user.as_json(), "chat": ann.chat.as_json(),
            "date": date, "text": text,
        }
    }  # fmt: skip


@pytest.mark.parametrize("minutes", [3, 300], ids=["three minutes", "over midnight"])
async def test_what_was_noted_while_the_bot_was_away_has_the_time_at_which_it_was_sent(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    minutes: int,
) -> None:
    await emergency(ann, service)
    pass_by(server, clock, minutes=10)
    server.updates.hold()
    ann.types("/given")
    ann.types("/earlier 2 h ago")
    pass_by(server, clock, minutes=minutes)
    server.updates.release()
    await handled(server, service)
    sent = EVENING + timedelta(minutes=10)
    (given,) = case_of(service).noted
    assert (given.kind, given.at.replace(microsecond=0)) == ("steroid_given", sent)
    suspected = datetime.fromisoformat(str(case_of(service).latest["suspected_at"]))
    assert suspected == sent - timedelta(hours=2)
    alert = await ann.sees("Changed: Suspected since")
    assert deadline(alert) == suspected + TWELVE_HOURS
    named = "21:00" if minutes == 3 else "Sun 21:00"
    first = [message.text.split("\n")[0] for message in ann.bot_messages]
    assert f"Your message from {named}:" in first
    ann.types("/sbar")
    handed_over = await ann.sees("Steroid: given")
    (line,) = [line for line in handed_over.text.split("\n") if "Steroid: given" in line]
    assert "21:00" in line


async def test_an_answer_that_comes_within_two_minutes_names_no_message(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await emergency(ann, service)
    server.updates.hold()
    ann.types("/given")
    pass_by(server, clock, seconds=119)
    server.updates.release()
    await handled(server, service)
    assert "Your message from" not in "".join(message.text for message in ann.bot_messages)
    (given,) = case_of(service).noted
    assert given.at.replace(microsecond=0) == EVENING


@pytest.mark.parametrize("late", [timedelta(minutes=10), timedelta(hours=5)])
async def test_a_case_that_was_asked_for_while_the_bot_was_away_counts_from_then(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    late: timedelta,
) -> None:
    server.updates.hold()
    ann.types("/triage")
    pass_by(server, clock, seconds=late.total_seconds())
    server.updates.release()
    card = await ann.sees(FIRST_QUESTION)
    assert card.text.startswith("Your message from 20:50:" if late < TWELVE_HOURS / 4 else "Your")
    pass_by(server, clock, minutes=1)
    await tap(ann, card, "Gait or balance")
    assert deadline(await ann.sees(EMERGENCY)) == EVENING + TWELVE_HOURS


async def asked_for(ann: PersonInChat, service: Service, key: str) -> None:
    """Answer by tapping until a question is asked."""
    await card_of(ann)
    await tap_answers(
        ann, service, cord_signs=["gait"], infection_signs=False, renal="haemodialysis", up_to=key
    )
    await ann.sees(ask(key))
    await all_is_sent(service.store)


async def test_a_number_sent_before_the_last_answer_is_asked_back(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await asked_for(ann, service, "potassium")
    pass_by(server, clock, minutes=1)
    server.updates.hold()
    ann.types("4.9")
    pass_by(server, clock, seconds=10)
    ann.types("2.4")
    pass_by(server, clock, minutes=3)
    server.updates.release()
    asked = await ann.sees("Is that right?")
    assert asked.text.startswith("Your message from 20:51:") and "2.4" in asked.text
    await handled(server, service)
    assert case_of(service).latest["potassium"] == 4.9
    assert "calcium" not in case_of(service).latest
    await tap(ann, asked, "Yes, that is it")
    assert case_of(service).latest["calcium"] == 2.4


async def test_a_number_sent_a_moment_before_the_last_answer_is_taken(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await asked_for(ann, service, "potassium")
    server.updates.push_raw(raw(ann, "4.9", int((clock.now - timedelta(seconds=4)).timestamp())))
    await handled(server, service)
    assert case_of(service).latest["potassium"] == 4.9


async def test_a_time_sent_before_the_last_answer_is_asked_back_as_the_instant_that_was_meant(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await asked_for(ann, service, "last_dialysis")
    sent = clock.now - timedelta(minutes=10)
    server.updates.push_raw(raw(ann, "2 h ago", int(sent.timestamp())))
    asked = await ann.sees("Is that right?")
    assert "18:40" in asked.text
    pass_by(server, clock, minutes=30)
    await tap(ann, asked, "Yes, that is it")
    found = datetime.fromisoformat(str(case_of(service).latest["last_dialysis"]))
    assert found == sent - timedelta(hours=2)


@pytest.mark.parametrize("command", ["/undo", "/close", "/correct none", "/back"])
async def test_a_command_that_needs_the_present_does_nothing_once_the_case_has_gone_on(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    command: str,
) -> None:
    await emergency(ann, service)
    before = case_of(service)
    sent = int((clock.now - timedelta(seconds=6)).timestamp())
    server.updates.push_raw(raw(ann, command, sent))
    await ann.sees("You sent that before this case got here, so nothing was done.")
    assert case_of(service).answers == before.answers and case_of(service).status == before.status
    server.updates.push_raw(raw(ann, command, sent + 6))
    await handled(server, service)
    assert "sent that before" not in ann.last.text


@pytest.mark.parametrize("date", [2**62, -1, 0, "now", None, 1e300, True, [1]], ids=str)
async def test_a_date_that_cannot_be_right_counts_as_now(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    date: object,
) -> None:
    await emergency(ann, service)
    server.updates.push_raw(raw(ann, "/given", date))
    await handled(server, service)
    assert service.store.inbox.parked_count() == 0
    (given,) = case_of(service).noted
    assert given.at.replace(microsecond=0) == clock.now


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(days=30)])
async def test_a_date_in_the_future_counts_as_now(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    ahead: timedelta,
) -> None:
    await emergency(ann, service)
    server.updates.push_raw(raw(ann, "/given", int((clock.now + ahead).timestamp())))
    await handled(server, service)
    (given,) = case_of(service).noted
    assert given.at.replace(microsecond=0) == clock.now


async def test_undo_keeps_apart_two_notes_of_the_same_second(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await emergency(ann, service)
    server.updates.hold()
    ann.types("/given")
    ann.types("/requested")
    server.updates.release()
    await handled(server, service)
    first, second = case_of(service).noted
    assert first.at < second.at < first.at + timedelta(seconds=1)
    ann.types("/undo")
    await handled(server, service)
    assert [each.kind for each in case_of(service).noted] == ["steroid_given"]


async def test_undo_keeps_apart_two_answers_of_the_same_second(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    await asked_for(ann, service, "potassium")
    pass_by(server, clock, minutes=1)
    server.updates.hold()
    ann.types("4.9")
    ann.types("2.4")
    server.updates.release()
    await handled(server, service)
    assert case_of(service).latest["calcium"] == 2.4
    ann.types("/undo")
    await handled(server, service)
    assert "calcium" not in case_of(service).latest
    assert case_of(service).latest["potassium"] == 4.9


async def test_a_second_request_that_waited_moves_no_clock(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    server.updates.hold()
    ann.types("/triage")
    pass_by(server, clock, minutes=40)
    ann.types("/triage")
    pass_by(server, clock, minutes=90)
    server.updates.release()
    await handled(server, service)
    await tap(ann, ann.last, "Gait or balance")
    assert deadline(await ann.sees(EMERGENCY)) == EVENING + TWELVE_HOURS


@pytest.mark.parametrize("command", ["/given", "/scanned", "/called surgeon", "/newsigns"])
async def test_a_note_sent_before_the_case_began_is_not_noted_there(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    command: str,
) -> None:
    await emergency(ann, service)
    before = case_of(service)
    sent = int((clock.now - timedelta(minutes=3)).timestamp())
    server.updates.push_raw(raw(ann, command, sent))
    said = await ann.sees("You sent that before this case got here, so nothing was done.")
    assert said.text.startswith("Your message from 20:47:") and before.code in said.text
    after = case_of(service)
    assert (after.answers, after.timeline) == (before.answers, before.timeline)


async def test_a_tap_left_over_by_a_crash_counts_from_when_it_came(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service) as bot:
        card = await card_of(ann)
        await all_is_sent(service.store)
        token, place = button(card, "Gait or balance")
        tapped = {
            "update_id": 90_001,
            "callback_query": {
                "id": "q1", "from": {"id": 1001}, "data": f"{token}:{place}",
                "message": {"message_id": card.id, "chat": {"id": 1001, "type": "private"}},
            },
        }  # fmt: skip
        bot._inbox._note([bot._inbox._read(tapped)])
    pass_by(server, clock, hours=1)
    async with running(server, service):
        assert deadline(await ann.sees(EMERGENCY)) == EVENING + TWELVE_HOURS
    assert [each.at for each in case_of(service).answers] == [EVENING]


async def test_a_line_that_is_delivered_again_after_an_outage_keeps_its_date(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service):
        await emergency(ann, service)
    ann.types("/given")
    pass_by(server, clock, hours=2)
    async with running(server, service):
        await ann.sees("Your message from 20:50:")
        await handled(server, service)
        (update,) = [u.id for u in server.updates._recent if "/given" in str(u.body)]
        pass_by(server, clock, hours=1)
        server.updates.deliver_again(update)
        ann.types("/card")
        await handled(server, service)
    (given,) = case_of(service).noted
    assert given.at.replace(microsecond=0) == EVENING


@pytest.mark.parametrize(("moved", "ahead"), [(-60, [60]), (60, [-60]), (-4, []), (4, [])])
async def test_a_clock_that_is_not_telegrams_is_logged_once(
    moved: float, ahead: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    async with BotApi(clock=ServerClock(time() + moved)) as server:
        server.private_chat(1001, "Ann").types("/start")
        api = Api(server.token, server.url)
        await api.open()
        for _ in range(2):
            await api.call("sendMessage", chat_id=1001, text="x")
        await api.close()
    logged = re.findall(r"clock is not Telegram's\s+seconds_ahead=(-?\d+)", capfd.readouterr().out)
    assert [int(each) for each in logged] == [pytest.approx(each, abs=2) for each in ahead]


async def test_a_clock_that_jumps_later_is_logged_again_by_minutes(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async with BotApi() as server:
        server.private_chat(1001, "Ann").types("/start")
        api = Api(server.token, server.url)
        await api.open()
        for moved in (7, 20, 50, -600, 0, 3, 7200, 7201):
            monkeypatch.setattr(
                "bot.adapters.telegram.api.time", lambda moved=moved: time() + moved
            )
            await api.call("sendMessage", chat_id=1001, text="x")
        await api.close()
    logged = re.findall(r"clock is not Telegram's\s+seconds_ahead=(-?\d+)", capfd.readouterr().out)
    assert [int(each) for each in logged] == [
        pytest.approx(each, abs=2) for each in (7, -600, 7200)
    ]


async def test_a_clock_that_was_ahead_when_a_case_began_refuses_no_note(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    clock.pass_by(hours=1)
    for act in (Command("triage"), Text("gait")):
        service.take(Incoming("1001", "1001", act))
    assert case_of(service).begun_at == clock.now
    clock.pass_by(hours=-1)
    pass_by(server, clock, minutes=5)
    ann.types("/given")
    await handled(server, service)
    assert [each.kind for each in case_of(service).noted] == ["steroid_given"]
