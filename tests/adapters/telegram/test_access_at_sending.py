"""What waits in the outbox is sent only to whom it may be shown at the moment of sending."""

from dataclasses import replace

import pytest

from bot.access import Access
from bot.adapters.telegram.outbox.choosing import MOST_ROWS_READ
from bot.incoming import Command, Incoming, Tap
from bot.service.service import Service
from state.people import Member
from state.records import Priority
from tests.access import only as only_these
from tests.adapters.telegram.test_conversation import card_of, running, tap
from tests.botapi import BotApi, PersonInChat
from tests.conftest import NOON, Clock
from tests.faults.steps import all_is_sent, button, case_of, until, with_text

pytestmark = pytest.mark.usefixtures("hurry")

BOB = "1002"


def only(service: Service, *people: str) -> Service:
    """The same service, started with other owners."""
    return replace(service, touch=True, access=only_these(*people))


async def test_what_waits_for_somebody_who_was_removed_is_not_sent(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    bob = server.private_chat(int(BOB), "Bob")
    async with running(server, service):
        card = await card_of(ann)
        await tap(ann, card, "Gait or balance")
        await ann.sees("EMERGENCY")
        bob.types("/help")
        await bob.sees("About CordCall")
        await all_is_sent(service.store)
    seen, bobs = len(ann.bot_messages), len(bob.bot_messages)
    everybody = replace(service, touch=True)
    for command in ("sbar", "plan", "cases", "card"):
        everybody.take(Incoming("1001", "1001", Command(command)))
    token, place = button(card, "Bladder")
    query = "a tap that waits for its answer"
    everybody.take(Incoming("1001", "1001", Tap(token, place), query, card.id))
    everybody.take(Incoming(BOB, BOB, Command("version")))
    server.calls.clear()
    async with running(server, only(service, BOB)):
        await all_is_sent(service.store)
        await bob.sees("Policy: stepwise")
    assert len(ann.bot_messages) == seen
    (offered,) = with_text(bob, "Unattended cases")
    assert len(bob.bot_messages) == bobs + len((offered, "the version"))
    to_ann = [call for call in server.calls if "1001" in str(call.params.values.get("chat_id"))]
    assert to_ann == []
    assert [c.params.text("callback_query_id") for c in server.calls.of("answerCallbackQuery")] == [
        query
    ]


async def test_a_row_that_was_begun_is_not_finished_for_somebody_who_was_removed(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    async with running(server, service):
        await card_of(ann)
        await all_is_sent(service.store)
    replace(service, touch=True).take(Incoming("1001", "1001", Command("sbar")))
    (row,) = service.store.outbox.queued("1001")
    with service.store.turn() as store:
        store.outbox.note_sending(row, 0, sending=True)
    seen = len(ann.bot_messages)
    async with running(server, only(service)):
        await all_is_sent(service.store)
    assert len(ann.bot_messages) == seen


async def test_a_long_queue_is_let_go_whole_and_does_not_delay_the_refusal(
    server: BotApi, service: Service, ann: PersonInChat
) -> None:
    everybody = replace(service, touch=True)
    for _ in range(2 * MOST_ROWS_READ):
        everybody.take(Incoming("1001", "1001", Command("version")))
    async with running(server, only(service)):
        ann.types("/start")
        await ann.sees("not open to you")
        await all_is_sent(service.store)
    assert len(ann.bot_messages) == 1


async def test_a_reminder_queued_before_the_removal_is_not_sent(
    server: BotApi, service: Service, ann: PersonInChat, clock: Clock
) -> None:
    async with running(server, service):
        await tap(ann, await card_of(ann), "Gait or balance")
        await ann.sees("EMERGENCY")
        await all_is_sent(service.store)
    code, seen = case_of(service).code, len(ann.bot_messages)
    with service.store.turn():
        turn = service.begin(Incoming("1001", "1001", Command("remind")), case_of(service))
        turn.say(f"{code}: reminder")
        service.send(turn, Priority.REMINDER)
    async with running(server, only(service)):
        await all_is_sent(service.store)
    assert len(ann.bot_messages) == seen


async def test_what_the_terminal_has_left_is_left_to_the_terminal(
    server: BotApi, service: Service
) -> None:
    service.take(Incoming("terminal", "terminal", Command("version")))
    async with running(server, only(service, "1001")):
        service.take(Incoming("1001", "1001", Command("version")))
    assert len(service.store.outbox.queued("terminal")) == 1


@pytest.mark.parametrize("stops", ["out of use", "removed", "forgotten"])
async def test_what_is_dropped_while_it_is_sent_ends_there_and_leaves_nothing(
    server: BotApi, service: Service, ann: PersonInChat, stops: str
) -> None:
    bob = server.private_chat(int(BOB), "Bob")
    owners = frozenset({"1001"})
    owned = replace(service, touch=True, access=Access(service.store.members, owners))
    with service.store.turn() as store:
        store.members.keep(Member(BOB, "clinician", "", "1001", NOON))
    async with running(server, owned):
        await tap(bob, await card_of(bob), "Gait or balance")
        await bob.sees("EMERGENCY")
        await all_is_sent(service.store)
        before = {message.id for message in bob.bot_messages}
        server.faults.delay(0.6, "sendMessage", int(BOB), times=1)
        bob.types("/plan all")
        await until(lambda: any(row.sending for row in service.store.outbox.queued(BOB)))
        if stops == "forgotten":
            bob.types("/forget yes")
            await bob.sees("is erased")
        elif stops == "removed":
            ann.types(f"/members {BOB} remove yes")
            await ann.sees("has been removed")
        else:
            ann.types("/outofuse wrong dose")
            await bob.sees("Do not use CordCall")
        await all_is_sent(service.store)
        await until(lambda: server.calls.of("deleteMessage"))
    sent = [message for message in bob.bot_messages if message.id not in before]
    assert not any("Dexamethasone" in message.text or "MRI:" in message.text for message in sent)
    if stops == "forgotten":
        assert service.store.people.stored_of(BOB)["cards"] == []
