"""Boards equal the database, whatever is done to its cases, and cost little."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from bot.access import Access
from bot.commands.board import draw_now
from bot.guidance.spoken_times import say_short
from bot.incoming import Incoming, Tap
from bot.screens.board import ON_PAGE, BoardView, draw_board
from bot.screens.screen import Screen, say_line
from bot.screens.summary import summarise
from bot.screens.urgency_line import urgency_line
from bot.service.boards import Boards
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.turn import Turn
from state.boards import Board, BoardCase, Summary
from state.groups import Colleague, Group
from state.people import Member
from state.records import Entry, Priority, StoredCase
from tests.bench.board import fill
from tests.conftest import NOON, Clock, stored_case
from tests.conversation.random_conversations import event_of
from tests.dialogue import do
from tests.shares import quick_for

GROUP, ANN, BOB = "-7", "1001", "1002"
MOST_SECONDS = 0.2  # ten times what is promised: a machine may be busy
CASES, EVENTS = 16, 14
RANKS = ("emergency", "urgent", "soon", "routine", "", "no_mri")


@pytest.fixture
def shared(service: Service) -> Service:
    store = service.store
    with store.turn():
        store.groups.enrol(Group(GROUP, ANN, NOON))
        for who, name in ((ANN, "Ann"), (BOB, "Bob")):
            store.members.keep(Member(who, "clinician", name, ANN, NOON))
            store.groups.see(Colleague(GROUP, who, name, NOON))
    return replace(service, touch=True, access=Access(store.members, groups=store.groups))


def playing(service: Service, seed: int) -> Iterator[datetime]:
    """Play random events on cases of a group and of a person; yield the time after each."""
    chance, store, engine = random.Random(seed), service.store, service.setting.engine
    codes, now = [f"KES-{number + 10}" for number in range(CASES)], NOON
    with store.turn():
        for code in codes:
            who = chance.choice((ANN, BOB))
            store.cases.add(
                replace(stored_case(), code=code, chat=chance.choice((GROUP, who)), owner=who)
            )
    for _ in range(CASES * EVENTS):
        case = store.cases.find(chance.choice(codes))
        assert case is not None
        now += timedelta(minutes=chance.randrange(20))
        kind = chance.choice(("calm", "answer", "answer", "answer", "edit", "note", "look"))
        event = event_of(case, engine.stand(case, now), kind, chance.randrange(1000))
        with store.turn():
            who = Incoming(case.owner, case.owner, Tap("", 0))
            Turn(service.setting, store, who, now, case, touch=True, access=service.access).advance(
                event
            )
            if case.chat == GROUP and chance.random() < 0.1:
                found = store.cases.find(case.code)
                assert found is not None
                store.ownership.take(found, chance.choice((ANN, BOB)), now)
        yield now


def listed(service: Service, chat: str) -> list[StoredCase]:
    """Return the open cases that the board of a chat has, read one by one."""
    found = (service.store.cases.find(f"KES-{number + 10}") for number in range(CASES))
    cases = [case for case in found if case and case.status != "closed"]
    return [
        case for case in cases if chat == case.chat or (chat == case.owner and case.chat == GROUP)
    ]


def drawn_from(service: Service, cases: list[StoredCase], chat: str, now: datetime) -> Screen:
    """Draw the first page of a board from the cases themselves, each worked out anew."""
    engine, names = service.setting.engine.forgetful(), {ANN: "Ann", BOB: "Bob"}
    rows = list[tuple[tuple[object, ...], BoardCase]]()
    for case in cases:
        found = summarise(case, engine.stand(case, now))
        rank = RANKS.index(found.level)
        no_deadline, due = found.due_at is None, found.due_at or NOON
        order = (no_deadline, due, rank, case.begun_at, case.code)
        rows.append((order, BoardCase(
            case.code, found.level, found.about, found.due_at, found.requested, case.status,
            case.chat, case.owner, names[case.owner],
        )))  # fmt: skip
    every = [row for _, row in sorted(rows, key=lambda each: each[0])]
    overdue = sum(row.due_at is not None and row.due_at < now for row in every)
    zone = service.setting.engine.zone
    return draw_board(BoardView(chat, every[:ON_PAGE], len(every), overdue, 1, now, zone, ()))


@pytest.mark.parametrize("seed", quick_for(range(6), 0, 1))
def test_a_board_equals_the_database(shared: Service, seed: int) -> None:
    for number, now in enumerate(playing(shared, seed)):
        if number % 20 and number != CASES * EVENTS - 1:
            continue
        for chat in (GROUP, ANN, BOB):
            cases = listed(shared, chat)
            with shared.store.turn():
                board = draw_now(shared.store, shared.setting, Board(chat, 0), now)
            assert board == drawn_from(shared, cases, chat, now)


@pytest.mark.parametrize("seed", quick_for(range(6, 9), 6))
def test_a_board_says_what_the_urgency_line_of_each_case_says(shared: Service, seed: int) -> None:
    *_, now = playing(shared, seed)
    with shared.store.turn():
        board = draw_now(shared.store, shared.setting, Board(GROUP, 0), now)
    assert board.blocks
    for block in board.blocks:
        case = shared.store.cases.find(block.heading[:6])
        assert case is not None
        turn = Turn(shared.setting, shared.store, Incoming(ANN, ANN, Tap("", 0)), now)
        view, line = turn.view(case), say_line(block.lines[0])
        head = say_line(urgency_line(view))
        due = summarise(case, view.standing).due_at
        assert ("overdue" in block.heading) == ("OVERDUE" in head)
        assert ("EMERGENCY" in block.heading) == head.startswith("EMERGENCY")
        if due:
            moment = say_short(due, now, UTC)
            assert moment in line and moment in head


def in_group() -> StoredCase:
    case = replace(stored_case(), chat=GROUP, owner=ANN)
    return case.with_answer("cord_signs", ["gait"], ANN, NOON)


def suspected(service: Service, *signs: str, requested: bool = True) -> list[str]:
    """Open a case with these signs beside KES-42, whose MRI is due first; return the board."""
    store, engine = service.store, service.setting.engine
    first = in_group()
    case = replace(first, code="FUB-17", begun_at=NOON + timedelta(hours=1), answers=())
    case = case.with_answer("cord_signs", [*signs], ANN, NOON + timedelta(hours=1))
    if requested:
        case = case.with_entry(Entry("mri_requested", "", ANN, NOON + timedelta(hours=2)))
    with store.turn():
        for each in (first, case):
            store.cases.add(each)
            store.boards.sum_up(summarise(each, engine.stand(each, NOON)))
        board = draw_now(store, service.setting, Board(GROUP, 0), NOON + timedelta(hours=3))
    return [f"{block.heading} | {say_line(block.lines[0])}" for block in board.blocks]


def test_the_deadline_of_a_cauda_equina_orders_a_board_and_is_named(shared: Service) -> None:
    assert suspected(shared, "saddle_anaesthesia") == [
        "FUB-17 EMERGENCY · Ann | cauda equina: scan by Sun 18:00, in 3 h",
        "KES-42 EMERGENCY · Ann | open, MRI by Mon 00:00, in 9 h",
    ]


def test_with_a_sign_above_the_cauda_equina_the_board_names_the_whole_spine(
    shared: Service,
) -> None:
    assert suspected(shared, "saddle_anaesthesia", "sensory_level")[0] == (
        "FUB-17 EMERGENCY · Ann | whole spine: scan by Sun 18:00, in 3 h"
    )


def test_until_the_mri_is_requested_its_own_deadline_orders_the_board(shared: Service) -> None:
    assert suspected(shared, "saddle_anaesthesia", requested=False)[1] == (
        "FUB-17 EMERGENCY · Ann | open, MRI by Mon 01:00, in 10 h"
    )


def test_a_cauda_equina_past_its_deadline_is_overdue_on_the_board(shared: Service) -> None:
    suspected(shared, "saddle_anaesthesia")
    with shared.store.turn() as store:
        board = draw_now(store, shared.setting, Board(GROUP, 0), NOON + timedelta(hours=7))
    assert board.title == "Board: 2 open, 1 overdue"
    assert board.blocks[0].heading == "FUB-17 EMERGENCY overdue · Ann"


def test_old_cases_get_what_boards_say_of_them(shared: Service) -> None:
    case = replace(stored_case(), chat=GROUP, owner=ANN).with_answer(
        "cord_signs", ["gait"], ANN, NOON
    )
    with shared.store.turn() as store:
        store.cases.add(case)
        board = draw_now(store, shared.setting, Board(GROUP, 0), NOON)
    assert board.blocks[0].heading == "KES-42 EMERGENCY · Ann"
    older = replace(case, code="FUB-17", touched_at=NOON)
    with shared.store.turn() as store:
        store.cases.add(older)
        Reminding(shared).renew(["FUB-17"])
        assert store.boards.without_summary(GROUP, 0) == []


def test_a_case_that_cannot_be_read_is_on_the_board(shared: Service) -> None:
    case = replace(stored_case(), chat=GROUP, owner=ANN).with_answer(
        "cord_signs", ["gait"], ANN, NOON
    )
    with shared.store.turn() as store:
        store.cases.add(case)
        store.database.execute("UPDATE answers SET value = 'not JSON'")  # type: ignore[attr-defined]
        board = draw_now(store, shared.setting, Board(GROUP, 0), NOON)
    assert [say_line(line) for line in board.blocks[0].lines] == [
        "cannot be read: use the number to call"
    ]


def queued(service: Service, chat: str) -> list[Priority]:
    return [row.priority for row in service.store.outbox.queued(chat)]


def test_a_board_is_queued_only_if_it_shows_something_else(shared: Service, clock: Clock) -> None:
    boards, store = Boards(shared.store, shared.setting, shared.access), shared.store
    due = NOON + timedelta(hours=1)

    def look() -> list[Priority]:
        board = store.boards.find(GROUP, 0)
        assert board is not None
        with store.turn():
            boards.redraw(board, clock())
            _, _, after = boards.drawn(board, clock())
            store.boards.keep(after)
            found = queued(shared, GROUP)
            store.outbox.drop_all(GROUP)
        return found

    with store.turn():
        store.boards.turn_to(GROUP, 0, 1)
    assert look() == [Priority.BOARD]
    assert look() == []
    with store.turn():
        store.cases.add(replace(stored_case(), chat=GROUP, owner=ANN))
        store.boards.sum_up(Summary("KES-42", "urgent", "mri", due, requested=False))
    assert look() == [Priority.CARD]
    clock.pass_by(minutes=59)
    assert look() == []
    with store.turn():
        store.boards.sum_up(Summary("KES-42", "urgent", "mri", due, requested=True))
    assert look() == [Priority.BOARD]
    clock.pass_by(minutes=2)
    assert look() == [Priority.CARD]


def test_a_board_of_two_hundred_cases_is_drawn_at_once(shared: Service) -> None:
    fill(shared.store, GROUP, 200)
    took = list[float]()
    for page in range(1, 6):
        with shared.store.turn():
            start = perf_counter()
            board = draw_now(shared.store, shared.setting, Board(GROUP, 0, page), NOON)
            took.append(perf_counter() - start)
    assert len(board.blocks) == ON_PAGE
    assert min(took) < MOST_SECONDS


def test_in_the_terminal_the_board_is_printed(service: Service) -> None:
    do(service, "/triage", "gait")
    (screen,) = do(service, "/board")
    assert screen.title == "Your cases: 1 open"
    assert screen.plain().endswith("EMERGENCY\nopen, MRI by Mon 00:00, in 12 h")
    fill(service.store, "chat", 29)
    (screen,) = do(service, "/board page 2")
    assert screen.title == "Your cases: 30 open, 6 overdue (2/3)"
    assert [button.typed for button in screen.rows[0]] == ["/board page 1", "/board page 3"]
