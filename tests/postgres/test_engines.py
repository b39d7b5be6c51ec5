"""The engine is chosen by where the database is; what is not used is not loaded."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.database_address import Address
from state import engines
from state.engines import open_store
from state.postgres.store import PostgresStore
from state.sqlite.store import SqliteStore
from state.store import Store, StoreError
from tests.state.encrypted import KEY

ROOT = Path(__file__).parents[2]
NOWHERE = Address.read("postgresql://127.0.0.1:9/cordcall")


def test_a_file_is_opened_with_sqlite_and_an_address_with_postgresql(
    tmp_path: Path, postgres_url: str
) -> None:
    opened: list[Store] = [open_store(tmp_path / "kept.db"), open_store(Address.read(postgres_url))]
    assert [type(each) for each in opened] == [SqliteStore, PostgresStore]
    for store in opened:
        with closing(store):
            store.require_writable()


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(StoreError, match=r"the extra postgres; allowed: cordcall\[postgres\], or"):
        open_store(NOWHERE)


def test_a_key_is_for_a_file_alone() -> None:
    with pytest.raises(StoreError, match=r"^CORDCALL_KEY_FILE: set, .*; allowed: unset"):
        open_store(NOWHERE, KEY)


def test_a_store_in_a_file_loads_nothing_of_postgresql(tmp_path: Path) -> None:
    opens = (
        "import sys\n"
        "sys.modules['psycopg'] = None\n"
        "from pathlib import Path\n"
        "from bot.settings import read_settings\n"
        "from state.engines import open_store\n"
        "open_store(read_settings().database).close()\n"
        "print(*(name for name in sys.modules if name.startswith(('psycopg', 'state.postgres'))))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", opens],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "CORDCALL_DATABASE": "kept.db"},
    )
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["psycopg"], "")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("backup", "new.db"), "which pg_dump copies"),
        (("restore", "old.db"), "which pg_restore restores"),
        (("key", "new", "new.key"), "which whoever runs it encrypts"),
        (("key", "encrypt"), "which whoever runs it encrypts"),
        (("key", "rotate", "new.key"), "which whoever runs it encrypts"),
        (("chat", "--as", "ann"), "but a group is tried in a file of its own"),
    ],
)
def test_a_command_that_is_for_a_file_says_so_and_shows_no_password(
    tmp_path: Path, command: tuple[str, ...], why: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", *command],
        capture_output=True,
        text=True,
        input="{}",
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "CORDCALL_DATABASE": "postgresql://ann:s3same@db/cordcall"},
    )
    where = "postgresql://db/cordcall?user=ann"
    said = f"CORDCALL_DATABASE: {where} given, {why}; allowed here: the path of a file"
    assert done.returncode == 2
    assert done.stderr == f"cordcall: {said}\n"
    assert done.stdout == ""
