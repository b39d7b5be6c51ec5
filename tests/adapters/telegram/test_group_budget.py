"""The budget of a group: whatever is asked for in whatever order, no minute holds too much."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.outbox.group_budget import (
    LEFT_BY_A_REFUSAL,
    LEFT_TO_EACH_OTHER,
    MOST_BESIDES_EMERGENCIES,
    MOST_IN_ALL,
    SECONDS,
    GroupBudgets,
)
from bot.adapters.telegram.outbox.pace import Pace
from state.records import Priority

WARD, OTHER = "-1001", "-1002"
EMERGENCY, ANSWER, CARD, REMINDER, REFUSAL, BOARD, _ = Priority


class Seconds:
    """A clock that counts seconds and is set by a test; the run began long ago."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def in_use(clock: Seconds) -> GroupBudgets:
    """Return the budgets of a run that began more than a minute ago."""
    budgets = GroupBudgets(clock)
    budgets.seconds_to_wait(WARD, ANSWER)
    clock.now += SECONDS
    return budgets


def use(budgets: GroupBudgets, *kinds: Priority) -> list[float]:
    """Make calls of these kinds now, and return how long each would have had to wait."""
    waits = list[float]()
    for kind in kinds:
        waits.append(budgets.seconds_to_wait(WARD, kind))
        if not waits[-1]:
            budgets.called(WARD, kind)
    return waits


def most_in_a_minute(times: list[float]) -> int:
    """Count the calls of the fullest minute that begins with one of them."""
    return max((sum(at <= each < at + SECONDS for each in times) for at in times), default=0)


KINDS = st.sampled_from([EMERGENCY, ANSWER, ANSWER, CARD, CARD, BOARD, REMINDER, REFUSAL])
ASKED = st.lists(st.tuples(st.floats(0, 30) | st.just(0.0), KINDS), max_size=120)


@given(ASKED)
def test_no_minute_holds_more_than_the_budget(asked: list[tuple[float, Priority]]) -> None:
    clock = Seconds()
    budgets, made = in_use(clock), list[tuple[float, Priority]]()
    for pause, kind in asked:
        clock.now += pause
        recent = [each for at, each in made if clock.now - at < SECONDS]
        wait = budgets.seconds_to_wait(WARD, kind)
        if kind is EMERGENCY:
            assert (wait == 0) == (len(recent) < MOST_IN_ALL)
        if wait == 0:
            budgets.called(WARD, kind)
            made.append((clock.now, kind))
    assert most_in_a_minute([at for at, _ in made]) <= 18
    assert most_in_a_minute([at for at, kind in made if kind is not EMERGENCY]) <= 13
    assert most_in_a_minute([at for at, kind in made if kind is REMINDER]) <= 3
    assert most_in_a_minute([at for at, kind in made if kind is REFUSAL]) <= 1


@given(ASKED)
def test_who_waits_as_long_as_told_is_let_in_at_once(asked: list[tuple[float, Priority]]) -> None:
    clock = Seconds()
    budgets = in_use(clock)
    for pause, kind in asked:
        clock.now += pause
        wait = budgets.seconds_to_wait(WARD, kind)
        if wait:
            clock.now += wait + 1e-6
            assert budgets.seconds_to_wait(WARD, kind) == 0
        budgets.called(WARD, kind)


def test_an_emergency_waits_for_none_of_13_edits_and_may_use_all_18(clock: Seconds) -> None:
    budgets = in_use(clock)
    waits = use(budgets, *[CARD] * 14)
    assert waits == [0] * 13 + [60]
    assert use(budgets, *[EMERGENCY] * 6) == [0] * 5 + [60]
    clock.now += SECONDS
    assert use(budgets, *[EMERGENCY] * 19) == [0] * 18 + [60]


def test_reminders_and_refusals_have_limits_of_their_own(clock: Seconds) -> None:
    budgets = in_use(clock)
    assert use(budgets, *[REMINDER] * 4) == [0, 0, 0, 60]
    assert use(budgets, REFUSAL, REFUSAL) == [0, 60]
    clock.now += SECONDS
    free = MOST_BESIDES_EMERGENCIES - LEFT_BY_A_REFUSAL
    use(budgets, *[ANSWER] * free)
    assert use(budgets, REFUSAL) == [60]
    assert use(budgets, *[ANSWER] * LEFT_BY_A_REFUSAL) == [0] * LEFT_BY_A_REFUSAL


