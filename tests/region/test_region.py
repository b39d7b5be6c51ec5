"""The short form of the drill: a minute instead of ten; `tests.region` runs the whole."""

from pathlib import Path

import pytest

from tests.postgres import programs
from tests.region.__main__ import SHORT_PLAN
from tests.region.drill import Size, drill

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(programs.why_missing()), reason=programs.why_missing()),
]

SIZE = Size(people=40, groups=4, taps_per_second=15.0, seconds=60.0)


async def test_nothing_is_lost_while_workers_and_databases_are(tmp_path: Path) -> None:
    done = await drill(tmp_path, SIZE, SHORT_PLAN)
    assert {what: lines for what, lines in done.found.amiss.items() if lines} == {}
    assert done.ended == []
    assert [event.what for event in done.events] == [*SHORT_PLAN]
    counts = done.found.counts
    assert counts["answers"] > SIZE.seconds
    assert counts["lines"] and counts["reminders due"] and counts["calls of groups"]
