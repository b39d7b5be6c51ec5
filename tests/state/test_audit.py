"""The audit in its file: each way of tampering is found and named, whatever kills the program."""

import random
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from state.chain import BEGINNING, Broken, hashed, verify
from state.sql.audit import Audit
from state.sqlite.copies import backup, restoring
from state.sqlite.store import SqliteStore
from state.topics.audit import Anchor
from tests.conftest import NOON
from tests.state.contract.test_audit import add

Tampering = Callable[[sqlite3.Connection], object]
ROWS = 9
MOST_GROWTH_BYTES = 200_000
WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from state.sqlite.store import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.readline()
while True:
    with store.turn():
        store.audit.add("1001", "answered", "KES-42", "2026.11", datetime.now(UTC))
"""


def opened(database: Path) -> "subprocess.Popen[bytes]":
    """Start a process that has the database open, and writes once it is told to."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"open\n"
    return process


def write(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")
    process.stdin.flush()


def kill(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        pipe.close()


@pytest.fixture
def written(database: Path) -> Path:
    """A database whose audit has nine rows."""
    with closing(SqliteStore(database)) as store:
        add(store, *["answered"] * ROWS)
    return database


@pytest.fixture
def hands(written: Path) -> Iterator[sqlite3.Connection]:
    """Somebody at the database with a shell: the triggers are gone."""
    with closing(sqlite3.connect(written)) as connection, connection:
        for name in ("audit_is_never_changed", "audit_is_only_pruned"):
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def checked(database: Path, anchor: Anchor | None = None) -> Anchor:
    with closing(SqliteStore(database)) as store, store.audit.trail() as trail:
        return verify(trail, anchor)


def last_of(database: Path) -> Anchor:
    with closing(SqliteStore(database)) as store:
        return store.audit.last()


def row_of(
    hands: sqlite3.Connection, number: int
) -> tuple[str, str, str | None, str, str | None, str | None, str]:
    found = hands.execute(
        "SELECT at, lower(hex(who)), code, what, "
        "iif(about IS NULL, NULL, lower(hex(about))), role, ruleset FROM audit WHERE number = ?",
        (number,),
    )
    at, who, code, what, about, role, ruleset = found.fetchone()
    return at, who, code, what, about, role, ruleset


def rewrite(hands: sqlite3.Connection, first: int) -> None:
    """Hash every row from one on anew, as somebody would who knows how."""
    start = "SELECT lower(hex(hash)) FROM audit WHERE number = ?"
    found = hands.execute(start, (first - 1,)).fetchone()
    previous = found[0] if found else BEGINNING.hash
    numbers = hands.execute("SELECT number FROM audit WHERE number >= ? ORDER BY number", (first,))
    for (number,) in numbers.fetchall():
        previous = hashed(previous, number, *row_of(hands, number))
        own = (bytes.fromhex(previous), number)
        hands.execute("UPDATE audit SET hash = ? WHERE number = ?", own)


def swap(hands: sqlite3.Connection) -> None:
    """Give rows 4 and 5 each other's number, hashes and all."""
    for old, new in ((4, -1), (5, 4), (-1, 5)):
        hands.execute("UPDATE audit SET number = ? WHERE number = ?", (new, old))


def put_in(hands: sqlite3.Connection) -> None:
    """Put a row in after row 3 with a hash that fits, and move those behind it."""
    for number in range(ROWS, 3, -1):
        hands.execute("UPDATE audit SET number = ? WHERE number = ?", (number + 1, number))
    hands.execute(
        "INSERT INTO audit (number, at, who, code, what, about, role, ruleset, hash) "
        "SELECT 4, at, who, code, 'closed', about, role, ruleset, hash FROM audit WHERE number = 3"
    )
    (previous,) = hands.execute("SELECT lower(hex(hash)) FROM audit WHERE number = 3").fetchone()
    own = bytes.fromhex(hashed(previous, 4, *row_of(hands, 4)))
    hands.execute("UPDATE audit SET hash = ? WHERE number = 4", (own,))


def set_one(column: str, value: object) -> Tampering:
    return lambda hands: hands.execute(f"UPDATE audit SET {column} = ? WHERE number = 4", (value,))


def remove(*numbers: int) -> Tampering:
    marks = ", ".join("?" * len(numbers))
    return lambda hands: hands.execute(f"DELETE FROM audit WHERE number IN ({marks})", numbers)


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (set_one("what", "looked at"), "row 4 does not follow from row 3"),
        (set_one("who", b"12345678"), "row 4 does not follow from row 3"),
        (set_one("code", None), "row 4 does not follow from row 3"),
        (set_one("code", b"\xff\x00"), "row 4 does not follow from row 3"),
        (set_one("at", "2026-11-22T11:00:00+00:00"), "row 4 does not follow from row 3"),
        (set_one("about", b"12345678"), "row 4 does not follow from row 3"),
        (set_one("role", "admin"), "row 4 does not follow from row 3"),
        (set_one("ruleset", "2026.12"), "row 4 does not follow from row 3"),
        (set_one("hash", b"0" * 32), "row 4 does not follow from row 3"),
        (remove(4), "row 4 is missing"),
        (remove(4, 5, 6), "rows 4 to 6 are missing"),
        (remove(1), "row 1 is missing"),
        (remove(9), "row 9 is missing at the end"),
        (remove(7, 8, 9), "rows 7 to 9 are missing at the end"),
        (remove(*range(1, 10)), "rows 1 to 9 are missing at the end"),
        (swap, "row 4 does not follow from row 3"),
        (put_in, "row 5 does not follow from row 4"),
        (
            lambda hands: hands.execute("UPDATE audit SET number = 0 WHERE number = 9"),
            "row 0 was put in before the first, 1",
        ),
        (
            lambda hands: hands.execute("UPDATE audit_start SET number = 3"),
            "row 1 was put in before the first, 4",
        ),
        (
            lambda hands: hands.executescript(
                "UPDATE audit_start SET number = 3; DELETE FROM audit WHERE number < 4"
            ),
            "row 4 does not follow from row 3",
        ),
    ],
)
def test_each_tampering_is_found_and_named_by_its_row(
    hands: sqlite3.Connection, written: Path, tampering: Tampering, named: str
) -> None:
    assert checked(written).number == ROWS
    tampering(hands)
    hands.commit()
    with pytest.raises(Broken) as found:
        checked(written)
    assert named in str(found.value)
    assert "\n" not in str(found.value)


