"""When a hand-over that is not finished is reminded of, and what ends it. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from bot.conversation.reading_back import READ_BACK, facts_of
from bot.conversation.standing import Standing
from state.handovers import HandOver
from state.records import StoredCase

SILENT_FOR: Final = timedelta(minutes=5)
TOLD_AFTER: Final = timedelta(minutes=15)

Ended = Literal["closed", "passed", "changed", "receiver", "giver"]


def due_at(handover: HandOver) -> datetime | None:
    """Return when somebody is reminded next: both after a silence, once the group."""
    due = [] if handover.reminded else [handover.heard_at + SILENT_FOR]
    due += [] if handover.told else [handover.offered_at + TOLD_AFTER]
    return min(due, default=None)


def waiting(handover: HandOver) -> HandOver:
    """Return a hand-over with the time of its next reminder."""
    return replace(handover, due_at=due_at(handover))


def heard(handover: HandOver, now: datetime) -> HandOver:
    """Return a hand-over whose receiver has just acted: the silence begins anew."""
    return waiting(replace(handover, heard_at=now, reminded=False))


def ended(
    handover: HandOver, case: StoredCase, standing: Standing, *, may_receive: bool
) -> Ended | None:
    """Return why a hand-over cannot be finished any more; None if it can.

    A change of what is read back ends it, anything else that is noted does not.
    """
    if case.status == "closed":
        return "closed"
    if (case.owner, case.chat) != (handover.giver, handover.chat):
        return "passed"
    if not may_receive:
        return "receiver"
    changed = facts_of(case, standing) != handover.facts
    return "changed" if changed and case.version != handover.version else None


def still_offered(
    handover: HandOver | None, case: StoredCase, standing: Standing
) -> HandOver | None:
    """Return a hand-over unless its case has ended it."""
    over = handover is not None and ended(handover, case, standing, may_receive=True)
    return None if over else handover


def renewed(handover: HandOver, case: StoredCase, standing: Standing) -> HandOver:
    """Return a hand-over as its case is now.

    If what is read back has changed with time alone, such as by a deadline that has passed, it is
    read back from the beginning.
    """
    facts = facts_of(case, standing)
    read = handover.read if facts == handover.facts else 0
    return replace(handover, version=case.version, facts=facts, read=read)


def is_read_back(handover: HandOver) -> bool:
    """Return whether everything was read back, so that the case may be accepted."""
    return handover.read == len(READ_BACK)
