"""Judges each tap, and each command in a group, once: is it too soon, or one too many?"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.adapters.telegram.kept_update import Update
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.incoming import Command, Incoming, Tap
from bot.service.tap_limit import TapLimit
from state.groups import is_group

COMMANDS_A_MINUTE: Final = 6  # of one person in one group: others are answered there too

Json = dict[str, Any]


class Judging:
    """Marks taps, and commands in groups, that do not count.

    One that comes again, since the store failed, is judged as it was first: by now its screen may
    be old enough, but the person may have been told that it does not count.
    """

    def __init__(
        self, just_changed: JustChanged, tap_limit: TapLimit, clock: Callable[[], datetime]
    ) -> None:
        self._just_changed = just_changed
        self._tap_limit = tap_limit
        self._command_limit = TapLimit(COMMANDS_A_MINUTE)
        self._clock = clock
        self._judged = dict[int, Update]()

    def judge(self, update: Json, read: Update) -> Update:
        """Mark what comes too soon, or is one too many, and note when a tap came."""
        match read.reduced:
            case Incoming(chat, who, Command()) if is_group(chat) and read.id not in self._judged:
                too_many = self._command_limit.is_over(f"{chat} {who}")
                self._judged[read.id] = replace(read, too_many=too_many)
            case Incoming(chat, who, Tap(token, place)) if read.id not in self._judged:
                message = update["callback_query"]["message"]
                tapped = replace(read.reduced, sent_at=self._clock())
                too_soon = self._just_changed.is_too_soon(chat, message, token, place)
                too_many = not too_soon and self._tap_limit.is_over(who)
                self._judged[read.id] = replace(
                    read, reduced=tapped, too_soon=too_soon, too_many=too_many
                )
        return self._judged.get(read.id, read)

    def forget(self, updates: Iterable[Update]) -> None:
        """Forget updates that are done: they do not come again."""
        for update in updates:
            self._judged.pop(update.id, None)
