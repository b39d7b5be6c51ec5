"""Two open cases on a phone: a typed line goes to the case whose message it replies to, or asks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.telegram import reminder_loop
from bot.adapters.telegram.app import TelegramBot
from bot.service.keeping import ask_about_open
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import StoredCase
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, case_of, until

pytestmark = pytest.mark.usefixtures("hurry")

BEFORE = NOON + timedelta(hours=9)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the ticker check often: a test's clock moves at once."""
    monkeypatch.setattr(reminder_loop, "LONGEST_SLEEP", 0.02)
    monkeypatch.setattr(reminder_loop, "SHORTEST_SLEEP", 0.01)


async def settled(server: BotApi, service: Service) -> None:
    await server.until(lambda: len(server.updates) == 0)
    await until(lambda: (due := Reminding(service).next_due()) is None or due > service.clock())
    await all_is_sent(service.store)


def kinds(service: Service, case: StoredCase) -> list[str]:
    found = service.store.cases.find(case.code)
    assert found is not None
    return [entry.kind for entry in found.noted]


@pytest.fixture
async def two(
    bot: TelegramBot, server: BotApi, ann: PersonInChat, service: Service, clock: Clock
) -> tuple[StoredCase, StoredCase]:
    """An emergency, and another begun half an hour later, on which the chat is."""
    await tap(ann, await card_of(ann), "Gait or balance")
    await settled(server, service)
    first = case_of(service)
    clock.pass_by(minutes=30)
    ann.types("/triage")
    await ann.sees("Also open")
    await settled(server, service)
    await tap(ann, ann.last, "Bladder")
    await settled(server, service)
    second = case_of(service)
    assert second.code != first.code
    return first, second


@pytest.fixture
async def reminder(
    two: tuple[StoredCase, StoredCase],
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
) -> Message:
    """The reminder of the first case: the newest message, while the chat is on the second."""
    clock.now = BEFORE
    message = await ann.sees("Reminder: ")
    await settled(server, service)
    assert two[0].code in message.text and message is ann.last
    return message


@pytest.mark.parametrize("command", ["/scanned", "/requested", "/given"])
async def test_a_note_that_replies_to_a_reminder_goes_to_its_case(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    command: str,
) -> None:
    first, second = two
    ann.types(command, reply_to=reminder)
    await ann.sees(f"Now on {first.code}.")
    await settled(server, service)
    assert len(kinds(service, first)) == 1 and kinds(service, second) == []
    assert service.store.cases.active_code("1001") == first.code
    assert server.refused_but() == []


async def test_an_answer_that_replies_to_a_case_is_read_there(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
) -> None:
    ann.types("bladder", reply_to=reminder)
    await ann.sees("Is that right?")
    await settled(server, service)
    assert two[0].code in ann.last.text and two[1].code not in ann.last.text
    assert f"Now on {two[0].code}." in ann.last.text


async def test_a_reply_to_a_closed_case_notes_nothing(
    two: tuple[StoredCase, StoredCase], server: BotApi, ann: PersonInChat, service: Service
) -> None:
    first, second = two
    alert = next(m for m in ann.bot_messages if first.code in m.text)
    ann.types(f"/resume {first.code}")
    ann.types("/close transferred")
    ann.types(f"/resume {second.code}")
    await settled(server, service)
    ann.types("/given", reply_to=alert)
    await ann.sees(f"{first.code} is closed, and nothing was noted")
    assert kinds(service, first) == ["closed"] and kinds(service, second) == []
    assert service.store.cases.active_code("1001") == second.code


@pytest.mark.parametrize("chosen", [0, 1])
async def test_without_a_reply_it_is_asked_which_case_before_anything_is_noted(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
    chosen: int,
) -> None:
    ann.types("/given")
    asked = await ann.sees("Which case?")
    await settled(server, service)
    assert [kinds(service, case) for case in two] == [[], []]
    assert asked.buttons == [[two[0].code, two[1].code]]
    typed_at = clock.now
    clock.pass_by(minutes=1)
    await tap(ann, asked, two[chosen].code)
    await settled(server, service)
    assert kinds(service, two[chosen]) == ["steroid_given"]
    assert kinds(service, two[1 - chosen]) == []
    noted = case_of(service).noted
    assert case_of(service).code == two[chosen].code and abs(noted[0].at - typed_at) < timedelta(
        seconds=2
    )
    clock.pass_by(minutes=10)
    await tap(ann, asked, two[chosen].code)
    await ann.sees("Already noted")
    ann.types("/requested")
    await settled(server, service)
    assert kinds(service, two[chosen]) == ["steroid_given", "mri_requested"]
    assert server.refused_but() == []


@pytest.mark.parametrize("command", ["/snooze", "/earlier 2 h ago", "/sbar", "/undo"])
async def test_what_else_is_typed_after_it_asks_too(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    command: str,
) -> None:
    before = [service.store.cases.find(case.code) for case in two]
    ann.types(command)
    await ann.sees("Which case?")
    await settled(server, service)
    assert [service.store.cases.find(case.code) for case in two] == before


async def test_a_look_at_another_case_is_remembered_as_shown_last(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
) -> None:
    clock.pass_by(minutes=1)
    ann.types("/card")
    await settled(server, service)
    clock.pass_by(minutes=1)
    await tap(ann, reminder, "Snooze 30 min")
    await ann.sees(f"{two[0].code}: reminded again at")
    await settled(server, service)
    clock.pass_by(minutes=1)
    ann.types("/given")
    await ann.sees("Which case?")
    assert [kinds(service, case) for case in two] == [[], []]


async def test_a_note_sent_before_the_reminder_is_not_asked_about(
    two: tuple[StoredCase, StoredCase],
    reminder: Message,
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
) -> None:
    body = {
        "message_id": 90_001, "from": ann.user.as_json(), "chat": ann.chat.as_json(),
        "date": int((clock.now - timedelta(minutes=5)).timestamp()), "text": "/given",
    }  # fmt: skip
    server.updates.push_raw({"message": body})
    await ann.sees("Noted: ")
    assert [kinds(service, case) for case in two] == [[], ["steroid_given"]]


async def test_keep_goes_on_with_the_case_it_shows(
    two: tuple[StoredCase, StoredCase],
    server: BotApi,
    ann: PersonInChat,
    service: Service,
    clock: Clock,
) -> None:
    first, second = two
    with service.store.turn() as store:
        store.reminders.set(first.code, ())
        store.reminders.set(second.code, ())
    clock.pass_by(hours=24 * 31)
    with service.store.turn():
        chats, _ = ask_about_open(replace(service, touch=True), 1)
    assert chats == ["1001"]
    ann.types("/version")
    question = await ann.sees(f"{first.code} is still open")
    await settled(server, service)
    await tap(ann, question, "Keep")
    await ann.sees(f"Now on {first.code}.")
    ann.types("/given")
    await settled(server, service)
    assert kinds(service, first) == ["steroid_given"] and kinds(service, second) == []
