"""A board on one pinned message, in a group, a topic and a private chat, over real HTTP."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.telegram import board_loop
from bot.adapters.telegram.app import TelegramBot
from bot.adapters.telegram.outbox import group_order
from bot.service.service import Service
from state.boards import Board, Summary
from state.records import StoredCase
from tests.adapters.telegram.groups.steps import ANN, BOB, EVE, Team, opened
from tests.botapi import BotApi, Message, PersonInChat
from tests.botapi.groups import Group
from tests.conftest import NOON, Clock, stored_case
from tests.faults.steps import until

pytestmark = pytest.mark.usefixtures("hurry", "short_minutes")


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at boards often, and let them be redrawn as often."""
    monkeypatch.setattr(group_order, "BOARD_EVERY", 0.1)
    monkeypatch.setattr(board_loop, "SECONDS_BETWEEN_LOOKS", 0.1)


def put(
    service: Service,
    code: str,
    *,
    chat: str,
    owner: int = ANN,
    hours: float | None = 12,
    thread: int | None = None,
    level: str = "emergency",
    about: str = "mri",
) -> StoredCase:
    """Store a case with what boards say of it."""
    case = replace(stored_case(), code=code, chat=chat, owner=str(owner), thread=thread)
    due = NOON + timedelta(hours=hours) if hours is not None else None
    with service.store.turn() as store:
        store.cases.add(case)
        store.boards.sum_up(Summary(code, level, about, due, requested=False))
    return case


async def board_of(
    person: PersonInChat, says: str = "Board: ", command: str = "/board", *, thread: int = 0
) -> Message:
    """Type /board and return the message that shows it."""
    typed = person.types(command, thread=thread)

    def below() -> Message | None:
        found = (each for each in person.bot_messages if each.id > typed.id)
        return next((each for each in found if says in each.text), None)

    return await person.sees_when(below)


def kept(service: Service, chat: int, thread: int = 0) -> Board:
    found = service.store.boards.find(str(chat), thread)
    assert found is not None
    return found


def promoted(group: Group, by: PersonInChat) -> None:
    group.changes_bot(by, "administrator")


