"""Chooses which row of a chat's outbox is sent next, and which are superseded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.access import Access
from state.groups import is_group
from state.records import Priority, Queued

APART: Final = (Priority.REMINDER, Priority.FILE)  # these keep no order with their case
NOTICE: Final = '"notice"'  # in a stored screen that says something besides its question


@dataclass(frozen=True, slots=True)
class Chosen:
    """The row to send next, the urgency of the rows behind it, and the newest row.

    It is `alone` if nothing else was waiting in its chat. In a group it `waits`, in seconds, for
    its turn.
    """

    row: Queued
    paced_as: Priority
    newest: int
    alone: bool
    waits: float = 0.0


def may_be_shown(row: Queued, access: Access) -> bool:
    """Return whether a row may be shown in its chat now: access can have ended since it was queued.

    A refusal may always be: it says that a case, or the access, is gone. A private chat has the id
    of its person, who sees the cases of their groups alone.
    """
    if row.priority is Priority.REFUSAL:
        return True
    if is_group(row.chat):
        return access.is_enrolled(row.chat)
    return access.sees(row.chat, row.code) if row.code else access.may_use(row.chat)


def still_needed(rows: Sequence[Queued]) -> list[Queued]:
    """Return the rows of a chat, in order, that no newer one supersedes."""
    if len(rows) == 1:
        return [*rows]
    return [row for row in rows if not _superseded(row, rows)]


def choose(rows: Sequence[Queued], newest: int) -> Chosen:
    """Choose the most urgent of the rows waiting in a chat; within a case, in order."""
    if len(rows) == 1:
        return Chosen(rows[0], _pace_of(rows[0]), newest, alone=True)
    first = min(rows, key=lambda row: (row.priority, row.id))
    row = next(row for row in rows if row is first or comes_before(row, first))
    return Chosen(row, _pace_of(first), newest, alone=False)


def _pace_of(row: Queued) -> Priority:
    """Return as what a row is paced: somebody waits for a file."""
    return Priority.ANSWER if row.priority is Priority.FILE else row.priority


def comes_before(row: Queued, first: Queued) -> bool:
    """Return whether a row belongs to the same case and keeps its order.

    A reminder does not, nor does a file.
    """
    same = row.code is not None and row.code == first.code
    return same and row.priority not in APART and first.priority not in APART


def _superseded(row: Queued, rows: Sequence[Queued]) -> bool:
    """Return whether a newer row redraws the same card or board; one that carries news is kept.

    Within a case a row starts only after those before it, so what an earlier run has
    begun to send finishes what it had no time to remove from the outbox.
    """
    if row.code is None:
        return _is_older_board(row, rows)
    if row.priority in APART:
        return False
    newer = [
        each
        for each in rows
        if each.id > row.id and each.code == row.code and each.priority not in APART
    ]
    if any(each.said or each.sending for each in newer):
        return True
    if row.said or row.sending:
        return False
    if row.may_be_missed:
        return bool(newer)
    only_a_question = not row.anew and len(row.screens) == 1 and NOTICE not in row.screens[0]
    return only_a_question and any(each.awaited and not each.anew for each in newer)


def _is_older_board(row: Queued, rows: Sequence[Queued]) -> bool:
    """Return whether a board that was not begun waits with a newer one of the same topic."""
    if not row.may_be_missed or row.said or row.sending:
        return False
    boards = (each for each in rows if each.code is None and each.may_be_missed)
    return any(each.id > row.id and each.thread == row.thread for each in boards)
