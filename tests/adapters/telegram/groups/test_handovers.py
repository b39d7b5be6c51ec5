"""The change of shift in a group, over real HTTP: offered, read back, accepted, or reminded of."""

from dataclasses import replace

import pytest

from bot.conversation.handing_over import SILENT_FOR, TOLD_AFTER
from bot.conversation.reading_back import steps
from bot.incoming import Command, Incoming
from bot.screens.reading_back import deadlines_of
from bot.service.service import Service
from state.records import HANDED_OVER
from tests.adapters.telegram.groups.steps import ANN, BOB, Team, opened, three_join
from tests.adapters.telegram.test_conversation import running
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, until

pytestmark = pytest.mark.usefixtures("hurry", "hasty")


@pytest.fixture
async def card(team: Team) -> Message:
    """The card of an emergency of Ann's in the group."""
    team["Ann"].types("/triage")
    first = await team["Ann"].sees("Owner: Ann")
    team["Ann"].taps(first, "Gait or balance")
    await team["Ann"].sees("EMERGENCY")
    return await team["Ann"].sees_when(lambda: _newest(team["Ann"], "Owner: Ann"))


def _newest(person: PersonInChat, said: str) -> Message | None:
    found = (each for each in reversed(person.bot_messages) if said in each.text)
    return next((each for each in found if any("Hand to …" in row for row in each.buttons)), None)


async def offered(server: BotApi, team: Team, card: Message) -> Message:
    """Offer the case of a card to Bob, from its button in the group; return what Bob sees."""
    team["Bob"].types("/help")
    await team["Bob"].sees("only commands are read")
    ann = await opened(server, team["Ann"].taps(card, "Hand to …"))
    whom = await ann.sees("to whom?")
    ann.taps(whom, "Bob")
    await ann.sees("Offered to Bob")
    return await server.private_chat(BOB, "Bob").sees("Ann is handing over to you")


def right_label(service: Service, code: str) -> str:
    """Return the label of the right option of what is read back now."""
    row = service.store.handovers.of(code)
    case = service.store.cases.find(code)
    assert row is not None and case is not None
    view = service.begin(Incoming(str(BOB), str(BOB), Command(""))).view(case)
    if row.read:
        return str(steps(case, view.standing, row.facts).right + 1)
    found = deadlines_of(view, row)
    due = found.shown[found.right]
    assert due is not None
    return f"{due:%a} {due.day} {due:%b %H:%M} UTC"


async def read_back(server: BotApi, service: Service, message: Message) -> Message:
    """Read a case back in Bob's chat, and return what then may be accepted."""
    bob = server.private_chat(BOB, "Bob")
    (row,) = service.store.handovers.all()
    bob.taps(message, "Read back")
    await bob.sees("When is the scan due?")
    bob.taps(message, right_label(service, row.code))
    await bob.sees("What is the next step?")
    bob.taps(message, right_label(service, row.code))
    return await bob.sees("Deadline and next step read back.")


async def test_a_case_passes_when_its_receiver_has_read_it_back_and_accepts(
    card: Message, team: Team, server: BotApi, shared: Service
) -> None:
    offer = await offered(server, team, card)
    assert not offer.silent and offer.buttons == [["Read back"], ["Decline all"]]
    (row,) = shared.store.handovers.all()
    await team["Cat"].sees("Offered to Bob at 12:00")
    last = await read_back(server, shared, offer)
    assert last is offer, "the message is edited in place"
    case = shared.store.cases.find(row.code)
    assert case is not None and case.owner == str(ANN)
    bob = server.private_chat(BOB, "Bob")
    first, second = bob.taps(last, f"Accept {row.code}"), bob.taps(last, f"Accept {row.code}")
    await bob.sees(f"{row.code} is yours.")
    await server.until(lambda: first.answered and second.answered)
    told = await server.private_chat(ANN, "Ann").sees("Bob has read it back and owns it now")
    assert not told.silent
    await team["Cat"].sees("Owner: Bob, since 12:00")
    case = shared.store.cases.find(row.code)
    assert case is not None and case.owner == str(BOB)
    assert [each.kind for each in case.timeline].count(HANDED_OVER) == 1


async def test_the_button_tells_others_whose_the_case_is(card: Message, team: Team) -> None:
    tap = team["Cat"].taps(card, "Hand to …")
    assert "Ann owns it, and only its owner can hand it over" in await team["Cat"].gets_answer(tap)
    assert tap.url == ""


async def test_who_is_silent_is_reminded_and_then_the_group(
    card: Message, team: Team, server: BotApi, shared: Service, clock: Clock
) -> None:
    await offered(server, team, card)
    (row,) = shared.store.handovers.all()
    ann, bob = server.private_chat(ANN, "Ann"), server.private_chat(BOB, "Bob")
    clock.now = NOON + SILENT_FOR
    for person, said in ((ann, "Not handed over yet"), (bob, "Ann is waiting for you to accept")):
        message = await person.sees(f"{said}")
        assert row.code in message.text and not message.silent
    clock.now = NOON + TOLD_AFTER
    told = await team["Cat"].sees(f"Not handed over: {row.code}. Still Ann's")
    assert not told.silent
    clock.now = NOON + 4 * TOLD_AFTER
    await all_is_sent(shared.store)
    said_in_group = [each for each in team["Cat"].bot_messages if "Not handed over" in each.text]
    assert len(said_in_group) == 1
    await read_back(server, shared, await bob.sees("Ann is waiting for you to accept"))


