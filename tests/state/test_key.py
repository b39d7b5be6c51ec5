"""A key is read from a private file apart from the database, and never shown or overwritten."""

import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from state.key import Key, read_key, write_new_key
from state.sqlite.store import SqliteStore
from state.store import StoreError

DIGITS = "0123456789abcdef" * 4


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a key may be: not in the folder of the database."""
    folder = tmp_path / "keys"
    folder.mkdir()
    return folder / "key"


def written(file: Path, text: str = f"{DIGITS}\n", mode: int = 0o400) -> Path:
    file.write_text(text)
    file.chmod(mode)
    return file


@pytest.mark.parametrize("mode", [0o400, 0o600])
@pytest.mark.parametrize("text", [DIGITS, f"{DIGITS}\n", f"{DIGITS.upper()}\r\n"])
def test_a_key_of_its_owner_alone_is_read(file: Path, database: Path, mode: int, text: str) -> None:
    assert read_key(written(file, text, mode), database) == Key(file, DIGITS)


def test_without_a_file_there_is_no_key(database: Path) -> None:
    assert read_key(None, database) is None


@pytest.mark.parametrize("mode", [0o440, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(file: Path, database: Path, mode: int) -> None:
    with pytest.raises(StoreError, match=rf"^CORDCALL_KEY_FILE: .*others can .*mode {mode:o}\)"):
        read_key(written(file, mode=mode), database)


@pytest.mark.parametrize("text", ["", DIGITS[:-1], f"{DIGITS}0", f"{DIGITS[:-1]}g", "é" * 64])
def test_what_is_no_key_is_refused_and_not_shown(file: Path, database: Path, text: str) -> None:
    with pytest.raises(StoreError, match="no key in it; allowed: a file with 64 hex") as caught:
        read_key(written(file, text), database)
    assert DIGITS[:20] not in str(caught.value)


def test_a_key_that_is_missing_is_named(file: Path, database: Path) -> None:
    with pytest.raises(StoreError, match=rf"^NEWFILE: {file}: No such file or directory; allowed"):
        read_key(file, database, "NEWFILE")


def test_a_key_beside_the_data_is_refused_under_every_name(file: Path, tmp_path: Path) -> None:
    database = tmp_path / "data" / "cordcall.db"
    database.parent.mkdir()
    key = written(database.with_name("key"))
    file.symlink_to(key)
    link = tmp_path / "keys" / "link.db"
    link.symlink_to(database)
    for named, data in ((key, database), (file, database), (key, link)):
        with pytest.raises(StoreError, match="is in the folder of the database"):
            read_key(named, data)
    with pytest.raises(StoreError, match="is in the folder of the database"):
        write_new_key(database.with_name("another"), database)
    assert [each.name for each in database.parent.iterdir()] == ["key"]


def test_a_key_is_never_shown(file: Path, database: Path) -> None:
    key = read_key(written(file), database)
    assert DIGITS not in f"{key!r}{key}"


def test_a_new_key_is_random_private_and_overwrites_nothing(file: Path, database: Path) -> None:
    write_new_key(file, database)
    other = file.with_name("other")
    write_new_key(other, database)
    assert file.stat().st_mode & 0o777 == 0o400
    first, second = read_key(file, database), read_key(other, database)
    assert first is not None and second is not None
    assert first.digits != second.digits
    with pytest.raises(StoreError, match="already exists; allowed: a new name"):
        write_new_key(file, database)
    assert read_key(file, database) == first
    with pytest.raises(StoreError, match="No such file or directory"):
        write_new_key(file.parent / "no" / "key", database)


def test_without_the_extra_a_key_is_refused_and_no_key_needs_none(
    file: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
    SqliteStore(database).close()
    database.unlink()
    with pytest.raises(StoreError, match=r"CORDCALL_KEY_FILE: it needs the extra crypt"):
        SqliteStore(database, key=read_key(written(file), database))


def test_a_key_can_come_through_a_pipe(file: Path, database: Path) -> None:
    """As `systemd-creds decrypt` hands it over, so that it is never written to a disk."""
    read, write = os.pipe()
    os.write(write, DIGITS.encode())
    os.close(write)
    with closing(os.fdopen(read)):
        key = read_key(Path(f"/dev/fd/{read}"), database)
    assert key is not None and key.digits == DIGITS
