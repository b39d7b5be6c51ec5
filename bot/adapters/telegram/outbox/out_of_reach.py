"""What becomes of a chat that Telegram refuses: somebody has blocked the bot, or a group has."""

from collections.abc import Callable, Iterable

import structlog

from bot.adapters.telegram.outbox.pace import Pace
from state.groups import is_group
from state.store import Store

log = structlog.get_logger()


class OutOfReach:
    """Gives chats up, each in a turn of its own. `lose` gives a group up, and returns whom it told.

    `wake` sends what is waiting for a chat.
    """

    def __init__(
        self,
        store: Store,
        pace: Pace,
        lose: Callable[[str], Iterable[str]],
        wake: Callable[[str], None],
    ) -> None:
        self._store = store
        self._pace = pace
        self._lose = lose
        self._wake = wake

    def give_up(self, chat: str, newest: int, *, came_back: bool) -> None:
        """Drop what is waiting for a chat that cannot be reached.

        If somebody came back during the call, only what was waiting before is dropped. Another
        worker may have heard of that: then something newer waits for them, and the next call tells.
        The cases of a group go to their owners.
        """
        told = list[str]()
        with self._store.turn() as store:
            if came_back or self._may_have_come_back(chat, newest):
                store.outbox.drop(chat, newest)
            elif is_group(chat):
                told += self._lose(chat)
                store.outbox.drop_all(chat)
            else:
                store.chats.set_reachable(chat, reachable=False)
        for each in told:
            self._wake(each)
        log.info("a chat cannot be reached", group=is_group(chat))

    def _may_have_come_back(self, person: str, newest: int) -> bool:
        """Return whether another worker may have heard of somebody since a row was queued."""
        if is_group(person) or self._store.workers.count == 1:
            return False
        return any(row.id > newest for row in self._store.outbox.queued(person))

    def rename(self, old: str, new: str) -> None:
        """Continue in the supergroup that a group became."""
        with self._store.turn() as store:
            store.chats.rename(old, new)
        self._pace.groups.rename(old, new)
        self._wake(new)
