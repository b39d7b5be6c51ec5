"""Reminders on a phone, through the strict server: each arrives once, and leads to the case."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.telegram import reminder_loop
from bot.adapters.telegram.app import TelegramBot
from bot.incoming import Command, Incoming, Text
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import Reminder
from state.store import StoreError
from tests.access import only
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock
from tests.dialogue import AFTER_A_SIGN, ask, tap_answers
from tests.faults.steps import REPEAT, all_is_sent, case_of, until, with_text

pytestmark = pytest.mark.slow

BEFORE = NOON + timedelta(hours=9)
DUE = NOON + timedelta(hours=12)
REMINDER = "Reminder: "
CLAIM = Reminding.claim


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the ticker check often: a test's clock moves at once."""
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    monkeypatch.setattr(reminder_loop, "SHORTEST_SLEEP", 0.01)


@pytest.fixture
async def alert(bot: TelegramBot, ann: PersonInChat, service: Service) -> AsyncIterator[Message]:
    await tap(ann, await card_of(ann), "Gait or balance")
    found = await ann.sees("EMERGENCY")
    await all_is_sent(service.store)
    yield found


def reminders(ann: PersonInChat) -> list[str]:
    return with_text(ann, REMINDER)


async def quiet(service: Service) -> None:
    """Wait until nothing is due and nothing is left to send."""
    await until(lambda: (due := Reminding(service).next_due()) is None or due > service.clock())
    await all_is_sent(service.store)


