"""Judges each tap once, when it first comes: is it too soon, or one too many?"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.adapters.telegram.kept_update import Update
from bot.adapters.telegram.outbox.just_changed import JustChanged
from bot.incoming import Incoming, Tap
from bot.service.tap_limit import TapLimit

Json = dict[str, Any]


class Judging:
    """Marks taps that do not count.

    One that comes again, since the store failed, is judged as it was first: by now its screen may
    be old enough, but the person may have been told that it does not count.
    """

    def __init__(
        self, just_changed: JustChanged, tap_limit: TapLimit, clock: Callable[[], datetime]
    ) -> None:
        self._just_changed = just_changed
        self._tap_limit = tap_limit
        self._clock = clock
        self._judged = dict[int, Update]()

    def judge(self, update: Json, read: Update) -> Update:
        """Mark a tap that comes too soon, or is one too many, and note when it came."""
        match read.reduced:
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
