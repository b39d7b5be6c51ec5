"""Where a case stands: the path of its answers, the question, and what the rules say."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.machine import FlowMachine, Trail
from bot.guidance.card_lines import dose_waits
from bot.guidance.first_steps import Step, first_steps
from bot.logic.assessment import Assessment, assess_findings, assess_later
from bot.logic.once import once
from bot.logic.urgency import Policy
from state.records import StoredCase, Told

MOST_REMEMBERED: Final = 128
DOSE_WAITS: Final = "dose_waits"  # give_now, while a question that decides it was never asked


@dataclass(frozen=True)
class Standing:
    """Where a case stands at one moment.

    `key` is the current question, or the outcome; back and edit move it away from the
    trail's own. `settled` says whether the answers settle the urgency.
    """

    trail: Trail
    key: str
    assessment: Assessment
    settled: bool

    @property
    def waits_for(self) -> str:
        """Return the question that the case waits for at this outcome; empty if none."""
        return self.trail.waits_for if self.key == self.trail.key else ""

    @property
    def asked(self) -> str:
        """Return the question an answer is for; a waiting case keeps asking."""
        return self.waits_for or self.key

    @property
    def at_end(self) -> bool:
        """Return whether everything is answered and nothing is asked."""
        return self.trail.ended and self.key == self.trail.key and not self.trail.waits_for

    @once
    def steps(self) -> tuple[Step, ...]:
        """Return the first steps: what to do now."""
        return first_steps(self.assessment)

    @once
    def told(self) -> Told:
        """Return what a reader is told about urgency and steroid."""
        urgency, steroid = self.assessment.urgency, self.assessment.steroid
        decision = DOSE_WAITS if dose_waits(self.assessment) else steroid.decision
        return Told(urgency.level, urgency.hours, decision)

    @once
    def headline(self) -> tuple[object, ...]:
        """Return the values whose change makes the card news."""
        result = self.assessment
        return (
            result.urgency.level,
            result.due,
            result.treatment_due,
            result.case.mri,
            result.found.ct_shows_nothing,
            result.found.infection_open,
            result.found.high_grade,
            result.steroid.rule,
            self.told,
            "U11" in result.urgency.rules,
            result.treatment.pathway,
            *self.steps,
        )

    @property
    def emergency(self) -> bool:
        return self.settled and self.assessment.urgency.level == "emergency"

    def led_to(self, key: str) -> "Standing":
        """Return this standing at another question, with what was worked out of it."""
        if key == self.key:
            return self
        other = object.__new__(Standing)
        other.__dict__.update(self.__dict__, key=key)
        return other

    def at(self, now: datetime, zone: tzinfo) -> "Standing":
        """Return this standing at another moment: itself, unless the rules say something else."""
        result = self.assessment
        if not self._timed and result.overdue_at(now) == self._overdue:
            return self
        later = assess_later(result, now.astimezone(zone))
        same = (later.actions, later.warnings) == (result.actions, result.warnings)
        return self if same else replace(self, assessment=later)

    @once
    def _timed(self) -> bool:
        return self.assessment.timed

    @once
    def _overdue(self) -> bool:
        return self.assessment.overdue_at(self.assessment.now)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where a case stood last, and at which question it was led to."""

    case: StoredCase
    now: datetime
    standing: Standing
    led: Standing

    def fits(self, case: StoredCase) -> bool:
        return self.case.begun_at == case.begun_at and self.case.answers == case.answers


class Standings:
    """Works out where cases stand, under one policy and time zone.

    The last standing of each case is remembered, up to a bound. If answers and clock are the same
    it stands, and only what time changes is worked out; else the replay goes on from the first
    answer that has changed.
    """

    def __init__(self, machine: FlowMachine, policy: Policy, zone: tzinfo) -> None:
        self.machine = machine
        self.policy: Policy = policy
        self.zone = zone
        self._seen: dict[str, _Seen] = {}

    def of(self, case: StoredCase, now: datetime) -> Standing:
        """Return where a case stands, and what the rules say of it at `now`."""
        last = self._seen.get(case.code)
        if last and last.case is case and last.now == now:
            return last.led
        if last is None or not last.fits(case):
            standing = self._work_out(case, now, last.standing.trail if last else None)
        else:
            standing = last.standing.at(now, self.zone)
        led = self.led_by(case, standing)
        self._remember(_Seen(case, now, standing, led))
        return led

    def _remember(self, seen: _Seen) -> None:
        self._seen.pop(seen.case.code, None)
        if len(self._seen) >= MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[seen.case.code] = seen

    def led_by(self, case: StoredCase, standing: Standing) -> Standing:
        """Return the standing at the question that back or edit leads a case to."""
        trail, back = standing.trail, case.revisiting
        suspected_at = self.machine.flow.landmarks.suspected_at
        revisited = back and (back in trail.keys or back == suspected_at)
        return standing.led_to(back if back and revisited else trail.key)

    def _work_out(self, case: StoredCase, now: datetime, earlier: Trail | None) -> Standing:
        trail = self.machine.replay(case.latest, self.policy, earlier)
        found = trail.facts.found
        if found.case.opened_at is None:
            found = found.what_if({"opened_at": case.begun_at})
        settled = bool(trail.steps) and self.machine.flow.urgency_settled(trail.facts)
        assessment = assess_findings(found, self.policy, now.astimezone(self.zone))
        return Standing(trail, trail.key, assessment, settled)
