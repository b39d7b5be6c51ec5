"""What a board must show of the cases as they are stored, and what one does show."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.conversation.engine import Engine
from bot.logic.urgency import LEVELS
from bot.screens.board import ON_PAGE
from bot.screens.summary import next_deadline
from state.boards import Board
from state.groups import is_group
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from tests.botapi import Message

SOON = 90.0  # seconds of the clock: whether it is overdue may not be shown yet, or is by now
SHOWN = {"emergency": "EMERGENCY", "urgent": "URGENT", "soon": "SOON", "routine": "ROUTINE"}
HEAD = re.compile(
    r"^([A-Z]{3}-\d{2,})(?: (EMERGENCY|URGENT|SOON|ROUTINE))?( overdue)?(?: · (.+))?\n"
    r"(?:.*?(\d\d:\d\d))?",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A case as a board lists it: `due` is the time of day of its deadline, "" without one.

    `late` is None where it has just fallen due, or will soon.
    """

    code: str
    level: str
    late: bool | None
    whose: str
    due: str

    def fits(self, shown: "Listed") -> bool:
        """Return whether a board shows it, though perhaps with its owner's name cut short."""
        late = self.late is None or self.late == shown.late
        named = self.whose.startswith(shown.whose.removesuffix("…"))
        same = (self.code, self.level, self.due) == (shown.code, shown.level, shown.due)
        return late and named and same


def listed(
    store: SqliteStore, engine: Engine, codes: Iterable[str], board: Board, now: float
) -> list[Listed]:
    """Return what a page of a board must list, in its order."""
    cases = [case for code in codes if (case := store.cases.find(code))]
    kept = [_keyed(store, engine, case, board, now) for case in cases if _is_on(store, case, board)]
    kept.sort(key=lambda each: each[0])
    first = (min(board.page, max(1, -(-len(kept) // ON_PAGE))) - 1) * ON_PAGE
    return [case for _, case in kept[first : first + ON_PAGE]]


def shown(message: Message) -> list[Listed]:
    """Return what a board lists."""
    return [
        Listed(code, level, bool(late), whose, due)
        for code, level, late, whose, due in HEAD.findall(message.text)
    ]


def _is_on(store: SqliteStore, case: StoredCase, board: Board) -> bool:
    if case.status == "closed":
        return False
    if is_group(board.chat):
        return case.chat == board.chat and board.thread in (0, case.thread)
    shared = store.groups.colleague(case.chat, board.chat) is not None
    return case.owner == board.chat and (shared or not is_group(case.chat))


def _keyed(
    store: SqliteStore, engine: Engine, case: StoredCase, board: Board, now: float
) -> tuple[tuple[object, ...], Listed]:
    """Return a case as its board lists it, behind what orders it."""
    standing = engine.stand(case, case.touched_at)
    level, due = "", None
    if standing.settled:
        level = standing.assessment.urgency.level
        _, due = next_deadline(case, standing.assessment)
    rank = len(LEVELS) - LEVELS.index(level) if level and level != "no_mri" else len(LEVELS)
    rank += level == "no_mri"
    left = due.timestamp() - now if due else None
    late = None if left is not None and abs(left) < SOON else left is not None and left < 0
    if is_group(board.chat):
        owner = store.groups.colleague(case.chat, case.owner)
        whose = owner.name if owner else "nobody"
    else:
        whose = "in a group" if is_group(case.chat) else ""
    order = (due is None, due.timestamp() if due else 0.0, rank, case.begun_at, case.code)
    by = f"{due.astimezone(engine.zone):%H:%M}" if due else ""
    return order, Listed(case.code, SHOWN.get(level, ""), late, whose, by)
