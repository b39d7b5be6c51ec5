"""An encrypted database: nothing in its files can be read, and nothing opens it but its key."""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from state.key import Key
from state.lock import BOT, Lock
from state.sqlite import engine
from state.sqlite.copies import backup, restoring
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests import patients
from tests.conftest import NOON
from tests.patients import PATIENTS, Patient
from tests.state.contract.values import a_case, add
from tests.state.encrypted import (
    KEY,
    OTHER,
    codes,
    filled,
    kept,
    killed_with_a_log,
    log_of,
    pages,
    readable,
)


def refused(database: Path, key: Key | None) -> str:
    """Return why a database does not open; nothing may have changed."""
    before = kept(database)
    with pytest.raises(StoreError) as caught:
        SqliteStore(database, key=key)
    assert kept(database) == before
    assert "\n" not in str(caught.value)
    return str(caught.value)


class Lossy:
    """A connection whose copies lack every answer."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, given: Sequence[object] = ()) -> sqlite3.Cursor:
        done = self._connection.execute(sql, given)
        if "sqlcipher_export" in sql:
            done.fetchall()
            self._connection.execute("DELETE FROM encrypted.answers")
        return done

    def close(self) -> None:
        self._connection.close()


def test_an_encrypted_copy_that_lacks_a_row_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, copy = tmp_path / "cordcall.db", tmp_path / "copy.db"
    filled(plain, "KES-42", key=None)
    copy.touch()
    connect = engine._connect_cipher
    monkeypatch.setattr(engine, "_connect_cipher", lambda *how: Lossy(connect(*how)))
    with pytest.raises(StoreError, match="answers was not copied whole"):
        engine.encrypt(plain, "ro", copy, KEY)


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda each: each.title)
def test_after_a_whole_case_no_page_is_plain_and_no_word_is_found(
    patient: Patient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "cordcall.db"

    class Encrypted(SqliteStore):
        def __init__(self, path: Path) -> None:
            super().__init__(path, key=KEY)

        def close(self) -> None:
            shutil.copy(log_of(self.path), tmp_path / "kept.db-wal")
            backup(self.path, tmp_path / "backup.db", key=KEY)
            super().close()

    monkeypatch.setattr(patients, "SqliteStore", Encrypted)
    patients.page(patient, tmp_path)
    for name in ("cordcall.db", "kept.db-wal", "backup.db"):
        assert readable(tmp_path / name) == []
        assert len(list(pages(tmp_path / name))) > 5
    assert len(codes(database)) == len(codes(tmp_path / "backup.db")) == 1


def test_a_plain_database_would_be_found_readable(database: Path) -> None:
    with closing(SqliteStore(database)) as store:
        add(store, a_case())
        assert "KES-42" in readable(log_of(database))
    found = readable(database)
    assert "SQLite format" in found and "page 2" in found


def test_nothing_is_left_in_temporary_files(database: Path) -> None:
    with closing(SqliteStore(database, key=KEY)) as store:
        assert store.database.execute("PRAGMA temp_store").fetchone() == (2,)


def test_a_wrong_key_is_refused_in_one_line_with_what_to_do(
    database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    filled(database, "KES-42")
    killed_with_a_log(database)
    said = refused(database, OTHER)
    assert said.startswith(f"CORDCALL_DATABASE: {database}: {OTHER.file} is not its key, or the ")
    assert "nothing was changed; allowed: CORDCALL_KEY_FILE with the key" in said
    assert "without" not in said, "a backup needs its key as well"
    assert OTHER.digits not in said
    assert capfd.readouterr() == ("", "")
    assert codes(database) == ["KES-42"]


def test_an_encrypted_database_without_a_key_is_refused_with_what_to_do(database: Path) -> None:
    filled(database, "KES-42")
    said = refused(database, None)
    assert said.startswith(f"CORDCALL_DATABASE: {database}: is encrypted, or no database; ")
    assert said.endswith("nothing was changed; allowed: CORDCALL_KEY_FILE with its key")
    with closing(sqlite3.connect(database)) as plain, pytest.raises(sqlite3.DatabaseError):
        plain.execute("SELECT count(*) FROM sqlite_master")


def test_a_plain_database_with_a_key_is_refused_with_what_to_do(database: Path) -> None:
    SqliteStore(database).close()
    said = refused(database, KEY)
    assert f"{database}: is not encrypted, but CORDCALL_KEY_FILE is set" in said
    assert "`cordcall key encrypt`" in said


@pytest.mark.parametrize("left", [100, 4096, 4096 * 3 + 100, -4096])
def test_a_file_cut_short_is_refused_and_left_alone(
    database: Path, left: int, capfd: pytest.CaptureFixture[str]
) -> None:
    filled(database, "KES-42")
    os.truncate(database, left if left > 0 else database.stat().st_size + left)
    assert "damaged" in refused(database, KEY)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("page", [0, 1, 5])
def test_one_changed_byte_is_found_at_the_start(database: Path, page: int) -> None:
    filled(database, "KES-42")
    with database.open("r+b") as file:
        file.seek(page * 4096 + 2000)
        (byte,) = file.read(1)
        file.seek(page * 4096 + 2000)
        file.write(bytes([byte ^ 1]))
    said = refused(database, KEY)
    assert "damaged" in said and "`cordcall restore FILE`" in said


def test_after_a_kill_its_own_log_counts(database: Path) -> None:
    filled(database, "KES-42")
    killed_with_a_log(database)
    with closing(SqliteStore(database, key=KEY)) as store:
        assert store.database.execute("SELECT status FROM cases").fetchone() == ("waiting",)


def test_a_backup_copied_by_hand_beside_an_old_log_is_refused(database: Path) -> None:
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    backup(database, copy, key=KEY)
    killed_with_a_log(database)
    shutil.copy(copy, database)
    assert "was put beside the log of another database, cordcall.db-wal; " in refused(database, KEY)
    log_of(database).unlink()
    assert codes(database) == ["KES-42"]


def test_a_backup_with_a_foreign_log_beside_it_is_restored_alone(database: Path) -> None:
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    backup(database, copy, key=KEY)
    killed_with_a_log(database)
    shutil.copy(log_of(database), log_of(copy))
    with restoring(database, copy, key=KEY) as ready:
        ready.finish(NOON)
    with closing(SqliteStore(database, key=KEY)) as store:
        assert store.database.execute("SELECT status FROM cases").fetchone() == ("open",)


def test_a_backup_beside_a_running_program_has_the_same_key(database: Path) -> None:
    copy = database.with_name("copy.db")
    with closing(SqliteStore(database, key=KEY)) as store:
        lock = Lock(database, BOT)
        add(store, a_case("KES-42"))
        assert backup(database, copy, key=KEY).cases == 1
        add(store, a_case("KES-43"))
    lock.release()
    assert readable(copy) == []
    assert (codes(copy), codes(database)) == (["KES-42"], ["KES-42", "KES-43"])
    with pytest.raises(StoreError, match="is not its key"):
        backup(database, database.with_name("another.db"), key=OTHER)
    with pytest.raises(StoreError, match="is encrypted, or no database"):
        backup(database, database.with_name("another.db"))
    assert not database.with_name("another.db").exists()


@pytest.mark.parametrize(
    ("key", "said"), [(OTHER, "is not its key"), (None, "CORDCALL_KEY_FILE with its key")]
)
def test_a_backup_under_another_key_is_not_restored(
    database: Path, key: Key | None, said: str
) -> None:
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    backup(database, copy, key=KEY)
    before = database.read_bytes()
    with pytest.raises(StoreError, match=said), restoring(database, copy, key=key):
        pass
    assert database.read_bytes() == before
    assert [each.name for each in database.parent.glob("*.replaced*")] == []


def test_a_plain_backup_is_encrypted_as_it_is_restored(database: Path) -> None:
    with closing(SqliteStore(database)) as store:
        add(store, a_case("KES-42"))
    copy = database.with_name("copy.db")
    backup(database, copy)
    with restoring(database, copy, key=KEY) as ready:
        former = ready.finish(NOON)
    assert readable(database) == []
    assert codes(database) == ["KES-42"]
    assert former is not None and codes(former, None) == ["KES-42"]


def test_what_was_erased_leaves_the_log_of_an_encrypted_database(database: Path) -> None:
    with closing(SqliteStore(database, key=KEY)) as store:
        add(store, a_case("KES-42"))
        assert log_of(database).stat().st_size > 0
        store.scrub()
        assert log_of(database).stat().st_size == 0


def test_a_locked_and_a_full_database_are_named_like_a_plain_one(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("state.sqlite.connection.BUSY_SECONDS", 0.05)
    with closing(SqliteStore(database, key=KEY)) as store:
        with (
            closing(SqliteStore(database, key=KEY)) as other,
            other.turn(),
            pytest.raises(StoreError, match="locked; nothing was changed"),
            store.turn(),
        ):
            pass
        pages = store.database.execute("PRAGMA page_count").fetchone()[0]
        store.database.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StoreError, match="full; nothing was changed"), store.turn():
            store.cases.add(a_case("K" * 100_000))
        with store.turn(), pytest.raises(KeyError), store.part():
            raise KeyError
        with pytest.raises(StoreError, match="no such table"):
            store.database.execute("SELECT * FROM absent")
