"""What the tests of moves share: databases to move, what is in each, and the command itself."""

import random
import sqlite3
from contextlib import closing
from datetime import UTC, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import psycopg

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.service.service import Service
from state.key import Key
from state.people import Invitation
from state.sqlite.engine import open_file
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.conftest import NOON
from tests.dialogue import do, triage
from tests.forked import Run, run
from tests.patients import CALL
from tests.service.in_group import ANN, BOB, GROUP, in_a_group
from tests.state.contract.values import put

SEED: Final = 28
ODD_ROWS: Final = 20
LATE: Final = "late"  # a chat for which something waits
ODD_TEXTS: Final = (
    "", "\\N", "\\.", "\t", "a\nb\r\nc", "\\", '"', "'", "$1 ? %s", "NULL", "\x01\x1f\x7f",
    "Müller-Ödem", "脊髄", "🩻", "\ufeff\u202e\ufffd\uffff", "x" * 7000,
)  # fmt: skip
NUMBERS: Final = (0, -1, 2**63 - 1, -(2**63))
OTHERS: Final = {"audit", "audit_start", "_sqlite_migrations", "sqlite_sequence"}
Rows = dict[str, list[tuple[Any, ...]]]


def serve(store: Store) -> Service:
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    return Service(store, Setting(engine, CALL, 30), lambda: NOON)


def talked(store: Store) -> Service:
    """Fill a store by conversations of one person and of a group; some of it waits to be sent."""
    service = serve(store)
    triage(service, cord_signs=["gait"], infection_signs=False, renal="haemodialysis")
    do(service, "/requested", "/called surgeon", "/plan")
    team = in_a_group(service)
    team.types(ANN, "/triage", chat=GROUP)
    team.taps(BOB, team.newest(), "Gait or balance")
    with store.turn():
        store.audit.cut(NOON + timedelta(seconds=1), 3)
        store.invitations.add(Invitation("a" * 64, "clinician", 1, "Cat", ANN, NOON))
        for number in range(4):
            put(store, f"waits {number}", chat=LATE)
        *_, begun, last = store.outbox.queued(LATE)
        store.outbox.note_sending(begun, 0, sending=True)
        store.outbox.sent([last.id])
    return service


def filled_folder(parent: Path) -> Path:
    """Make a folder with a filled database in it, one.db, and nothing else."""
    folder = parent / "place"
    folder.mkdir()
    filled(folder / "one.db")
    return folder


def filled(database: Path, key: Key | None = None) -> None:
    """Fill a file by conversations, and put odd rows into each table."""
    database.touch(0o600)
    database.write_bytes(_made(key))


@cache
def _made(key: Key | None) -> bytes:
    with TemporaryDirectory() as folder:
        database = Path(folder, "made.db")
        with closing(SqliteStore(database, key=key, durability="OFF")) as store:
            talked(store)
        with closing(open_file(database, key)) as connection:
            _fill_the_rest(connection)
        return database.read_bytes()


def _fill_the_rest(connection: sqlite3.Connection) -> None:
    """Put odd rows into each table but the audit, also where no conversation has left any."""
    chosen = random.Random(SEED)
    connection.execute("BEGIN")
    first = ("cases", "groups")
    for name in (*first, *sorted(_names(connection) - OTHERS - {*first})):
        parents = {
            row[3]: [key for (key,) in connection.execute(f"SELECT {row[4]} FROM {row[2]}")]
            for row in connection.execute(f"PRAGMA foreign_key_list({name})")
        }
        columns = connection.execute(f"PRAGMA table_info({name})").fetchall()
        marks = ", ".join("?" * len(columns))
        for number in range(ODD_ROWS):
            values = []
            for _, column, kind, not_null, _, in_key in columns:
                if column in parents:
                    values.append(parents[column][number])
                elif in_key:
                    values.append(1000 + number if kind == "INTEGER" else f"{number}-{name}")
                elif not not_null and chosen.random() < 0.3:
                    values.append(None)
                else:
                    values.append(chosen.choice(NUMBERS if kind == "INTEGER" else ODD_TEXTS))
            connection.execute(f"INSERT OR IGNORE INTO {name} VALUES ({marks})", values)
    connection.execute("COMMIT")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def _names(connection: sqlite3.Connection) -> set[str]:
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {name for (name,) in found}


def in_file(database: Path, key: Key | None = None) -> Rows:
    """Return every row of every table, and the highest number ever given where that is kept."""
    with closing(open_file(database, key, "ro&immutable=1")) as connection:
        names = sorted(_names(connection) - {"_sqlite_migrations"})
        return {name: sorted(_all(connection, name), key=repr) for name in names}


def _all(connection: sqlite3.Connection, name: str) -> list[tuple[Any, ...]]:
    return connection.execute(f"SELECT * FROM {name}").fetchall()


def in_postgres(url: str, columns_of: Path) -> Rows:
    """Return the same of PostgreSQL, with the columns in the order that a file has."""
    found: Rows = {}
    with closing(sqlite3.connect(columns_of)) as file, psycopg.connect(url) as connection:
        for name in sorted(_names(file) - {"_sqlite_migrations", "sqlite_sequence"}):
            columns = [row[1] for row in file.execute(f"PRAGMA table_info({name})")]
            rows = connection.execute(f"SELECT {', '.join(columns)} FROM {name}".encode())
            found[name] = sorted(rows.fetchall(), key=repr)
    return found


def is_as_new(url: str) -> bool:
    """Return whether a database of PostgreSQL has no table, or none with anything in it."""
    with psycopg.connect(url) as connection:
        named = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = "
            "'public'::regnamespace AND relname NOT IN ('engine', 'audit_start')"
        ).fetchall()
        held = [
            connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
            for (name,) in named
        ]
    return all(count == (0,) for count in held)


def cordcall(folder: Path, *words: str, **variables: str) -> Run:
    return run(folder, *words, **variables)


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return each file of a folder, byte for byte."""
    return {each.name: each.read_bytes() for each in sorted(folder.iterdir())}
