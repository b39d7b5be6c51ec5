"""What a group may be sent in a minute: Telegram counts its sends and edits together."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from state.records import Priority

SECONDS: Final = 60.0
MOST_IN_ALL: Final = 18  # Telegram refuses from 20 on
MOST_BESIDES_EMERGENCIES: Final = 13
MOST_REMINDERS: Final = 3
MOST_REFUSALS: Final = 1
LEFT_BY_A_REFUSAL: Final = 5
LEFT_TO_EACH_OTHER: Final = 2
CALLED_BY_THE_RUN_BEFORE: Final = 7
NOT_COUNTED: Final = frozenset(
    {"answerCallbackQuery", "deleteMessage", "pinChatMessage", "sendChatAction", "unpinChatMessage"}
)
REDRAWS: Final = (Priority.CARD, Priority.BOARD)

Call = tuple[float, Priority]  # so many seconds ago
_Calls = deque[tuple[float, Priority]]


class GroupBudgets:
    """Counts the sends and edits of each group in a sliding window. `now` counts seconds.

    An emergency may use all of a group's budget, everything else leaves a part of it free.
    What the run before this one called is unknown: for a minute, some calls are taken as made,
    unless this is the `first`, or another worker tells what was called. A group that was not called
    for a minute is forgotten.
    """

    def __init__(self, now: Callable[[], float], *, first: bool = False) -> None:
        self.now = now
        self._called_before = 0 if first else CALLED_BY_THE_RUN_BEFORE
        self._groups = dict[str, _Calls]()
        self._began: float | None = None

    def seconds_to_wait(self, group: str, priority: Priority, *, shared: bool = False) -> float:
        """Return how long a send or an edit has to wait; 0 when it may be made now.

        If the budget is `shared`, answers leave some calls to redraws, and redraws to answers.
        """
        now = self.now()
        calls = [(at, kind) for at, kind in self._calls(group, now) if at + SECONDS > now]
        begins = _until_fewer(MOST_IN_ALL, (at for at, _ in calls))
        if priority is not Priority.EMERGENCY:
            left = LEFT_BY_A_REFUSAL if priority is Priority.REFUSAL else 0
            others = (at for at, kind in calls if kind is not Priority.EMERGENCY)
            begins = max(begins, _until_fewer(MOST_BESIDES_EMERGENCIES - left, others))
        alike = REDRAWS if priority in REDRAWS else (priority,)
        of_its_kind = (at for at, kind in calls if kind in alike)
        begins = max(begins, _until_fewer(_most_of(priority, shared), of_its_kind))
        return max(0.0, begins - now)

    def called(self, group: str, priority: Priority) -> None:
        """Count a send or an edit."""
        now = self.now()
        calls = self._calls(group, now)
        calls.append((now, priority))
        self._groups.pop(group, None)
        self._groups[group] = calls
        while (oldest := next(iter(self._groups))) and self._groups[oldest][-1][0] + SECONDS <= now:
            del self._groups[oldest]

    def begin_anew(self) -> None:
        """Take some calls as made in each group now: for a while it was not heard of any."""
        now, self._called_before = self.now(), CALLED_BY_THE_RUN_BEFORE
        self._began = now
        for calls in self._groups.values():
            calls.extend([(now, Priority.CARD)] * CALLED_BY_THE_RUN_BEFORE)

    def take_back(self, group: str, priority: Priority) -> None:
        """Count the newest send or edit of a kind no longer: Telegram refused to show it."""
        calls = self._groups.get(group, ())
        place = max((n for n, (_, kind) in enumerate(calls) if kind is priority), default=None)
        if place is not None:
            del self._groups[group][place]
            if not self._groups[group]:
                del self._groups[group]

    def lately(self) -> Iterator[tuple[str, list[Call]]]:
        """Return each group that was called within a minute, and its calls."""
        now = self.now()
        for group, calls in self._groups.items():
            if late := [(now - at, kind) for at, kind in calls if at + SECONDS > now]:
                yield group, late

    def told(self, group: str, calls: Iterable[Call]) -> None:
        """Take what another worker knows of a group, unless less than is known here."""
        now = self.now()
        known = [at for at, _ in self._calls(group, now) if at + SECONDS > now]
        only_taken_as_made = min(known.count(self._began or 0.0), self._called_before)
        told = sorted((now - ago, kind) for ago, kind in calls)
        if len(told) >= len(known) - only_taken_as_made:
            self._groups[group] = deque(told, MOST_IN_ALL)

    def rename(self, old: str, new: str) -> None:
        """Go on counting in the supergroup that a group became."""
        if calls := self._groups.pop(old, None):
            both = sorted((*calls, *self._groups.pop(new, ())))
            self._groups[new] = deque(both, MOST_IN_ALL)

    def _calls(self, group: str, now: float) -> _Calls:
        if calls := self._groups.get(group):
            return calls
        self._began = now if self._began is None else self._began
        before = [(self._began, Priority.CARD)] * self._called_before
        return deque(before if now < self._began + SECONDS else (), MOST_IN_ALL)


def _most_of(priority: Priority, shared: bool) -> int:
    """Return how many calls of a kind a group may get in a minute."""
    match priority:
        case Priority.EMERGENCY:
            return MOST_IN_ALL
        case Priority.REMINDER:
            return MOST_REMINDERS
        case Priority.REFUSAL:
            return MOST_REFUSALS
    return MOST_BESIDES_EMERGENCIES - (LEFT_TO_EACH_OTHER if shared else 0)


def _until_fewer(most: int, times: Iterable[float]) -> float:
    """Return when fewer than so many calls, in order, are younger than a minute."""
    made = [*times]
    return made[-most] + SECONDS if len(made) >= most else -math.inf
