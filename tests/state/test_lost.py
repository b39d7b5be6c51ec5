"""A lost or mixed-up database: every refusal leaves it and its log as they were, byte for byte."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from state.beginning import begins_new
from state.lock import BOT as BOT_ROLE
from state.lock import Lock
from state.sqlite.copies import backup, restoring
from state.sqlite.soundness import journal_of, log_of
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.botapi import TOKEN
from tests.forked import run
from tests.state.contract.values import a_case, add
from tests.state.test_copies import (
    ROOT,
    break_index,
    codes,
    cordcall,
    erase,
    filled,
    killed_with_a_log,
    leftovers,
    replaced,
)

PAGE = 4096
COMMANDS = [("chat",), ("backup", "new.db"), ("run",)]
BOT = {
    "TELEGRAM_BOT_TOKEN": TOKEN,
    "TELEGRAM_API_URL": "http://127.0.0.1:9",
    "CORDCALL_ACCESS": "open",
    "CORDCALL_PLAINTEXT": "accept",
    "CORDCALL_LOG_LEVEL": "ERROR",
}


def as_found(folder: Path) -> dict[str, bytes]:
    """Read every file but the index of a log, which SQLite writes whenever it reads one."""
    return {
        each.name: each.read_bytes()
        for each in folder.iterdir()
        if each.is_file() and not each.name.endswith("-shm")
    }


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that was filled, backed up and changed, its writer killed."""
    database = tmp_path_factory.mktemp("killed") / "cordcall.db"
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    filled(database, *(f"KES-{number}" for number in range(50, 90)))
    shutil.copy(database, database.with_name("older.db"))
    for number in range(50, 90):
        erase(database, f"KES-{number}")
    killed_with_a_log(database)
    return database.parent


@pytest.fixture
def saved(killed: Path, database: Path) -> None:
    shutil.copytree(killed, database.parent, dirs_exist_ok=True)


def older(database: Path) -> None:
    shutil.copy(database.with_name("older.db"), database)


def cut(database: Path) -> None:
    os.truncate(database, 4096 * 2)


def empty(database: Path) -> None:
    os.truncate(database, 0)


def missing(database: Path) -> None:
    database.unlink()


