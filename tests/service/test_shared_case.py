"""A case that three people answer, in the group and in private, equals `assess` of its answers."""

import json
import random
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.access import Access
from bot.conversation.machine import FlowMachine
from bot.flows.grammar import UNKNOWN, Moment, Number, Question, Value
from bot.flows.triage import FLOW
from bot.guidance.answer_json import answer_text, to_json
from bot.incoming import Command, Incoming, Tap, Text
from bot.screens.screen import load
from bot.service.service import Service
from state.groups import Group
from state.people import Member
from state.records import Queued, StoredCase
from tests.conftest import NOON, Clock
from tests.conversation.paths import Chance
from tests.dialogue import labels, typed
from tests.shares import quick_for

GROUP = "-1001"
PEOPLE = {"1001": "Ann", "1002": "Bob", "1003": "Cat"}
SEEDS = range(12)


@dataclass
class Night:
    """Three people in a group, and one case that they answer."""

    service: Service
    clock: Clock
    chance: random.Random
    given: dict[str, Value]
    ways: set[str] = field(default_factory=set)
    owner: str = "1001"

    @property
    def case(self) -> StoredCase:
        (case,) = self.service.store.cases.listed(GROUP, NOON)
        return case

    def acts(self, who: str, act: Command | Tap | Text, chat: str, replies_to: str = "") -> None:
        name = PEOPLE[who] if chat == GROUP else ""
        self.service.take(Incoming(chat, who, act, name=name, replies_to=replies_to))

    def answer(self, who: str, key: str, value: Value) -> None:
        """Answer a question in one of the ways that there are for it."""
        question = FLOW.question(key)
        assert question is not None
        row = self._newest(GROUP)
        here = any(does.partition(" ")[2] == key for does, _ in self._buttons(row))
        ways = ("tap", "private") if self.service.touch else ("tap", "line", "private")
        way = self.chance.choice(ways) if here else "private"
        self.ways.add(way)
        if way == "tap":
            self._tap(who, question, value, GROUP)
        elif way == "line":
            self.acts(who, Text(_said(question, value)), GROUP, self.case.code)
        else:
            self._open(who)
            if self.service.touch and not isinstance(question, Number | Moment):
                self._tap(who, question, value, who)
                return
            self.acts(who, Text(f"yes {_said(question, value)}"), who)

    def take(self, who: str) -> None:
        self.acts(who, Command("have", self.case.code), GROUP)
        self.owner = who

    def _open(self, who: str) -> None:
        """Go to the private chat by Answer; a second time while somebody else is answering."""
        for _ in range(2):
            self.acts(who, self._answer_button(), GROUP)
            queued = self.service.store.outbox.queued(GROUP)[-2:]
            toasts = (load(each) for row in queued for each in row.screens)
            if word := next((each.leads_to for each in toasts if each.leads_to), ""):
                self.acts(who, Command("start", word), who)
                return
        raise AssertionError(f"{who}: led nowhere")

    def _tap(self, who: str, question: Question, value: Value, chat: str) -> None:
        for label in labels(question, value):
            row = self._newest(chat)
            shown = [each.removeprefix("✓ ") for _, each in self._buttons(row)]
            self.acts(who, Tap(str(row.token), shown.index(label)), chat)

    def _answer_button(self) -> Command | Tap:
        """Return what Answer on the newest card does; at a terminal it is typed."""
        if not self.service.touch:
            return Command("open", self.case.code)
        cards = (row for row in self.service.store.outbox.queued(GROUP) if row.token)
        shown = [(row, [each for _, each in self._buttons(row)]) for row in cards]
        row, labelled = next(each for each in reversed(shown) if "Answer" in each[1])
        return Tap(str(row.token), labelled.index("Answer"))

    def _newest(self, chat: str) -> Queued:
        return [row for row in self.service.store.outbox.queued(chat) if row.token][-1]

    def _buttons(self, row: Queued) -> list[tuple[str, str]]:
        screens = (load(each) for each in row.screens)
        return [(each.does, each.label) for s in screens for line in s.rows for each in line]


def _said(question: Question, value: Value) -> str:
    """Return what is typed for an answer; a moment is stored in another form."""
    if isinstance(question, Moment) and value != UNKNOWN:
        return str(value)[:16].replace("T", " ")
    return typed(question, value)


def begun(service: Service, clock: Clock, seed: int, *, touch: bool) -> Night:
    store = service.store
    with store.turn():
        store.groups.enrol(Group(GROUP, "1001", NOON))
        for who, name in PEOPLE.items():
            store.members.keep(Member(who, "clinician", f"@{name.casefold()}", "1001", NOON))
    access = Access(store.members, groups=store.groups)
    service = replace(service, touch=touch, access=access)
    night = Night(service, clock, random.Random(seed), {})
    for who in (*PEOPLE, "1001"):
        night.acts(who, Command("help"), GROUP)
    night.acts("1001", Command("triage"), GROUP)
    return night


def play(night: Night, seed: int) -> None:
    """Answer as the case asks, each by anybody, until it ends or waits; or stop on the way."""
    answers, engine = Chance(seed), night.service.setting.engine
    stops_after = night.chance.choice((3, 8, 100))
    while len(night.given) < stops_after:
        key = engine.stand(night.case, night.clock()).asked
        if FLOW.question(key) is None or key in night.given:
            return
        who = night.chance.choice(list(PEOPLE))
        night.given[key] = answers[key]
        night.answer(who, key, answers[key])
        assert night.case.latest.get(key) == night.given[key], key
        assert (night.case.answers[-1].who, night.case.owner) == (who, night.owner)
        if night.chance.random() < 0.2:
            night.take(night.chance.choice(list(PEOPLE)))
        night.clock.pass_by(minutes=night.chance.randrange(4))


@pytest.mark.parametrize("touch", [True, False], ids=["telegram", "terminal"])
@pytest.mark.parametrize("seed", quick_for(SEEDS, *range(4)))
def test_a_case_of_three_people_equals_assess_of_its_answers(
    service: Service, clock: Clock, machine: FlowMachine, seed: int, *, touch: bool
) -> None:
    night = begun(service, clock, seed, touch=touch)
    play(night, seed)
    stated = machine.replay(night.given, "stepwise").facts.case
    alone = stated.model_copy(update={"opened_at": NOON}).model_dump(mode="json")
    now = clock() + timedelta(minutes=1)
    standing = night.service.setting.engine.stand(night.case, now)
    assert json.loads(answer_text(json.dumps(alone), "stepwise", now)) == to_json(
        standing.assessment
    )


def test_every_way_to_answer_is_taken_and_everybody_answers(service: Service, clock: Clock) -> None:
    night = begun(service, clock, 1, touch=False)
    play(night, 1)
    assert night.ways == {"tap", "line", "private"}
    assert {each.who for each in night.case.answers} == set(PEOPLE)
