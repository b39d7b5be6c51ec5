"""What chats show, as far as this process knows: their newest messages, and what alerts say."""

from dataclasses import dataclass, field
from typing import Final

from bot.adapters.telegram.outbox.drawing import Json, Message

MOST_ALERTS_REMEMBERED: Final = 256


@dataclass(slots=True)
class Shown:
    """What chats show, as far as this process knows: the newest message of each, and alerts.

    An alert is known by its chat and its number there; one that is forgotten is edited in vain.
    """

    newest: dict[str, int] = field(default_factory=dict)
    _alerts: dict[tuple[str, int], tuple[str, Json]] = field(default_factory=dict)

    def note_alert(self, chat: str, message_id: int, message: Message) -> None:
        """Note what an alert now says."""
        self._alerts.pop((chat, message_id), None)
        self._alerts[chat, message_id] = (message.html, message.keyboard)
        if len(self._alerts) > MOST_ALERTS_REMEMBERED:
            del self._alerts[next(iter(self._alerts))]

    def says(self, chat: str, message_id: int, message: Message) -> bool:
        """Return whether an alert is known to say this."""
        return self._alerts.get((chat, message_id)) == (message.html, message.keyboard)
