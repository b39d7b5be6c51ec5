"""Random conversations: answers, ticks, edits, notes, corrections, looks, time, other rules.

Half the answers are calm, so that there is an urgency that can still rise.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import cached_property

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
    Undone,
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
from tests.dialogue import WITHOUT_SYMPTOMS
from tests.logic.test_properties import SIGNS

SYMPTOMS = len(WITHOUT_SYMPTOMS)

KINDS = ("calm", "calm", "calm", "answer", "answer", "edit", "edit", "note", "look", "restart")
LENGTH = 40


@dataclass(frozen=True)
class Turned:
    """One turn: the case before it, under which rules it stood, and what the event did."""

    case: StoredCase
    before: Standing
    event: Event
    turn: Advanced
    view: View

    @cached_property
    def screens(self) -> list[Screen]:
        return draw(self.turn.replies, self.view)


def conversation(
    machine: FlowMachine, policy: Policy, seed: int, call: str = ""
) -> Iterator[Turned]:
    """Play the conversation of a seed; "restart" continues it under other rules or a policy."""
    chance = random.Random(seed)
    engine, case, now = Engine(machine, policy, UTC), stored_case(), NOON
    for _ in range(LENGTH):
        kind, number = chance.choice(KINDS), chance.randrange(1000)
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
        keys = standing.trail.keys
        return Edited(keys[number % (len(keys) if number % 3 else min(len(keys), SYMPTOMS))])
    if kind == "restart" and number % 3:
        return TakenOver() if number % 2 else Looked()
    if kind == "calm" and standing.asked in WITHOUT_SYMPTOMS:
        return Answered(standing.asked, WITHOUT_SYMPTOMS[standing.asked])
    sign = SIGNS[number % len(SIGNS)]
    notes: tuple[Event, ...] = (
        NewSigns(), Scanned(), WentBack(), Noted("steroid_given"), Noted("mri_requested"),
        Ticked("cord_signs", sign, on=number % 5 > 0), Done("cord_signs"), Corrected(sign),
        Corrected("none"), Corrected(sign, ask_back=True), SuspectedEarlier("3 h before"),
        BroughtIn((("escc.1", "2"), ("level.1", "T5"))), Closed(), Closed("died"),
        Undone(), Undone("newsigns"),
    )  # fmt: skip
    looks: tuple[Event, ...] = (
        AskedForCard(), AskedForMore(), AskedForPlan(), AskedForPlan("steroid"),
        AskedForPlan("99"), AskedForPlan("all"), AskedWhatItMeans(), Edited(), Edited("99"),
        Looked(), Outdated(), WentOn(), Typed("?"), Typed("help"),
    )  # fmt: skip
    if kind in ("calm", "answer", "restart") and question is not None:
        values = choices(question)
        return Answered(standing.asked, values[number % len(values)])
    several = looks if kind == "look" else notes
    return several[number % len(several)]
