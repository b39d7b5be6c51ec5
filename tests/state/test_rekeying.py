"""A database is encrypted, or given another key, as a whole or not at all."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from state.key import Key, read_key, write_new_key
from state.lock import BOT, TERMINAL, Lock
from state.sql.version import SCHEMA_VERSION
from state.sqlite.copies import restoring
from state.sqlite.rekeying import change_key
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.conftest import NOON
from tests.forked import Run, run
from tests.state.contract.values import a_case, add, put
from tests.state.encrypted import KEY, OTHER, codes, filled, kept, log_of, readable

ROOT = Path(__file__).parents[2]
MOST_STEPS = 200
CALLS = ("open", "fsync", "link", "rename", "replace", "unlink", "chown")
METHODS = ("execute", "backup", "close")
LASTS = re.compile("ATTACH|SELECT sqlcipher_export|PRAGMA (encrypted|journal_mode)")


def everything(database: Path, key: Key | None) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table, the counters of its keys included."""
    with closing(SqliteStore(database, key=key)) as store:
        run = store.database.execute
        tables = [name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: list(run(f'SELECT * FROM "{name}"')) for name in tables}


def replaced(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.replaced-*"))


def opens_with(database: Path) -> list[Key | None]:
    """Return which of the keys open a database."""
    fitting = list[Key | None]()
    for key in (None, KEY, OTHER):
        try:
            SqliteStore(database, key=key).close()
        except StoreError:
            continue
        fitting.append(key)
    return fitting


@pytest.mark.parametrize("former", [None, KEY], ids=["plain", "encrypted"])
def test_everything_is_kept_and_the_former_file_as_well(database: Path, former: Key | None) -> None:
    filled(database, "KES-42", "KES-43", key=former)
    with closing(SqliteStore(database, key=former)) as store, store.turn():
        put(store, "{}")
    before = everything(database, former)
    assert before["sqlite_sequence"] != []
    contents, former_file = change_key(database, former, OTHER, NOON)
    assert (contents.cases, contents.still_open) == (2, 2)
    assert readable(database) == []
    assert opens_with(database) == [OTHER]
    assert everything(database, OTHER) == before
    assert [former_file] == replaced(database)
    assert former_file is not None and opens_with(former_file) == [former]
    assert everything(former_file, former) == before
    assert database.stat().st_mode & 0o777 == 0o600
    with closing(SqliteStore(database, key=OTHER)) as store:
        version = store.database.execute("PRAGMA user_version").fetchone()
    assert version == (SCHEMA_VERSION,)


@pytest.mark.parametrize("former", [None, KEY], ids=["plain", "encrypted"])
def test_what_only_the_log_holds_is_kept(database: Path, former: Key | None) -> None:
    with closing(SqliteStore(database, key=former)) as store:
        add(store, a_case())
        log = log_of(database).read_bytes()
        data = database.read_bytes()
    database.write_bytes(data)
    log_of(database).write_bytes(log)
    change_key(database, former, OTHER, NOON)
    assert codes(database, OTHER) == ["KES-42"]
    assert not log_of(database).exists()


@pytest.mark.parametrize(
    "loss", ["DELETE FROM encrypted.cases", "UPDATE encrypted.cases SET version = version + 1"]
)
def test_an_encrypted_copy_that_is_not_the_same_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    filled(database, "KES-42", key=None)
    before = database.read_bytes()

    class Losing(dbapi2.Connection):  # type: ignore[misc]
        def execute(self, sql: str, *given: Any) -> Any:
            done = super().execute(sql, *given)
            if sql.startswith("SELECT sqlcipher_export"):
                done.fetchall()
                super().execute(loss)
            return done

    monkeypatch.setattr(dbapi2, "connect", partial(dbapi2.connect, factory=Losing))
    with pytest.raises(StoreError, match="cases was not copied whole; nothing was changed"):
        change_key(database, None, KEY, NOON)
    assert database.read_bytes() == before
    assert [*database.parent.glob(".*")] == replaced(database) == []


def test_the_former_file_can_be_restored_with_its_key(database: Path) -> None:
    filled(database, "KES-42")
    _, former_file = change_key(database, KEY, OTHER, NOON)
    assert former_file is not None
    with restoring(database, former_file, key=KEY) as ready:
        ready.finish(NOON)
    assert opens_with(database) == [KEY]
    assert codes(database) == ["KES-42"]


@pytest.mark.parametrize("role", [BOT, TERMINAL])
def test_it_is_refused_while_the_program_runs(database: Path, role: str) -> None:
    filled(database, "KES-42")
    lock = Lock(database, role)
    with pytest.raises(StoreError, match=f"is in use by a {role}; nothing was changed; "):
        change_key(database, KEY, OTHER, NOON)
    lock.release()
    assert (opens_with(database), replaced(database)) == ([KEY], [])


def test_in_place_of_a_lost_database_no_copy_is_put(database: Path) -> None:
    filled(database, "KES-42")
    log = database.with_name(f"{database.name}-wal")
    database.rename(log)
    with pytest.raises(StoreError, match=r"is missing, but .*-wal is beside it"):
        change_key(database, KEY, OTHER, NOON)
    assert [each.name for each in database.parent.iterdir()] == [log.name]


def test_it_is_refused_while_another_program_has_the_file_open(database: Path) -> None:
    filled(database, "KES-42")
    with (
        closing(SqliteStore(database, key=KEY)),
        pytest.raises(StoreError, match="locked; nothing was changed"),
    ):
        change_key(database, KEY, OTHER, NOON)
    assert (opens_with(database), replaced(database)) == ([KEY], [])
    assert [each.name for each in database.parent.iterdir()] == [database.name]


@pytest.mark.parametrize(
    ("made_with", "former", "key", "said"),
    [
        (KEY, OTHER, Key(Path("third"), "00" * 32), "/elsewhere/other is not its key"),
        (KEY, KEY, KEY, "/elsewhere/key is its key already; .*CORDCALL_KEY_FILE=/elsewhere/key"),
        (OTHER, KEY, OTHER, "/elsewhere/other is its key already; nothing was changed"),
        (KEY, None, OTHER, "is encrypted, or no database"),
        (None, KEY, OTHER, "is not encrypted, but CORDCALL_KEY_FILE is set"),
    ],
)
def test_keys_that_do_not_fit_are_refused_and_nothing_changes(
    database: Path, made_with: Key | None, former: Key | None, key: Key, said: str
) -> None:
    filled(database, "KES-42", key=made_with)
    before = database.read_bytes()
    with pytest.raises(StoreError, match=said):
        change_key(database, former, key, NOON)
    assert database.read_bytes() == before
    assert replaced(database) == []


def test_a_database_that_is_missing_is_not_made(database: Path) -> None:
    with pytest.raises(StoreError, match="nothing in it yet; allowed: a database"):
        change_key(database, None, KEY, NOON)
    assert not database.exists()


def test_a_damaged_database_is_refused_and_left_alone(database: Path) -> None:
    filled(database, "KES-42")
    with database.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 100)
    before = kept(database)
    with pytest.raises(StoreError, match="is damaged"):
        change_key(database, KEY, OTHER, NOON)
    assert kept(database) == before
    assert replaced(database) == []