def broken(database: Path) -> None:
    with database.open("r+b") as file:
        file.seek(200)
        file.write(b"\xff" * 4000)


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("spoil", [older, cut, empty, missing, broken])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: each[0])
def test_a_refused_command_changes_neither_the_database_nor_its_log(
    database: Path, spoil: Callable[[Path], None], command: tuple[str, ...]
) -> None:
    spoil(database)
    before = as_found(database.parent)
    settings = BOT if command == ("run",) else {}
    refused = run(database.parent, *command, CORDCALL_DATABASE=database.name, **settings)
    assert (refused.status, refused.out) == (2, b"")
    assert refused.err.count("\n") == 1
    assert as_found(database.parent) == before


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize("spoil", [older, cut, empty, missing, broken])
def test_a_restore_keeps_what_was_left_of_the_database(
    database: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(database)
    left = {
        name.removeprefix(database.name): held
        for name, held in as_found(database.parent).items()
        if name.startswith(database.name) and held
    }
    done = cordcall(database, "restore", "copy.db")
    assert (done.status, done.err) == (0, "")
    assert b": what it replaced" in done.out
    bare = min(replaced(database)).name.removesuffix("-wal")
    kept = {each.name.removeprefix(bare): each.read_bytes() for each in replaced(database)}
    assert "-wal" in kept and kept == left
    assert codes(database) == ["KES-42"]
    assert leftovers(database.parent) == []


def test_where_a_restore_has_kept_a_database_none_begins_anew(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    assert cordcall(database, "restore", "copy.db").status == 0
    database.unlink()
    refused = cordcall(database, "chat")
    assert refused.status == 2
    (kept,) = replaced(database)
    assert f"is missing, but {kept.name} is beside it, so there was one; " in refused.err
    assert not database.exists()


def test_a_link_to_nothing_begins_no_database(database: Path) -> None:
    target = database.with_name("unmounted.db")
    database.symlink_to(target)
    for command in COMMANDS[:2]:
        refused = cordcall(database, *command)
        assert refused.status == 2
        assert "is a link to " in refused.err and "unmounted.db, which is missing" in refused.err
    assert not target.exists()


def test_a_second_name_is_refused_as_its_log_is_not_the_databases(database: Path) -> None:
    filled(database, "KES-42")
    second = database.with_name("second.db")
    os.link(database, second)
    killed_with_a_log(database)
    before = as_found(database.parent)
    for command in COMMANDS[:2]:
        refused = cordcall(second, *command)
        assert refused.status == 2
        assert "second.db: has 2 names (hard links), and a log beside each" in refused.err
    assert as_found(database.parent) == before


def test_what_a_killed_restore_has_kept_is_no_second_name_and_is_kept_once(
    database: Path,
) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    os.link(database, database.with_name(f"{database.name}.replaced-2026-11-22T120000Z"))
    assert cordcall(database, "chat").status == 0
    assert cordcall(database, "restore", "copy.db").status == 0
    assert len(replaced(database)) == 1


def test_a_journal_is_played_back_only_if_that_mends_the_database(database: Path) -> None:
    filled(database, "KES-42")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")
        hot = journal_of(database).read_bytes()
        connection.execute("ROLLBACK")
    assert hot
    break_index(database)
    journal_of(database).write_bytes(hot)
    before = as_found(database.parent)
    for command in COMMANDS[:2]:
        assert cordcall(database, *command).status == 2
        assert as_found(database.parent) == before
    assert leftovers(database.parent) == []


def test_beside_an_empty_journal_a_log_that_was_moved_in_part_still_counts(database: Path) -> None:
    filled(database, "KES-42")
    before = database.read_bytes()
    with closing(SqliteStore(database)) as store:
        for number in range(50, 90):
            add(store, a_case(f"KES-{number}"))
        log = log_of(database).read_bytes()
    after = database.read_bytes()
    pages = range(0, len(after), PAGE)
    moved = [after[at : at + PAGE] if at % (2 * PAGE) else before[at : at + PAGE] for at in pages]
    database.write_bytes(b"".join(moved))
    log_of(database).write_bytes(log)
    journal_of(database).touch()  # a power cut may bring it back, if that it was deleted is lost
    assert len(codes(database)) == 41


def test_a_new_database_is_begun_with_a_line_that_says_where(database: Path) -> None:
    said = list[bool]()
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"], cwd=database.parent, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), **BOT, "CORDCALL_LOG_LEVEL": "WARNING",
                 "CORDCALL_DATABASE": database.name},
        )  # fmt: skip
        assert process.stderr is not None
        logged = list[str]()
        for line in process.stderr:
            logged.append(line)
            if "the Bot API cannot be reached" in line:
                break
        process.kill()
        process.communicate()
        said.append(any(f'"path": "{database}", "event": "a new' in line for line in logged))
    assert said == [True, False]


@contextmanager
def as_another_user() -> Iterator[None]:
    """Have no rights on what the tests have made, even if they run as root."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


@pytest.mark.parametrize("closed", ["folder", "database", "backup"])
def test_a_forgotten_sudo_is_named_with_the_file_and_what_to_do(closed: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        database, copy = folder / "state/cordcall.db", folder / "copy.db"
        database.parent.mkdir(mode=0o777)
        database.parent.chmod(0o777)
        filled(database, "KES-42")
        backup(database, copy)
        copy.chmod(0 if closed == "backup" else 0o644)
        database.chmod(0 if closed == "database" else 0o666)
        database.parent.chmod(0 if closed == "folder" else 0o777)

        def lock() -> None:
            begins_new(database)
            Lock(database, BOT_ROLE).release()

        def restore() -> None:
            with restoring(database, copy):
                pass

        tried = {
            "folder": [lock, partial(backup, database, folder / "new.db"), restore],
            "database": [lock, partial(backup, database, folder / "new.db"), restore],
            "backup": [restore],
        }
        for each in tried[closed]:
            with as_another_user(), pytest.raises(StoreError) as refused:
                each()
            file = copy if closed == "backup" else database
            assert f"{file}: Permission denied; nothing was changed; " in str(refused.value)
            assert "run it as root (sudo) or as the user whose files they are" in str(refused.value)
        database.parent.chmod(0o700)
