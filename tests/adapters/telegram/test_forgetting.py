"""What is stored of a person is given to them, or erased at once; messages of it expire."""

import json
from dataclasses import replace

import pytest

from bot.incoming import TERMINAL, Command, Incoming, Text
from bot.service.service import Service
from state.records import FORGOTTEN, Card, Seen
from tests.access import only, open_to_all
from tests.adapters.telegram.test_access import access_of, enrolled, invitation, members
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, Message, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, case_of, until, with_text
from tests.stored import stored

pytestmark = pytest.mark.usefixtures("hurry")

ANN, DAN = "1001", "987654321"
EXPIRED = "Expired\nThis case is no longer kept here."
HANDED_ON = (
    "Handed over\n"
    "This case is still open. It has been offered to colleagues, and is no longer shown here."
)


@pytest.fixture
def guarded(service: Service) -> Service:
    """A service with one owner, Ann, and one clinician, Dan."""
    enrolled(service, DAN, "clinician")
    return replace(service, touch=True, access=access_of(service))


@pytest.fixture
def dan(server: BotApi) -> PersonInChat:
    return server.private_chat(int(DAN), "Dan")


async def begin(person: PersonInChat, guarded: Service) -> Message:
    """Begin an emergency, and return the alert."""
    await tap(person, await card_of(person), "Gait or balance")
    alert = await person.sees("EMERGENCY")
    await all_is_sent(guarded.store)
    return alert


async def forget(person: PersonInChat) -> None:
    person.types("/forget")
    asked = await person.sees("Erase everything that is stored of you?")
    await tap(person, asked, "Yes, erase it all")


def audited(service: Service, code: str) -> int:
    """Count the rows of the audit that name a case: they outlive it."""
    with service.store.audit.trail() as trail:
        return sum(row.code == code for row in trail.rows)