def test_a_change_with_hashes_written_anew_is_found_by_an_anchor_alone(
    hands: sqlite3.Connection, written: Path
) -> None:
    anchor = last_of(written)
    hands.execute("UPDATE audit SET what = 'looked at' WHERE number = 4")
    rewrite(hands, 4)
    hands.commit()
    assert checked(written).number == ROWS
    with pytest.raises(Broken, match="row 9 has another hash than the anchor"):
        checked(written, anchor)


def test_a_tail_cut_off_with_its_count_is_found_by_an_anchor_alone(
    hands: sqlite3.Connection, written: Path
) -> None:
    anchor = last_of(written)
    hands.execute("DELETE FROM audit WHERE number > 6")
    hands.execute("UPDATE sqlite_sequence SET seq = 6 WHERE name = 'audit'")
    hands.commit()
    assert checked(written).number == 6
    with pytest.raises(Broken, match="row 9 of the anchor is missing: the last is row 6"):
        checked(written, anchor)


def test_an_anchor_of_any_row_that_is_kept_fits_an_audit_that_went_on(written: Path) -> None:
    anchor = last_of(written)
    with closing(SqliteStore(written)) as store:
        add(store, "closed", at=20)
        with store.turn():
            assert store.audit.cut(NOON + timedelta(minutes=5), 100) == 5
    assert checked(written, anchor).number == ROWS + 1
    with pytest.raises(Broken, match="row 5 has another hash than the anchor"):
        checked(written, Anchor(5, "0" * 64))
    with pytest.raises(Broken, match=r"row 3 of the anchor is older than what is kept.* row 5 on"):
        checked(written, Anchor(3, "0" * 64))


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE audit SET what = 'noted' WHERE number = 4", "cannot be changed"),
        ("DELETE FROM audit WHERE number = 4", "cannot be erased"),
        ("DELETE FROM audit", "cannot be erased"),
    ],
)
def test_the_database_itself_refuses_to_change_or_erase_a_row(
    written: Path, sql: str, said: str
) -> None:
    with (
        closing(sqlite3.connect(written)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=said),
    ):
        connection.execute(sql)
    assert checked(written).number == ROWS


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_a_whole_chain(database: Path) -> None:
    numbers, seeded = [0], random.Random(14)
    for _ in range(6):
        process = opened(database)
        write(process)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05 + seeded.random() / 5)
        kill(process)
        numbers.append(checked(database).number)
    assert all(before < after for before, after in pairwise(numbers))


@pytest.mark.slow
def test_two_processes_that_write_at_once_make_one_chain(database: Path) -> None:
    processes = [opened(database), opened(database)]
    for process in processes:
        write(process)
    with pytest.raises(subprocess.TimeoutExpired):
        processes[0].wait(1)
    for process in processes:
        kill(process)
    assert checked(database).number > 1


def test_the_audit_comes_through_a_backup_and_its_restoring(written: Path, tmp_path: Path) -> None:
    kept, anchor = tmp_path / "kept.db", last_of(written)
    with closing(SqliteStore(written)) as store:
        person = store.audit.pseudonym("1001")
        backup(written, kept)
        add(store, "closed", at=20)
    with restoring(written, kept) as ready:
        ready.finish(NOON)
    assert checked(written, anchor) == anchor
    with closing(SqliteStore(written)) as store:
        assert store.audit.pseudonym("1001") == person
        add(store, "opened", at=30)
    assert checked(written, anchor).number == ROWS + 1


def test_reading_holds_up_nobody_and_sees_one_moment(store: SqliteStore) -> None:
    add(store, *["answered"] * ROWS)
    with (
        closing(SqliteStore(store.path)) as other,
        Audit(other.database).trail() as trail,
    ):
        add(store, "closed", at=20)
        with store.turn():
            store.audit.cut(NOON + timedelta(days=1), 100)
        assert verify(trail).number == ROWS
    assert store.audit.last().number == ROWS + 1


def test_a_long_audit_is_read_row_by_row(store: SqliteStore) -> None:
    grown = []
    for total in (200, 10_000):
        with store.turn():
            for _ in range(total - store.audit.last().number):
                store.audit.add("1001", "answered", "KES-42", "2026.11", NOON)
        tracemalloc.start()
        with store.audit.trail() as trail:
            assert verify(trail).number == total
        grown.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert grown[1] - grown[0] < MOST_GROWTH_BYTES