async def test_a_board_is_one_pinned_message_that_follows_its_cases(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    promoted(group, team["Ann"])
    board = await board_of(team["Ann"], "Board: no open case.")
    await server.until(lambda: group.chat.pinned == [board])
    assert [
        call.params.boolean("disable_notification") for call in server.calls.of("pinChatMessage")
    ] == [True]
    team["Ann"].types("/triage")
    card = await team["Ann"].sees("Owner: Ann")
    await server.until(lambda: "open, urgency not settled" in board.text)
    (case,) = shared.store.cases.listed(str(group.chat.id), NOON)
    assert board.text == f"Board: 1 open\n{case.code} · Ann\nopen, urgency not settled"
    bob = await opened(server, team["Bob"].taps(card, "Answer"))
    asked = await bob.sees("Which cord signs are new?")
    bob.taps(asked, "Gait or balance")
    await server.until(lambda: "EMERGENCY · Ann" in board.text)
    assert board.text.endswith("open, MRI by Mon 00:00, in 12 h")
    (left,) = [each for each in board.entities if each["type"] == "date_time"]
    assert left["unix_time"] == (NOON + timedelta(hours=12)).timestamp()
    below = await team["Cat"].sees("Cord signs: Gait or balance")
    team["Bob"].taps(below, "I have it")
    await server.until(lambda: "EMERGENCY · Bob" in board.text)
    bob.types("/close transferred")
    await server.until(lambda: board.text == "Board: no open case.")
    assert not board.deleted and group.chat.pinned == [board]


async def test_without_the_right_to_pin_it_says_so_once_and_works(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    first = await board_of(team["Ann"])
    await team["Ann"].sees("The board is not pinned")
    put(shared, "KES-42", chat=str(group.chat.id))
    await server.until(lambda: "KES-42 EMERGENCY · Ann" in first.text)
    await board_of(team["Bob"])
    await server.until(lambda: first.deleted)
    await until(lambda: len(server.calls.of("pinChatMessage")) == 2)
    await until(lambda: not shared.store.outbox.queued())
    assert sum("not pinned" in each.text for each in group.messages) == 1
    promoted(group, team["Ann"])
    third = await board_of(team["Bob"])
    await server.until(lambda: group.chat.pinned == [third])
    await until(lambda: not kept(shared, group.chat.id).told)


async def test_typed_again_it_is_below_and_the_old_one_is_gone(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    promoted(group, team["Ann"])
    first = await board_of(team["Ann"])
    second = await board_of(team["Bob"])
    await server.until(lambda: first.deleted)
    await until(lambda: kept(shared, group.chat.id).former is None)
    assert kept(shared, group.chat.id).message_id == second.id


async def test_one_that_was_deleted_is_sent_anew_and_pinned(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    promoted(group, team["Ann"])
    board = await board_of(team["Ann"])
    await server.until(lambda: board in group.chat.pinned)
    server.world.delete(board)
    put(shared, "KES-42", chat=str(group.chat.id))
    anew = await team["Ann"].sees("KES-42 EMERGENCY")
    assert anew.id > board.id and anew.silent
    await server.until(lambda: anew in group.chat.pinned)


async def test_one_too_old_to_delete_shrinks_to_a_line(
    team: Team, server: BotApi, group: Group
) -> None:
    promoted(group, team["Ann"])
    board = await board_of(team["Ann"])
    await server.until(lambda: board in group.chat.pinned)
    server.world.clock.advance(49 * 3600)
    team["Ann"].types("/board")
    await server.until(lambda: board.text == "The board is further down.")
    await server.until(lambda: len(group.chat.pinned) == 1 and board not in group.chat.pinned)


async def test_a_passed_deadline_is_overdue_without_anybody_doing_anything(
    team: Team, server: BotApi, group: Group, shared: Service, clock: Clock
) -> None:
    put(shared, "KES-42", chat=str(group.chat.id), hours=1)
    put(shared, "FUB-17", chat=str(group.chat.id), hours=2, level="urgent")
    board = await board_of(team["Ann"])
    assert "overdue" not in board.text
    clock.pass_by(hours=1, minutes=1)
    await server.until(lambda: "KES-42 EMERGENCY overdue · Ann" in board.text)
    assert board.text.startswith("Board: 2 open, 1 overdue\nKES-42")


async def test_pages_turn_in_the_same_message_and_the_page_is_kept(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    for number in range(30):
        put(shared, f"KES-{number + 10}", chat=str(group.chat.id), hours=number + 1)
    board = await board_of(team["Ann"])
    assert board.text.startswith("Board: 30 open (1/3)\nKES-10")
    assert board.buttons == [["Next"]]
    tap = team["Bob"].taps(board, "Next")
    assert await team["Bob"].gets_answer(tap) == ""
    await server.until(lambda: board.text.startswith("Board: 30 open (2/3)\nKES-22"))
    assert board.buttons == [["Back", "Next"]]
    put(shared, "KES-99", chat=str(group.chat.id), hours=40)
    await server.until(lambda: board.text.startswith("Board: 31 open (2/3)"))
    team["Cat"].taps(board, "Next")
    await server.until(lambda: "(3/3)" in board.text)
    assert board.buttons == [["Back"]]
    assert [each for each in group.messages if "Board: " in each.text] == [board]


async def test_a_topic_has_its_own_board_and_the_groups_has_them_all(
    bot: TelegramBot, server: BotApi, shared: Service
) -> None:
    group = server.group_chat("Spine on call", forum=True)
    ann = group.joins(ANN, "Ann")
    group.changes_bot(ann, "administrator")
    topic = group.opens_topic(ann, "Ward 3")
    ann.types("/enrol")
    await ann.sees("This group now shares its cases")
    put(shared, "KES-42", chat=str(group.chat.id), thread=topic)
    put(shared, "FUB-17", chat=str(group.chat.id))
    own = await board_of(ann, thread=topic)
    every = await board_of(ann, "Board: 2 open")
    assert own.thread == topic and own.text.startswith("Board: 1 open\nKES-42")
    await server.until(lambda: group.chat.pinned == [own, every])
    group.deletes_topic(topic)
    put(shared, "KES-43", chat=str(group.chat.id), thread=topic)
    await server.until(lambda: every.text.startswith("Board: 3 open"))
    await until(lambda: shared.store.boards.find(str(group.chat.id), topic) is None)


async def test_a_private_board_has_the_persons_cases_and_those_of_groups_that_they_own(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    put(shared, "KES-42", chat=str(BOB), owner=BOB)
    put(shared, "FUB-17", chat=str(group.chat.id), owner=BOB, hours=1)
    put(shared, "LOX-11", chat=str(group.chat.id), owner=ANN)
    put(shared, "MUD-12", chat=str(ANN), owner=ANN)
    team["Bob"].types("/help")
    bob = server.private_chat(BOB, "Bob")
    board = await board_of(bob, "Your cases: 2 open")
    assert [line for line in board.text.split("\n") if "EMERGENCY" in line] == [
        "FUB-17 EMERGENCY · in a group",
        "KES-42 EMERGENCY",
    ]
    await server.until(lambda: bob.chat.pinned == [board])
    with shared.store.turn() as store:
        store.groups.part(str(group.chat.id), str(BOB))
    await server.until(lambda: board.text.startswith("Your cases: 1 open\nKES-42"))


@pytest.mark.parametrize("ends", ["access", "enrolment"])
async def test_whoever_may_not_see_the_cases_any_more_sees_no_board(
    team: Team, server: BotApi, group: Group, shared: Service, ends: str
) -> None:
    chat = group.chat.id if ends == "enrolment" else BOB
    put(shared, "KES-42", chat=str(chat), owner=BOB)
    asks = team["Bob"] if ends == "enrolment" else server.private_chat(BOB, "Bob")
    board = await board_of(asks, "KES-42")
    with shared.store.turn() as store:
        if ends == "access":
            store.members.remove(str(BOB))
        else:
            store.groups.strike_off(str(chat))
    await server.until(lambda: "no longer shown here" in board.text)
    assert "KES-42" not in board.text
    assert shared.store.boards.find(str(chat), 0) is None


async def test_the_board_of_somebody_who_is_forgotten_is_gone(
    team: Team, server: BotApi, shared: Service
) -> None:
    put(shared, "KES-42", chat=str(BOB), owner=BOB)
    bob = server.private_chat(BOB, "Bob")
    board = await board_of(bob, "KES-42")
    asked = await board_of(bob, "Erase", "/forget")
    bob.taps(asked, "Yes, erase it all")
    await server.until(lambda: "no longer shown here" in board.text)
    assert shared.store.boards.listed() == []


async def test_a_stranger_gets_no_board(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    put(shared, "KES-42", chat=str(group.chat.id))
    eve = group.joins(EVE, "Eve")
    eve.types("/board")
    alone = server.private_chat(EVE, "Eve")
    alone.types("/board")
    await server.until(lambda: len(server.updates) == 0 and alone.bot_messages)
    assert "KES-42" not in "".join(each.text for each in (*alone.bot_messages, *group.messages))
    assert shared.store.boards.listed() == []


async def test_a_group_that_becomes_a_supergroup_has_its_board_there(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    put(shared, "KES-42", chat=str(group.chat.id))
    await board_of(team["Ann"], "KES-42")
    board = kept(shared, group.chat.id)
    with shared.store.turn() as store:
        store.chats.rename(str(group.chat.id), "-100777")
    moved = shared.store.boards.find("-100777", 0)
    assert moved == replace(board, chat="-100777", message_id=None, shown="")


async def test_while_out_of_use_a_board_says_that_alone(
    team: Team, server: BotApi, group: Group, shared: Service
) -> None:
    put(shared, "KES-42", chat=str(group.chat.id))
    board = await board_of(team["Ann"], "KES-42")
    owner = server.private_chat(ANN, "Ann")
    owner.types("/outofuse the deadlines are wrong")
    await server.until(lambda: "the deadlines are wrong" in board.text)
    assert "KES-42" not in board.text
    owner.types("/inuse")
    await server.until(lambda: "KES-42 EMERGENCY" in board.text)
