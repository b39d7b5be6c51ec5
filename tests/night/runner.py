"""Runs CordCall by a clock that is so many times faster: what is counted in it is counted faster.

It shows `since + (time.time() - since) * speed`, as the clock of the test server does. How long a
person or a call to Telegram waits stays in real seconds; Telegram's quotas, and what CordCall does
every so often, are in the time of the clock.
"""

import os
import time
from collections.abc import Iterable
from datetime import datetime, tzinfo
from importlib import import_module

from bot import __main__ as cordcall
from bot.adapters.telegram.errors import RetryAfter

SINCE, SPEED = "NIGHT_SINCE", "NIGHT_SPEED"
OUTBOX = "bot.adapters.telegram.outbox"
IN_ITS_TIME = {
    f"{OUTBOX}.pace": ("CHAT_SECONDS", "SECONDS_PACED_AFTER_A_FLOOD"),
    f"{OUTBOX}.group_budget": ("SECONDS",),
    f"{OUTBOX}.group_order": ("CARDS_EVERY", "BOARD_EVERY", "LATE_AFTER", "FORGOTTEN_AFTER"),
    "bot.adapters.telegram.board_loop": ("SECONDS_BETWEEN_LOOKS",),
    "bot.adapters.telegram.reminder_loop": ("LONGEST_SLEEP", "SECONDS_BETWEEN_RENEWALS"),
    "bot.adapters.telegram.tidying": ("SECONDS_TO_NEXT",),
    "bot.service.tap_limit": ("SECONDS",),
}
MORE_A_SECOND = (f"{OUTBOX}.pace", f"{OUTBOX}.unhurried")


class Fast(datetime):
    """The present by the fast clock."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        since = float(os.environ[SINCE])
        return datetime.fromtimestamp(since + (time.time() - since) * speed(), tz)


def speed() -> float:
    return float(os.environ[SPEED])


def hasten(module: str, names: Iterable[str]) -> None:
    """Divide what a module counts in seconds of the clock: it waits in real ones."""
    loaded = import_module(module)
    for name in names:
        setattr(loaded, name, getattr(loaded, name) / speed())


def main() -> None:
    cordcall.datetime = Fast  # type: ignore[attr-defined]
    calls_a_second = import_module(f"{OUTBOX}.pace").CALLS_A_SECOND * speed()
    for module, names in IN_ITS_TIME.items():
        hasten(module, names)

    for module in MORE_A_SECOND:
        import_module(module).CALLS_A_SECOND = calls_a_second  # type: ignore[attr-defined]

    made = RetryAfter.__init__

    def sooner(error: RetryAfter, seconds: float) -> None:
        made(error, seconds / speed())

    RetryAfter.__init__ = sooner  # type: ignore[method-assign]
    cordcall.main()


if __name__ == "__main__":
    main()
