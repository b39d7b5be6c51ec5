"""Cases to hand over: the shortest, the fullest, random ones, and one in words of German length."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from functools import cache
from typing import Any

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.content import Content, Section, Step
from bot.flows.triage import FLOW
from bot.screens.view import View
from state.groups import Colleague
from state.records import ANOTHER, Entry, StoredCase
from tests.conftest import NOON, stored_case
from tests.screens.test_sbar import ManyLesions, random_case
from tests.screens.views import LONGEST_CALL, random_view

MANY_NOTES = 40
LONG_WORD = re.compile(r"[A-Za-z]{4,}")
NOTES = (
    Entry("mri_requested", "", "1001", NOON),
    Entry("called", "surgeon", "1002", NOON + timedelta(minutes=4)),
    Entry("steroid_given", "", "1001", NOON + timedelta(minutes=9)),
    Entry("new_signs", "saddle_anaesthesia,bladder", "1002", NOON + timedelta(minutes=40)),
    Entry("alarmed", "", "1001", NOON + timedelta(minutes=41)),
    Entry("unanswered", "", "1002", NOON + timedelta(minutes=51)),
    Entry("overridden", "urgency senior", "1002", NOON + timedelta(minutes=55)),
    Entry("handed_over", "1001", "1002", NOON + timedelta(minutes=58)),
)
COLLEAGUES = {
    who: Colleague("-5", who, name, NOON)
    for who, name in (("1001", "Ann Berg"), ("1002", "Cornelius Dallenbach-Hellweg"))
}


def shortest(engine: Engine) -> View:
    """Return a case of which nothing is known yet."""
    case = stored_case()
    return View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")


def fullest(engine: Engine, machine: FlowMachine) -> View:
    """Return the case of a group that says most: many lesions, on dialysis, much done."""
    return full(engine, _fullest(machine))


@cache
def _fullest(machine: FlowMachine) -> StoredCase:
    """Return the case of many that says most, found once."""
    engine = Engine(machine, "stepwise", UTC)

    def says(case: StoredCase) -> int:
        view = full(engine, case)
        return len(view.result.actions) + len(view.case.latest)

    return max((random_case(machine, seed, ManyLesions) for seed in range(40)), key=says)


def full(engine: Engine, case: StoredCase) -> View:
    """Return a case as a group sees it an hour later, with much done about it."""
    for entry in NOTES:
        case = case.with_entry(entry)
    for minute in range(MANY_NOTES):
        at = NOON + timedelta(minutes=minute)
        case = case.with_entry(Entry("called", "other", "1002", at))
    case = replace(case, chat="-5", owner="1002")
    now = NOON + timedelta(hours=1)
    return View(
        case, engine.stand(case, now), FLOW, now, engine.zone, LONGEST_CALL, colleagues=COLLEAGUES
    )


def seeded_views(engine: Engine, machine: FlowMachine, seeds: range) -> Iterator[View]:
    """Draw cases answered along the flow, of one person or of a group, and cases as fields."""
    for seed in seeds:
        case = random_case(machine, seed)
        alone = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
        yield (alone, full(engine, case), random_view(engine, seed))[seed % 3]


def german(content: Content) -> Content:
    """Return what is handed over in words as long as German ones, a third longer."""
    return replace(
        content,
        urgency=tuple(map(_longer, content.urgency)),
        now=tuple(map(_longer_step, content.now)),
        sections=tuple(
            Section(_longer(each.heading), tuple(map(_longer, each.lines)), _longer(each.within))
            for each in content.sections
        ),
        plan=tuple(map(_longer_step, content.plan)),
        time_line=tuple(replace(each, text=_longer(each.text)) for each in content.time_line),
        missing=_longer(content.missing),
        end=_longer(content.end),
    )


def _longer_step(step: Step) -> Step:
    heading, section = _longer(step.heading), _longer(step.section)
    return replace(step, text=_longer(step.text), heading=heading, section=section)


def _longer(text: str) -> str:
    """Lengthen every word of four letters and more, as a compound is, by a third in all."""
    return LONG_WORD.sub(lambda found: f"{found[0]}{'ßlüng'[: len(found[0]) // 2]}", text)


def nothing_of(value: Any) -> bool:
    """Return whether a value names an account by its number, or another person."""
    said = str(value)
    return not any(number in said for number in ("1001", "1002", ANOTHER))
