"""An emergency calls its group until somebody answers, over real HTTP."""

from datetime import timedelta

import pytest

from bot.service.service import Service
from state.groups import REPEAT_MIN
from tests.adapters.telegram.groups.steps import ANN, BOB, CAT, Team
from tests.botapi import BotApi, Message
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, until

pytestmark = pytest.mark.usefixtures("hurry", "hasty")

CALLED = "Raised by Ann"
NOBODY_YET = "Alarm: nobody has answered yet"
NOBODY = "Alarm: nobody has answered – now"
REPEATED_AFTER = timedelta(minutes=REPEAT_MIN)


@pytest.fixture
async def alarm(team: Team, server: BotApi) -> Message:
    team["Bob"].types("/oncall")
    await team["Bob"].sees("Nobody is on call here.")
    team["Ann"].types("/oncall surgeon @bob 22:00")
    await team["Ann"].sees("Spinal surgeon: Bob, until 22:00")
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    team["Ann"].taps(card, "Gait or balance")
    return await team["Ann"].sees(CALLED)


async def test_an_emergency_calls_who_is_on_call_with_sound(alarm: Message, team: Team) -> None:
    assert "On call: Bob (spinal surgeon)" in alarm.text and NOBODY_YET in alarm.text
    assert not alarm.silent and BOB in alarm.mentioned
    assert alarm.buttons == [["On my way", "Seen"], ["I have it"]]


async def test_who_answers_is_named_and_ends_the_alarm(
    alarm: Message, team: Team, server: BotApi, clock: Clock
) -> None:
    own = team["Ann"].taps(alarm, "Seen")
    assert "somebody else has to answer it" in await team["Ann"].gets_answer(own)
    team["Bob"].taps(alarm, "On my way")
    await server.until(lambda: "On the way: Bob 12:00" in alarm.text)
    assert NOBODY_YET not in alarm.text
    clock.now = NOON + timedelta(minutes=30)
    card = await team["Ann"].sees("Owner: Ann")
    await server.until(lambda: "On the way: Bob 12:00" in card.text)
    assert not any(NOBODY in each.text for each in team["Ann"].bot_messages)


async def test_what_nobody_answers_is_repeated_once_to_everybody(
    alarm: Message, team: Team, server: BotApi, shared: Service, clock: Clock
) -> None:
    team["Cat"].types("/oncall")
    await all_is_sent(shared.store)
    before = len(team["Ann"].bot_messages)
    clock.now = NOON + REPEATED_AFTER - timedelta(seconds=1)
    await all_is_sent(shared.store)
    assert len(team["Ann"].bot_messages) == before
    clock.now = NOON + REPEATED_AFTER
    again = await team["Ann"].sees(NOBODY)
    assert not again.silent and set(again.mentioned) == {ANN, BOB, CAT}
    cards = lambda: [m for m in team["Ann"].bot_messages if "Owner: Ann" in m.text]  # noqa: E731
    await server.until(lambda: cards() and NOBODY in cards()[-1].text)
    clock.now = NOON + 4 * REPEATED_AFTER
    await all_is_sent(shared.store)
    said = [each for each in team["Ann"].bot_messages if NOBODY in each.text and not each.silent]
    assert len(said) == 1
    team["Cat"].taps(again, "I have it")
    await server.until(lambda: "Taken over: Cat 12:40" in again.text)


async def test_at_the_deadline_the_group_is_reminded_as_well_as_the_owner(
    alarm: Message, team: Team, server: BotApi, clock: Clock
) -> None:
    team["Bob"].taps(alarm, "I have it")
    await server.until(lambda: "Taken over: Bob" in alarm.text)
    clock.now = NOON + timedelta(hours=12)
    owner = server.private_chat(BOB, "Bob")
    await owner.sees("Reminder: ")
    said = await team["Ann"].sees("Reminder: ")
    assert "Owner: Bob" in said.text and not said.silent
    assert said.buttons == [["MRI done", "Snooze 30 min"], ["I have it", "Hand to …"]]
    team["Cat"].taps(said, "MRI done")
    await team["Ann"].sees("MRI done, not read")


async def test_an_alarm_is_repeated_even_if_a_deadline_has_passed_meanwhile(
    alarm: Message, team: Team, server: BotApi, clock: Clock
) -> None:
    clock.now = NOON + timedelta(hours=12)
    again = await team["Ann"].sees(NOBODY)
    assert not again.silent
    await team["Ann"].sees("Reminder: The MRI is due now")
    await server.private_chat(ANN, "Ann").sees("Reminder: The MRI is due now")


async def test_a_snooze_keeps_no_deadline_from_the_group(
    alarm: Message, team: Team, server: BotApi, clock: Clock
) -> None:
    team["Bob"].taps(alarm, "Seen")
    await server.until(lambda: "Seen: Bob" in alarm.text)
    owner = server.private_chat(ANN, "Ann")
    clock.now = NOON + timedelta(hours=11, minutes=50)
    reminder = await owner.sees("Reminder: ")
    owner.taps(reminder, "Snooze 30 min")
    await owner.sees("reminded again at")
    clock.now = NOON + timedelta(hours=12, minutes=25)
    await owner.sees("Reminder: You put this off.")
    await team["Bob"].sees("Reminder: The MRI is due now")


async def test_a_group_is_not_reminded_again_when_its_case_has_changed_meanwhile(
    alarm: Message, team: Team, server: BotApi, shared: Service, clock: Clock
) -> None:
    owner = server.private_chat(ANN, "Ann")
    team["Bob"].taps(alarm, "Seen")
    await server.until(lambda: "Seen: Bob" in alarm.text)
    await all_is_sent(shared.store)
    card = await team["Bob"].sees("Owner: Ann")
    flood = server.faults.flood(1.0, ANN)
    clock.now = NOON + timedelta(hours=12)
    await team["Bob"].sees("Reminder: The MRI is due now")
    (case,) = shared.store.cases.listed(str(alarm.chat.id), NOON)
    team["Bob"].taps(card, "Bladder")
    await until(lambda: shared.store.cases.find(case.code) != case)
    server.faults.remove(flood)
    await owner.sees("Reminder: ")
    await all_is_sent(shared.store)
    reminders = [each for each in team["Bob"].bot_messages if "Reminder: " in each.text]
    assert len(reminders) == 1
