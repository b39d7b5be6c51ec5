"""Tells systemd that the program is ready, still works, or stops: sd_notify in a few lines."""

import asyncio
import os
import socket
from typing import Final

import structlog

from bot.adapters.telegram.database_log import DATABASE
from state.store import Store, StoreError

FED_PER_TIMEOUT: Final = 3

log = structlog.get_logger()


def notify(state: str) -> None:
    """Send a state to $NOTIFY_SOCKET; without one, nobody wants to know."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = f"\0{address[1:]}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.settimeout(1)
            manager.sendto(state.encode(), address)
    except OSError as error:
        log.warning("systemd cannot be told", reason=error.strerror)


class Watchdog:
    """Feeds systemd's watchdog for as long as the event loop turns and the database answers.

    What cannot be written is not its concern: a restart would not make room on a disk. Nor is a
    server that is away: a start is refused until it is back, and nobody would be told meanwhile.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def run(self) -> None:
        """Say that the program is ready, then feed the watchdog, if there is one, until cancelled.

        It is ready before Telegram has answered: a network that is down is no reason to restart.
        """
        notify("READY=1")
        seconds = _seconds_between()
        while seconds is not None:
            if self._works():
                notify("WATCHDOG=1")
            await asyncio.sleep(seconds)

    def _works(self) -> bool:
        try:
            self._store.inbox.poll()
        except StoreError as error:
            DATABASE.failed(error)
            return self._store.is_served
        return True


def _seconds_between() -> float | None:
    """Return how often systemd wants to hear from this process; None if it does not."""
    timeout, process = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID")
    if not timeout.isdecimal() or process not in (None, str(os.getpid())):
        return None
    return int(timeout) / 1_000_000 / FED_PER_TIMEOUT
