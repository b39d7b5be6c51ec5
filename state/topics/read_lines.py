"""The interface of the store's lines that were read, and are not yet confirmed."""

from datetime import datetime
from typing import Protocol

from state.read_lines import ReadLine


class ReadLines(Protocol):
    """What was understood of the newest typed line of each case, until it is used or cancelled."""

    def find(self, code: str) -> ReadLine | None:
        """Return what waits to be confirmed in a case."""

    def keep(self, line: ReadLine) -> None:
        """Keep what was understood, in place of what waits in its case."""

    def end(self, code: str) -> None:
        """Forget what waits in a case: it was used, cancelled or closed with it."""

    def was_read(self, code: str) -> bool:
        """Return whether a line was ever read for a case: its code was shown with it."""

    def first(self, *, only: str | None = None, besides: str = "") -> ReadLine | None:
        """Return what is to be reminded of first, of one chat or of every chat besides one."""

    def reminded(self, code: str, until: datetime) -> None:
        """Record that what waits in a case, and was due by then, is not reminded of again."""
