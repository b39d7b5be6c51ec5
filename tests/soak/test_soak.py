"""The short form of the soak: seconds instead of half an hour; `make soak` runs the whole."""

from pathlib import Path

import pytest

from tests.soak.faults import KINDS
from tests.soak.run import soak

pytestmark = pytest.mark.slow

SECONDS = 20.0
TAPS_PER_SECOND = 20.0
SECONDS_TO_NEXT_FAULT = 1.25


async def test_nothing_is_lost_among_all_faults(tmp_path: Path) -> None:
    found = await soak(tmp_path, SECONDS, TAPS_PER_SECOND, SECONDS_TO_NEXT_FAULT)
    assert found.accounts.lost == []
    assert found.accounts.repeated == []
    assert found.ended == []
    assert found.struck.keys() == set(KINDS)
    assert found.accounts.counts["answers"] > SECONDS
    assert found.accounts.counts["emergencies"] > 0
