"""Moves a database in a process that kills itself at one of the points where something is done.

Called with the number of the point, 0 for none, and the two places. It writes how many it met.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, Final

from bot.__main__ import app
from bot.command_line.commands import call
from state.postgres.link import Link
from state.sql.whole_copy import _Tally
from state.sqlite import whole_file
from state.sqlite.copying import Replacing

DONE: Final[tuple[tuple[Any, str], ...]] = (
    (Link, "run"),
    (Link, "execute"),
    (Link, "copy"),
    (Link, "commit"),
    (_Tally, "result"),
    (whole_file, "connect"),
    (whole_file, "checked"),
    (whole_file, "sync"),
    (whole_file, "_require_nothing_in"),
    (whole_file, "give_to_owner"),
    (Replacing, "finish"),
)


def main(die_at: int) -> None:
    met = 0

    def meet() -> None:
        nonlocal met
        met += 1
        if met == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def between(does: Callable[..., Any]) -> Callable[..., Any]:
        def done(*given: Any, **named: Any) -> Any:
            meet()
            result = does(*given, **named)
            meet()
            return result

        return done

    for place, name in DONE:
        setattr(place, name, between(getattr(place, name)))
    call(app())
    sys.stdout.write(f"{met}\n")


if __name__ == "__main__":
    main(int(sys.argv.pop(1)))
