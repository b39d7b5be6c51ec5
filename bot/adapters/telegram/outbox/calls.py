"""Calls to Telegram for one chat: each counted, its refusals sorted by what follows from them."""

from dataclasses import dataclass, replace
from typing import Any, Final

import structlog

from bot.adapters.telegram.answers import is_about_the_chat
from bot.adapters.telegram.api import Api
from bot.adapters.telegram.errors import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NotSent,
    RetryAfter,
    TelegramError,
    is_about_nobody,
    is_about_rights,
    why,
)
from bot.adapters.telegram.outbox.drawing import Message, unknown_tag, without
from bot.adapters.telegram.outbox.group_budget import NOT_COUNTED
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.adapters.telegram.outbox.pace import Pace
from state.groups import is_group
from state.records import Priority
from state.store import Store

UNCHANGED: Final = "not modified"  # an edit that shows nothing new, and may count

log = structlog.get_logger()


class Later(Exception):
    """What is left has to wait: some seconds, or indefinitely (None)."""

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds


class Unanswered(Later):
    """A call got no answer: it may have taken effect."""


class Unreachable(Exception):
    """The person has blocked the bot or left; or a group has, or lets it write no more."""


class Dropped(Exception):
    """A row was dropped while it was being sent, with the id of what went out after that."""

    def __init__(self, message_id: int | None) -> None:
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Calls:
    """Makes calls for a `chat`, and notes which buttons come under a thumb there.

    They count as what they are `paced_as`. What they show of the `store` is on the disk before.
    """

    chat: str
    api: Api
    pace: Pace
    just_changed: JustChanged
    paced_as: Priority
    store: Store | None = None

    def seconds_to_wait(self) -> float:
        """Return how long a call has to wait; 0 when it may be made now."""
        return self.pace.seconds_to_wait(self.chat, self.paced_as)

    def after_a_message(self) -> "Calls":
        """Return how the rest of a row is called; of an emergency only a first message is one.

        Raises Later if in a group something else may come first.
        """
        if not is_group(self.chat):
            return self
        rest = replace(self, paced_as=max(self.paced_as, Priority.ANSWER))
        if rest.seconds_to_wait():
            raise Later(0.0)
        return rest

    def need_room(self) -> None:
        """Raise Later if the budget of the group is used up: something else may come first."""
        if is_group(self.chat) and self.pace.groups.seconds_to_wait(self.chat, self.paced_as):
            raise Later(0.0)

    async def show(self, method: str, message: Message, **params: object) -> Any:
        """Send or edit a message; HTML that Telegram refuses is resent as plain text.

        A Bot API server that does not know a tag of ours gets none any more.

        Raises BadRequest when Telegram refuses it for another reason, and what `call` raises.
        """
        params["reply_markup"] = message.keyboard
        if "message_id" in params:
            self.just_changed.note(self.chat, int(str(params["message_id"])), message.keyboard)
        tags = self.api.unknown_tags
        html = without(tags, message.html) if tags else message.html
        try:
            shown = await self.call(method, text=html, parse_mode="HTML", **params)
        except BadRequest as error:
            tag = unknown_tag(error.message)
            if tag and tag not in tags:
                log.warning("this Bot API server is too old for a tag", tag=tag)
                tags.add(tag)
                return await self.show(method, message, **params)
            if "parse entities" not in error.message.casefold():
                raise
            log.error("HTML refused, sent as plain text")
            shown = await self.call(method, text=message.plain, **params)
        self.just_changed.note(self.chat, int(shown["message_id"]), message.keyboard)
        return shown

    async def call(self, method: str, **params: object) -> Any:
        """Call a method; of Telegram's refusals only a 429 makes it wait.

        Raises Later, Unanswered, Unreachable, BadRequest, ChatMigrated, or StoreError. If another
        worker sends to the chat by now, it is Later.
        """
        if self.store:
            await self.store.wait_for_disk()
            if not self.store.workers.sends_to(self.chat):
                raise Later(None)
        counted = method not in NOT_COUNTED
        if counted:
            self.need_room()
        self.pace.called(self.chat, self.paced_as if counted else None)
        try:
            return await self.api.call(method, chat_id=int(self.chat), **params)
        except RetryAfter as error:
            self.pace.flooded(self.chat, error.seconds)
            raise Later(error.seconds) from error
        except NotSent as error:
            log.warning("not sent", method=method, **why(error))
            raise Later(None) from error
        except (BadRequest, ChatMigrated) as error:
            if counted and UNCHANGED not in error.message.casefold():
                self.pace.groups.take_back(self.chat, self.paced_as)
            if isinstance(error, BadRequest) and is_about_nobody(error):
                log.warning("somebody has not tapped Start", reason=error.message)
                raise Unreachable from error
            if is_about_rights(error):
                raise Unreachable from error
            raise
        except Forbidden as error:
            if is_about_the_chat(error.message):
                raise Unreachable from error
            log.warning("not sent", method=method, error=type(error).__name__)
            raise Later(None) from error
        except TelegramError as error:
            log.warning("no answer", method=method, **why(error))
            raise Unanswered(None) from error