@pytest.mark.parametrize(("first", "then"), [(ANSWER, CARD), (CARD, ANSWER), (BOARD, ANSWER)])
def test_answers_and_redraws_that_share_leave_each_other_some(
    clock: Seconds, first: Priority, then: Priority
) -> None:
    budgets = in_use(clock)
    use(budgets, *[first] * (MOST_BESIDES_EMERGENCIES - LEFT_TO_EACH_OTHER))
    assert budgets.seconds_to_wait(WARD, first, shared=True) == SECONDS
    assert use(budgets, then, then) == [0, 0]


def test_the_window_slides(clock: Seconds) -> None:
    budgets, free = in_use(clock), list[float]()
    for _ in range(13):
        use(budgets, CARD)
        clock.now += 2
    for _ in range(13):
        clock.now += budgets.seconds_to_wait(WARD, ANSWER)
        assert use(budgets, ANSWER) == [0]
        free.append(clock.now)
    assert all(later - earlier == 2 for earlier, later in pairwise(free))


def test_each_group_has_its_own_budget_and_those_not_called_are_forgotten(clock: Seconds) -> None:
    budgets = in_use(clock)
    use(budgets, *[CARD] * 13)
    assert budgets.seconds_to_wait(OTHER, CARD) == 0
    for number in range(10_000):
        budgets.called(f"-{number}", CARD)
    clock.now += SECONDS
    budgets.called(OTHER, CARD)
    assert list(budgets._groups) == [OTHER]


def test_for_a_minute_a_run_takes_some_calls_of_the_one_before_it_for_granted(
    clock: Seconds,
) -> None:
    budgets = GroupBudgets(clock)
    assert use(budgets, *[ANSWER] * 7) == [0] * 6 + [60]
    assert budgets.seconds_to_wait(OTHER, EMERGENCY) == 0
    clock.now += SECONDS
    assert use(budgets, *[ANSWER] * 13) == [0] * 13


def test_the_first_run_on_a_database_has_the_whole_budget(clock: Seconds) -> None:
    assert use(GroupBudgets(clock, first=True), *[ANSWER] * 14) == [0] * 13 + [60]


def test_what_was_refused_counts_no_more_and_a_supergroup_inherits(clock: Seconds) -> None:
    budgets = in_use(clock)
    use(budgets, REFUSAL, *[CARD] * 12)
    budgets.take_back(WARD, REFUSAL)
    budgets.take_back(OTHER, CARD)
    assert use(budgets, CARD, CARD) == [0, 60]
    budgets.called(OTHER, CARD)
    budgets.rename(WARD, OTHER)
    assert budgets.seconds_to_wait(WARD, CARD) == 0
    assert budgets.seconds_to_wait(OTHER, CARD) == SECONDS
    assert budgets.seconds_to_wait(OTHER, EMERGENCY) == 0


def test_a_group_may_be_called_in_a_burst_and_after_a_429_an_emergency_goes_when_it_may(
    clock: Seconds,
) -> None:
    pace = Pace(clock)
    in_use(clock)
    for _ in range(5):
        assert pace.seconds_to_wait(WARD, CARD) == 0
        pace.called(WARD, CARD)
    pace.flooded(OTHER, 30)
    pace.flooded("1001", 30)
    assert pace.seconds_to_wait(WARD, EMERGENCY) == 0
    assert pace.seconds_to_wait(WARD, CARD) == 30
    pace.flooded(WARD, 7)
    assert pace.seconds_to_wait(WARD, EMERGENCY) == 7
    clock.now += 7
    assert pace.seconds_to_wait(WARD, EMERGENCY) == 0
    assert pace.seconds_to_wait(WARD, CARD) == 23


def test_only_sends_and_edits_count(clock: Seconds) -> None:
    pace = Pace(clock)
    for _ in range(25):
        pace.called(WARD)
    assert pace.groups.seconds_to_wait(WARD, EMERGENCY) == 0
    assert pace.groups._groups == {}
