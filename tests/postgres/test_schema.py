"""Both engines have the same tables; a schema is made once, and an unknown one is refused."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread, local
from typing import Any, NamedTuple

import psycopg
import pytest

from bot.database_address import Address
from state.postgres import opening, schema
from state.postgres.database import Database
from state.postgres.schema import NEWEST, OLDEST, tables
from state.postgres.store import PostgresStore
from state.sql.version import SCHEMA_VERSION
from state.sqlite.schema_groups import migrations
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.postgres.server import Server

OF_SQLITE = {"_sqlite_migrations", "sqlite_sequence"}
OF_POSTGRES = {"engine", "changes"}
SINGLE_QUOTES = re.compile(r"'|::\w+( COLLATE \"C\")?")
KINDS = {"TEXT": "text", "INTEGER": "bigint", "BLOB": "bytea"}


class Column(NamedTuple):
    """What a column is; one of a key is never null, whether or not SQLite says so."""

    kind: str
    may_be_null: bool
    default: str | None


class Made(NamedTuple):
    """What is in a schema, as both engines can tell it."""

    columns: dict[tuple[str, str], Column]
    keys: dict[str, list[str]]
    indexes: dict[str, tuple[str, list[str], bool, bool]]
    references: set[tuple[str, str, str, str]]


def of_sqlite(path: Path) -> Made:
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = {name for (name,) in named} - OF_SQLITE
        made = Made({}, {}, {}, set())
        for table in names:
            columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
            key = sorted((place, name) for _, name, _, _, _, place in columns if place)
            made.keys[table] = [name for _, name in key]
            for _, name, kind, not_null, default, place in columns:
                may_be_null = not (not_null or place)
                bare = None if default is None else default.strip("'")
                made.columns[table, name] = Column(KINDS[kind], may_be_null, bare)
            for _, index, unique, origin, partial in connection.execute(
                f"PRAGMA index_list({table})"
            ).fetchall():
                if origin == "c":
                    inside = connection.execute(f"PRAGMA index_info({index})")
                    of = [name for _, _, name in inside]
                    made.indexes[index] = (table, of, bool(unique), bool(partial))
            for row in connection.execute(f"PRAGMA foreign_key_list({table})"):
                made.references.add((table, row[3], row[2], row[4]))
    return made


def of_postgres(url: str) -> Made:
    made = Made({}, {}, {}, set())
    with psycopg.connect(url) as connection:
        for table, name, kind, null, default in connection.execute(
            "SELECT table_name, column_name, data_type, is_nullable, column_default "
            "FROM information_schema.columns WHERE table_schema = 'public'"
        ):
            bare = None if default is None else SINGLE_QUOTES.sub("", default)
            made.columns[table, name] = Column(kind, null == "YES", bare)
        for index, table, unique, primary, partial, columns in connection.execute(
            "SELECT c.relname, t.relname, indisunique, indisprimary, indpred IS NOT NULL, "
            "array(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS k (number, place) "
            "JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place) "
            "FROM pg_index JOIN pg_class c ON c.oid = indexrelid "
            "JOIN pg_class t ON t.oid = indrelid WHERE t.relnamespace = 'public'::regnamespace"
        ):
            if primary:
                made.keys[table] = columns
            else:
                made.indexes[index] = (table, columns, unique, partial)
        for row in connection.execute(
            "SELECT t.relname, a.attname, f.relname, b.attname FROM pg_constraint "
            "JOIN pg_class t ON t.oid = conrelid JOIN pg_class f ON f.oid = confrelid "
            "JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = ANY (conkey) "
            "JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = ANY (confkey) "
            "WHERE contype = 'f'"
        ):
            made.references.add(row)
    return made


@pytest.fixture(scope="module")
def both(
    postgres_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Made, Made]]:
    postgres_server.sql("CREATE DATABASE compared")
    url = postgres_server.url("compared")
    Database(Address.read(url)).close()
    made = of_postgres(url)
    assert {table for table, _ in made.columns} == set(tables())
    for each in OF_POSTGRES:
        made.keys.pop(each)
    kept = {key: value for key, value in made.columns.items() if key[0] not in OF_POSTGRES}
    yield of_sqlite(tmp_path_factory.mktemp("schema") / "kept.db"), made._replace(columns=kept)
    postgres_server.sql("DROP DATABASE compared")


@pytest.mark.parametrize("what", Made._fields)
def test_both_engines_have_the_same(both: tuple[Made, Made], what: str) -> None:
    sqlite, postgres = (getattr(each, what) for each in both)
    assert sqlite == postgres
    assert sqlite


def test_the_numbers_of_the_newest_schema_agree() -> None:
    newest = max(int(each.name.partition("_")[0]) for each in migrations.pending(_empty()))
    assert newest == SCHEMA_VERSION == NEWEST


def _empty() -> Any:
    from sqlite_utils import Database as File

    return File(memory=True)


def test_the_condition_of_an_index_on_a_part_of_a_table_is_the_same(
    postgres_url: str, tmp_path: Path
) -> None:
    SqliteStore(tmp_path / "kept.db").close()
    with closing(sqlite3.connect(tmp_path / "kept.db")) as connection:
        conditions = {
            name: sql.partition(" WHERE ")[2]
            for name, sql in connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
            )
        }
    with psycopg.connect(postgres_url) as connection:
        ours = connection.execute(
            "SELECT c.relname, pg_get_expr(indpred, indrelid) FROM pg_index "
            "JOIN pg_class c ON c.oid = indexrelid WHERE indpred IS NOT NULL"
        )
        found = {name: SINGLE_QUOTES.sub("", sql).strip("()") for name, sql in ours}
    assert found == {name: sql.replace("'", "") for name, sql in conditions.items()}
    assert len(found) > 2


def test_texts_are_in_the_order_of_their_bytes(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        other = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE "
            "table_schema = 'public' AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        ).fetchall()
    assert other == []


def test_of_two_workers_that_start_at_once_one_makes_the_tables(
    postgres_server: Server, postgres_empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = Address.read(postgres_server.url(postgres_empty))
    all_have_looked, looked, made = Barrier(4, timeout=20), local(), list[int]()
    seen = opening.schema_of

    def look(*given: Any) -> int:
        found = seen(*given)
        if not hasattr(looked, "at"):
            looked.at = found
            all_have_looked.wait()
        return found

    def start() -> None:
        with closing(Database(address)) as database:
            made.append(database.execute("SELECT count(*) FROM audit_start").fetchall()[0][0])

    monkeypatch.setattr(opening, "schema_of", look)
    threads = [Thread(target=start) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert made == [1, 1, 1, 1]


def test_a_start_that_fails_halfway_leaves_nothing(
    postgres_server: Server, postgres_empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.url(postgres_empty)
    with monkeypatch.context() as patch:
        steps = (*schema.STEPS[OLDEST], "CREATE TABLE cases (again TEXT)")
        patch.setattr(schema, "STEPS", {OLDEST: steps})
        with pytest.raises(StoreError, match="already exists; nothing was changed"):
            Database(Address.read(url))
    with psycopg.connect(url) as connection:
        kept = connection.execute("SELECT 1 FROM pg_class WHERE relname = 'cases'").fetchall()
    assert kept == []
    Database(Address.read(url)).close()


def test_an_older_schema_is_brought_up_to_date(
    postgres_server: Server, postgres_empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = Address.read(postgres_server.url(postgres_empty))
    Database(address).close()
    newer = {**schema.STEPS, NEWEST + 1: ("ALTER TABLE cases ADD COLUMN later TEXT",)}
    monkeypatch.setattr(schema, "STEPS", newer)
    monkeypatch.setattr(opening, "NEWEST", NEWEST + 1)
    with closing(Database(address)) as database:
        assert database.execute("SELECT version FROM engine").fetchone() == (NEWEST + 1,)
        assert database.execute("SELECT later FROM cases").fetchall() == []
        assert database.execute("SELECT count(*) FROM audit_start").fetchone() == (1,)


def test_an_older_schema_is_left_alone_while_a_worker_uses_it(
    postgres_server: Server, postgres_empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.url(postgres_empty)
    Database(Address.read(url)).close()
    newer = {**schema.STEPS, NEWEST + 1: ("ALTER TABLE cases ADD COLUMN later TEXT",)}
    monkeypatch.setattr(schema, "STEPS", newer)
    monkeypatch.setattr(opening, "NEWEST", NEWEST + 1)
    with psycopg.connect(url, autocommit=True) as worker:
        worker.execute(f"SELECT pg_advisory_lock_shared({opening.PRESENT}, 1)")
        with pytest.raises(StoreError, match=rf"has schema {NEWEST}, and workers of an older"):
            Database(Address.read(url))
        assert worker.execute("SELECT version FROM engine").fetchone() == (NEWEST,)
        worker.execute(f"SELECT pg_advisory_unlock_shared({opening.PRESENT}, 1)")
    Database(Address.read(url)).close()
    assert postgres_server.sql("SELECT version FROM engine", postgres_empty) == str(NEWEST + 1)


def test_a_newer_schema_is_refused_and_left_alone(
    postgres_server: Server, postgres_empty: str
) -> None:
    address = Address.read(postgres_server.url(postgres_empty))
    Database(address).close()
    postgres_server.sql("UPDATE engine SET version = version + 1", postgres_empty)
    with pytest.raises(StoreError, match=rf"schema {NEWEST + 1}, newer .*; allowed: .*{NEWEST}$"):
        Database(address)
    assert postgres_server.sql("SELECT version FROM engine", postgres_empty) == str(NEWEST + 1)


def test_another_programs_database_is_refused_and_left_alone(
    postgres_server: Server, postgres_empty: str
) -> None:
    postgres_server.sql("CREATE TABLE recipes (name text)", postgres_empty)
    with pytest.raises(StoreError, match="is another program's database; allowed: a CordCall"):
        Database(Address.read(postgres_server.url(postgres_empty)))
    found = "SELECT string_agg(relname, '') FROM pg_class WHERE relkind = 'r' AND relnamespace = "
    assert postgres_server.sql(f"{found}'public'::regnamespace", postgres_empty) == "recipes"


def test_tables_of_an_extension_are_nobodys(postgres_server: Server, postgres_empty: str) -> None:
    postgres_server.sql("CREATE TABLE dictionary (word text)", postgres_empty)
    postgres_server.sql("ALTER EXTENSION plpgsql ADD TABLE dictionary", postgres_empty)
    Database(Address.read(postgres_server.url(postgres_empty))).close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET what = 'other'", "changed"),
        ("DELETE FROM audit", "erased"),
        ("TRUNCATE audit", "erased"),
    ],
)
def test_a_row_of_the_audit_is_neither_changed_nor_erased(
    postgres_url: str, statement: str, said: str
) -> None:
    with closing(PostgresStore(Address.read(postgres_url))) as store:
        execute = store.database.execute
        row = "INSERT INTO audit (number, at, who, what, ruleset, hash) VALUES (?, ?, ?, ?, ?, ?)"
        with store.turn():
            execute(row, (7, "now", b"\0\xff", "did", "r", b""))
        with pytest.raises(StoreError, match=f"audit cannot be {said}"), store.turn():
            execute(statement)
        assert execute("SELECT number, who FROM audit").fetchall() == [(7, b"\0\xff")]
        assert execute("SELECT audited FROM engine").fetchone() == (7,)
        with store.turn():
            execute("UPDATE audit_start SET number = 7")
            execute("DELETE FROM audit")
        assert execute("SELECT audited FROM engine").fetchone() == (7,)
