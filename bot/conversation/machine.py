"""Compiles a flow to one shared `transitions` machine, and replays answers through it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from transitions import Event, Machine

from bot.flows.facts import Facts
from bot.flows.grammar import Flow, Node, Outcome, Question, Value
from bot.logic.urgency import Policy

ANSWER: Final = "answer"
Guard = Callable[..., bool | None]
Route = tuple[str, str, list[str | Guard]]


@dataclass(slots=True)
class Cursor:
    """The position of a replay; discarded afterwards."""

    state: str


class _Answer(Event):
    """The one event: it takes the first open route, without the callbacks that no flow has."""

    def trigger(self, model: Cursor, facts: Facts) -> bool:  # type: ignore[override]
        """Move along the first route whose guards hold; return whether there is one."""
        for route in self.transitions[model.state]:
            for guard in route.conditions:
                if not guard.func(facts):  # type: ignore[operator]
                    break
            else:
                model.state = str(route.dest)
                return True
        return False


class _Routes(Machine):
    """The routes of a flow, each asked thousands of times a second."""

    event_cls = _Answer


@dataclass(frozen=True, slots=True)
class Step:
    """One answered question of a trail, at a place, with the item's number if it is repeated."""

    key: str
    question: Question
    place: str
    item: int
    value: Value

    def takes(self, facts: Facts) -> None:
        """Add to the facts what its answer sets."""
        facts.take(self.question.sets(self.value), self.item if self.question.repeated else None)


@dataclass(frozen=True, slots=True)
class Trail:
    """The path of the answers through a flow, and the position reached, `before` answers on.

    `place` is the flow's name for the position. `keys` are those of its steps. `taken` holds the
    accepted answers, including those to questions asked only on request.
    """

    steps: tuple[Step, ...]
    here: Node
    place: str
    key: str
    item: int
    before: int
    facts: Facts
    misfits: tuple[str, ...]
    keys: tuple[str, ...]
    taken: Mapping[str, Value]

    @property
    def ended(self) -> bool:
        return isinstance(self.here, Outcome)

    @property
    def waits_for(self) -> str:
        """Return the question that this outcome waits for; empty if it waits for nothing."""
        return self.here.waits_for if isinstance(self.here, Outcome) else ""


@dataclass(slots=True)
class _Walk:
    """Where a replay starts, and the answers that it has not reached."""

    state: str
    item: int
    facts: Facts
    steps: list[Step]
    taken: dict[str, Value]
    left: set[str]


class FlowMachine:
    """A compiled flow. One instance serves every case and stores none."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._machine = _Routes(
            model=None,
            states=list(flow.places),
            initial=flow.nodes[0].id,
            auto_transitions=False,
        )
        for source, destination, conditions in self.routes():
            self._machine.add_transition(ANSWER, source, destination, conditions=conditions)
        self._answer = self._machine.events[ANSWER]
        self._aside = tuple(each.id for each in flow.aside)

    def routes(self) -> list[Route]:
        """List every route as source, destination and guards, in the order they are tried."""
        flow, found = self.flow, list[Route]()
        places = list(flow.places.items())
        for number, (place, node) in enumerate(places):
            if node.id == flow.repeat_asks:
                found.append((place, flow.repeat_from, [self._asked_again]))
            for destination, following in places[number + 1 :]:
                guards: list[str | Guard] = [following.when.holds] if following.when else []
                found.append((place, destination, guards))
                if following.when is None:
                    break
        return found

    def replay(
        self, answers: Mapping[str, Value], policy: Policy, earlier: Trail | None = None
    ) -> Trail:
        """Walk the answers through the flow.

        The case stands at the first question without an answer that fits, or at an outcome. The
        answers after it still count, so that a question added later, or a repeated MRI, undoes
        nothing. The walk ends when no answer is left. It continues from an `earlier` one under the
        same policy, at the first of its answers that is not the same any more.
        """
        walk = self._set_out(answers, policy, earlier)
        facts, steps, misfits = walk.facts, walk.steps, list[str]()
        cursor, item, left = Cursor(walk.state), walk.item, walk.left
        gap: tuple[Node, str, str, int, int] | None = None
        while True:
            node, facts.again = self.flow.places[cursor.state], False
            question = node if isinstance(node, Question) else None
            key = question.key(item) if question else node.id
            given = question is not None and key in answers
            if question and given and question.accepts(answers[key]):
                step = Step(key, question, cursor.state, item, answers[key])
                steps.append(step)
                step.takes(facts)
                walk.taken[key] = step.value
                facts.again = node.id == self.flow.repeat_asks and step.value is True
            else:
                misfits += [key] if given else []
                gap = gap or (node, cursor.state, key, item, len(steps))
            left.discard(key)
            if (gap and not left) or _ends(node):
                break
            self._answer.trigger(cursor, facts)
            if node.id == self.flow.repeat_asks and cursor.state == self.flow.repeat_from:
                item += 1
        here, place, key, at, before = gap or (node, cursor.state, node.id, item, len(steps))
        return Trail(
            tuple(steps),
            here,
            place,
            key,
            at,
            before,
            facts,
            tuple(dict.fromkeys(misfits)),
            tuple([step.key for step in steps]),
            walk.taken,
        )

    def _set_out(
        self, answers: Mapping[str, Value], policy: Policy, earlier: Trail | None
    ) -> _Walk:
        """Set out at the first answer that is not that of an earlier walk."""
        aside = {each: answers[each] for each in self._aside if each in answers}
        if earlier and all(_same(earlier.taken.get(key), answers.get(key)) for key in self._aside):
            kept = _unchanged(earlier, answers)
            at: Trail | Step = earlier if kept == earlier.before else earlier.steps[kept]
            place, item, steps = at.place, at.item, [*earlier.steps[:kept]]
            whole = kept == len(earlier.steps)
        else:
            place, item, steps, whole = self.flow.nodes[0].id, 1, list[Step](), False
        facts = earlier.facts.copy() if earlier and whole else self._facts(aside, steps, policy)
        taken = aside | {step.key: step.value for step in steps}
        return _Walk(place, item, facts, steps, taken, set(answers) - taken.keys())

    def _facts(self, aside: Mapping[str, Value], steps: Iterable[Step], policy: Policy) -> Facts:
        """Return the facts of some answers: those given aside, then those of some steps."""
        facts = Facts(policy)
        for question in self.flow.aside:
            if question.id in aside and question.accepts(aside[question.id]):
                facts.take(question.sets(aside[question.id]), None)
        for step in steps:
            step.takes(facts)
        return facts

    @staticmethod
    def _asked_again(facts: Facts) -> bool:
        return facts.again


def _unchanged(earlier: Trail, answers: Mapping[str, Value]) -> int:
    """Count the steps of an earlier walk up to the first whose answer is not the same any more."""
    kept = 0
    for step in earlier.steps[: earlier.before]:
        value = answers.get(step.key)
        if value is not step.value and not _same(value, step.value):
            break
        kept += 1
    return kept


def _same(one: Value | None, other: Value | None) -> bool:
    """Return whether two answers are the same: True is not 1."""
    return type(one) is type(other) and one == other


def _ends(node: Node) -> bool:
    return isinstance(node, Outcome) and not node.waits_for
