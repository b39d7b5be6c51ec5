"""`cordcall audit`: its output, its exit status, and one line on whatever is wrong."""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import PIPE

import pytest

from state.chain import BEGINNING, hashed
from state.sql.version import SCHEMA_VERSION
from state.sqlite.store import SqliteStore
from tests.conftest import NOON
from tests.forked import Run, run
from tests.state.contract.test_audit import add
from tests.state.test_audit import rewrite
from tests.test_command_line import finish, start

NAMED = re.compile(r"^audit: rows 1 to 4 are as written; (4-[0-9a-f]{64})\n$")
COLUMNS = ["number", "at", "who", "code", "what", "about", "role", "ruleset", "hash"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database whose audit has four rows."""
    with closing(SqliteStore(tmp_path / "cordcall.db")) as store:
        add(store, "opened", "answered", "noted", "closed")
    return tmp_path


@pytest.fixture
def hands(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / "cordcall.db")) as connection:
        for name in ("audit_is_never_changed", "audit_is_only_pruned"):
            connection.execute(f"DROP TRIGGER {name}")
        yield connection


def audit(folder: Path, *words: str) -> Run:
    return run(folder, "audit", *words)


def test_a_whole_audit_is_verified_and_its_last_row_is_an_anchor(folder: Path) -> None:
    done = audit(folder, "verify")
    named = NAMED.match(done.out.decode())
    assert (done.status, done.err) == (0, "")
    assert named is not None
    assert audit(folder, "verify", "--anchor", named[1]).status == 0


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "UPDATE audit SET what = 'noted' WHERE number = 2",
            "audit: row 2 does not follow from row 1: changed, moved or put in; "
            "allowed: rows as they were written",
        ),
        ("DELETE FROM audit WHERE number = 3", "audit: row 3 is missing; allowed: every row"),
        (
            "DELETE FROM audit WHERE number > 2",
            "audit: rows 3 to 4 are missing at the end; allowed: every row",
        ),
    ],
)
def test_what_was_tampered_with_is_named_in_one_line(
    folder: Path, hands: sqlite3.Connection, sql: str, said: str
) -> None:
    hands.execute(sql)
    hands.commit()
    done = audit(folder, "verify")
    assert (done.status, done.out, done.err) == (2, b"", f"cordcall: {said}\n")


def test_a_whole_chain_written_anew_does_not_fit_its_anchor(
    folder: Path, hands: sqlite3.Connection
) -> None:
    anchor = audit(folder, "verify").out.decode().split()[-1]
    hands.execute("UPDATE audit SET who = x'0011223344556677'")
    rewrite(hands, 1)
    hands.commit()
    assert audit(folder, "verify").status == 0
    done = audit(folder, "verify", "--anchor", anchor)
    assert (done.status, done.out) == (2, b"")
    assert done.err == (
        "cordcall: audit: row 4 has another hash than the anchor: it or an earlier row was written "
        "anew; allowed: rows as they were written\n"
    )


def test_every_row_is_exported_so_that_others_can_check_the_chain(folder: Path) -> None:
    as_json = audit(folder, "export").out.decode()
    as_csv = audit(folder, "export", "--format", "csv").out.decode()
    rows = [json.loads(line) for line in as_json.splitlines()]
    assert [list(row) for row in rows] == [COLUMNS] * 4
    assert [row["what"] for row in rows] == ["opened", "answered", "noted", "closed"]
    read = csv.DictReader(io.StringIO(as_csv))
    assert [*read] == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in rows
    ]
    previous = BEGINNING.hash
    for row in rows:
        previous = hashed(previous, *(row[name] for name in COLUMNS[:-1]))
        assert row["hash"] == previous


def test_a_person_is_found_by_the_id_that_telegram_gives_them(folder: Path) -> None:
    found, _, count = audit(folder, "who", "1001").out.decode().strip().partition(": ")
    assert count == "4 rows"
    assert {json.loads(line)["who"] for line in audit(folder, "export").out.splitlines()} == {found}
    with closing(SqliteStore(folder / "cordcall.db")) as store, store.turn():
        store.audit.add("1001", "revoked", None, "2026.11", NOON, about="1003", role="viewer")
    counted = [audit(folder, "who", who).out.decode().split(": ") for who in ("1003", "you")]
    assert [said for _, said in counted] == ["1 row\n", "0 rows\n"]
    assert found not in [name for name, _ in counted]


def test_a_reader_who_leaves_ends_the_export(folder: Path) -> None:
    with closing(SqliteStore(folder / "cordcall.db")) as store, store.turn():
        for _ in range(5_000):
            store.audit.add("1001", "answered", "KES-42", "2026.11", NOON)
    process = start(folder, "audit", "export", stdout=PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    process.stdout = None
    assert finish(process).err == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("verify", "--anchor", "4"), '--anchor: "4" given; allowed: one that the log has written'),
        (("who", "@nina"), 'PERSON: "@nina" given; allowed: a Telegram id, or you'),
        (("who", "01001"), 'PERSON: "01001" given; allowed: a Telegram id, or you'),
        (("export", "--format", "xml"), '--format: "xml" given; allowed: json, csv'),
    ],
)
def test_what_is_not_allowed_is_refused_in_one_line(
    folder: Path, words: tuple[str, ...], said: str
) -> None:
    done = audit(folder, *words)
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"cordcall: {said}")
    assert done.err.count("\n") == 1


def test_without_a_database_there_is_no_audit_and_none_is_made(tmp_path: Path) -> None:
    done = audit(tmp_path, "verify")
    assert done.status == 2
    assert "cordcall.db: no such file" in done.err
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("words", [("verify",), ("export",), ("who", "1001")])
def test_an_older_database_is_neither_read_nor_migrated(
    folder: Path, words: tuple[str, ...]
) -> None:
    database = folder / "cordcall.db"
    with closing(sqlite3.connect(database)) as older:
        older.execute(f"PRAGMA user_version = {SCHEMA_VERSION - 1}")
    before = database.read_bytes()
    done = audit(folder, *words)
    assert (done.status, done.out) == (2, b"")
    assert f"has schema {SCHEMA_VERSION - 1}; allowed: {SCHEMA_VERSION}" in done.err
    assert database.read_bytes() == before


def test_the_audit_is_read_beside_a_running_bot(folder: Path) -> None:
    with closing(SqliteStore(folder / "cordcall.db")) as store:
        add(store, "reopened", at=9)
        assert b"rows 1 to 5 are as written" in audit(folder, "verify").out
