"""A number typed twice while its answer was on the way is queried, not accepted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Event, Picked, Suggested, Typed
from bot.conversation.machine import FlowMachine
from bot.conversation.replies import Confirm, Reply
from bot.incoming import Incoming, Text
from bot.screens.screen import load
from bot.service.service import Service
from state.records import Answer, StoredCase
from tests.conftest import NOON, stored_case
from tests.conversation.paths import Chance

FIRST, NEXT = "egfr", "potassium"
SEEDS = 3000
SOON, LATER = timedelta(seconds=119), timedelta(seconds=121)


@pytest.fixture(scope="session")
def before(machine: FlowMachine) -> StoredCase:
    """A case that is asked for one number and then for another."""
    for seed in range(SEEDS):
        steps = machine.replay(Chance(seed), "stepwise").steps
        keys = [step.key for step in steps]
        if FIRST in keys and keys[keys.index(FIRST) + 1 :][:1] == [NEXT]:
            given = steps[: keys.index(FIRST)]
            answers = tuple(Answer(step.key, step.value, "ann", NOON) for step in given)
            return replace(stored_case(), answers=answers)
    raise AssertionError(f"{FIRST} and {NEXT} never follow each other")


def play(
    engine: Engine, case: StoredCase, event: Event, after: timedelta = timedelta()
) -> StoredCase:
    return engine.advance(case, event, "ann", NOON + after).case


def shown(engine: Engine, case: StoredCase, event: Event, after: timedelta) -> tuple[Reply, ...]:
    return engine.advance(case, event, "ann", NOON + after).replies


@pytest.mark.parametrize("kind", [Typed, Suggested])
def test_a_number_typed_again_is_asked_back_and_then_taken_on_purpose(
    engine: Engine, before: StoredCase, kind: type[Typed] | type[Suggested]
) -> None:
    once = play(engine, before, kind("7"))
    assert once.latest[FIRST] == 7 and engine.stand(once, NOON).asked == NEXT
    assert shown(engine, once, kind("7.0"), SOON) == (Confirm(NEXT, 7),)
    twice = play(engine, once, kind("7"), SOON)
    assert twice.answers == once.answers
    assert play(engine, twice, Picked(NEXT, "7"), SOON).latest[NEXT] == 7


def test_in_a_terminal_it_is_taken_with_a_yes(engine: Engine, before: StoredCase) -> None:
    once = play(engine, before, Typed("7"))
    assert play(engine, once, Typed("YES 7"), SOON).latest[NEXT] == 7
    assert play(engine, once, Typed("Yes 7.5"), SOON).latest[NEXT] == 7.5


@pytest.mark.parametrize(
    ("typed", "after"), [("8", SOON), ("7", LATER), ("7", -LATER)], ids=["other", "late", "back"]
)
def test_another_number_or_a_later_one_is_taken_at_once(
    engine: Engine, before: StoredCase, typed: str, after: timedelta
) -> None:
    once = play(engine, before, Suggested("7"))
    assert play(engine, once, Suggested(typed), after).latest[NEXT] == float(typed)


def test_not_known_twice_is_taken_twice(engine: Engine, before: StoredCase) -> None:
    once = play(engine, before, Suggested("?"))
    assert play(engine, once, Suggested("?")).latest[NEXT] == "unknown"


def test_it_says_what_to_type(service: Service, before: StoredCase) -> None:
    with service.store.turn() as store:
        store.cases.add(before)
        store.cases.activate("chat", before.code)
    for _ in range(2):
        service.take(Incoming("chat", "ann", Text("7")))
    (screen,) = [load(each) for each in service.store.outbox.queued("chat")[-1].screens]
    assert "7" in screen.plain() and "Is that right?" in screen.plain()
    (buttons,) = screen.rows
    assert [button.typed for button in buttons] == ["yes 7", "/continue"]
    service.take(Incoming("chat", "ann", Text(buttons[0].typed)))
    kept = service.store.cases.find(before.code)
    assert kept is not None and kept.latest[NEXT] == 7
