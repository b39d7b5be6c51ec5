"""The short form of the power cuts: a hundred of them; `python -m tests.power` makes more."""

from pathlib import Path

import pytest

from tests.power.conversing import Shown, spend
from tests.power.cuts import losses, points
from tests.power.disk import Sync

pytestmark = pytest.mark.slow

CUTS = 100
SEED = 17


async def test_a_power_cut_at_any_moment_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    night = await spend(whole)
    assert len(night.minted) > len(night.cases) > 1
    assert sum(isinstance(each, Sync) for each in night.disk.events) > len(night.minted) / 4
    assert any(isinstance(each, Shown) and each.sent for each in night.disk.events)
    for number, (cut, chance) in enumerate(points(night, CUTS, SEED)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert losses(night, cut, chance, folder) == [], cut
