"""The engines that must meet the contract, each opened in its own place."""

import shutil
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


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A folder for each engine, with an empty store in it: making one for each test is slow."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ENGINES}
    for name, folder in folders.items():
        ENGINES[name](folder).close()
    return folders


@pytest.fixture(params=ENGINES)
def open_store(
    request: pytest.FixtureRequest, begun: Mapping[str, Path], tmp_path: Path
) -> Iterator[Open]:
    """Opens the same store again, as another process would."""
    shutil.copytree(begun[request.param], tmp_path, dirs_exist_ok=True)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(ENGINES[request.param](tmp_path)))


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
