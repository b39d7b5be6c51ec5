"""The engines that must meet the contract, each opened in its own place."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from bot.database_address import Address
from state import engines
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.state.encrypted import KEY

Open = Callable[[], Store]
IN_A_FILE: Final[Mapping[str, Callable[[Path], Store]]] = {
    "sqlite": lambda folder: SqliteStore(folder / "kept.db"),
    "sqlcipher": lambda folder: SqliteStore(folder / "kept.db", key=KEY),
}
POSTGRES: Final = "postgres"


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """A folder for each engine, with an empty store in it: making one for each test is slow."""
    folders = {name: tmp_path_factory.mktemp(name) for name in IN_A_FILE}
    for name, folder in folders.items():
        IN_A_FILE[name](folder).close()
    return folders


@pytest.fixture(params=(*IN_A_FILE, POSTGRES))
def open_store(
    request: pytest.FixtureRequest, begun: Mapping[str, Path], tmp_path: Path
) -> Iterator[Open]:
    """Opens the same store again, as another process would."""
    if request.param == POSTGRES:
        address = Address.read(request.getfixturevalue("postgres_url"))
        open_it: Open = partial(engines.open_store, address)
    else:
        shutil.copytree(begun[request.param], tmp_path, dirs_exist_ok=True)
        open_it = partial(IN_A_FILE[request.param], tmp_path)
    with ExitStack() as opened:
        yield lambda: opened.enter_context(closing(open_it()))


@pytest.fixture
def store(open_store: Open) -> Store:
    return open_store()
