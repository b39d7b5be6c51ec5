"""Judges each tap, and each command in a group, once: is it too soon, or one too many?"""

from collections.abc import Iterable
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

    def __init__(self, just_changed: JustChanged, tap_limit: TapLimit) -> None:
        self._just_changed = just_changed
        self._tap_limit = tap_limit
        self._command_limit = TapLimit(COMMANDS_A_MINUTE)
        self._judged = dict[int, Update]()

    def judge(self, update: Json, read: Update) -> Update:
        """Mark what comes too soon, or is one too many; what came before stays as it was judged."""
        judged, done = self._judged.get(read.id), read.reduced
        if judged or not isinstance(done, Incoming):
            return judged or read
        if isinstance(done.act, Tap):
            message, act = update["callback_query"]["message"], done.act
            soon = self._just_changed.is_too_soon(done.chat, message, act.token, act.place)
            judged = read.judged(soon, not soon and self._tap_limit.is_over(done.who))
        elif isinstance(done.act, Command) and is_group(done.chat):
            judged = read.judged(False, self._command_limit.is_over(f"{done.chat} {done.who}"))
        else:
            return read
        self._judged[read.id] = judged
        return judged

    def forget(self, updates: Iterable[Update]) -> None:
        """Forget updates that are done: they do not come again."""
        for update in updates:
            self._judged.pop(update.id, None)
