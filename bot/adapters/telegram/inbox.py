"""The inbox: each update is recorded, handled once and in order, or set aside; never logged."""

import asyncio
from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Any, Final

from bot.adapters.telegram.at_once import AtOnce
from bot.adapters.telegram.behind import wait_behind_senders
from bot.adapters.telegram.doing import Doing, NotNew
from bot.adapters.telegram.explaining import Explained, explain
from bot.adapters.telegram.gathering import Gathering
from bot.adapters.telegram.judging import Judging
from bot.adapters.telegram.kept_update import Update, read_kept
from bot.adapters.telegram.noting import Noting
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.updates import id_of, reduce
from bot.guidance.reasons import Unexplained
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from bot.service.tap_limit import TapLimit
from state.records import Poll
from state.store import StoreError

DONE_TOGETHER: Final = 16
SECONDS_BETWEEN_POLLS_KEPT: Final = 1.0

Json = dict[str, Any]


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
        self._store = service.store
        self._sender = sender
        self._at_once = at_once
        self._just_changed = just_changed
        self._doing = Doing(service, sender, just_changed)
        self._judging = Judging(just_changed, tap_limit)
        self._noting = Noting(service.store, service.clock)
        self._keep_poll_from = 0.0
        self._taking = asyncio.Lock()
        self._gathering = Gathering[Update](self._take_gathered)
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
        taps before it have been handled. What Telegram is asked about first comes last. Those
        without a poll that have come meanwhile are taken together.

        A poll without anything to handle is recorded once a second.

        Raises StoreError; what is not done may be taken again, and whoever is waiting is told.
        """
        read = [self._read(each) for each in raw]
        left = self._at_once.answer(read)
        if poll is None:
            await self._gathering.take(left)
        else:
            async with self._taking:
                await self._take(left, poll)
                if left:
                    self._noting.note_taken()
        self._judging.forget(read)

    async def _take(self, read: list[Update], poll: Poll | None) -> None:
        waiting = list[Update]()
        try:
            sure, unsure = self._at_once.part_unsure(read)
            if sure and unsure:
                await self._take(sure, None)
            if unsure:
                read = await self._at_once.turn_outsiders_away(unsure)
            if poll is None and len(read) > 1:
                again, read = self._part_received(read)
                for each in again:
                    await self._take([each], None)
            alone = poll if self._noting.may_wait(read) else None
            if alone and await self._is_done_at_once(read[0], alone):
                self._keep_poll_from = monotonic() + SECONDS_BETWEEN_POLLS_KEPT
            else:
                waiting = read = await self._noting.note_beside(read)
                self._at_once.delete_named(waiting)
                self._store.expect(self._tapped(waiting))
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

    def _tapped(self, updates: Iterable[Update]) -> list[str]:
        """List the tokens of tapped buttons."""
        reduced = (each.reduced for each in updates)
        acts = (each.act for each in reduced if isinstance(each, Incoming))
        return [act.token for act in acts if isinstance(act, Tap)]

    async def _take_gathered(self, read: list[Update]) -> None:
        async with self._taking:
            await self._take(read, None)

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

    def _part_received(self, read: list[Update]) -> tuple[list[Update], list[Update]]:
        """Return the updates that were noted before, and those that were not.

        One of the former may have ended the program: what is noted with it would count as tried.
        """
        known = self._store.inbox.received([each.id for each in read])
        again = [each for each in read if each.id in known]
        return again, [each for each in read if each.id not in known]

    def _note(self, updates: list[Update]) -> list[Update]:
        return self._noting.note(updates)

    async def _is_done_at_once(self, update: Update, poll: Poll) -> bool:
        """Handle an update in the transaction that notes it; False if it must be noted before.

        So must one that was noted before, or that needs the reasons for a rule.
        """
        try:
            async with self._store.turn_beside() as store:
                current = self._at_once.current_taps([update])
                woken = self._doing.do(update)
                store.inbox.keep_poll(poll)
        except (NotNew, Unexplained):
            return False
        self._at_once.delete_named([update])
        self._at_once.confirm(current)
        for chat in woken:
            self._sender.wake(chat)
        return True

    async def _do_together(
        self, updates: Sequence[Update], poll: Poll | None, reasons: Explained = None
    ) -> None:
        """Handle some updates in one transaction, each rolled back alone if it fails.

        At one that needs the reasons for a rule the transaction ends, and another begins with it
        once they are worked out. `reasons` are those of the first update.
        """
        woken, left, unexplained = list[str](), updates[:0], None

        def do() -> None:
            nonlocal left, unexplained
            for number, update in enumerate(updates):
                try:
                    woken.extend(self._doing.do(update, None if number else reasons))
                except Unexplained as rule:
                    unexplained, left = rule, updates[number:]
                    break
            if poll and not left:
                self._store.inbox.keep_poll(poll)

        try:
            await self._store.beside(do)
        finally:
            for chat in woken:
                self._sender.wake(chat)
        self._noting.done(updates[: len(updates) - len(left)])
        if unexplained:
            await self._do_together(left, poll, await explain(unexplained))
