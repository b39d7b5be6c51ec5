"""assess(): all rules applied to one case, as ids and figures. Knows no wording and no clock."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from bot.logic import tokuhashi
from bot.logic.bedside import bedside
from bot.logic.bones import bones
from bot.logic.calcium import adjusted_calcium
from bot.logic.calls import calls
from bot.logic.case import Case, with_fixed_offset
from bot.logic.decisions import Decisions
from bot.logic.dialysis import high_potassium, kidneys
from bot.logic.findings import Findings, find
from bot.logic.fired_rule import Fired
from bot.logic.imaging import imaging
from bot.logic.mimics import mimics
from bot.logic.radiotherapy import procedures, prognosis, radiotherapy
from bot.logic.sessions import sessions
from bot.logic.sins import Sins
from bot.logic.stability import stability
from bot.logic.steroid import Steroid, decide
from bot.logic.steroid_actions import steroid_actions
from bot.logic.tokuhashi import Tokuhashi
from bot.logic.treatment import Treatment, choose
from bot.logic.urgency import Policy, Urgency, due, judge
from bot.logic.warnings import overdue, warnings

RULESET_ID: Final = "cordcall"
RULESET_VERSION: Final = "2026.11.2"
REVIEWED_UNTIL: Final = date(2027, 11, 26)  # 12 months after the release, that day included

_TOPICS: Final = (
    imaging, stability, steroid_actions, bedside, calls, radiotherapy, procedures, prognosis, bones,
    kidneys, mimics,
)  # fmt: skip
_TIMED: Final[Mapping[str, Callable[[Decisions], Fired | None]]] = {
    "G12": high_potassium, "G15": sessions,
}  # fmt: skip
"""The rules whose sentences depend on the present."""


def past_review(today: date) -> bool:
    """Return whether the review of the rules has expired."""
    return today > REVIEWED_UNTIL


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the rules say about one case. Times carry the offset of the moment of suspicion.

    `now` is a moment at which they say it; with `timed` rules some of it depends on the moment.
    """

    case: Case
    policy: Policy
    opened_at: datetime
    now: datetime = field(compare=False)
    found: Findings
    urgency: Urgency
    due: datetime | None
    treatment_due: datetime | None
    sins: tuple[Sins, ...]
    worst_escc: str | None
    tokuhashi: Tokuhashi | None
    adjusted_calcium: float | None
    steroid: Steroid
    treatment: Treatment
    actions: tuple[Fired, ...]
    warnings: tuple[Fired, ...]

    @property
    def timed(self) -> bool:
        """Return whether some actions say something else at another moment."""
        return not _TIMED.keys().isdisjoint([each.id for each in self.actions])

    def overdue_at(self, now: datetime) -> bool:
        """Return whether the deadline has passed at a moment; seconds count, not parts of them."""
        return self.due is not None and now.replace(microsecond=0) > self.due

    def fires(self, rule: str) -> bool:
        """Return whether an action of this id fired."""
        return any(action.id == rule for action in self.actions)


def assess(case: Case, policy: Policy, now: datetime) -> Assessment:
    """Evaluate every rule over a case.

    `now` must carry an offset; if the case has no `opened_at`, its clock starts at `now`.
    """
    return assess_findings(find(case), policy, now)


def assess_findings(found: Findings, policy: Policy, now: datetime) -> Assessment:
    """Evaluate every rule over a case's findings; `now` as in `assess`."""
    case = found.case
    urgency = judge(found, policy)
    now = with_fixed_offset(now)
    opened_at = case.opened_at or now
    deadline = due(opened_at, urgency.hours)
    decisions = Decisions(found, urgency, decide(found), choose(found), deadline, now)
    actions = list[Fired]()
    for topic in _TOPICS:
        actions += topic(decisions)
    return Assessment(
        case=case,
        policy=policy,
        opened_at=opened_at,
        now=now,
        found=found,
        urgency=urgency,
        due=deadline,
        treatment_due=due(opened_at, urgency.treatment_hours),
        sins=found.sins,
        worst_escc=found.worst_escc,
        tokuhashi=tokuhashi.score(case),
        adjusted_calcium=adjusted_calcium(case),
        steroid=decisions.steroid,
        treatment=decisions.treatment,
        actions=tuple(actions),
        warnings=tuple(warnings(decisions, actions, deadline, now)),
    )


def assess_later(earlier: Assessment, now: datetime) -> Assessment:
    """Assess the same case, with the same `opened_at`, at another moment; `now` as in `assess`.

    Only what depends on the present changes: the deadline check, the sessions, and what a high
    potassium requires of them.
    """
    now = with_fixed_offset(now)
    actions, warnings, due_at = earlier.actions, earlier.warnings, earlier.due
    if earlier.timed:
        actions = tuple(_at(now, earlier))
    if earlier.overdue_at(now) != earlier.overdue_at(earlier.now):
        kept = (each for each in warnings if each.id != "W1")
        warnings = (*overdue(due_at, now), *kept)
    return replace(earlier, now=now, actions=actions, warnings=warnings)


def _at(now: datetime, earlier: Assessment) -> Iterator[Fired]:
    """Yield the actions of an assessment as they are at another moment."""
    decisions = Decisions(
        earlier.found, earlier.urgency, earlier.steroid, earlier.treatment, earlier.due, now
    )
    for action in earlier.actions:
        anew = _TIMED[action.id](decisions) if action.id in _TIMED else action
        if anew is not None:
            yield anew
