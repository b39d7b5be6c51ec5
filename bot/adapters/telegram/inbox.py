"""The inbox: each update is noted, done once and in order, or set aside; never printed."""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from bot.adapters.telegram.incoming import Moved, Reached, Reduced, reduce
from bot.events import Incoming, Tap
from bot.service import Service
from state.connection import StoreError
from state.records import Poll

MOST_ATTEMPTS: Final = 3
DONE_TOGETHER: Final = 16
STEPS_TO_WRITE: Final = 3

Json = dict[str, Any]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Update:
    """One update: what it was reduced to, or the error that this met."""

    id: int
    reduced: Reduced | Exception
    attempts: int


class Inbox:
    """Takes updates from the poller or the webhook.

    `wake` is told the chats that get an answer, `confirm` at once the taps on a present screen;
    one on an older screen gets words instead.
    """

    def __init__(
        self, service: Service, wake: Callable[[str], None], confirm: Callable[[str], None]
    ) -> None:
        self._service = service
        self._store = service.store
        self._wake = wake
        self._confirm = confirm
        self._tried = set[int]()
        self.username = ""

    async def take(self, raw: Iterable[Json], poll: Poll | None = None) -> None:
        """Note updates, then do them; when this returns they and `poll` are committed.

        Raises StoreError; what is not done yet may be taken again.
        """
        waiting = self._note(raw)
        await self._confirm_taps(waiting)
        while len(waiting) > DONE_TOGETHER:
            await self._do_together(waiting[:DONE_TOGETHER], None)
            waiting = waiting[DONE_TOGETHER:]
        if waiting or poll:
            await self._do_together(waiting, poll)

    async def take_left(self) -> None:
        """Do the taps that were noted but not done when the program ended."""
        for left in self._store.left_taps():
            with self._store.turn() as store:
                attempts = store.receive(left.update_id, None, self._service.clock(), again=False)
            await self._do_together([Update(left.update_id, _read_tap(left.tap), attempts)], None)

    def _note(self, raw: Iterable[Json]) -> list[Update]:
        read = sorted(((id_of(each), each) for each in raw), key=lambda pair: pair[0])
        if not read:
            return []
        now = self._service.clock()
        noted = list[Update]()
        with self._store.turn(lasting=False) as store:
            for id, update in read:
                reduced = self._reduce(update)
                attempts = store.receive(id, _kept_tap(reduced), now, again=id in self._tried)
                if attempts:
                    noted.append(Update(id, reduced, attempts))
        self._tried.update(update.id for update in noted)
        return noted

    async def _confirm_taps(self, updates: Iterable[Update]) -> None:
        """Let nobody wait for what their tap will change: of each screen, the first tap counts."""
        taps = dict[str, Incoming]()
        for update in updates:
            if isinstance(update.reduced, Incoming) and isinstance(update.reduced.act, Tap):
                taps.setdefault(update.reduced.act.token, update.reduced)
        for token, tap in taps.items():
            if tap.query and self._store.is_current(token, tap.chat):
                self._confirm(tap.query)
        for _ in range(STEPS_TO_WRITE if taps else 0):
            await asyncio.sleep(0)

    def _reduce(self, update: Json) -> Reduced | Exception:
        try:
            return reduce(update, self.username)
        except Exception as error:
            return error

    async def _do_together(self, updates: Sequence[Update], poll: Poll | None) -> None:
        """Do some updates in one transaction, each undone alone when it fails."""
        woken = list[str]()
        try:
            async with self._store.turn_beside() as store:
                for update in updates:
                    if store.claim(update.id):
                        woken += self._do(update)
                if poll:
                    store.keep_poll(poll)
        finally:
            for chat in woken:
                self._wake(chat)
        self._tried.difference_update(update.id for update in updates)

    def _do(self, update: Update) -> list[str]:
        """Do one update; give the chat that something waits for."""
        try:
            if isinstance(update.reduced, Exception):
                raise update.reduced
            if update.attempts > MOST_ATTEMPTS:
                raise RuntimeError("the program ended each time it was tried")
            with self._store.part():
                return self._act(update.reduced)
        except StoreError:
            raise
        except Exception as error:
            return self._set_aside(update, error)

    def _act(self, reduced: Reduced) -> list[str]:
        match reduced:
            case Reached(chat, reachable):
                self._store.set_reachable(chat, reachable)
            case Moved(old, new):
                self._store.rename_chat(old, new)
                return [new]
            case Incoming():
                self._service.do(reduced)
                return [reduced.chat]
        return []

    def _set_aside(self, update: Update, error: Exception) -> list[str]:
        """Park an update and say what to do without this program; silence would be worse."""
        log.error(
            "an update was set aside", update_id=update.id, error=type(error).__name__,
            attempts=update.attempts,
        )  # fmt: skip
        self._store.park(update.id, _kept_tap(update.reduced), self._service.clock())
        if not isinstance(update.reduced, Incoming):
            return []
        with self._store.part():
            self._service.fail_safe(update.reduced)
        return [update.reduced.chat]


def id_of(update: Json) -> int:
    """Give the number of an update; -1 when it has none."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) else -1


def _kept_tap(reduced: Reduced | Exception) -> str | None:
    """Write a tap for the inbox; what is typed is kept nowhere, Telegram gives it again."""
    if not isinstance(reduced, Incoming) or not isinstance(reduced.act, Tap):
        return None
    act = reduced.act
    tap = (reduced.chat, reduced.who, act.token, act.place, reduced.query, reduced.message_id)
    return json.dumps(tap)


def _read_tap(kept: str) -> Incoming:
    chat, who, token, place, query, message_id = json.loads(kept)
    return Incoming(chat, who, Tap(token, place), query, message_id)
