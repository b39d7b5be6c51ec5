"""Fixtures for the store: as durable as a real one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from state.sqlite.store import SqliteStore


@pytest.fixture
def store(database: Path, migrated: bytes) -> Iterator[SqliteStore]:
    database.write_bytes(migrated)
    store = SqliteStore(database)
    yield store
    store.close()
