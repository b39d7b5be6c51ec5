"""The clock steps back, and summer time comes and goes: deadlines stay the instants they were."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.adapters.telegram import reminder_loop, tidying
from bot.adapters.telegram.app import TelegramBot
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.installation import Setting
from bot.service.service import Service
from state.records import Reminder
from state.store import Store
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import Clock
from tests.dialogue import AFTER_A_SIGN, ask, tap_answers
from tests.faults.steps import (
    EMERGENCY,
    SECOND_QUESTION,
    all_is_sent,
    case_of,
    seen_at,
    until,
    with_text,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RETENTION_DAYS = 30
TWELVE_HOURS = timedelta(hours=12)
SUMMER_BEGINS = datetime(2027, 3, 28, 1, tzinfo=UTC)
SUMMER_ENDS = datetime(2026, 10, 25, 1, tzinfo=UTC)


@pytest.fixture
def service(store: Store, machine: FlowMachine, clock: Clock) -> Service:
    """A service in a zone with summer time."""
    return Service(store, Setting(Engine(machine, "stepwise", AMSTERDAM), "Coordinator", 30), clock)


@pytest.fixture
async def bot(server: BotApi, service: Service) -> AsyncIterator[TelegramBot]:
    async with running(server, service) as bot:
        yield bot


async def emergency(ann: PersonInChat) -> Message:
    await tap(ann, await card_of(ann), "Gait or balance")
    return await ann.sees(EMERGENCY)


def deadline(message: Message) -> datetime:
    """Read the instant that a phone shows."""
    (unix,) = {e["unix_time"] for e in message.entities if e["type"] == "date_time"}
    return datetime.fromtimestamp(unix, UTC)


@pytest.mark.parametrize("hours", [1, 13])
async def test_a_clock_that_steps_back_moves_no_deadline_and_stops_no_button(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    hours: int,
) -> None:
    due = clock.now + TWELVE_HOURS
    alert = await emergency(ann)
    assert deadline(alert) == due
    await all_is_sent(service.store)
    clock.pass_by(hours=-hours)
    await tap(ann, ann.last, "Done")
    await tap_answers(ann, service, radicular_pain="bilateral")
    await all_is_sent(service.store)
    ann.types("/card")
    await ann.sees("MRI: whole spine")
    await all_is_sent(service.store)
    shown = ann.bot_messages
    assert len(shown) == 2
    assert {deadline(message) for message in shown} == {due}
    assert with_text(ann, "overdue") == with_text(ann, "OVERDUE") == []
    assert case_of(service).latest["radicular_pain"] == "bilateral"


async def test_a_clock_that_steps_back_over_the_beginning_of_a_case_harms_nothing(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    card = await card_of(ann)
    clock.pass_by(hours=-1)
    service.forget_old()
    await tap(ann, card, "None of these")
    await tap(ann, await ann.sees(SECOND_QUESTION), "Back")
    ann.types("/triage")
    ann.types("/cases")
    await ann.sees("begun")
    await all_is_sent(service.store)
    assert service.store.inbox.parked_count() == 0 and server.refused_but() == []


@pytest.mark.parametrize(
    ("change", "local"),
    [
        (SUMMER_BEGINS, "Sun 28 Mar 08:30 CEST"),
        (SUMMER_ENDS, "Sun 25 Oct 07:30 CET"),
    ],
    ids=["summer begins", "summer ends"],
)
async def test_twelve_hours_are_twelve_hours_over_a_change_of_summer_time(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    change: datetime,
    local: str,
) -> None:
    clock.now = change - timedelta(hours=6.5)
    due = clock.now + TWELVE_HOURS
    alert = await emergency(ann)
    assert deadline(alert) == due
    await all_is_sent(service.store)
    ann.types("/card")
    await ann.sees(f"by {local}, in 12 h")
    await all_is_sent(service.store)
    for at, left in (
        (change - timedelta(minutes=1), "in 5 h 31 min"),
        (change + timedelta(minutes=1), "in 5 h 29 min"),
        (due - timedelta(minutes=1), "in 1 min"),
    ):
        clock.now = at
        newest = ann.last.id
        ann.types("/card")
        await server.until(lambda n=newest: ann.last.id > n)
        await all_is_sent(service.store)
        assert f"by {local}, {left}" in ann.last.text
        assert deadline(ann.last) == due
    assert with_text(ann, "overdue") == []
    clock.now = due + timedelta(minutes=5)
    ann.types("/card")
    assert deadline(await ann.sees("overdue by 5 min")) == due
    await all_is_sent(service.store)


@pytest.mark.parametrize("change", [SUMMER_BEGINS, SUMMER_ENDS], ids=["begins", "ends"])
async def test_a_local_clock_gives_the_same_deadlines_as_universal_time(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock, change: datetime
) -> None:
    clock.now = (change - timedelta(hours=2)).astimezone(AMSTERDAM)
    due = clock.now.astimezone(UTC) + TWELVE_HOURS
    async with running(server, service):
        assert deadline(await emergency(ann)) == due


@pytest.mark.parametrize(
    ("typed", "since"),
    [
        ("2 h ago", SUMMER_ENDS - timedelta(hours=1)),
        ("yesterday 21:00", datetime(2026, 10, 24, 19, tzinfo=UTC)),
        ("01:30", datetime(2026, 10, 24, 23, 30, tzinfo=UTC)),
    ],
)
async def test_a_time_typed_after_the_change_is_the_instant_that_was_meant(
    bot: TelegramBot,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    typed: str,
    since: datetime,
) -> None:
    clock.now = SUMMER_ENDS + timedelta(hours=1)
    first = await emergency(ann)
    await all_is_sent(service.store)
    before = len(ann.bot_messages)
    ann.types(f"/earlier {typed}")
    sooner = await ann.sees_when(
        lambda: next((m for m in ann.bot_messages[before:] if EMERGENCY in m.text), None)
    )
    assert sooner is not first and deadline(sooner) == since + TWELVE_HOURS
    await all_is_sent(service.store)


async def test_an_hour_lost_and_found_in_mid_case_keeps_every_button(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    clock.now = SUMMER_ENDS - timedelta(minutes=10)
    async with running(server, service):
        await emergency(ann)
        await all_is_sent(service.store)
    clock.pass_by(hours=-1)
    async with running(server, replace(service, touch=True)):
        await ann.sees("I was away")
        await all_is_sent(service.store)
        await tap(ann, ann.last, "Done")
        await ann.sees(ask(AFTER_A_SIGN))
    assert with_text(ann, "overdue") == []


@pytest.mark.slow
@pytest.mark.parametrize("restarts", [True, False])
@pytest.mark.parametrize("ahead", [timedelta(hours=14), timedelta(days=31)])
async def test_a_clock_that_was_ahead_for_a_while_silences_no_reminder(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock, ahead: timedelta,
    restarts: bool, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    async with AsyncExitStack() as running_now:
        await running_now.enter_async_context(running(server, service))
        await emergency(ann)
        await all_is_sent(service.store)
        wanted = service.store.reminders.pending(case_of(service).code)
        for change in (ahead, -ahead):
            clock.now += change
            if restarts:
                await running_now.aclose()
                await running_now.enter_async_context(running(server, service))
            expected = wanted if change < timedelta() else []
            await until(lambda e=expected: pending(service) == e)
        given = len(with_text(ann, "Reminder: "))
        clock.pass_by(hours=9)
        await server.until(lambda: len(with_text(ann, "Reminder: ")) > given)
        assert pending(service) == wanted[1:]


def pending(service: Service) -> list[Reminder]:
    return service.store.reminders.pending(case_of(service).code)


@pytest.mark.usefixtures("hurry")
async def test_a_clock_that_jumps_forward_erases_no_case(
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.02)
    async with running(server, service):
        card = await card_of(ann)
        await tap(ann, card, "None of these")
        await all_is_sent(service.store)
        clock.pass_by(days=2 * RETENTION_DAYS)
        await asyncio.sleep(0.1)
        assert case_of(service).latest == {"cord_signs": []}
    clock.pass_by(days=2 * RETENTION_DAYS)
    async with running(server, service):
        await asyncio.sleep(0.1)
        assert case_of(service).latest == {"cord_signs": []}


@pytest.mark.usefixtures("hurry")
async def test_a_clock_that_only_goes_on_has_old_cases_erased(
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tidying, "SECONDS_TO_NEXT", 0.005)
    async with running(server, service):
        await card_of(ann)
        await all_is_sent(service.store)
        for _ in range(RETENTION_DAYS + 3):
            clock.pass_by(hours=23)
            await until(lambda: seen_at(service) == clock.now)
        assert service.store.cases.active("1001") is None


async def test_a_clock_far_behind_the_last_update_asks_for_all_that_waits(
    server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    async with running(server, service):
        await card_of(ann)
        await all_is_sent(service.store)
    clock.pass_by(days=-10)
    asked = len(server.calls.of("getUpdates"))
    async with running(server, service):
        ann.types("/help")
        await ann.sees("About CordCall: ")
    offsets = [call.params.integer("offset") for call in server.calls.of("getUpdates")[asked:]]
    assert 0 in offsets
