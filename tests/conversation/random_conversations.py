"""Random conversations: answers, ticks, edits, notes, corrections, looks, time, other rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta

from hypothesis import strategies as st

from bot.conversation.engine import Engine
from bot.conversation.events import (
    Answered,
    AskedForCard,
    AskedForMore,
    AskedForPlan,
    AskedWhatItMeans,
    BroughtIn,
    Closed,
    Corrected,
    Done,
    Edited,
    Event,
    Looked,
    NewSigns,
    Noted,
    Outdated,
    Scanned,
    SuspectedEarlier,
    TakenOver,
    Ticked,
    Typed,
    WentBack,
    WentOn,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.move import Advanced
from bot.conversation.standing import Standing
from bot.flows.triage import FLOW
from bot.logic.urgency import POLICIES, Policy
from bot.screens.draw import draw
from bot.screens.screen import Screen
from bot.screens.view import View
from state.records import StoredCase
from tests.conftest import NOON, stored_case
from tests.conversation.paths import choices
from tests.logic.test_properties import SIGNS

KINDS = ("answer", "answer", "answer", "answer", "edit", "note", "look", "restart")
MOVES = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 1000)), min_size=1, max_size=40
)  # fmt: skip
Move = tuple[str, int]


@dataclass(frozen=True)
class Turned:
    """One turn: the case before it, under which rules it stood, and what the event did."""

    case: StoredCase
    before: Standing
    event: Event
    turn: Advanced
    view: View

    @property
    def screens(self) -> list[Screen]:
        return draw(self.turn.replies, self.view)


def conversation(
    machine: FlowMachine, policy: Policy, moves: Iterable[Move], call: str = ""
) -> Iterator[Turned]:
    """Play a conversation; "restart" continues it under other rules or another policy."""
    engine, case, now = Engine(machine, policy, UTC), stored_case(), NOON
    for kind, number in moves:
        now += timedelta(minutes=number % 7 * 5)
        if kind == "restart":
            engine = Engine(machine, POLICIES[number % len(POLICIES)], UTC)
            if number % 5 == 0:
                told = None if number % 10 == 0 else case.told
                case = replace(case, ruleset="older rules", told=told)
        event = event_of(case, engine.stand(case, now), kind, number)
        before = engine.stand(case, now)
        turn = engine.advance(case, event, "ann", now)
        view = View(turn.case, turn.standing, FLOW, now, UTC, call, touch=True)
        yield Turned(case, before, event, turn, view)
        case = turn.case


def event_of(case: StoredCase, standing: Standing, kind: str, number: int) -> Event:
    """Choose an event by a number."""
    question = FLOW.question(standing.asked)
    if kind == "edit" and standing.trail.keys:
        return Edited(standing.trail.keys[number % len(standing.trail.keys)])
    if kind == "restart":
        return TakenOver() if number % 2 else Looked()
    sign = SIGNS[number % len(SIGNS)]
    notes: tuple[Event, ...] = (
        NewSigns(), Scanned(), WentBack(), Noted("steroid_given"), Noted("mri_requested"),
        Ticked("cord_signs", sign, on=number % 5 > 0), Done("cord_signs"), Corrected(sign),
        Corrected("none"), Corrected(sign, ask_back=True), SuspectedEarlier("3 h before"),
        BroughtIn((("escc.1", "2"), ("level.1", "T5"))), Closed(), Closed("died"),
    )  # fmt: skip
    looks: tuple[Event, ...] = (
        AskedForCard(), AskedForMore(), AskedForPlan(), AskedForPlan("steroid"),
        AskedForPlan("99"), AskedForPlan("all"), AskedWhatItMeans(), Edited(), Edited("99"),
        Looked(), Outdated(), WentOn(), Typed("?"), Typed("help"),
    )  # fmt: skip
    if kind == "answer" and question is not None:
        values = choices(question)
        return Answered(standing.asked, values[number % len(values)])
    several = looks if kind == "look" else notes
    return several[number % len(several)]
