"""The engines that must meet the contract, each opened in its own place."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import pytest

from state.sqlite.store import SqliteStore
from state.store import Store
from tests.state.encrypted import KEY

Open = Callable[[], Store]
ENGINES: Final[Mapping[str, Callable[[Path], Store]]] = {
    "sqlite": lambda folder: SqliteStore(folder / "kept.db"),
    "sqlcipher": lambda folder: SqliteStore(folder / "kept.db", key=KEY),
}


@pytest.fixture(params=ENGINES)
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same store again, as another process would."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(ENGINES[request.param](tmp_path)))


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
