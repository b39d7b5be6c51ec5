"""Runs CordCall with a clock that stands still, at the second in `STILL_AT`."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from unittest.mock import patch

from bot import __main__ as program
from bot.service.service import Service

serve = program._serve


def stilled(*given: object) -> Service:
    now = datetime.fromtimestamp(int(os.environ["STILL_AT"]), UTC)
    return replace(serve(*given), clock=lambda: now)  # type: ignore[arg-type]


with patch.object(program, "_serve", stilled):
    program.main()
