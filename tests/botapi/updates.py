"""The queue of updates: their numbers, their expiry, and long polling with its one poller."""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from .changes import Changes
from .chats import Json
from .clock import Clock
from .errors import Refusal, conflict

KINDS = (
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection",
    "business_message", "edited_business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result",
    "callback_query", "shipping_query", "pre_checkout_query", "purchased_paid_media", "poll",
    "poll_answer", "my_chat_member", "chat_member", "chat_join_request", "chat_boost",
    "removed_chat_boost",
)  # fmt: skip
BY_REQUEST_ONLY = {"chat_member", "message_reaction", "message_reaction_count"}
DEFAULT_KINDS = frozenset(KINDS) - BY_REQUEST_ONLY
DAY = 86_400.0
LIFETIMES = {"callback_query": 150.0, "inline_query": 30.0, "chosen_inline_result": 600.0}
LONGEST_POLL = 50
_RECENT = 1_000


@dataclass(slots=True, frozen=True)
class Update:
    """``queue`` is what a webhook delivers in order: one chat's messages, or one user's taps."""

    id: int
    body: Json
    expires_at: float
    queue: int


class UpdateQueue:
    def __init__(self, clock: Clock, changes: Changes, first_id: int = 500_000_001) -> None:
        self._clock = clock
        self._changes = changes
        self._pending: OrderedDict[int, Update] = OrderedDict()
        self._recent: deque[Update] = deque(maxlen=_RECENT)
        self._again: list[Update] = []
        self._rearrange: Callable[[list[Update]], None] | None = None
        self._held = False
        self._poller: asyncio.Future[None] | None = None
        self.next_id = first_id
        self.allowed: frozenset[str] = DEFAULT_KINDS
        self.webhook_sink: Callable[[Update], None] | None = None

    def __len__(self) -> int:
        self._drop_expired()
        return len(self._pending)

    @property
    def waiting(self) -> list[Update]:
        """Not yet confirmed, oldest first."""
        now = self._clock.now()
        return [update for update in self._pending.values() if update.expires_at > now]

    @property
    def is_polled(self) -> bool:
        """Whether a poll waits for updates."""
        return self._poller is not None

    def push(self, kind: str, payload: Json, queue: int, date: float | None = None) -> int | None:
        """The new update's number; None for a kind that the bot does not ask for."""
        if kind not in self.allowed:
            return None
        since = self._clock.now() if date is None else date
        return self._add({kind: payload}, since + self._lifetime(kind), queue)

    def push_raw(self, body: Json, queue: int = 0) -> int:
        """Any update at all, even a bad one, whatever the bot asked for; it gets a number."""
        return self._add(body, self._clock.now() + DAY, queue)

    def deliver_again(self, update_id: int) -> None:
        """Sends one more time, confirmed or not, an update that the bot already got."""
        known = [*self._recent, *self._pending.values()]
        update = next((update for update in known if update.id == update_id), None)
        if update is None:
            raise LookupError(f"no update {update_id}")
        if self.webhook_sink:
            self.webhook_sink(update)
        else:
            self._again.append(update)
            self._wake()

    def reorder_next(self, shuffle: random.Random | None = None) -> None:
        """The next batch of two or more comes shuffled; backwards when no Random is given."""
        self._rearrange = shuffle.shuffle if shuffle else list.reverse

    def hold(self) -> None:
        """Keeps updates back until ``release``, so that they come in one batch."""
        self._held = True

    def release(self) -> None:
        self._held = False
        self._wake()

    def jump(self, next_id: int) -> None:
        """Goes on with another number, lower or higher, as Telegram does after an idle week."""
        if self._pending and next_id <= next(reversed(self._pending)):
            raise ValueError("going back needs an empty queue")
        self.next_id = next_id

    def allow(self, kinds: Any) -> None:
        """Sticky; an empty list is the default, anything but a list changes nothing."""
        if isinstance(kinds, list):
            self.allowed = frozenset(kinds).intersection(KINDS) or DEFAULT_KINDS

    def forget_all(self) -> None:
        self._pending.clear()

    def confirm_one(self, update_id: int) -> None:
        if update := self._pending.pop(update_id, None):
            self._recent.append(update)
        self._changes.notify()

    async def poll(self, offset: int, limit: int, timeout: float) -> list[Json]:
        """Confirms what is below ``offset`` and waits for more. A waiting poll is ended by a new
        one, with 409, only when that one has to wait too."""
        self._confirm(offset)
        batch = self._batch(limit)
        if batch or timeout <= 0:
            return batch
        self.end_poll(
            conflict(
                "terminated by other getUpdates request;"
                " make sure that only one bot instance is running"
            )
        )
        poller = self._poller = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(min(timeout, LONGEST_POLL)):
                await poller
        except TimeoutError:
            return []
        finally:
            if self._poller is poller:
                self._poller = None
        return self._batch(limit)

    def end_poll(self, reason: Refusal | None = None) -> None:
        if self._poller and not self._poller.done():
            if reason:
                self._poller.set_exception(reason)
            else:
                self._poller.set_result(None)

    def _lifetime(self, kind: str) -> float:
        """Somebody waits for the answer to a tap or a query, in real seconds; a day is a day."""
        return self._clock.waited(LIFETIMES[kind]) if kind in LIFETIMES else DAY

    def _add(self, body: Json, expires_at: float, queue: int) -> int:
        update_id = self.next_id
        self.next_id += 1
        update = Update(update_id, {"update_id": update_id} | body, expires_at, queue)
        self._pending[update_id] = update
        if self.webhook_sink:
            self.webhook_sink(update)
        else:
            self._wake()
        self._changes.notify()
        return update_id

    def _wake(self) -> None:
        if not self._held:
            self.end_poll()

    def _confirm(self, offset: int) -> None:
        """A negative offset keeps the last so many; one beyond the next number confirms none."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popitem(last=False)
        elif offset <= self.next_id:
            while self._pending and next(iter(self._pending)) < offset:
                self._recent.append(self._pending.popitem(last=False)[1])
                self._changes.notify()

    def _drop_expired(self) -> None:
        for update in [u for u in self._pending.values() if u.expires_at <= self._clock.now()]:
            del self._pending[update.id]

    def _batch(self, limit: int) -> list[Json]:
        if self._held or not (self._pending or self._again):
            return []
        now = self._clock.now()
        alive: Iterator[Update] = (u for u in self._pending.values() if u.expires_at > now)
        batch = [*self._again, *islice(alive, limit)]
        self._again.clear()
        if self._rearrange and len(batch) > 1:
            self._rearrange(batch)
            self._rearrange = None
        return [update.body for update in batch]
