"""The short form of the night: a quarter of an hour of it; `make night` runs the whole."""

from pathlib import Path

import pytest

from tests.night.night import night

pytestmark = pytest.mark.slow

HOURS, SPEED, SEED = 0.27, 60.0, 42  # a busy one


async def test_nothing_is_amiss_in_a_night(tmp_path: Path) -> None:
    found = await night(tmp_path, HOURS, SPEED, SEED)
    amiss = [f"{each.code} {each.what}" for each in found.watch.amiss]
    assert (amiss, found.ended, found.trouble) == ([], [], [])
    assert found.struck.keys() == {
        "restarts", "kill -9", "429s", "migrations", "removed", "left", "ways of a group set",
        "may not pin", "made a plain member", "made an admin", "thrown out", "restricted",
        "let write again",
    }  # fmt: skip
    counts = found.accounts.counts
    assert counts["alarms"] and counts["hand-overs"] and counts["reminders due"]
    assert found.shown.counts["boards"] and found.shown.counts["cards"]
