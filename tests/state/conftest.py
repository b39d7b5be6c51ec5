"""Fixtures for the store: a database made from scratch, as durable as a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from state.sqlite.store import SqliteStore


@pytest.fixture
def store(database: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(database)
    yield store
    store.close()
