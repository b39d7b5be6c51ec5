"""The inbox: each update is recorded, handled once and in order, or set aside; never logged."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import structlog

from bot.adapters.telegram.inline import Inline
from bot.adapters.telegram.kept_update import Update, kept_tap, read_kept
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.updates import Asked, Moved, Reached, Reduced, reduce
from bot.guidance.reasons import Reasons, Unexplained
from bot.incoming import Incoming, Tap
from bot.screens.notices import words
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import Poll
from state.store import StoreError

MOST_ATTEMPTS: Final = 3
DONE_TOGETHER: Final = 16
STEPS_TO_WRITE: Final = 3
HIGHEST_NUMBER: Final = 2**63 - 1

Json = dict[str, Any]
Explained = Reasons | Exception | None
log = structlog.get_logger()


class Inbox:
    """Takes updates from the poller or the webhook.

    A tap on the current screen is confirmed at once; one on an older screen gets a message.
    A tap on a button that has just taken another one's place is recorded, but not taken. An inline
    query is answered at once and not recorded.
    """

    def __init__(
        self, service: Service, sender: Sender, inline: Inline, just_changed: JustChanged
    ) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._store = service.store
        self._sender = sender
        self._inline = inline
        self._just_changed = just_changed
        self._tried = set[int]()
        self._taking = asyncio.Lock()
        self.username = ""

    def asks(self) -> None:
        """Note that updates are asked for now: taps are dated by it."""
        self._just_changed.asks()

    def is_answered(self) -> None:
        """Note the answer; its updates are taken next."""
        self._just_changed.is_answered()

    async def take(self, raw: Iterable[Json], poll: Poll | None = None) -> None:
        """Record updates, then handle them; on return they and `poll` are committed.

        Calls wait for each other: whether a tap is on the current screen is known only after the
        taps before it have been handled.

        Raises StoreError; what is not done may be taken again, and whoever is waiting is told.
        """
        read = self._answer_inline([self._read(each) for each in raw])
        async with self._taking:
            await self._take(read, poll)

    async def _take(self, read: list[Update], poll: Poll | None) -> None:
        waiting = list[Update]()
        try:
            waiting = read = self._note(read)
            await self._confirm_taps(waiting)
            while len(waiting) > DONE_TOGETHER:
                await self._do_together(waiting[:DONE_TOGETHER], None)
                waiting = read = waiting[DONE_TOGETHER:]
            if waiting or poll:
                await self._do_together(waiting, poll)
        except StoreError:
            self._take_back(waiting)
            self._tell_outage(read)
            raise
        if read:
            self._sender.outage.is_over()

    async def take_left(self) -> None:
        """Handle the taps that were recorded but not handled when the program ended.

        Raises StoreError; what has not been handled may be tried again.
        """
        async with self._taking:
            for left in self._store.inbox.left_taps():
                noted = self._note([read_kept(left)])
                try:
                    await self._do_together(noted, None)
                except StoreError:
                    self._take_back(noted)
                    raise

    def _read(self, update: Json) -> Update:
        number = id_of(update)
        try:
            reduced = reduce(update, self.username)
            too_soon = self._is_too_soon(update, reduced)
        except Exception as error:
            return Update(number, error)
        if number < 0:
            return Update(number, ValueError("update_id"))
        return Update(number, reduced, too_soon=too_soon)

    def _is_too_soon(self, update: Json, reduced: Reduced) -> bool:
        match reduced:
            case Incoming(chat, _, Tap(token, place)):
                message = update["callback_query"]["message"]
                return self._just_changed.is_too_soon(chat, message, token, place)
        return False

    def _answer_inline(self, updates: Sequence[Update]) -> list[Update]:
        """Answer inline queries; return the other updates."""
        left = list[Update]()
        for update in updates:
            if isinstance(update.reduced, Asked):
                self._inline.answer(update.reduced)
            else:
                left.append(update)
        return left

    def _note(self, updates: Sequence[Update]) -> list[Update]:
        """Record updates in the order of their numbers; return those not handled yet."""
        now, noted = self._service.clock(), list[Update]()
        if not updates:
            return noted
        with self._store.turn(lasting=False) as store:
            for update in sorted(updates, key=lambda each: each.id):
                tap, again = kept_tap(update), update.id in self._tried
                attempts = store.inbox.receive(update.id, tap, now, again=again)
                if attempts:
                    noted.append(replace(update, attempts=attempts))
        self._tried.update(update.id for update in noted)
        return noted

    def _take_back(self, updates: Sequence[Update]) -> None:
        """Uncount attempts lost to the database: only what kills the program is set aside."""
        tried = [update.id for update in updates if update.id in self._tried]
        with suppress(StoreError):
            if tried:
                with self._store.turn(lasting=False) as store:
                    store.inbox.take_back(tried)
                self._tried.difference_update(tried)

    async def _confirm_taps(self, updates: Iterable[Update]) -> None:
        """Answer taps at once, before what they change: on each screen, the first tap counts."""
        taps = dict[str, Incoming]()
        for update in updates:
            tap = update.reduced
            if isinstance(tap, Incoming) and isinstance(tap.act, Tap) and not update.too_soon:
                taps.setdefault(tap.act.token, tap)
        for token, tap in taps.items():
            turned_away = not self._service.may_use(tap.who)
            if tap.query and (turned_away or self._store.buttons.is_current(token, tap.chat)):
                self._sender.confirm(tap.query)
        for _ in range(STEPS_TO_WRITE if taps else 0):
            await asyncio.sleep(0)

    def _tell_outage(self, updates: Sequence[Update]) -> None:
        """Tell whoever waits for an answer, bypassing the database, what to do without CordCall."""
        for update in updates:
            if isinstance(update.reduced, Incoming):
                self._sender.outage.tell(update.reduced.chat)

    async def _do_together(
        self, updates: Sequence[Update], poll: Poll | None, reasons: Explained = None
    ) -> None:
        """Handle some updates in one transaction, each rolled back alone if it fails.

        At one that needs the reasons for a rule the transaction ends, and another begins with it
        once they are worked out. `reasons` are those of the first update.
        """
        woken, left, unexplained = list[str](), updates[:0], None
        try:
            async with self._store.turn_beside() as store:
                for number, update in enumerate(updates):
                    try:
                        woken += self._do(update, None if number else reasons)
                    except Unexplained as rule:
                        unexplained, left = rule, updates[number:]
                        break
                if poll and not left:
                    store.inbox.keep_poll(poll)
        finally:
            for chat in woken:
                self._sender.wake(chat)
        done = updates[: len(updates) - len(left)]
        self._tried.difference_update(update.id for update in done)
        if unexplained:
            await self._do_together(left, poll, await _explain(unexplained))

    def _do(self, update: Update, reasons: Explained) -> list[str]:
        """Handle one pending update; return the chat that has something to be sent."""
        try:
            with self._store.part():
                if not self._store.inbox.claim(update.id):
                    return []
                if isinstance(update.reduced, Exception):
                    raise update.reduced
                if isinstance(reasons, Exception):
                    raise reasons
                if update.attempts > MOST_ATTEMPTS:
                    raise RuntimeError("the program ended each time it was tried")
                if update.too_soon:
                    return self._leave(update.reduced)
                return self._act(update.reduced, reasons)
        except (StoreError, Unexplained):
            raise
        except Exception as error:
            return self._set_aside(update, error)

    def _leave(self, reduced: Reduced) -> list[str]:
        """Say that a tap came too soon; one too old for a toast shows where its case stands."""
        if not isinstance(reduced, Incoming):
            return []
        self._sender.confirm(reduced.query or "", words("fixed")["too_soon"])
        if not self._just_changed.may_have_waited:
            return []
        self._service.do(replace(reduced, act=Tap("", 0)))
        return [reduced.chat]

    def _act(self, reduced: Reduced, reasons: Reasons | None) -> list[str]:
        match reduced:
            case Reached(chat, reachable):
                self._store.chats.set_reachable(chat, reachable)
                if reachable:
                    self._reminding.renew(self._reminding.codes(only=chat))
                    self._sender.came_back(chat)
            case Moved(old, new):
                self._store.chats.rename(old, new)
                return [new]
            case Incoming():
                self._service.do(reduced, reasons)
                return [reduced.chat]
        return []

    def _set_aside(self, update: Update, error: Exception) -> list[str]:
        """Set an update aside and say what to do without this program; silence would be worse."""
        log.error(
            "an update was set aside", update_id=update.id, error=type(error).__name__,
            attempts=update.attempts,
        )  # fmt: skip
        self._store.inbox.park(update.id, kept_tap(update), self._service.clock())
        if not isinstance(update.reduced, Incoming):
            return []
        try:
            with self._store.part():
                self._service.fail_safe(update.reduced)
        except StoreError:
            raise
        except Exception as failed:
            log.error("the fallback message failed too", error=type(failed).__name__)
        return [update.reduced.chat]


async def _explain(unexplained: Unexplained) -> Explained:
    """Work out the reasons for a rule in a thread, or return the error it raised."""
    try:
        return await asyncio.to_thread(unexplained.explain)
    except Exception as error:
        return error


def id_of(update: Json) -> int:
    """Return the number of an update; -1 if it has none that can be stored."""
    found = update.get("update_id") if isinstance(update, dict) else None
    return found if isinstance(found, int) and 0 <= found < HIGHEST_NUMBER else -1
