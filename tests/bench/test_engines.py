"""The short form of the engines; `python -m tests.bench engines` is whole."""

import pytest

from tests.bench import engines
from tests.bench.engines import FEW, ONE, SQLITE, THREE, go
from tests.postgres.programs import why_missing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "PostgreSQL is there"),
]

PEOPLE = 5
SECONDS = 1.0


async def test_each_engine_answers_the_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PEOPLE", PEOPLE)
    found = await go({SQLITE: 0, ONE: 0, THREE: 0}, 1, SECONDS)
    assert found.wrong == []
    for side, (load,) in found.loads.items():
        assert load.taps >= PEOPLE, side.name
        assert load.processor_seconds > 0 and load.own_processor_seconds > 0
        assert (load.database_processor_seconds > 0) == bool(side.database)


async def test_cases_that_are_stored_are_in_nobodys_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "PEOPLE", PEOPLE)
    found = await go({FEW: 200}, 1, SECONDS)
    assert found.wrong == []
    (load,) = found.loads[FEW]
    assert load.taps >= PEOPLE
