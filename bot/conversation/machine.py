"""Compiles a flow to one shared `transitions` machine, and replays answers through it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from transitions import Machine

from bot.flows.facts import Facts
from bot.flows.grammar import Flow, Node, Outcome, Question, Value
from bot.logic.urgency import Policy

ANSWER: Final = "answer"
Guard = Callable[..., bool | None]
Route = tuple[str, str, list[str | Guard]]


@dataclass(slots=True)
class Cursor:
    """Where a replay stands; thrown away after it."""

    state: str


@dataclass(frozen=True, slots=True)
class Step:
    """One answered question on the way, with the item's number where it is repeated."""

    key: str
    question: Question
    item: int
    value: Value


@dataclass(frozen=True, slots=True)
class Trail:
    """The way that answers take through a flow, and where it stands: `before` answers on.

    `keys` are those of its steps. `taken` holds the answers that it took, with those to what is
    asked only on request.
    """

    steps: tuple[Step, ...]
    here: Node
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
        """Return the question that this outcome waits for; empty where it waits for nothing."""
        return self.here.waits_for if isinstance(self.here, Outcome) else ""


@dataclass(slots=True)
class _Walk:
    """Where a replay sets out, and the answers that it has not come to."""

    state: str
    item: int
    facts: Facts
    steps: list[Step]
    keys: list[str]
    taken: dict[str, Value]
    left: set[str]


class FlowMachine:
    """A compiled flow. One serves every case; it holds no case."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self._nodes = {node.id: node for node in flow.nodes}
        self._machine = Machine(
            model=None,
            states=[node.id for node in flow.nodes],
            initial=flow.nodes[0].id,
            auto_transitions=False,
        )
        for source, destination, conditions in self.routes():
            self._machine.add_transition(ANSWER, source, destination, conditions=conditions)

    def routes(self) -> list[Route]:
        """List every route as source, destination and guards, in the order they are tried."""
        flow, found = self.flow, list[Route]()
        for place, node in enumerate(flow.nodes):
            if isinstance(node, Outcome):
                continue
            if node.id == flow.repeat_asks:
                found.append((node.id, flow.repeat_from, [self._asked_again]))
            for following in flow.nodes[place + 1 :]:
                guards: list[str | Guard] = [following.when.holds] if following.when else []
                found.append((node.id, following.id, guards))
                if following.when is None:
                    break
        return found

    def replay(
        self, answers: Mapping[str, Value], policy: Policy, earlier: Trail | None = None
    ) -> Trail:
        """Walk the answers through the flow.

        The case stands at the first question without an answer that fits; the answers to what is
        asked after it still count, so that a question that opens later takes nothing back. The
        walk ends where no answer is left. It goes on from where an `earlier` one under the same
        policy ended when nothing but the answer to its question has come since.
        """
        walk = self._go_on(answers, earlier) if earlier else None
        walk = walk or self._set_out(answers, policy)
        facts, steps, keys, misfits = walk.facts, walk.steps, walk.keys, list[str]()
        cursor, item, left = Cursor(walk.state), walk.item, walk.left
        gap: tuple[Question, str, int, int] | None = None
        while not isinstance(node := self._nodes[cursor.state], Outcome):
            key = node.key(item)
            fits = key in answers and node.accepts(answers[key])
            if fits:
                walk.taken[key] = answers[key]
                keys.append(key)
                steps.append(Step(key, node, item, answers[key]))
                facts.take(node.sets(answers[key]), item if node.repeated else None)
            else:
                misfits += [key] if key in answers else []
                gap = gap or (node, key, item, len(steps))
            left.discard(key)
            if gap and not left:
                break
            facts.again = node.id == self.flow.repeat_asks and fits and answers[key] is True
            self._machine.events[ANSWER].trigger(cursor, facts)
            if node.id == self.flow.repeat_asks and cursor.state == self.flow.repeat_from:
                item += 1
        here, key, at, before = gap or (node, node.id, item, len(steps))
        return Trail(
            tuple(steps), here, key, at, before, facts, tuple(misfits), tuple(keys), walk.taken
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
        """Take up a walk that ended at the question which alone has been answered since."""
        taken = earlier.taken
        ended_there = earlier.before == len(earlier.steps) and not earlier.misfits
        one_more = earlier.key in answers and len(answers) == len(taken) + 1
        if not ended_there or not one_more or not taken.items() <= answers.items():
            return None
        return _Walk(
            earlier.here.id,
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
