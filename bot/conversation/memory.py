"""What was worked out last of each case, before and after an answer: replayed once. Bounded."""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Final

from bot.conversation.machine import FlowMachine, Trail
from bot.flows import triage
from bot.logic.assessment import Assessment, assess, assess_later
from bot.logic.urgency import Policy
from state.records import Answer, StoredCase

MOST_REMEMBERED: Final = 512
BEFORE_AND_AFTER: Final = 2


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
        self._seen: dict[str, tuple[Seen, ...]] = {}

    def see(self, case: StoredCase, now: datetime) -> Seen:
        """Replay a case, or remember what its answers gave before."""
        lately = self._seen.get(case.code, ())
        known = (each for each in lately if each.begun_at == case.begun_at)
        found = next((each for each in known if each.answers == case.answers), None)
        if found is None:
            seen = self._work_out(case, now, lately[0].trail if lately else None)
        elif found.now != now:
            later = assess_later(found.assessment, now.astimezone(self._zone))
            seen = replace(found, now=now, assessment=later)
        else:
            return found
        while len(self._seen) >= MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        others = (each for each in lately if each is not found)
        self._seen[case.code] = (seen, *others)[:BEFORE_AND_AFTER]
        return seen

    def _work_out(self, case: StoredCase, now: datetime, earlier: Trail | None) -> Seen:
        trail = self._machine.replay(case.latest, self._policy, earlier)
        clinical = trail.facts.case
        if clinical.opened_at is None:
            clinical = clinical.model_copy(update={"opened_at": case.begun_at})
        assessment = assess(clinical, self._policy, now.astimezone(self._zone))
        settled = triage.urgency_settled(trail.facts) if trail.steps else False
        return Seen(case.answers, trail, case.begun_at, now, assessment, settled)
