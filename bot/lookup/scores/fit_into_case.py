"""Which answers of a score fit into an open case now, under which keys, and why others do not.

Nothing known is overwritten: differences are named, with how to change them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.conversation.machine import FlowMachine, Trail
from bot.flows.grammar import UNKNOWN, Outcome, Value
from bot.flows.triage import CT_CLEAR, CT_UNREAD, UNREAD
from bot.flows.triage_conditions import CT_LESIONS_SEEN, LESIONS_SEEN, MRI
from bot.flows.wording import words_of
from bot.screens.view import View

Answers = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Fit:
    """The answers that fit, by case key, and a line for each that does not."""

    answers: tuple[tuple[str, Value], ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitting:
    """One open case as viewed, and the machine that knows what its flow accepts."""

    view: View
    machine: FlowMachine

    def answers(self, given: Answers) -> Fit:
        """Fit answers that are asked once: the case must be at or past each question."""
        return self._keep({key: value for key, value in given.items() if value != UNKNOWN}, given)

    def lesion(self, given: Answers) -> Fit:
        """Fit the items of one lesion: to the lesion at this level, or to a new one."""
        flow, trail = self.view.flow, self._trail
        same = self._lesion_at(given["level"])
        if same:
            named = [name for name in given if name != "level" and given[name] != UNKNOWN]
            return self._keep({f"{name}.{same}": given[name] for name in named}, given)
        if trail.here.id == flow.repeat_from:
            return self._keep({f"{name}.{trail.item}": given[name] for name in given}, given)
        if trail.here.id == flow.repeat_asks:
            another = f"{flow.repeat_asks}.{trail.item}"
            lesion = {f"{name}.{trail.item + 1}": given[name] for name in given}
            return self._keep({another: True, **lesion}, (*given, flow.repeat_asks))
        return Fit(left_out=(self._why_no_lesion(),))

    def grade(self, grade: Value) -> Fit:
        """Fit an ESCC grade: to the lesion being asked about, or the only ungraded one."""
        flow, trail, latest = self.view.flow, self._trail, self.view.case.latest
        if trail.here.id == "escc":
            return self._keep({f"escc.{trail.item}": grade}, ("escc",))
        graded = [step.key for step in trail.steps if step.question.id == "escc"]
        ungraded = [key for key in graded if latest[key] == UNKNOWN]
        if len(ungraded) == 1:
            return self._keep({ungraded[0]: grade}, ("escc",))
        if trail.here.id in (flow.repeat_from, flow.repeat_asks):
            return Fit(left_out=(f"{self._code} asks for the level first",))
        return Fit(left_out=(self._why_no_lesion(),))

    @property
    def _code(self) -> str:
        return self.view.case.code

    @property
    def _trail(self) -> Trail:
        return self.view.standing.trail

    def _lesion_at(self, level: Value) -> int | None:
        """Return the number of the lesion at a level; None if there is none."""
        levels = [step for step in self._trail.steps if step.question.id == "level"]
        found = (step.item for step in levels if step.value == level != UNKNOWN)
        return next(found, None)

    def _why_no_lesion(self) -> str:
        here = self._trail.here
        if here.id in (CT_LESIONS_SEEN, CT_UNREAD, CT_CLEAR):
            return f"{self._code} asks first whether the CT shows a lesion"
        if self.view.result.case.mri not in ("done", "not_possible"):
            return f"{self._code} asks for lesions once the MRI is done"
        if here.id in (LESIONS_SEEN, UNREAD):
            return f"{self._code} asks first whether the MRI shows a lesion"
        if not isinstance(here, Outcome) and here.repeated:
            return f"{self._code} is at another lesion: finish that one first"
        if self._here < self._place(MRI):
            return f"{self._stands()}; lesions come later"
        return f"{self._code} has its lesions; /edit and a number changes one"

    def _keep(self, wanted: Answers, score: Iterable[str]) -> Fit:
        """Keep what the flow accepts: what is asked, and not yet answered differently."""
        taken, why = dict[str, Value](), dict[str, str]()
        for key, value in wanted.items():
            if reason := self._why_not(key, value, frozenset(score)):
                why[key] = reason
            else:
                taken[key] = value
        with_taken = self.machine.replay(
            {**self.view.case.latest, **taken}, self._trail.facts.policy
        )
        for key in [each for each in taken if each not in with_taken.keys]:
            del taken[key]
            why[key] = f"{self._code} does not ask for it"
        return Fit(tuple(taken.items()), tuple(self._lines(why)))

    def _lines(self, why: Mapping[str, str]) -> Iterator[str]:
        """Say each reason once, with everything it applies to."""
        for reason in dict.fromkeys(why.values()):
            labels = [self.view.label(key) for key, each in why.items() if each == reason]
            yield f"{', '.join(labels)}: {reason}"

    def _why_not(self, key: str, value: Value, score: frozenset[str]) -> str:
        """Say why an answer is not accepted; empty if it may be."""
        keys = self._trail.keys
        if key in keys:
            had = self.view.case.latest[key]
            if had == value:
                return f"{self._code} has it already"
            change = f"/edit {keys.index(key) + 1} changes it"
            return "" if had == UNKNOWN else f"{self._code} says {self.view.latest(key)}; {change}"
        asked = key.partition(".")[0]
        if self._place(asked) <= self._here or "." in key:
            return ""
        between = self.view.flow.nodes[self._here : self._place(asked)]
        reached = all(node.id in score for node in between)
        return "" if reached else f"{self._stands()}; it comes later"

    def _stands(self) -> str:
        asked = self.view.standing.asked
        question = self.view.flow.question(asked)
        ask = words_of(self.view.flow, question.id).ask if question else "Plan"
        return f"{self._code} stands at “{ask}”"

    @property
    def _here(self) -> int:
        return list(self.view.flow.places).index(self._trail.place)

    def _place(self, question_id: str) -> int:
        """Return the first place in which a question may be asked."""
        return list(self.view.flow.places).index(question_id)