def dying_at(step: int, act: Callable[[], object]) -> bool:
    """Do something in a process that is killed at a step: before or after a call that lasts.

    Returns whether it was killed.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            _count(step)
            act()
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.waitstatus_to_exitcode(ended) == 0
    return os.WIFSIGNALED(ended)


def _count(step: int) -> None:
    """Count the calls that last from now on, and end this process at one of them."""
    met = 0

    def meet() -> None:
        nonlocal met
        met += 1
        if met == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def calling(*given: Any, **named: Any) -> Any:
            lasts = call.__name__ != "execute" or LASTS.match(given[1])
            if lasts:
                meet()
            done = call(*given, **named)
            if lasts:
                meet()
            return done

        return calling

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    for module in (sqlite3, dbapi2):
        methods = {name: counted(getattr(module.Connection, name)) for name in METHODS}
        kind = type("Connection", (module.Connection,), methods)
        module.connect = partial(module.connect, factory=kind)


@pytest.mark.slow
@pytest.mark.parametrize("former", [None, KEY], ids=["plain", "encrypted"])
def test_a_kill_at_any_step_leaves_the_former_or_the_encrypted_database(
    tmp_path: Path, former: Key | None
) -> None:
    filled(tmp_path / "first.db", "KES-42", key=former)
    found = list[Key | None]()
    for step in range(1, MOST_STEPS):
        database = tmp_path / str(step) / "cordcall.db"
        database.parent.mkdir()
        shutil.copy(tmp_path / "first.db", database)
        change = partial(change_key, database, former, OTHER, NOON)
        if not dying_at(step, change):
            break
        (key,) = opens_with(database)
        found.append(key)
        assert codes(database, key) == ["KES-42"]
        if key == OTHER:
            with pytest.raises(StoreError, match=rf"{OTHER.file} is its key already"):
                change()
        else:
            change()
        assert opens_with(database) == [OTHER]
        assert codes(replaced(database)[-1], former) == ["KES-42"]
    assert len(found) > 30
    assert found == sorted(found, key=lambda key: key == OTHER)
    assert {former, OTHER} == set(found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "keys").mkdir()
    (tmp_path / "data").mkdir()
    return tmp_path


def cordcall(folder: Path, *words: str, key: str = "") -> Run:
    key_file = {"CORDCALL_KEY_FILE": str(folder / "keys" / key)} if key else {}
    return run(folder, *words, CORDCALL_DATABASE=str(folder / "data" / "cordcall.db"), **key_file)


def test_the_commands_from_a_plain_database_to_a_second_key(folder: Path) -> None:
    database = folder / "data" / "cordcall.db"
    filled(database, "KES-42", key=None)
    made = cordcall(folder, "key", "new", "keys/first")
    assert (made.status, made.err) == (0, "")
    assert made.out.startswith(b"keys/first: a new key. Keep a copy of it apart from")
    digits = (folder / "keys/first").read_text().strip()
    encrypted = cordcall(folder, "key", "encrypt", key="first")
    assert (encrypted.status, encrypted.err) == (0, "")
    (plain,) = replaced(database)
    assert b"cordcall.db: encrypted and checked; cases: 1, open: 1" in encrypted.out
    assert f"{plain}: what it replaced, not encrypted: once".encode() in encrypted.out
    assert readable(database) == []
    plain.unlink()
    assert cordcall(folder, "key", "new", "keys/second").status == 0
    rotated = cordcall(folder, "key", "rotate", "keys/second", key="first")
    assert (rotated.status, rotated.err) == (0, "")
    assert b"CORDCALL_KEY_FILE=keys/second: set this before the next start" in rotated.out
    again = cordcall(folder, "key", "rotate", "keys/second", key="first")
    assert again.status == 2
    assert "keys/second is its key already; nothing was changed" in again.err
    assert cordcall(folder, "backup", "copy.db", key="second").status == 0
    assert readable(folder / "copy.db") == []
    wrong = cordcall(folder, "chat", key="first")
    assert (wrong.status, wrong.out) == (2, b"")
    assert wrong.err.count("\n") == 1
    assert "keys/first is not its key" in wrong.err
    right = run(
        folder, "chat", given=b"/cases\n/quit\n", CORDCALL_DATABASE=str(database),
        CORDCALL_KEY_FILE=str(folder / "keys/second"),
    )  # fmt: skip
    assert right.status == 0
    for done in (made, encrypted, rotated, again, wrong, right):
        assert digits not in f"{done.out!r}{done.err}"


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        (("encrypt",), "", "CORDCALL_KEY_FILE: not set; allowed: a file with 64 hex digits"),
        (("rotate", "keys/first"), "", "CORDCALL_KEY_FILE: not set; allowed: the present key"),
        (("rotate", "keys/absent"), "first", "NEWFILE: keys/absent: No such file or directory"),
        (("encrypt",), "absent", "keys/absent: No such file or directory; allowed: a file with"),
        (("new", "keys/first"), "", "keys/first: already exists; allowed: a new name"),
        (("new", "data/key"), "", "key new: data/key is in the folder of the database"),
        ((), "", "Missing command"),
    ],
)
def test_a_command_that_cannot_be_done_says_so_in_one_line(
    folder: Path, words: tuple[str, ...], key: str, said: str
) -> None:
    filled(folder / "data" / "cordcall.db", "KES-42", key=None)
    assert cordcall(folder, "key", "new", "keys/first").status == 0
    before = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    done = cordcall(folder, "key", *words, key=key)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith("cordcall: ") and said in done.err
    assert done.err.count("\n") == 1
    assert {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()} == before


@pytest.mark.slow
@pytest.mark.parametrize("words", ["backup copy.db", "key encrypt", "key rotate keys/other"])
def test_a_copy_without_room_changes_nothing_and_leaves_nothing(folder: Path, words: str) -> None:
    database = folder / "data" / "cordcall.db"
    for name in ("key", "other"):
        write_new_key(folder / "keys" / name, database)
    key_file = folder / "keys" / "key"
    key = None if words == "key encrypt" else read_key(key_file, database)
    filled(database, "KES-42", key=key)
    before = kept(database)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 64; exec "$@"', "-", sys.executable, "-m", "bot", *words.split()],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={
            **os.environ, "PYTHONPATH": str(ROOT), "CORDCALL_DATABASE": str(database),
            "CORDCALL_KEY_FILE": str(key_file),
        },
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.startswith("cordcall: ") and done.stderr.count("\n") == 1
    assert done.stderr.endswith("nothing was changed; allowed: a file on a disk with room\n")
    assert kept(database) == before
    left = {each.name for each in folder.rglob("*") if each.is_file()}
    assert left <= {"key", "other", *(f"cordcall.db{suffix}" for suffix in ("", "-wal", "-shm"))}
