"""The short form of the power cuts: a hundred of them; `python -m tests.power` makes more."""

from contextlib import closing
from pathlib import Path
from random import Random
from sqlite3 import connect

import pytest

from state.sql.version import SCHEMA_VERSION
from state.sqlite.store import SqliteStore
from tests.power.conversing import DATABASE, Shown, spend
from tests.power.cuts import SHARES, losses, points
from tests.power.disk import Sync, recorded

pytestmark = pytest.mark.slow

CUTS = 100
SEED = 17
CUTS_OF_A_BEGINNING = 40
TABLES = "SELECT name, sql FROM sqlite_master ORDER BY name"


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


def test_a_power_cut_while_a_database_is_begun_leaves_one_that_the_next_start_completes(
    tmp_path: Path,
) -> None:
    whole = tmp_path / "whole"
    whole.mkdir()
    with recorded(whole) as disk:
        store = SqliteStore(whole / DATABASE)
        opened = len(disk.events)
        schema = store.database.execute(TABLES).fetchall()
        store.close()
    chance = Random(SEED)
    for number, cut in enumerate((*chance.sample(range(opened), CUTS_OF_A_BEGINNING), opened)):
        folder = tmp_path / str(number)
        folder.mkdir()
        disk.rebuild(cut, Random(number), SHARES[number % len(SHARES)], folder)
        with closing(connect(f"file:{folder / DATABASE}", uri=True)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        assert version == (SCHEMA_VERSION if cut == opened else 0)
        with closing(SqliteStore(folder / DATABASE)) as store:
            assert store.database.execute(TABLES).fetchall() == schema, cut
