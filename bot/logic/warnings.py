"""Checks before the answer is sent: the W rules, the article's pitfalls. Source ART."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire
from bot.logic.surgery import TRIAL_PARALYSIS_LIMIT_HOURS


def warnings(
    decisions: Decisions, actions: Sequence[Fired], due: datetime | None, now: datetime
) -> Iterator[Fired]:
    fired = {action.id for action in actions}
    yield from overdue(due, now)
    if "B1" in fired:
        yield fire("W2")
    if "P2" in fired:
        yield fire("W3")
    if "T-C2" in decisions.treatment.contraindications:
        hours = decisions.case.paralysis_hours
        yield fire("W4", to_48=isinstance(hours, float) and hours <= TRIAL_PARALYSIS_LIMIT_HOURS)
    if "B4" in fired:
        yield fire("W5")
    if decisions.found.cancer_known:
        yield fire("W6")


def overdue(due: datetime | None, now: datetime) -> Iterator[Fired]:
    """Check the deadline, the only thing that the clock alone can change."""
    if due is not None and now > due:
        yield fire("W1")
