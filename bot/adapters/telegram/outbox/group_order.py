"""Which row of a group goes next, and when: cards together, the board less often."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.adapters.telegram.outbox.next_row import Chosen, comes_before
from bot.adapters.telegram.outbox.pace import Pace
from state.records import Priority, Queued

CARDS_EVERY: Final = 10.0
BOARD_EVERY: Final = 20.0
LATE_AFTER: Final = 30.0
FORGOTTEN_AFTER: Final = 120.0

_Shown = str | int | None  # a case that has a card, or the topic of a board
_Rank = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A row that may be next: how long it has to wait, and its rank among those that need not."""

    waits: float
    rank: _Rank
    row: Queued
    paced_as: Priority


@dataclass(slots=True)
class _Group:
    """What of a group waits to be redrawn, since when; its batch of cards, and its boards."""

    used_at: float = -math.inf
    since: dict[_Shown, float] = field(default_factory=dict)
    changed: set[_Shown] = field(default_factory=set)
    batch_began: float = -math.inf
    batch_ends: int = 0
    boards: dict[_Shown, float] = field(default_factory=dict)
    hours: dict[int, float] = field(default_factory=dict)


class GroupOrder:
    """Chooses for each group: emergencies, answers, reminders, cards, board, refusals.

    A card or board that has waited long comes before answers, the longest first. What replaces it
    meanwhile has waited as long. In a batch of cards the case with the fewest `hours` is first.
    """

    def __init__(self, pace: Pace, hours: Callable[[str], float]) -> None:
        self._pace = pace
        self._budgets = pace.groups
        self._hours = hours
        self._groups = dict[str, _Group]()

    def note(self, group: str, rows: Sequence[Queued]) -> None:
        """Note what waits to be redrawn in a group, superseded rows included."""
        now, noted = self._budgets.now(), self._groups.pop(group, None) or _Group()
        noted.used_at, self._groups[group] = now, noted
        redraws = [row for row in rows if row.may_be_missed]
        noted.since = {_shown(row): noted.since.get(_shown(row), now) for row in redraws}
        waiting = {row.id for row in redraws}
        noted.hours = {row: hours for row, hours in noted.hours.items() if row in waiting}
        noted.changed &= noted.since.keys()
        noted.changed |= {_shown(row) for row in redraws if row.priority is Priority.CARD}
        while self._groups[oldest := next(iter(self._groups))].used_at + FORGOTTEN_AFTER <= now:
            del self._groups[oldest]

    def choose(self, group: str, rows: Sequence[Queued], newest: int) -> Chosen:
        """Choose among the rows of a group that are still needed."""
        noted = self._groups[group]
        candidates = [self._candidate(group, noted, row) for row in rows]
        ready = [each for each in candidates if each.waits <= 0]
        if ready:
            best = min(ready, key=lambda each: each.rank)
        else:
            best = min(candidates, key=lambda each: (each.waits, each.rank))
        first = best.row
        if ready and _goes_with_cards(noted, first) and first.id > noted.batch_ends:
            noted.batch_began, noted.batch_ends = self._budgets.now(), newest
        row = next(row for row in rows if row is first or comes_before(row, first))
        alone = len(rows) == 1
        return Chosen(row, best.paced_as, newest, alone, max(0.0, best.waits))

    def shown(self, row: Queued) -> None:
        """Note that a row is shown: what replaces it waits anew."""
        noted = self._groups.get(row.chat)
        if noted is None or not row.may_be_missed:
            return
        noted.since.pop(_shown(row), None)
        noted.changed.discard(_shown(row))
        if row.code is None:
            noted.boards[_shown(row)] = self._budgets.now()

    def _candidate(self, group: str, noted: _Group, row: Queued) -> _Candidate:
        now, paced_as = self._budgets.now(), _urgency(row)
        besides = self._pace.seconds_besides_budget(group, paced_as)
        whole = max(besides, self._budgets.seconds_to_wait(group, paced_as))
        shared = max(besides, self._budgets.seconds_to_wait(group, paced_as, shared=True))
        if not row.may_be_missed:
            waits = shared if noted.since else whole
            return _Candidate(waits, (_RANKS[paced_as], 0.0, row.id), row, paced_as)
        since = noted.since[_shown(row)]
        until_late = since + LATE_AFTER - now
        late = until_late <= 0
        rank = (1.0, since, row.id) if late else self._rank_of_redraw(noted, row)
        waits = max(self._until_batch(noted, row) - now, min(shared, max(whole, until_late)))
        return _Candidate(waits, rank, row, paced_as)

    def _rank_of_redraw(self, noted: _Group, row: Queued) -> _Rank:
        if row.code is None:
            return (_RANKS[Priority.BOARD], 0.0, row.id)
        if row.id not in noted.hours:
            noted.hours[row.id] = self._hours(row.code)
        return (_RANKS[Priority.CARD], noted.hours[row.id], row.id)

    def _until_batch(self, noted: _Group, row: Queued) -> float:
        """Return when a redraw may go: with the cards' batch, or in its board's turn."""
        if not _goes_with_cards(noted, row):
            return noted.boards.get(_shown(row), -math.inf) + BOARD_EVERY
        in_batch = row.id <= noted.batch_ends
        return -math.inf if in_batch else noted.batch_began + CARDS_EVERY


_RANKS: Final = {
    Priority.EMERGENCY: 0.0, Priority.ANSWER: 2.0, Priority.REMINDER: 3.0, Priority.CARD: 4.0,
    Priority.BOARD: 5.0, Priority.REFUSAL: 6.0,
}  # fmt: skip


def _urgency(row: Queued) -> Priority:
    """Return how urgent a row is; of an emergency only its first message is one."""
    if row.priority is Priority.FILE or (row.priority is Priority.EMERGENCY and row.said):
        return Priority.ANSWER
    return row.priority


def _shown(row: Queued) -> _Shown:
    return row.code or row.thread


def _goes_with_cards(noted: _Group, row: Queued) -> bool:
    """Return whether a row redraws a card, or a board on which an urgency has changed."""
    return row.may_be_missed and (row.code is not None or _shown(row) in noted.changed)
