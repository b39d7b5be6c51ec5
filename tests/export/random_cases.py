"""Random cases as somebody sees them, played through the engine; the same for the same seed.

They cover every stage of the flow and every kind of line in the time line, corrections, cases that
are waiting, overdue or closed, cases of a group that have passed through several hands, zones with
and without summer time, and every policy.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from bot.conversation.alarm import COMING, SEEN, UNANSWERED
from bot.conversation.engine import Engine
from bot.conversation.events import (
    Answered,
    Closed,
    Corrected,
    Event,
    NewSigns,
    Noted,
    Scanned,
    SuspectedEarlier,
    Undone,
)
from bot.conversation.machine import FlowMachine
from bot.conversation.time_line import OVERRIDDEN, is_untouched
from bot.flows.grammar import UNKNOWN, Moment, Question, Value
from bot.flows.triage import FLOW
from bot.logic.urgency import POLICIES
from bot.screens.notices import words
from bot.screens.time_line import WORDS
from bot.screens.view import View
from state.groups import Colleague
from state.records import HANDED_OVER, Entry, StoredCase
from tests.conversation.paths import choices

ZONES: Final = ("UTC", "Europe/London", "Europe/Berlin", "Pacific/Auckland", "Asia/Kolkata")
STARTS: Final = (
    datetime(2026, 11, 22, 12, tzinfo=UTC),
    datetime(2026, 10, 24, 22, 50, tzinfo=UTC),  # before Europe's winter time
    datetime(2027, 3, 27, 23, 30, tzinfo=UTC),  # before Europe's summer time
    datetime(2026, 9, 26, 11, 5, tzinfo=UTC),  # before New Zealand's summer time
    datetime(2026, 12, 31, 22, 15, tzinfo=UTC),
)
NAMES: Final = {"ann": "Ann Bell", "ben": "Ben Carr", "cy": "Cy Dale", "dee": "Dee"}
GROUP: Final = "-100123"
LEANS: Final[Mapping[str, Value]] = {
    "mri": "done", "lesions_seen": "some", "cancer": "known", "renal": "haemodialysis",
}  # fmt: skip
STAGES: Final = (0, 1, 3, 6, 12, 25, 80, 80, 80, 80)  # how many answers at the most


def random_views(count: int, seed: int = 1) -> Iterator[View]:
    """Yield as many cases; the first of a seed are the same however many are asked for."""
    return (random_view(f"{seed} {number}") for number in range(count))


@lru_cache(400)
def random_view(seed: str) -> View:
    """Play one case from its start to a random stage, and look at it at a random time."""
    chance = random.Random(seed)
    zone = ZoneInfo(chance.choice(ZONES))
    engine = Engine(_machine(), chance.choice(POLICIES), zone)
    begun = chance.choice(STARTS) + timedelta(seconds=chance.randrange(36_000))
    in_group = chance.random() < 1 / 2
    case = engine.new_case(
        f"{chance.choice('KLMNRSVZ')}{chance.choice('AEO')}S-{chance.randrange(10, 100)}",
        GROUP if in_group else "chat", "ann", begun,
    )  # fmt: skip
    case, now = _answered(engine, case, chance, in_group)
    case, now = _followed(engine, case, now, chance, in_group)
    now += timedelta(minutes=chance.choice([0, 0, 5, 240, 1500, 20_000]))
    colleagues = {
        who: Colleague(GROUP, who, name, begun) for who, name in NAMES.items() if who != "dee"
    }
    return View(
        case, engine.stand(case, now), FLOW, now, zone, chance.choice(["", "bleep 4321"]),
        touch=True, colleagues=colleagues if in_group else None,
    )  # fmt: skip


@cache
def _machine() -> FlowMachine:
    return FlowMachine(FLOW)


def _answered(
    engine: Engine, case: StoredCase, chance: random.Random, in_group: bool
) -> tuple[StoredCase, datetime]:
    """Answer what is asked, up to a random stage."""
    now, leaning = case.begun_at, chance.choice([0.2, 0.7, 0.95])
    knowing = chance.choice([0.5, 0.9, 1.0])
    for _ in range(chance.choice(STAGES)):
        asked = engine.stand(case, now).asked
        question = FLOW.question(asked)
        if question is None:
            break
        value = _value(question, now, chance, leaning, knowing)
        now += timedelta(seconds=chance.choice([7, 40, 200, 3000]))
        before = case
        case = engine.advance(case, Answered(asked, value), _who(chance, in_group), now).case
        if case.answers == before.answers:
            break
        if engine.stand(case, now).asked == asked and chance.random() < 3 / 4:
            break  # it waits for the scan or its report
    return case, now


def _value(
    question: Question, now: datetime, chance: random.Random, leaning: float, knowing: float
) -> Value:
    if question.id in LEANS and chance.random() < leaning:
        return LEANS[question.id]
    if isinstance(question, Moment) and chance.random() < knowing:
        span = timedelta(minutes=chance.randrange(10, 3 * 1440))
        return (now - span if question.past else now + span).isoformat()
    values = choices(question)
    if len(values) > 1 and chance.random() < knowing:
        values = [each for each in values if each != UNKNOWN]
    return chance.choice(values)


def _followed(
    engine: Engine, case: StoredCase, now: datetime, chance: random.Random, in_group: bool
) -> tuple[StoredCase, datetime]:
    """Note what is done, correct it, hand the case over and close it, as chance has it."""
    if is_untouched(case):
        return case, now
    for _ in range(chance.choice([0, 0, 2, 5, 9])):
        now += timedelta(seconds=chance.choice([61, 300, 5000]))
        who = _who(chance, in_group)
        if in_group and chance.random() < 1 / 4:
            case = _in_hand(case, who, now, chance)
            continue
        event = chance.choice(_events(chance, who))
        case = engine.advance(case, event, who, now).case
    if chance.random() < 1 / 5:
        now += timedelta(minutes=2)
        outcome = chance.choice(list(words("outcomes", WORDS)))
        case = engine.advance(case, Closed(outcome), case.owner, now).case
    return case, now


def _events(chance: random.Random, who: str) -> tuple[Event, ...]:
    called = chance.choice(list(words("called", WORDS)))
    differs = f"{chance.choice(list(words('differs', WORDS)))} "
    differs += chance.choice(list(words("reasons", WORDS)))
    signs = chance.choice([["gait"], ["weakness", "bowel"], ["bladder"], [], ["lhermitte"]])
    return (
        Noted("mri_requested"), Noted("steroid_given"), Noted("called", called),
        Noted("called", called), Noted("treatment_begun"), Noted(OVERRIDDEN, differs), Scanned(),
        NewSigns(), Answered("cord_signs", signs), Corrected("none"), Corrected("weakness, gait"),
        SuspectedEarlier("3 h before"), Undone(), Undone("called"), Undone("answer"),
        Noted(COMING, who), Noted(SEEN, who),
    )  # fmt: skip


def _in_hand(case: StoredCase, who: str, now: datetime, chance: random.Random) -> StoredCase:
    """Pass a case of a group to somebody, with or without reading it back; or nobody answers."""
    if chance.random() < 1 / 4:
        return case.with_entry(Entry(UNANSWERED, "", case.owner, now))
    giver = chance.choice([case.owner, ""])
    passed = case.with_entry(Entry(HANDED_OVER, giver, who, now))
    return replace(passed, owner=who, touched_at=now)


def _who(chance: random.Random, in_group: bool) -> str:
    return chance.choice([*NAMES, "ann", "ann"]) if in_group else "ann"
