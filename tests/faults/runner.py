"""A warm parent that forks one bot per input line: the real wiring, killed on request.

Each line is a JSON object: the bot's environment; `die_at`, the number of the boundary (before
or after a commit, before or after a call that shows something) at which it kills itself, 0: never;
and `met`, the file for the count. On PostgreSQL a flush of the server's log is between two, too.
The answer is the child's process id, or the count of boundaries it met when it ended by itself.
"""

import json
import os
import signal
import sqlite3
import sys
from typing import Any

from bot.__main__ import _run_telegram
from bot.adapters.telegram.aiohttp_client import FastRequest
from bot.database_address import Address
from bot.flows.lint import check
from bot.flows.triage import FLOW
from bot.guidance import texts
from bot.settings import read_settings, read_token

SHOWS = ("sendMessage", "editMessageText", "deleteMessage", "answerCallbackQuery")


class Boundaries:
    """Counts boundaries, and ends the process at one of them."""

    def __init__(self, die_at: int) -> None:
        self.met = 0
        self._die_at = die_at

    def meet(self) -> None:
        self.met += 1
        if self.met == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def count(boundaries: Boundaries) -> None:
    """Put a boundary before and after each commit and each call that shows something."""

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
            if sql != "COMMIT":
                return super().execute(sql, *given)
            boundaries.meet()
            done = super().execute(sql, *given)
            boundaries.meet()
            return done

    connect, do_request = sqlite3.connect, FastRequest.do_request

    async def counted(self: FastRequest, url: str, *given: Any, **named: Any) -> tuple[int, bytes]:
        shows = url.endswith(SHOWS)
        if shows:
            boundaries.meet()
        done = await do_request(self, url, *given, **named)
        if shows:
            boundaries.meet()
        return done

    sqlite3.connect = lambda *given, **named: connect(*given, **named, factory=Connection)  # type: ignore[assignment]
    FastRequest.do_request = counted  # type: ignore[method-assign]


def count_on_a_server(boundaries: Boundaries) -> None:
    """Put a boundary before and after each commit on PostgreSQL, and each flush of its log."""
    from state.postgres.disk import Disk
    from state.postgres.link import Link

    commit, flush = Link.commit, Disk._flush_in_thread

    def counted_commit(self: Link, *last: str) -> None:
        boundaries.meet()
        commit(self, *last)
        boundaries.meet()

    def counted_flush(self: Disk) -> None:
        boundaries.meet()
        flush(self)
        boundaries.meet()

    Link.commit = counted_commit  # type: ignore[method-assign]
    Disk._flush_in_thread = counted_flush  # type: ignore[method-assign]


def run(asked: dict[str, Any]) -> None:
    """Run the bot until it is killed or told to stop; then write the count."""
    os.environ.update(asked["environment"])
    boundaries = Boundaries(asked["die_at"])
    count(boundaries)
    settings = read_settings()
    if isinstance(settings.database, Address):
        count_on_a_server(boundaries)
    token = read_token(settings)
    assert token is not None
    _run_telegram(settings, token)
    with open(asked["met"], "w") as file:  # noqa: PTH123
        file.write(str(boundaries.met))


def main() -> None:
    check(FLOW)
    texts.check()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                run(json.loads(line))
                status = 0
            finally:
                sys.stderr.flush()
                os._exit(status)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
