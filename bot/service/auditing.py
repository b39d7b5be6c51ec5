"""Decides which rows of the audit a turn is: who did what, in which case. Nothing typed is kept."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from bot.actions import EXPORTED, LOOKED, Act, Action
from bot.conversation.events import Answering, AskedForPlan, Event, Undone
from bot.incoming import Incoming, InGroup
from bot.service.strangers import APART, OnceAnHour
from bot.turn import Turn
from state.records import StoredCase
from state.store import Store

AT_THE_MACHINE: Final = "you"  # whoever types at the machine, as at its terminal
MOST_REFUSED: Final = 60  # rows an hour for people without access: a flood of them is not written


class RefusalsAudited:
    """Remembers in memory whose refusal is in the audit: each person's once an hour."""

    def __init__(self) -> None:
        self._people = OnceAnHour()
        self._since: datetime | None = None
        self._written = 0

    def add(self, store: Store, incoming: Incoming, ruleset: str, now: datetime) -> None:
        """Add that a person without access was refused, in a turn of its own, if that is due.

        Raises StoreError.
        """
        if isinstance(incoming.act, InGroup) or not self._may_write(now):
            return
        if self._people.is_due(incoming.who, now):
            self._written += 1
            with store.turn(lasting=False):
                store.audit.add(incoming.who, "refused", None, ruleset, now)

    def _may_write(self, now: datetime) -> bool:
        if self._since is None or abs(now - self._since) >= APART:
            self._since, self._written = now, 0
        return self._written < MOST_REFUSED


def audit(turn: Turn) -> None:
    """Add what was done in a turn to the audit, in the current transaction."""
    ruleset = turn.setting.engine.ruleset
    for what, code, about, role in acts(turn):
        turn.store.audit.add(
            turn.incoming.who, what, code, ruleset, turn.now, about=about, role=role
        )


def audit_exports(
    store: Store, code: str, kinds: Iterable[str], ruleset: str, now: datetime
) -> None:
    """Add that a case was given away at the machine, in the current transaction."""
    for kind in kinds:
        store.audit.add(AT_THE_MACHINE, EXPORTED.get(kind, "exported"), code, ruleset, now)


def acts(turn: Turn) -> list[Act]:
    """Return what was done in a turn, one act for each case; looking counts only by itself."""
    found = dict.fromkeys((*turn.noted, *_moved(turn)))
    if not found and turn.case:
        return [Act(LOOKED, turn.case.code)]
    done = {each.code for each in found if each.what != LOOKED}
    return [each for each in found if each.what != LOOKED or each.code not in done]


def _moved(turn: Turn) -> Iterator[Act]:
    for before, event, after in turn.moves:
        yield Act(_act(before, event, after), after.code)


def _act(before: StoredCase, event: Event, after: StoredCase) -> Action:
    """Name what an event did to a case, by what has changed in it."""
    answered = len(after.answers) > len(before.answers)
    grew = answered or len(after.timeline) > len(before.timeline)
    if grew and isinstance(event, Undone):
        return "undone"
    if after.status == "closed" != before.status:
        return "closed"
    if grew:
        return "answered" if isinstance(event, Answering) else "noted"
    if before.status == "closed" != after.status:
        return "reopened"
    if isinstance(event, AskedForPlan) and event.which:
        return "exported"
    return LOOKED
