"""What chats show, as far as this process knows: their newest messages, and what they say."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.adapters.telegram.outbox.drawing import ALONE, Json, Message
from state.records import SCREEN, Queued
from state.store import Store

MOST_ALERTS_REMEMBERED: Final = 256
MOST_SCREENS_REMEMBERED: Final = 256
ALERT: Final = "alert"
SEEN_AFTER: Final = timedelta(seconds=10)


@dataclass(slots=True)
class Shown:
    """What chats show, as far as this process knows: the newest message of each, alerts, notices.

    An alert is known by its chat and its number there; one that is forgotten is edited in vain.
    """

    newest: dict[str, int] = field(default_factory=dict)
    _alerts: dict[tuple[str, int], tuple[str, Json]] = field(default_factory=dict)
    _said: dict[tuple[str, int], tuple[str, datetime]] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget everything: others may have changed it."""
        self.newest.clear()
        self._alerts.clear()
        self._said.clear()

    def note_alert(self, chat: str, message_id: int, message: Message) -> None:
        """Note what an alert now says."""
        self._alerts.pop((chat, message_id), None)
        self._alerts[chat, message_id] = (message.html, message.keyboard)
        if len(self._alerts) > MOST_ALERTS_REMEMBERED:
            del self._alerts[next(iter(self._alerts))]

    def says(self, chat: str, message_id: int, message: Message) -> bool:
        """Return whether an alert is known to say this."""
        return self._alerts.get((chat, message_id)) == (message.html, message.keyboard)

    def note_said(self, chat: str, message_id: int, said: str, at: datetime) -> None:
        """Note what a screen says from now on besides its view."""
        self._said.pop((chat, message_id), None)
        if said:
            self._said[chat, message_id] = said, at
        if len(self._said) > MOST_SCREENS_REMEMBERED:
            del self._said[next(iter(self._said))]

    def unseen(self, chat: str, message_id: int, by: datetime) -> str:
        """Return what a screen says that nobody can have seen `by` a time; empty if nothing."""
        said, at = self._said.get((chat, message_id), ("", by))
        return said if by - at < SEEN_AFTER else ""


async def note_shown(store: Store, row: Queued, message_id: int) -> None:
    """Record that an edited message shows the buttons of a row now."""
    if row.token:
        note = partial(store.buttons.note_shown, row.token, row.chat, message_id)
        await store.beside(note, lasting=False)


def role_of(message: Message, code: str | None, *, last: bool) -> str | None:
    """Return what a message is to its case: its newest alert, its screen, or neither."""
    if message.kind == "alert":
        return ALERT
    views = message.kind == "card" or bool(message.keyboard["inline_keyboard"])
    screen = last and code and views and message.kind not in ALONE
    return SCREEN if screen else None
