"""The interface of the store's buttons."""

from datetime import datetime
from typing import Protocol

from state.records import Minted


class Buttons(Protocol):
    """What the buttons of each message do, by its token."""

    def mint(self, minted: Minted, at: datetime) -> None:
        """Store what the buttons of a message do."""

    def find(self, token: str) -> Minted | None:
        """Return what the buttons of a token do."""

    def is_current(self, token: str, chat: str) -> bool:
        """Return whether a token belongs to the current screen of an open case of a chat."""

    def note_shown(self, token: str, chat: str, message_id: int) -> None:
        """Record which message of a chat shows the buttons of a token now, in place of others."""

    def messages_with(self, chat: str, word: str) -> list[int]:
        """Return the messages of a chat that are known to have a button with a word in it."""

    def forget(self, before: datetime) -> None:
        """Erase the buttons that were minted before a moment."""
