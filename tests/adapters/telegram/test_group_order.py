"""Which row of a group goes next, and when: cards together, the newest state of each, none old."""

import math
from dataclasses import replace

import pytest

from bot.adapters.telegram.outbox.group_budget import SECONDS
from bot.adapters.telegram.outbox.group_order import (
    BOARD_EVERY,
    CARDS_EVERY,
    LATE_AFTER,
    GroupOrder,
)
from bot.adapters.telegram.outbox.next_row import still_needed
from bot.adapters.telegram.outbox.pace import Pace
from state.records import Priority, Queued
from tests.adapters.telegram.test_group_budget import Seconds
from tests.conftest import NOON

WARD = "-1001"
EMERGENCY, ANSWER, CARD, REMINDER, REFUSAL, BOARD, _ = Priority


class Outbox:
    """A group's outbox, and its clock; `hours` are those of its cases."""

    def __init__(self) -> None:
        self.clock = Seconds()
        self.pace = Pace(self.clock)
        self.budgets = self.pace.groups
        self.budgets.seconds_to_wait(WARD, ANSWER)
        self.clock.now += SECONDS
        self.hours = dict[str, float]()
        self.rows = list[Queued]()
        self.shown = list[tuple[float, Queued]]()
        self._newest = 0
        self._order = GroupOrder(self.pace, lambda code: self.hours.get(code, math.inf))

    def queue(
        self, priority: Priority, code: str | None = None, *, said: int = 0, thread: int = 0
    ) -> Queued:
        self._newest += 1
        row = Queued(
            self._newest, WARD, code, ("{}",), None, None, None, anew=False, priority=priority,
            queued_at=NOON, said=said, thread=thread,
        )  # fmt: skip
        self.rows.append(row)
        return row

    def run(self, seconds: float) -> list[Queued]:
        """Show what may be shown within a time, and return it in order."""
        ends, before = self.clock.now + seconds, len(self.shown)
        while self.rows:
            self._order.note(WARD, self.rows)
            self.rows = still_needed(self.rows)
            chosen = self._order.choose(WARD, self.rows, self._newest)
            if self.clock.now + chosen.waits > ends:
                break
            self.clock.now += chosen.waits
            if chosen.waits:
                continue
            self.budgets.called(WARD, chosen.paced_as)
            self.rows.remove(chosen.row)
            self._order.shown(chosen.row)
            self.shown.append((self.clock.now, chosen.row))
        self.clock.now = ends
        return [row for _, row in self.shown[before:]]


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def test_each_kind_comes_in_its_turn(outbox: Outbox) -> None:
    queued = [
        outbox.queue(kind, f"C-{n}" if kind is not BOARD else None)
        for n, kind in enumerate((REFUSAL, BOARD, CARD, REMINDER, ANSWER, EMERGENCY))
    ]
    assert outbox.run(0) == queued[::-1]


def test_cards_go_together_the_most_urgent_first_and_each_as_it_is_now(outbox: Outbox) -> None:
    outbox.hours = {"B": 24, "C": 168}
    outbox.queue(CARD, "A")
    assert len(outbox.run(1)) == 1
    for code in ("C", "B", "A", "C", "B", "C"):
        outbox.queue(CARD, code)
    assert outbox.run(CARDS_EVERY - 1.1) == []
    assert [row.id for row in outbox.run(0.2)] == [6, 7, 4]
    assert outbox.rows == []


def test_what_changes_during_a_batch_goes_with_the_next(outbox: Outbox) -> None:
    outbox.queue(CARD, "A")
    outbox.run(0)
    late = outbox.queue(CARD, "A")
    assert outbox.run(CARDS_EVERY - 0.1) == []
    assert outbox.run(0.1) == [late]


