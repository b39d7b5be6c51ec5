"""Delivers one outbox row: edits for what is already shown, messages for what is new, each once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from bot.adapters.telegram.errors import BadRequest, ChatMigrated, is_about_topic
from bot.adapters.telegram.outbox.calls import UNCHANGED, Calls, Later, Unanswered
from bot.adapters.telegram.outbox.drawing import (
    Message,
    draw_line,
    draw_messages,
    draw_renewed_alert,
    draw_repeat,
)
from bot.adapters.telegram.outbox.files import Files
from bot.adapters.telegram.outbox.left_behind import say_what_stays
from bot.adapters.telegram.outbox.progress import Progress
from bot.adapters.telegram.outbox.shown import ALERT, SEEN_AFTER, Shown, note_shown, role_of
from bot.screens.screen import Screen
from state.records import SCREEN, Card, Priority, Queued
from state.store import Store, StoreError

EDITED_FOR: Final = timedelta(days=1)
DELETED_FOR: Final = timedelta(hours=47)
FORMER: Final = "former"
FORMER_ALERT: Final = "former alert"
FORMERS: Final = (FORMER, FORMER_ALERT)
OLDER: Final = "older screen"

log = structlog.get_logger()


@dataclass(slots=True)
class Delivery:
    """Delivers `row`, recording its progress before and after each message."""

    row: Queued
    calls: Calls
    store: Store
    clock: Callable[[], datetime]
    without_this: str
    may_start: Callable[[Queued], bool]
    shown: Shown
    files: Files
    said: str = ""
    has_former: bool = False  # whether a message that showed the case is still to be removed
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self.progress = Progress(self.row, self.store)

    async def run(self, screens: list[Screen]) -> None:
        """Deliver the rest of the row, once its turn has come.

        Only the first call waits for its turn, in a group each message: elsewhere the rest of a
        row continues however many calls it takes. Raises Later, Unreachable, ChatMigrated, Dropped.
        """
        if wait := self.calls.seconds_to_wait():
            raise Later(wait)
        progress = self.progress
        if not progress.done:
            if self.row.priority in (Priority.REMINDER, Priority.FILE):
                await self.store.wait_for_others()
            if not self.may_start(self.row):
                return
        self.has_former = any(map(self._card, FORMERS))
        messages = draw_messages(screens, self.row.token)
        self.said = "" if self.row.may_be_missed else say_what_stays(screens)
        last = len(messages) - 1
        while progress.done <= last:
            message = messages[progress.done]
            role = role_of(message, self.row.code, last=progress.done == last)
            if role == SCREEN and self._is_overtaken():
                break
            if progress.done == last:
                await self._show(message, role, below=self.row.anew or last > 0)
            else:
                await self._send(message, role)
                self.calls = self.calls.after_a_message()
        try:
            if self.has_former:
                await self._remove_former()
            await self._renew_alert(screens)
        except Later:
            await progress.note(begun=False)
            raise

    def _is_overtaken(self) -> bool:
        """Return whether a reminder was drawn before the case went on: only its screen is old."""
        row = self.row
        reminds = row.priority is Priority.REMINDER and row.token is not None
        return reminds and not self.store.buttons.is_current(row.token or "", row.chat)

    async def _show(self, message: Message, role: str | None, *, below: bool) -> None:
        """Edit the screen in place if it is in view, else send it below and remove the old one.

        In view is one that was tapped, or the newest of its chat if what it says was seen.
        """
        row = self.row
        if not below and await self._edit_tapped_look_up(message):
            return
        screen = self._card(role) if role == SCREEN else None
        in_view = screen is not None and (
            row.tapped in (None, screen.message_id)
            or self.shown.newest.get(row.chat) == screen.message_id
        )
        in_view = in_view and not (screen and self._unseen(screen))
        if screen and not below and not self.progress.begun and in_view:
            young = self.clock() - screen.sent_at < EDITED_FOR
            if young and await self._edit(screen, message):
                by_now = self.clock() - SEEN_AFTER  # who has tapped is looking
                self.shown.note_said(row.chat, screen.message_id, self.said, by_now)
                self.progress.done += 1
                return
        await self._send(message, role, screen)

    async def _edit_tapped_look_up(self, message: Message) -> bool:
        """Replace the tapped screen with the next one of a look-up, or one that has expired.

        A single sentence is sent as a new message: an edit would wipe out what was read there.
        """
        row, expires = self.row, message.kind == "expired"
        replaces = expires or bool(message.keyboard["inline_keyboard"])
        if row.code or not row.tapped or not replaces or message.alert or self.progress.begun:
            return False
        edited = await self._edit_message(row.tapped, message) or expires
        if edited:
            await note_shown(self.store, row, row.tapped)
            self.progress.done += 1
        return edited

    async def _send(self, message: Message, role: str | None, former: Card | None = None) -> None:
        """Send a message; one that may already have arrived is marked as a repeat, or dropped.

        That it begins is on the disk before, or it is not sent: it would be repeated unmarked.
        """
        row = self.row
        begun_before = self.progress.begun
        if begun_before and row.may_be_missed:
            await self.progress.message_done()
            return
        if begun_before:
            if row.awaited:
                await self.calls.call("sendChatAction", action="typing")
            message = draw_repeat(message)
        self.calls.need_room()
        await self.progress.begin()
        alert = self._card(ALERT) if role == ALERT else None
        try:
            sent = await self._send_somehow(message)
        except Unanswered:
            raise
        except (Later, ChatMigrated, StoreError):
            await self.progress.note(begun=begun_before)
            raise
        if sent:
            self.shown.newest[row.chat] = int(sent["message_id"])
        card = None
        if sent and row.code and role:
            card = Card(row.code, role, row.chat, int(sent["message_id"]), self.clock())
        if card and role == SCREEN:
            self.shown.note_said(card.chat, card.message_id, self.said, card.sent_at)
        left = [card] if card else []
        left += [replace(former, role=FORMER)] if former and sent else []
        left += [replace(alert, role=FORMER_ALERT)] if alert and card else []
        await self.progress.message_done(left, sent)
        self.has_former |= any(each.role in FORMERS for each in left)

    async def _send_somehow(self, message: Message) -> Any:
        """Send a message; if refused, as bare text, then as what to do without CordCall.

        If its topic cannot be written to, it goes to the chat without it.
        None if Telegram accepts none of it; a mere redraw is given up at once.
        """
        if message.file:
            sent, message = await self.files.send(self.calls, message, self.row.thread)
            if sent:
                return sent
        silent, thread = None if message.alert else True, self.row.thread
        how: dict[str, object] = {"disable_notification": silent, "message_thread_id": thread}
        try:
            sent = await self.calls.show("sendMessage", message, **how)
            if message.kind == "alert":
                self.shown.note_alert(self.row.chat, int(sent["message_id"]), message)
            return sent
        except BadRequest as error:
            log.error("a message was refused", reason=error.message)
            if thread is not None and is_about_topic(error):
                self.row = replace(self.row, thread=None)
                return await self._send_somehow(message)
        for text in () if self.row.may_be_missed else (message.plain, self.without_this):
            try:
                return await self.calls.call("sendMessage", text=text, **how)
            except BadRequest as error:
                log.error("a message was refused", reason=error.message)
        return None

    async def _remove_former(self) -> None:
        """Delete the messages that showed the case, and the alert before the newest, until now."""
        for role in FORMERS:
            former = self._card(role)
            if former and await self._remove(former):
                await self._drop(former)

    async def _remove(self, former: Card) -> bool:
        """Delete a message; one too old for that, or that Telegram keeps, shrinks to a line.

        One that nobody can have seen shrinks to what it said.
        A message that is already gone was deleted before the program was killed, or by a person.
        """
        said = self._unseen(former)
        line = draw_line(f"{former.code} · {said}")
        if said and await self._edit_message(former.message_id, line):
            return True
        if self.clock() - former.sent_at < DELETED_FOR:
            try:
                return bool(await self.calls.call("deleteMessage", message_id=former.message_id))
            except BadRequest as error:
                if "not found" in error.message.casefold():
                    return True
                log.info("a message was not deleted", reason=error.message)
        return await self._edit(former, draw_line(f"{former.code} · {OLDER}"))

    def _unseen(self, screen: Card) -> str:
        """Return what a screen says that nobody had seen when this row was queued."""
        if self.row.tapped == screen.message_id:
            return ""
        return self.shown.unseen(screen.chat, screen.message_id, self.row.queued_at)

    async def _renew_alert(self, screens: list[Screen]) -> None:
        """Keep the newest alert accurate when what it says has changed."""
        renewed = draw_renewed_alert(screens, self.row.token)
        alert = self._card(ALERT) if renewed else None
        if alert is None or renewed is None:
            return
        chat, number = self.row.chat, alert.message_id
        if not self.shown.says(chat, number, renewed) and await self._edit(alert, renewed):
            self.shown.note_alert(chat, number, renewed)

    async def _edit(self, card: Card, message: Message) -> bool:
        """Edit a message that shows a case; if it is gone, forget it and return False."""
        if await self._edit_message(card.message_id, message):
            return True
        await self._drop(card)
        return False

    async def _drop(self, card: Card) -> None:
        drop = partial(self.store.cards.drop, card.code, card.role, card.chat)
        await self.store.beside(drop, lasting=False)

    async def _edit_message(self, message_id: int, message: Message) -> bool:
        """Edit a message; return False if it is gone."""
        try:
            await self.calls.show("editMessageText", message, message_id=message_id)
        except BadRequest as error:
            if UNCHANGED not in error.message.casefold():
                log.warning("edit refused", reason=error.message)
                return False
        return True

    def _card(self, role: str) -> Card | None:
        """Read which message of this chat shows the case."""
        code, chat = self.row.code, self.row.chat
        return self.store.cards.find(code, role, chat) if code else None
