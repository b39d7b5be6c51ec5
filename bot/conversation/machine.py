"""Compiles a flow to one shared `transitions` machine, and replays answers through it."""

from collections.abc import Callable, Mapping
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
            if all(guard.func(facts) for guard in route.conditions):  # type: ignore[operator]
                model.state = str(route.dest)
                return True
        return False


class _Routes(Machine):
    """The routes of a flow, each asked thousands of times a second."""

    event_cls = _Answer


@dataclass(frozen=True, slots=True)
class Step:
    """One answered question of a trail, with the item's number if it is repeated."""

    key: str
    question: Question
    item: int
    value: Value


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
    keys: list[str]
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
        nothing. The walk ends when no answer is left. It continues
        from the end of an `earlier` one under the same policy if only the answer to its
        question has been added since.
        """
        walk = self._go_on(answers, earlier) if earlier else None
        walk = walk or self._set_out(answers, policy)
        facts, steps, keys, misfits = walk.facts, walk.steps, walk.keys, list[str]()
        cursor, item, left = Cursor(walk.state), walk.item, walk.left
        gap: tuple[Node, str, str, int, int] | None = None
        while True:
            node, facts.again = self.flow.places[cursor.state], False
            key = node.key(item) if isinstance(node, Question) else node.id
            given = isinstance(node, Question) and key in answers
            if isinstance(node, Question) and given and node.accepts(answers[key]):
                walk.taken[key] = answers[key]
                keys.append(key)
                steps.append(Step(key, node, item, answers[key]))
                facts.take(node.sets(answers[key]), item if node.repeated else None)
                facts.again = node.id == self.flow.repeat_asks and answers[key] is True
            else:
                misfits += [key] if given else []
                gap = gap or (node, cursor.state, key, item, len(steps))
            left.discard(key)
            if (gap and not left) or _ends(node):
                break
            self._machine.events[ANSWER].trigger(cursor, facts)
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
            tuple(keys),
            walk.taken,
        )

    def _set_out(self, answers: Mapping[str, Value], policy: Policy) -> _Walk:
        facts, taken = Facts(policy), dict[str, Value]()
        for aside in self.flow.aside:
            if aside.id in answers:
                taken[aside.id] = answers[aside.id]
                if aside.accepts(answers[aside.id]):
                    facts.take(aside.sets(answers[aside.id]), None)
        return _Walk(self.flow.nodes[0].id, 1, facts, [], [], taken, set(answers) - taken.keys())

    def _go_on(self, answers: Mapping[str, Value], earlier: Trail) -> _Walk | None:
        """Resume a walk that ended at the only question answered since."""
        taken = earlier.taken
        ended_there = earlier.before == len(earlier.steps) and not earlier.misfits
        one_more = earlier.key in answers and len(answers) == len(taken) + 1
        if not ended_there or not one_more or not taken.items() <= answers.items():
            return None
        return _Walk(
            earlier.place,
            earlier.item,
            earlier.facts.copy(),
            [*earlier.steps],
            [*earlier.keys],
            {**taken},
            {earlier.key},
        )

    @staticmethod
    def _asked_again(facts: Facts) -> bool:
        return facts.again


def _ends(node: Node) -> bool:
    return isinstance(node, Outcome) and not node.waits_for
