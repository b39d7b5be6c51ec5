"""Logs that the database fails, when the reason changes and then once a minute, and its end."""

from collections.abc import Callable
from time import monotonic
from typing import Final

import structlog

SECONDS_APART: Final = 60.0
SECONDS_TO_BELIEVE: Final = 10.0  # without a failure: one part may work while another fails

log = structlog.get_logger()


class DatabaseLog:
    """What has been logged about one process's database."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._reason = ""
        self._logged_at = self._failed_at = 0.0

    def failed(self, error: Exception) -> None:
        """Note a failure; many parts may report the same one at the same time."""
        now, reason = self._clock(), str(error)
        self._failed_at = now
        if reason != self._reason or now - self._logged_at >= SECONDS_APART:
            self._reason, self._logged_at = reason, now
            log.error("the database cannot be used", reason=reason)

    def works(self) -> None:
        """Note that something was committed."""
        if self._reason and self._clock() - self._failed_at >= SECONDS_TO_BELIEVE:
            self._reason = ""
            log.info("the database can be used again")


DATABASE: Final = DatabaseLog()
