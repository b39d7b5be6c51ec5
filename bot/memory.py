"""What was worked out last of each case, so that a turn replays it once. Bounded."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from bot.flows import triage
from bot.logic.assessment import Assessment, assess, assess_later
from bot.logic.urgency import Policy
from bot.machine import FlowMachine, Trail
from state.records import Answer, Triage

MOST_REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class Seen:
    """What was worked out of a case: the way of its answers, and what the rules said at `now`."""

    answers: tuple[Answer, ...]
    trail: Trail
    begun_at: datetime
    now: datetime
    assessment: Assessment
    settled: bool


class Memory:
    """Replays cases under one policy and time zone, and remembers them by their answers."""

    def __init__(self, machine: FlowMachine, policy: Policy, zone: tzinfo) -> None:
        self._machine = machine
        self._policy: Policy = policy
        self._zone = zone
        self._seen: dict[str, Seen] = {}

    def see(self, case: Triage, now: datetime) -> Seen:
        """Replay a case, or remember what its answers gave before."""
        seen = self._seen.get(case.code)
        known = seen is not None and seen.begun_at == case.begun_at
        if seen is None or not known or seen.answers != case.answers:
            seen = self._work_out(case, now, seen.trail if seen else None)
        elif seen.now != now:
            later = assess_later(seen.assessment, now.astimezone(self._zone))
            seen = replace(seen, now=now, assessment=later)
        while len(self._seen) >= MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[case.code] = seen
        return seen

    def _work_out(self, case: Triage, now: datetime, earlier: Trail | None) -> Seen:
        trail = self._machine.replay(case.latest, self._policy, earlier)
        clinical = trail.facts.case
        if clinical.opened_at is None:
            clinical = clinical.model_copy(update={"opened_at": case.begun_at})
        assessment = assess(clinical, self._policy, now.astimezone(self._zone))
        settled = triage.urgency_settled(trail.facts) if trail.steps else False
        return Seen(case.answers, trail, case.begun_at, now, assessment, settled)
