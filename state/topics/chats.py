"""The interface of the store's chats."""

from typing import Protocol


class Chats(Protocol):
    """The chats: whether each can be reached, the id it has now, and which look-up asks there."""

    def set_reachable(self, chat: str, reachable: bool) -> bool:
        """Record whether a chat can be reached; return whether it is so from now on only.

        What waits for an unreachable chat is dropped, as are the reminders of its cases. Nothing is
        recorded for a chat that never had a case.
        """

    def is_reachable(self, chat: str) -> bool | None:
        """Return whether a chat can be reached; None if nothing is known of it."""

    def look_up(self, chat: str) -> str:
        """Return the start of the command that a chat's next typed line completes, or ""."""

    def keep_look_up(self, chat: str, begun: str) -> None:
        """Record that a look-up has asked: `begun` is its command so far, such as "sins T6,"."""

    def end_look_up(self, chat: str) -> None:
        """Record that no look-up is asking in a chat: a typed line belongs to its case."""

    def rename(self, old: str, new: str) -> None:
        """Move a group to the new id Telegram gave it: its people, its cases and what waits for it.

        Its cards stay behind: message ids mean other messages in the new group.
        """

    def forget_unused(self) -> None:
        """Erase the chats that have no case, no button and nothing waiting."""
