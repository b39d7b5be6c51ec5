"""The interface of the store's boards."""

from datetime import datetime
from typing import Protocol

from state.boards import Board, BoardCase, Summary


class Boards(Protocol):
    """The board of each chat and topic, and what boards say of each case.

    The board of a group lists its open cases, that of a topic those of the topic. The board of a
    private chat lists its open cases, and those of groups that its person owns and acts in.
    """

    def find(self, chat: str, thread: int) -> Board | None:
        """Return the board of a chat or topic; None if it has none."""

    def of(self, chat: str) -> list[Board]:
        """Return the boards of a chat, those of its topics included."""

    def listed(self) -> list[Board]:
        """Return the boards of all chats that can be reached."""

    def turn_to(self, chat: str, thread: int, page: int) -> None:
        """Turn the board of a chat or topic to a page; one that has none gets it.

        Somebody has asked for it there: the chat can be reached.
        """

    def keep(self, board: Board) -> None:
        """Record what a board shows and where, unless it was dropped; its page stays."""

    def drop(self, board: Board) -> None:
        """Forget a board."""

    def sum_up(self, summary: Summary) -> None:
        """Record what boards say of a case."""

    def without_summary(self, chat: str, thread: int) -> list[str]:
        """Return the cases of a board that nothing is recorded of: they are older than boards."""

    def count(self, chat: str, thread: int, now: datetime) -> tuple[int, int]:
        """Return how many cases a board has, and how many of them are overdue."""

    def zones(self, chat: str) -> list[str]:
        """Return the time zones that whoever reads the board of a chat has chosen."""

    def cases(self, chat: str, thread: int, skipped: int, most: int) -> list[BoardCase]:
        """Return a page of a board's cases: by their deadlines, then the most urgent first."""
