"""Runs CordCall by a clock that jumps: it is as many seconds ahead as a file says."""

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from bot import __main__ as cordcall

AHEAD = "SOAK_SECONDS_AHEAD"


class Jumping(datetime):
    """The present, as many seconds ahead as the file says now."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + timedelta(seconds=float(Path(os.environ[AHEAD]).read_text()))


if __name__ == "__main__":
    cordcall.datetime = Jumping  # type: ignore[attr-defined]
    cordcall.main()
