"""How soon a call may be made: at once if someone is waiting, else within budgets."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from bot.adapters.telegram.database_log import DATABASE
from bot.adapters.telegram.outbox.group_budget import GroupBudgets
from state.groups import is_group
from state.records import Priority
from state.store import Store, StoreError
from state.topics.workers import Workers

CHAT_SECONDS: Final = 1.0
CALLS_A_SECOND: Final = 25.0
KEPT_FREE: Final = {
    Priority.REMINDER: 1.0, Priority.CARD: 5.0, Priority.BOARD: 5.0, Priority.REFUSAL: 10.0,
}  # fmt: skip
FREE_FOR_AN_ANSWER: Final = 1.0
SECONDS_PACED_AFTER_A_FLOOD: Final = 60.0
MOST_CHATS_REMEMBERED: Final = 10_000
CALLED: Final = "called"
CALLED_LATELY: Final = "called lately"
FLOODED: Final = "flooded"


def _now() -> float:
    return asyncio.get_running_loop().time()


class Pace:
    """Counts calls. A 429 of their own chat slows someone who is waiting.

    A 429 also stops, for as long as it says, everything in all chats that nobody waits for. If
    another chat is refused meanwhile, Telegram limits all of them: answers wait as well, except
    emergencies, and come evenly afterwards.

    Telegram's limits: a message a second in a chat, about 30 a second in all, of which 25 are
    used, divided among the `workers`. A group has a budget a minute instead, in `groups`; it may
    be used in a burst. What one worker calls in a group, and what Telegram refuses it, the others
    are told. In the `first` run on a database nothing was called before.
    """

    def __init__(
        self,
        now: Callable[[], float] = _now,
        *,
        first: bool = False,
        workers: Workers | None = None,
    ) -> None:
        self._now = now
        self._workers = workers
        self.groups = GroupBudgets(now, first=first)
        self._called = dict[str, float]()
        self._blocked = dict[str, float]()
        self._last_flooded = ""
        self._braked_until = self._stopped_until = -SECONDS_PACED_AFTER_A_FLOOD
        self._free = CALLS_A_SECOND
        self._counted = 0.0

    def seconds_to_wait(self, chat: str, priority: Priority) -> float:
        """Return how long a call to a chat has to wait; 0 when it may be made now."""
        waits = self.seconds_besides_budget(chat, priority)
        return max(waits, self.groups.seconds_to_wait(chat, priority)) if is_group(chat) else waits

    def seconds_besides_budget(self, chat: str, priority: Priority) -> float:
        """Return how long a call has to wait, whatever is left of the budget of a group."""
        now = self._now()
        blocked = self._blocked.get(chat)
        waits = max(0.0, blocked - now) if blocked else 0.0
        nobody_waits, group = priority > Priority.ANSWER, is_group(chat)
        after_a_flood = blocked and now - blocked < SECONDS_PACED_AFTER_A_FLOOD
        if after_a_flood or (nobody_waits and not group):
            waits = max(waits, self._called.get(chat, -CHAT_SECONDS) + CHAT_SECONDS - now)
        if nobody_waits:
            lacking = KEPT_FREE[priority] - self._refill(now)
            waits = max(waits, lacking / self._calls_a_second, self._braked_until - now)
        if priority is Priority.ANSWER and now - self._stopped_until < SECONDS_PACED_AFTER_A_FLOOD:
            lacking = FREE_FOR_AN_ANSWER - self._refill(now)
            waits = max(waits, lacking / self._calls_a_second, self._stopped_until - now)
        return waits

    def called(self, chat: str, counted_as: Priority | None = None) -> None:
        """Count a call to a chat; None if it is one that the budget of a group leaves out."""
        if counted_as is not None and is_group(chat):
            self.groups.called(chat, counted_as)
            if self._workers:
                self._workers.tell(CALLED, chat, counted_as)
        now = self._now()
        self._free = max(-CALLS_A_SECOND, self._refill(now) - 1)
        self._called.pop(chat, None)
        self._called[chat] = now
        if len(self._called) > MOST_CHATS_REMEMBERED:
            forgotten = next(iter(self._called))
            del self._called[forgotten]
            self._blocked.pop(forgotten, None)

    def leave_to_others(self) -> None:
        """Tell what was called lately in the groups that another sends to: it may be new."""
        workers = self._workers
        for group, calls in self.groups.lately() if workers else ():
            if workers and not workers.sends_to(group):
                workers.tell(CALLED_LATELY, group, *(word for call in calls for word in call))

    def flooded(self, chat: str, seconds: float) -> None:
        """Note that Telegram refused a call to a chat for some seconds."""
        self.told_of_a_flood(chat, seconds)
        if self._workers:
            self._workers.tell(FLOODED, chat, seconds)

    def told_of_a_flood(self, chat: str, seconds: float) -> None:
        """Note that Telegram refused a call to a chat, of whichever worker."""
        now = self._now()
        self._blocked[chat] = until = now + seconds
        if self._braked_until > now and self._last_flooded != chat:
            self._stopped_until = max(self._stopped_until, until)
        self._braked_until, self._last_flooded = max(self._braked_until, until), chat

    @property
    def _calls_a_second(self) -> float:
        """Return how many calls a second are for this worker."""
        return CALLS_A_SECOND / self._workers.count if self._workers else CALLS_A_SECOND

    def _refill(self, now: float) -> float:
        free = self._free + (now - self._counted) * self._calls_a_second
        self._free, self._counted = min(CALLS_A_SECOND, free), now
        return self._free


async def nap(woken: asyncio.Event, seconds: float) -> None:
    """Pause, but no longer than until something else is queued."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):  # wait_for would lose a cancellation as it is woken
            await woken.wait()


def pace_of(store: Store) -> Pace:
    """Return a pace for a worker of a store; each run notes the time as it starts."""
    try:
        first = store.clock.seen() is None
    except StoreError as error:
        DATABASE.failed(error)
        first = False
    return Pace(first=first, workers=store.workers)