@pytest.mark.parametrize("is_emergency", [True, False])
async def test_in_quiet_hours_a_group_hears_only_of_an_emergency_that_is_not_handed_over(
    team: Team, group: Group, server: BotApi, shared: Service, clock: Clock, *, is_emergency: bool
) -> None:
    found = shared.store.groups.find(str(group.chat.id))
    assert found is not None
    with shared.store.turn() as store:
        store.groups.change(replace(found, quiet="12-13"))
    team["Ann"].types("/triage")
    card = await team["Ann"].sees_when(lambda: _newest(team["Ann"], "Owner: Ann"))
    if is_emergency:
        team["Ann"].taps(card, "Gait or balance")
        await team["Ann"].sees("EMERGENCY")
        card = await team["Ann"].sees_when(lambda: _newest(team["Ann"], "Owner: Ann"))
    await offered(server, team, card)
    clock.now = NOON + TOLD_AFTER
    told = await team["Cat"].sees("Not handed over: ")
    assert told.silent is not is_emergency


async def test_a_hand_over_goes_on_after_a_restart(
    server: BotApi, shared: Service, clock: Clock, group: Group
) -> None:
    people = three_join(server, group)
    async with running(server, shared):
        group.changes_bot(people["Ann"], "member")
        people["Ann"].types("/enrol")
        await people["Ann"].sees("This group now shares its cases")
        people["Ann"].types("/triage")
        first = await people["Ann"].sees("Owner: Ann")
        people["Ann"].taps(first, "Gait or balance")
        await people["Ann"].sees("EMERGENCY")
        newest = await people["Ann"].sees_when(lambda: _newest(people["Ann"], "Owner: Ann"))
        offer = await offered(server, people, newest)
        (row,) = shared.store.handovers.all()
        bob = server.private_chat(BOB, "Bob")
        bob.taps(offer, "Read back")
        await bob.sees("When is the scan due?")
        bob.taps(offer, right_label(shared, row.code))
        await bob.sees("What is the next step?")
    clock.now = NOON + SILENT_FOR
    async with running(server, shared):
        await bob.sees("Ann is waiting for you to accept")
        bob.taps(offer, right_label(shared, row.code))
        last = await bob.sees("Deadline and next step read back.")
        bob.taps(last, f"Accept {row.code}")
        await bob.sees(f"{row.code} is yours.")
        await all_is_sent(shared.store)
    case = shared.store.cases.find(row.code)
    assert case is not None and case.owner == str(BOB)


def with_offer_buttons(*people: PersonInChat) -> list[str]:
    """Return the messages in private chats that still offer something about a hand-over."""
    labels = {"Withdraw", "Read back", "Decline", "Decline all"}
    return [
        each.text
        for person in people
        for each in person.bot_messages
        if not each.deleted and labels & {label for row in each.buttons for label in row}
    ]


@pytest.mark.parametrize("end", ["accepted", "declined", "withdrawn", "taken", "left"])
async def test_an_offer_that_has_ended_has_no_buttons_left_and_says_how_it_ended(
    card: Message, team: Team, group: Group, server: BotApi, shared: Service, clock: Clock, end: str
) -> None:
    offer = await offered(server, team, card)
    ann, bob = server.private_chat(ANN, "Ann"), server.private_chat(BOB, "Bob")
    given = await ann.sees("Offered to Bob")
    (row,) = shared.store.handovers.all()
    clock.now = NOON + SILENT_FOR
    late = await ann.sees("Not handed over yet")
    reminded = await bob.sees("Ann is waiting for you to accept")
    await all_is_sent(shared.store)
    assert len(with_offer_buttons(ann, bob)) == 4
    match end:
        case "accepted":
            last = await read_back(server, shared, reminded)
            bob.taps(last, f"Accept {row.code}")
            says, to_bob = "Bob has read it back and owns it now", f"{row.code} is yours."
        case "declined":
            bob.taps(reminded, "Decline all")
            says, to_bob = f"Bob declined {row.code}", f"Sent back to Ann: {row.code}"
        case "withdrawn":
            ann.taps(late, "Withdraw")
            says, to_bob = f"Withdrawn: {row.code}", f"Ann has withdrawn the offer of {row.code}"
        case "taken":
            team["Cat"].taps(card, "I have it")
            says = to_bob = "the hand-over from Ann to Bob has ended: Cat owns it now"
        case _:
            group.leaves(team["Bob"])
            says, to_bob = "can no longer take it", "This case is no longer kept here."
    await until(lambda: not with_offer_buttons(ann, bob))
    assert says in given.text and says in late.text
    assert to_bob in offer.text and to_bob in reminded.text


async def test_one_case_of_an_offer_that_ends_leaves_the_buttons_for_the_others(
    card: Message, team: Team, server: BotApi, shared: Service
) -> None:
    team["Bob"].types("/help")
    for _ in range(2):
        team["Ann"].types("/triage")
    await until(lambda: len(shared.store.ownership.open_in_groups(str(ANN))) > 1)
    ann, bob = server.private_chat(ANN, "Ann"), server.private_chat(BOB, "Bob")
    ann.types("/handover")
    ann.taps(await ann.sees("Which cases are you handing over?"), "To whom?")
    ann.taps(await ann.sees("to whom?"), "Bob")
    given = await ann.sees("Offered to Bob")
    offer = await bob.sees("Ann is handing over to you")
    first, *rest = shared.store.handovers.all()
    with shared.store.turn() as store:
        case = store.cases.find(first.code)
        assert case is not None
    team["Cat"].types(f"/have {first.code}")
    await ann.sees(f"{first.code}: the hand-over from Ann to Bob has ended")
    await all_is_sent(shared.store)
    assert given.buttons == [["Withdraw"]] and offer.buttons == [["Read back"], ["Decline all"]]
    ann.taps(given, "Withdraw")
    await until(lambda: not with_offer_buttons(ann, bob))
    assert shared.store.handovers.all() == [] and rest