def test_a_board_goes_less_often_unless_an_urgency_on_it_changed(outbox: Outbox) -> None:
    outbox.queue(BOARD)
    outbox.run(0)
    outbox.queue(BOARD)
    outbox.queue(BOARD, thread=7)
    assert [row.thread for row in outbox.run(BOARD_EVERY - 0.1)] == [7]
    assert [row.id for row in outbox.run(0.1)] == [2]
    outbox.queue(CARD)
    newest = outbox.queue(BOARD)
    assert outbox.run(0) == [newest]


def test_a_newer_board_takes_over_that_an_urgency_changed(outbox: Outbox) -> None:
    outbox.queue(CARD, "A")
    outbox.queue(BOARD)
    outbox.run(0)
    outbox.queue(CARD)
    outbox.run(0)
    newest = outbox.queue(BOARD)
    assert outbox.run(CARDS_EVERY) == [newest]


def test_an_emergency_does_not_wait_for_what_is_left_of_another(outbox: Outbox) -> None:
    for n in range(13):
        outbox.queue(ANSWER, f"A-{n}")
    outbox.run(0)
    begun = outbox.queue(EMERGENCY, "B", said=1)
    second = outbox.queue(EMERGENCY, "C")
    same_case = outbox.queue(EMERGENCY, "B")
    assert outbox.run(0) == [second, begun, same_case]


def test_a_redraw_that_has_to_wait_for_another_chat_holds_up_no_answer(outbox: Outbox) -> None:
    card = outbox.queue(CARD, "A")
    outbox.pace.flooded("-1002", 3 * LATE_AFTER)
    assert outbox.run(2 * LATE_AFTER) == []
    answer = outbox.queue(ANSWER, "B")
    assert outbox.run(0) == [answer]
    assert outbox.run(LATE_AFTER) == [card]


@pytest.mark.parametrize("busy", [CARD, ANSWER])
def test_no_redraw_is_a_minute_old_while_the_budget_suffices(
    outbox: Outbox, busy: Priority
) -> None:
    begun = outbox.clock.now
    for n in range(11):
        outbox.queue(busy, f"A-{n}")
    waiting = [outbox.queue(CARD, "B"), outbox.queue(BOARD)]
    outbox.run(SECONDS)
    shown = {row: at - begun for at, row in outbox.shown}
    assert max(shown[row] for row in waiting) < 31


def test_who_asks_all_the_time_keeps_no_card_waiting_and_is_answered_meanwhile(
    outbox: Outbox,
) -> None:
    since = dict[str, float]()
    oldest = 0.0
    for second in range(600):
        if second % 6 == 0:
            outbox.queue(ANSWER, f"A-{second}")
        if second % 15 == 0:
            code = f"C-{second % 4}"
            outbox.queue(CARD, code)
            since.setdefault(code, outbox.clock.now)
        before = len(outbox.shown)
        outbox.run(1)
        for at, row in outbox.shown[before:]:
            if row.code in since and row.priority is CARD:
                oldest = max(oldest, at - since.pop(row.code))
    answered = sum(row.priority is ANSWER for _, row in outbox.shown)
    assert oldest < 60
    assert answered >= 80


def test_a_card_that_changes_all_the_time_does_not_become_younger(outbox: Outbox) -> None:
    for n in range(13):
        outbox.queue(ANSWER, f"A-{n}")
    outbox.run(0)
    for _ in range(7):
        outbox.queue(CARD, "B")
        outbox.run(5)
    outbox.queue(ANSWER, "A")
    newest = outbox.queue(CARD, "B")
    assert next(row.id for row in outbox.run(30)) == newest.id


def test_what_waits_is_the_newest_state_of_each_case_and_board(outbox: Outbox) -> None:
    for _ in range(50):
        for code in ("A", "B"):
            outbox.queue(CARD, code)
        outbox.queue(BOARD)
    assert len(still_needed(outbox.rows)) == 3
    begun = replace(outbox.queue(BOARD), sending=True)
    assert begun in still_needed([begun, outbox.queue(BOARD)])