async def test_a_member_gets_what_is_stored_of_them_and_of_nobody_else(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        await begin(ann, guarded)
        await begin(dan, guarded)
        dan.types("/settings role nurse")
        await dan.sees("Role: Nurse")
        dan.types("/mydata")
        await dan.sees("What is stored of you")
        await all_is_sent(guarded.store)
    (sent,) = [message for message in dan.bot_messages if message.document]
    assert sent.document is not None and sent.document.file_name == "mydata.json"
    found = json.loads(sent.document.content)
    assert [each["role"] for each in found["members"]] == ["clinician"]
    assert [each["role"] for each in found["readers"]] == ["nurse"]
    assert [each["code"] for each in found["cases"]] == [case_of(guarded, DAN).code]
    assert [(each["question"], each["value"]) for each in found["answers"]] == [
        ("cord_signs", '["gait"]')
    ]
    assert found["reminders"] and found["buttons"] and found["cards"]
    text = sent.document.content.decode()
    assert case_of(guarded, ANN).code not in text and f'"{ANN}"' not in text
    assert sent.document.content not in stored(guarded.store)


async def test_whoever_is_forgotten_leaves_no_trace_and_their_messages_expire(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        alert = await begin(dan, guarded)
        code = case_of(guarded, DAN).code
        dan.types("/close transferred")
        await dan.sees("Case closed")
        await forget(dan)
        await dan.sees("Everything that was stored of you is erased, except the audit")
        await server.until(lambda: alert.text == EXPIRED)
        await all_is_sent(guarded.store)
        assert alert.buttons == []
        dan.types("/triage")
        await dan.sees("not open to you")
    assert members(guarded) == {}
    assert guarded.store.cases.find(code) is None
    guarded.store.scrub()
    assert DAN.encode() not in stored(guarded.store)
    assert stored(guarded.store).count(code.encode()) == audited(guarded, code)


async def test_whoever_is_forgotten_is_named_in_no_button_and_no_message_for_others(
    server: BotApi, guarded: Service, ann: PersonInChat
) -> None:
    fay = server.private_chat(987650003, "Fay", username="fay_ward")
    async with running(server, guarded):
        fay.types(f"/start {await invitation(ann)}")
        await fay.sees("You are in")
        ann.types("/members")
        await ann.sees("Owners, from the settings")
        await all_is_sent(guarded.store)
    assert b"members 987650003 remove" in stored(guarded.store)
    guarded.take(Incoming(ANN, ANN, Command("members", "987650003")))
    guarded.take(Incoming("987650003", "987650003", Command("forget", "yes")))
    (waiting, *_) = guarded.store.outbox.queued(ANN)
    assert f"members {FORGOTTEN} remove" in str(waiting.screens)
    for row in guarded.store.outbox.queued("987650003"):
        with guarded.store.turn() as store:
            store.outbox.sent([row.id])
    guarded.store.scrub()
    left = stored(guarded.store)
    assert b"987650003" not in left and b"fay_ward" not in left


async def test_an_old_confirmation_erases_nothing_that_its_question_did_not_name(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        dan.types("/forget")
        old = await dan.sees("Erase everything that is stored of you?")
        await begin(dan, guarded)
        case = case_of(guarded, DAN)
        await tap(dan, old, "Yes, erase it all")
        asked = await dan.sees(f"Your open cases will be offered to the others: {case.code}.")
        await all_is_sent(guarded.store)
        assert case_of(guarded, DAN) == case and DAN in members(guarded)
        await tap(dan, asked, "Yes, erase it all")
        await dan.sees("is erased, except the audit")
        await all_is_sent(guarded.store)
    assert DAN not in members(guarded)


async def test_what_waits_for_a_person_about_others_is_not_given_to_them(
    server: BotApi, guarded: Service, ann: PersonInChat
) -> None:
    guarded.take(Incoming(ANN, ANN, Command("members")))
    guarded.take(Incoming(ANN, ANN, Command("members", DAN)))
    assert DAN in str(guarded.store.outbox.queued(ANN))
    assert DAN not in str(guarded.store.people.stored_of(ANN))


async def test_open_cases_are_handed_over_first_without_the_name_of_who_had_them(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        alert = await begin(dan, guarded)
        case = case_of(guarded, DAN)
        dan.types("/forget")
        asked = await dan.sees(f"Your open cases will be offered to the others: {case.code}.")
        assert "Nobody is reminded of them until somebody takes them over" in asked.text
        assert asked.text.index(case.code) < asked.text.index("Erase everything")
        assert "You then have no access" in asked.text
        await tap(dan, asked, "Yes, erase it all")
        offered = await ann.sees("Unattended cases")
        await server.until(lambda: alert.text == HANDED_ON)
        await until(lambda: [m.id for m in dan.bot_messages if case.code in m.text] == [asked.id])
        await tap(ann, offered, f"Take over {case.code}")
        await tap(ann, await ann.sees("Do now"), "Continue")
        await ann.sees("Which cord signs are new?")
        await all_is_sent(guarded.store)
    moved = case_of(guarded, ANN)
    assert (moved.code, moved.owner, moved.latest) == (case.code, ANN, case.latest)
    assert [each.who for each in moved.answers] == [FORGOTTEN]
    assert guarded.store.reminders.pending(case.code)
    guarded.store.scrub()
    assert DAN.encode() not in stored(guarded.store)


async def test_a_typed_no_keeps_it_and_answers_no_question_of_the_case(
    server: BotApi, guarded: Service, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        await card_of(dan)
        before = case_of(guarded, DAN)
        dan.types("/forget")
        await dan.sees("Erase everything that is stored of you?")
        dan.types("No.")
        assert (await dan.sees("Nothing is erased.")).buttons == []
        dan.types("/forget")
        await until(lambda: len(with_text(dan, "Erase everything")) == 2)
        dan.types("gait")
        await dan.sees("Gait or balance. Is that right?")
        dan.types("yes")
        await all_is_sent(guarded.store)
    assert case_of(guarded, DAN).code == before.code and members(guarded) == {DAN: "clinician"}


def test_a_yes_after_a_no_erases_nothing(guarded: Service) -> None:
    for act in (Command("triage"), Command("forget"), Text("no"), Text("yes")):
        guarded.take(Incoming(DAN, DAN, act))
    assert members(guarded) == {DAN: "clinician"}
    assert case_of(guarded, DAN).status != "closed"


async def test_nothing_is_erased_while_nobody_else_could_take_a_case_over(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    for access in (only(ANN), open_to_all()):
        async with running(server, replace(service, access=access)):
            await begin(ann, service)
            case, seen = case_of(service), len(with_text(ann, "nobody else could take over"))
            ann.types("/forget yes")
            await until(
                lambda expected=seen + 1: (
                    len(with_text(ann, "nobody else could take over")) == expected
                )
            )  # type: ignore[misc]
            assert case_of(service) == case
            ann.types("/close transferred")
            await until(lambda: not service.store.ownership.under_way_of(ANN))
            await all_is_sent(service.store)


async def test_an_owner_who_is_forgotten_is_still_an_owner(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        alert = await begin(ann, guarded)
        case = case_of(guarded)
        await forget(ann)
        assert not with_text(ann, "You then have no access")
        await ann.sees("You may still use this, by the settings")
        await dan.sees("Unattended cases")
        assert not with_text(ann, "Unattended cases")
        await server.until(lambda: alert.text == HANDED_ON)
        assert guarded.store.cases.active(ANN) is None
        ann.types("/triage")
        await until(lambda: guarded.store.cases.active(ANN))
    assert case_of(guarded).code != case.code


async def test_a_case_erased_by_age_leaves_messages_that_say_so(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat, clock: Clock
) -> None:
    async with running(server, guarded):
        alert = await begin(dan, guarded)
        dan.types("/close transferred")
        await dan.sees("Case closed")
        await all_is_sent(guarded.store)
    shown = {card.message_id for card in guarded.store.cards.of([_code(guarded)])}
    assert alert.id in shown
    clock.pass_by(days=31)
    with guarded.store.turn() as store:
        store.clock.keep(Seen(clock.now))
    async with running(server, guarded):
        await server.until(lambda: alert.text == EXPIRED)
        await all_is_sent(guarded.store)
    left = [message for message in dan.bot_messages if message.id in shown]
    assert left and all(message.text == EXPIRED for message in left)
    assert guarded.store.cases.find(_code(guarded) or "KES-42") is None


def _code(service: Service) -> str:
    row = service.store.database.execute("SELECT max(code) FROM cases").fetchone()  # type: ignore[attr-defined]
    return row[0] or ""


async def test_a_message_that_is_gone_or_a_person_who_left_stops_nothing(
    server: BotApi, guarded: Service, ann: PersonInChat, dan: PersonInChat
) -> None:
    async with running(server, guarded):
        alert = await begin(dan, guarded)
        alert.deleted = True
        dan.types("/close transferred")
        await dan.sees("Case closed")
        await forget(dan)
        await dan.sees("Everything that was stored of you is erased")
        await all_is_sent(guarded.store)
    assert EXPIRED not in "".join(message.text for message in dan.bot_messages[-1:])


def test_what_is_erased_is_gone_from_the_disk_at_once(guarded: Service) -> None:
    for line in ("triage", "close transferred"):
        name, _, rest = line.partition(" ")
        guarded.take(Incoming(DAN, DAN, Command(name, rest)))
    guarded.take(Incoming(DAN, DAN, Command("invite")))
    code = _code(guarded)
    with guarded.store.turn() as store:
        store.cards.keep(Card(code, "card", DAN, 7, NOON))
    assert stored(guarded.store).count(code.encode()) > audited(guarded, code)
    guarded.take(Incoming(DAN, DAN, Command("forget", "yes")))
    assert stored(guarded.store).count(code.encode()) == audited(guarded, code)
    (row,) = guarded.store.outbox.queued(DAN)
    assert row.tapped == 7 and code not in str(row.screens)


def test_the_terminal_says_that_its_file_is_all(service: Service) -> None:
    for name in ("mydata", "forget", "forget yes"):
        command, _, rest = name.partition(" ")
        service.take(Incoming(TERMINAL, "you", Command(command, rest)))
    for row in service.store.outbox.queued(TERMINAL):
        assert "the database file is all that is stored" in row.screens[0]
