"""The inbox: each update is recorded, handled once and in order, or set aside; never logged."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from time import monotonic
from typing import Any, Final

import structlog

from bot.adapters.telegram.at_once import AtOnce
from bot.adapters.telegram.behind import wait_behind_senders
from bot.adapters.telegram.explaining import Explained, explain
from bot.adapters.telegram.group_changes import change_group
from bot.adapters.telegram.judging import Judging
from bot.adapters.telegram.kept_update import Update, kept_tap, read_kept
from bot.adapters.telegram.membership import Departed, Moved, Placed, Reached
from bot.adapters.telegram.noting import Noting
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.switching import announce_if_switched
from bot.adapters.telegram.updates import (
    Reduced,
    id_of,
    reduce,
    require_characters,
)
from bot.guidance.reasons import Reasons, Unexplained
from bot.incoming import Incoming, Tap
from bot.screens.notices import words
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.tap_limit import NotUrgent, TapLimit
from state.records import Poll
from state.store import StoreError

MOST_ATTEMPTS: Final = 3
DONE_TOGETHER: Final = 16
SECONDS_BETWEEN_POLLS_KEPT: Final = 1.0

Json = dict[str, Any]
log = structlog.get_logger()


class Inbox:
    """Takes updates from the poller or the webhook.

    A tap on the current screen is confirmed at once; one on an older screen gets a message.
    A tap on a button that has just taken another one's place is recorded, but not taken. What
    needs no turn is answered at once and not recorded.
    """

    def __init__(
        self,
        service: Service,
        sender: Sender,
        at_once: AtOnce,
        just_changed: JustChanged,
        tap_limit: TapLimit,
    ) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._store = service.store
        self._sender = sender
        self._at_once = at_once
        self._just_changed = just_changed
        self._judging = Judging(just_changed, tap_limit)
        self._noting = Noting(service.store, service.clock)
        self._keep_poll_from = 0.0
        self._taking = asyncio.Lock()
        self.username = ""

    def asks(self) -> None:
        """Note that updates are asked for now: taps are dated by it."""
        self._just_changed.asks()

    def is_answered(self) -> None:
        """Note the answer; its updates are taken next."""
        self._just_changed.is_answered()

    async def take(self, raw: Iterable[Json], poll: Poll | None = None) -> None:
        """Record updates, then handle them; on return they and `poll` are on the disk.

        Calls wait for each other: whether a tap is on the current screen is known only after the
        taps before it have been handled. What Telegram is asked about first comes last.

        A poll without anything to handle is recorded once a second.

        Raises StoreError; what is not done may be taken again, and whoever is waiting is told.
        """
        read = [self._read(each) for each in raw]
        left = self._at_once.answer(read)
        async with self._taking:
            await self._take(left, poll)
        self._judging.forget(read)

    async def _take(self, read: list[Update], poll: Poll | None) -> None:
        waiting = list[Update]()
        try:
            sure, unsure = self._at_once.part_unsure(read)
            if sure and unsure:
                await self._take(sure, None)
            if unsure:
                read = await self._at_once.turn_outsiders_away(unsure)
            if poll and self._noting.may_wait(read):
                waiting = read
                await self._do_together(read, poll, notes=True)
                self._keep_poll_from = monotonic() + SECONDS_BETWEEN_POLLS_KEPT
            else:
                if read:
                    await self._store.wait_for_others()
                waiting = read = self._note(read)
                self._at_once.delete_named(waiting)
                await self._at_once.confirm_and_write(waiting)
                while len(waiting) > DONE_TOGETHER:
                    await self._do_together(waiting[:DONE_TOGETHER], None)
                    await wait_behind_senders(self._store)
                    waiting = read = waiting[DONE_TOGETHER:]
                if waiting or (poll and monotonic() >= self._keep_poll_from):
                    await self._do_together(waiting, poll)
                    self._keep_poll_from = monotonic() + SECONDS_BETWEEN_POLLS_KEPT
            await wait_behind_senders(self._store)
        except StoreError:
            self._noting.take_back(waiting)
            told = (each.reduced for each in read)
            self._sender.outage.tell_all(each.chat for each in told if isinstance(each, Incoming))
            raise
        if read:
            self._sender.outage.is_over()

    async def take_left(self) -> None:
        """Handle the taps that were recorded but not handled when the program ended.

        Raises StoreError; what has not been handled may be tried again.
        """
        async with self._taking:
            for left in self._store.inbox.left_taps():
                await self._store.wait_for_others()
                noted = self._note([read_kept(left)])
                try:
                    await self._do_together(noted, None)
                except StoreError:
                    self._noting.take_back(noted)
                    raise

    def _read(self, update: Json) -> Update:
        number = id_of(update)
        try:
            service = self._service
            reduced = reduce(update, self.username, service.access, service.clock())
            read = self._judging.judge(update, Update(number, reduced))
        except Exception as error:
            return Update(number, error)
        return read if number >= 0 else Update(number, ValueError("update_id"))

    def _note(self, updates: list[Update]) -> list[Update]:
        return self._noting.note(updates)

    async def _do_together(
        self,
        updates: Sequence[Update],
        poll: Poll | None,
        reasons: Explained = None,
        *,
        notes: bool = False,
    ) -> None:
        """Handle some updates in one transaction, each rolled back alone if it fails.

        At one that needs the reasons for a rule the transaction ends, and another begins with it
        once they are worked out. `reasons` are those of the first update. With `notes` they are
        noted here.
        """
        woken, left, current, unexplained = list[str](), updates[:0], list[str](), None
        try:
            async with self._store.turn_beside() as store:
                if notes:
                    updates = self._noting.note_here(updates)
                    current = self._at_once.current_taps(updates)
                for number, update in enumerate(updates):
                    try:
                        woken += self._do(update, None if number else reasons)
                    except Unexplained as rule:
                        unexplained, left = rule, updates[number:]
                        break
                if poll and not left:
                    store.inbox.keep_poll(poll)
            if notes:
                self._at_once.delete_named(updates)
                self._at_once.confirm(current)
        finally:
            for chat in woken:
                self._sender.wake(chat)
        self._noting.done(updates[: len(updates) - len(left)])
        if unexplained:
            await self._do_together(left, poll, await explain(unexplained))

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
                if isinstance(update.reduced, Incoming):
                    self._is_alive(update.reduced)
                if update.too_soon:
                    return self._leave(update.reduced, "too_soon")
                return self._act(update, reasons)
        except (StoreError, Unexplained):
            raise
        except Exception as error:
            return self._set_aside(update, error)

    def _is_alive(self, incoming: Incoming) -> None:
        """Note that a person who does something has not blocked the bot."""
        chat = incoming.chat
        if chat == incoming.who and self._store.chats.set_reachable(chat, reachable=True):
            self._came_back(chat)

    def _came_back(self, chat: str) -> None:
        self._reminding.renew(self._reminding.codes(chat))
        self._sender.came_back(chat)

    def _leave(self, reduced: Reduced | Exception, why: str) -> list[str]:
        """Say why something does not count; a tap too old for a toast shows where its case is."""
        if not isinstance(reduced, Incoming):
            return []
        if not isinstance(reduced.act, Tap):
            self._sender.refuse(reduced.chat, words("groups")[why], reduced.thread)
            return []
        self._sender.confirm(reduced.query or "", words("fixed")[why])
        if not self._just_changed.may_have_waited:
            return []
        return [*self._service.do(replace(reduced, act=Tap("", 0))).chats]

    def _act(self, update: Update, reasons: Reasons | None) -> list[str]:
        reduced = update.reduced
        match reduced:
            case Reached(chat, reachable):
                self._store.chats.set_reachable(chat, reachable)
                if reachable:
                    self._came_back(chat)
            case Moved() | Departed() | Placed():
                return change_group(self._service, reduced)
            case Incoming():
                require_characters(reduced)
                try:
                    with self._store.part() if update.too_many else nullcontext():
                        done = self._service.do(reduced, reasons, only_urgent=update.too_many)
                except NotUrgent:
                    return self._leave(reduced, "too_many")
                if done.farewell:
                    self._sender.confirm(reduced.query or "")
                    self._sender.refuse(reduced.chat, done.farewell, reduced.thread)
                return [*done.chats, *announce_if_switched(self._service, reduced.act)]
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
