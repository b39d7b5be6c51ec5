"""Does what one update asks; one that fails is set aside, and what it said is never logged."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Final

import structlog

from bot.adapters.telegram.explaining import Explained
from bot.adapters.telegram.group_changes import change_group
from bot.adapters.telegram.kept_update import Update, kept_tap
from bot.adapters.telegram.membership import Departed, Moved, Placed, Reached
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.sender import Sender
from bot.adapters.telegram.switching import announce_if_switched
from bot.adapters.telegram.updates import Reduced, require_characters
from bot.guidance.reasons import Reasons, Unexplained
from bot.incoming import Incoming, Tap
from bot.screens.notices import words
from bot.service.reminding import Reminding
from bot.service.service import Service
from bot.service.tap_limit import NotUrgent
from state.store import StoreError

MOST_ATTEMPTS: Final = 3

log = structlog.get_logger()


class NotNew(Exception):
    """An update that comes without having been noted was noted before."""


class Doing:
    """Handles updates one by one. Each is rolled back alone if it fails."""

    def __init__(self, service: Service, sender: Sender, just_changed: JustChanged) -> None:
        self._service = service
        self._reminding = Reminding(service)
        self._store = service.store
        self._sender = sender
        self._just_changed = just_changed

    def do(self, update: Update, reasons: Explained = None) -> list[str]:
        """Handle one pending update; return the chat that has something to be sent.

        One that was not noted yet is noted as handled. Raises NotNew, Unexplained or StoreError.
        """
        try:
            with self._store.part():
                if not self._is_to_do(update):
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
        except (StoreError, Unexplained, NotNew):
            raise
        except Exception as error:
            return self._set_aside(update, error)

    def _is_to_do(self, update: Update) -> bool:
        inbox = self._store.inbox
        if update.attempts:
            return inbox.claim(update.id)
        if inbox.note_handled(update.id, self._service.clock()):
            return True
        raise NotNew

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