async def test_a_reminder_arrives_once_as_a_message_of_its_own_with_a_sound(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    count = len(ann.bot_messages)
    clock.now = BEFORE
    message = await ann.sees(REMINDER)
    await quiet(service)
    assert len(ann.bot_messages) == count + 1
    assert message is ann.bot_messages[-2] and "Which cord signs are new?" in ann.last.text
    assert message.buttons == [["MRI done", "Snooze 30 min"]]
    assert message.marked("date_time") == ["in 3 h"]
    sent = server.calls.of("sendMessage")[-2:]
    assert [call.params.boolean("disable_notification") for call in sent] == [False, True]
    assert len(reminders(ann)) == 1
    assert server.refused_but() == []


async def test_done_leads_on_and_the_reminders_go_on_until_the_images_are_read(
    alert: Message, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    clock.now = BEFORE
    message = await ann.sees(REMINDER)
    await tap(ann, message, "MRI done")
    await ann.sees("MRI done, not read")
    assert "mri_due" in {each.kind for each in pending(service)}
    clock.now = DUE
    await until(lambda: len(reminders(ann)) == 2)
    assert "radiologist" in reminders(ann)[-1]
    await tap_answers(ann, service, up_to="lesions_seen")
    await tap_answers(ann, service, lesions_seen="none", up_to="plan")
    assert [each.kind for each in pending(service) if each.kind.startswith("mri")] == []


def pending(service: Service) -> list[Reminder]:
    return service.store.reminders.pending(case_of(service).code)


async def test_snooze_reminds_again_with_the_case_below_it(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    clock.now = BEFORE
    message = await ann.sees(REMINDER)
    await tap(ann, message, "Snooze 30 min")
    await ann.sees("reminded again at 21:30")
    clock.pass_by(minutes=30)
    await until(lambda: len(reminders(ann)) == 2)
    await all_is_sent(service.store)
    again = ann.bot_messages[-2]
    assert "You put this off" in again.text
    assert "Which cord signs are new?" in ann.last.text
    assert REMINDER in message.text and REMINDER in again.text


async def test_a_reminder_takes_the_screen_of_its_case_along_and_leaves_the_alert(
    alert: Message, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    code = case_of(service).code
    before = service.store.cards.find(code, "alert", str(ann.user.id))
    old = ann.last
    clock.now = BEFORE
    await ann.sees(REMINDER)
    await quiet(service)
    assert service.store.cards.find(code, "alert", str(ann.user.id)) == before and not alert.deleted
    assert old.deleted
    await tap(ann, ann.last, "Done")
    await ann.sees(ask(AFTER_A_SIGN))


async def test_after_a_restart_nothing_comes_twice_and_the_rest_comes(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY")
        clock.now = BEFORE
        await ann.sees(REMINDER)
        await all_is_sent(service.store)
    async with running(server, service):
        await quiet(service)
        assert len(reminders(ann)) == 1
    clock.now = DUE + timedelta(minutes=45)
    async with running(server, service):
        await until(lambda: len(reminders(ann)) == 2)
        await quiet(service)
        assert len(reminders(ann)) == 2
        assert "Late: this reminder was due at 00:30." in reminders(ann)[-1]


async def test_a_reminder_that_was_claimed_but_not_sent_is_sent_after_the_restart(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY")
        await all_is_sent(service.store)
    clock.now = BEFORE
    with service.store.turn():
        reminder = Reminding(service).claim()
        assert reminder is not None
        Reminding(service).remind(reminder)
    async with running(server, service):
        await ann.sees(REMINDER)
        await quiet(service)
    assert len(reminders(ann)) == 1


async def test_a_reminder_is_not_dropped_for_what_is_queued_behind_it(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    server.faults.flood(1, chat_id=1001, method="sendMessage")
    clock.now = BEFORE
    await until(lambda: service.store.outbox.queued() != [])
    ann.types("/card")
    await all_is_sent(service.store)
    assert len(reminders(ann)) == 1


async def test_a_reminder_whose_answer_was_lost_is_repeated_and_marked(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    server.faults.close("sendMessage", after=True)
    clock.now = BEFORE
    await until(lambda: len(reminders(ann)) == 2)
    await quiet(service)
    assert [said.startswith(REPEAT) for said in reminders(ann)] == [False, True]


async def test_who_blocked_the_bot_is_not_reminded_any_more(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    server.faults.refuse(403, "Forbidden: bot was blocked by the user", "sendMessage")
    code = case_of(service).code
    clock.now = BEFORE
    await until(lambda: service.store.reminders.pending(code) == [])
    await all_is_sent(service.store)
    clock.now = DUE + timedelta(hours=2)
    await quiet(service)
    assert reminders(ann) == []


async def test_one_reminder_that_cannot_be_drawn_stops_no_other(
    alert: Message,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("bot.service.reminding.draw_reminder", fail)
    clock.now = BEFORE
    await quiet(service)
    monkeypatch.undo()
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    clock.now = DUE
    await ann.sees(REMINDER)
    assert len(reminders(ann)) == 1


@pytest.mark.parametrize("error", [StoreError("locked"), RuntimeError("a bug")], ids=repr)
async def test_what_cannot_be_claimed_for_a_while_stops_no_reminder(
    error: Exception,
    alert: Message,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed: list[int] = []

    def locked(*_: object, **__: object) -> None:
        failed.append(1)
        raise error

    monkeypatch.setattr(Reminding, "claim", locked)
    clock.now = BEFORE
    await until(lambda: len(failed) > 1)
    monkeypatch.setattr(Reminding, "claim", CLAIM)
    await ann.sees(REMINDER)
    await quiet(service)
    assert len(reminders(ann)) == 1


async def test_what_was_done_is_one_tap_on_the_case_that_the_alert_leads_to(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await tap(ann, ann.last, "Done")
    await server.until(lambda: alert.buttons == [["Case", "Copy number"]])
    await tap(ann, alert, "Case")
    card = ann.last
    await server.until(lambda: "MRI requested" in str(card.buttons))
    assert card.buttons[:3] == [
        ["MRI requested", "Steroid given"],
        ["Called", "New signs"],
        ["Suspected earlier", "Hand over"],
    ]
    await tap(ann, card, "MRI requested")
    await server.until(lambda: "Noted: 12:00 MRI requested" in card.text)
    assert "12:00 MRI requested" in card.marked("expandable_blockquote")[-1]
    await all_is_sent(service.store)
    await tap(ann, card, "More")
    await tap(ann, await ann.sees("· More"), "Called")
    await tap(ann, await ann.sees("Called whom?"), "Nephrology")
    await ann.sees("12:00 Called: nephrology")
    assert server.refused_but() == []


async def test_the_hand_over_is_a_block_that_a_tap_copies(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service
) -> None:
    await tap(ann, ann.last, "Case")
    await tap(ann, await ann.sees("Do now"), "Hand over")
    message = await ann.sees("S – Situation")
    (copied,) = message.marked("pre")
    assert copied.startswith(f"SBAR {case_of(service).code}")
    assert "Patient: ____" in copied and "R – Request" in copied
    assert server.refused_but() == []


async def nobody_is_asked(who: str) -> None:
    raise AssertionError(who)


async def test_the_ticker_sleeps_until_the_next_moment_and_never_over_a_minute(
    service: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    woken: list[str] = []
    ticking = reminder_loop.Ticker(replace(service, touch=True), woken.append, nobody_is_asked)
    assert await ticking.tick() == 60
    service.take(Incoming("1001", "1001", Command("triage")))
    service.take(Incoming("1001", "1001", Text("gait")))
    assert await ticking.tick() == 60
    clock.now = BEFORE - timedelta(seconds=12)
    assert await ticking.tick() == 12
    assert woken == []
    clock.now = BEFORE
    assert await ticking.tick() == 60
    assert woken == ["1001"]


async def test_a_block_that_is_taken_back_brings_the_reminders_back(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> None:
    code = case_of(service).code
    ann.blocks()
    await until(lambda: service.store.reminders.pending(code) == [])
    ann.unblocks()
    await until(lambda: len(service.store.reminders.pending(code)) == 4)
    clock.now = BEFORE
    await ann.sees(REMINDER)


@pytest.mark.parametrize("sign", ["tap", "message", "edit", "my_chat_member"])
async def test_any_sign_of_life_brings_the_reminders_of_a_blocked_person_back(
    alert: Message, server: BotApi, ann: PersonInChat, service: Service, clock: Clock, sign: str
) -> None:
    code = case_of(service).code
    typed = ann.types("/help")
    await ann.sees("About CordCall: ")
    await all_is_sent(service.store)
    with service.store.turn() as store:
        assert store.chats.set_reachable("1001", reachable=False)
    assert service.store.reminders.pending(code) == []
    match sign:
        case "tap":
            ann.taps(next(each for each in reversed(ann.bot_messages) if each.buttons), (0, 0))
        case "message":
            ann.types("/card")
        case "edit":
            ann.edits(typed, "/card")
        case _:
            ann.unblocks()
    await until(lambda: len(service.store.reminders.pending(code)) == 4)
    clock.now = BEFORE
    await ann.sees(REMINDER)


async def test_the_start_renews_the_reminders_and_counts_who_has_no_access(
    server: BotApi,
    service: Service,
    ann: PersonInChat,
    clock: Clock,
    capfd: pytest.CaptureFixture[str],
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY")
        await all_is_sent(service.store)
    code = case_of(service).code
    with service.store.turn() as store:
        store.reminders.set(code, ())
    async with running(server, service):
        await until(lambda: len(service.store.reminders.pending(code)) == 4)
    clock.now = BEFORE
    async with running(server, replace(service, access=only())):
        await until(lambda: Reminding(service).next_due() != BEFORE)
        await all_is_sent(service.store)
    assert reminders(ann) == []
    assert "cases_of_people_without_access=1" in "".join(capfd.readouterr())
