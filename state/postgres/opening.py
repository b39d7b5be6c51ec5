"""Opens a database of PostgreSQL: refuses what is not ours, and updates an older schema."""

import os
import secrets
from collections.abc import Mapping
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bot.database_address import Address
from state.chain import BEGINNING
from state.postgres.failures import Failed, why
from state.postgres.link import Link
from state.postgres.schema import NEWEST, OLDEST, steps_after
from state.store import StoreError

OURS: Final = 0x434F5244  # "CORD", before the number of each lock
WRITING: Final = f"{OURS}, 1"
MIGRATING: Final = f"{OURS}, 2"
TERMINAL: Final = f"{OURS}, 3"  # held for as long as a terminal is connected
IN_USE: Final = f"{OURS}, 4"  # shared by all who are connected, but whoever must be alone
NEXT: Final = f"{OURS}, 5"  # held by the worker that writes next, while it waits
ALONE: Final = f"SELECT pg_advisory_xact_lock({WRITING})"
SHARE: Final = OURS + 1  # before the number of a share of the chats: workers.py
PRESENT: Final = OURS + 2  # before the version of a worker
OLDEST_SERVER: Final = 140000
SECRET_BYTES: Final = 32
BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"  # each statement sees the newest
LOCK_SECONDS: Final = 5
MIGRATION_SECONDS: Final = 60
OF_SEVERAL: Final = "target_session_attrs"
UNLESS_SET: Final[Mapping[str, tuple[str, str]]] = {
    "application_name": ("cordcall", "PGAPPNAME"),
    "connect_timeout": ("5", "PGCONNECT_TIMEOUT"),  # seconds, for each address of a server
    OF_SEVERAL: ("read-write", "PGTARGETSESSIONATTRS"),  # of several servers the first
    "keepalives_idle": ("5", ""),  # seconds; one that is cut off is noticed within 10
    "keepalives_interval": ("2", ""),
    "keepalives_count": ("3", ""),
    "tcp_user_timeout": ("10000", ""),  # milliseconds
}
SESSION: Final = f"""
    SET statement_timeout = '10s'; SET lock_timeout = '{LOCK_SECONDS}s';
    SET idle_in_transaction_session_timeout = '10s'; SET jit = off;
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = '10s'; SET bytea_output = 'hex';
    SELECT current_setting('server_version_num')::int, current_setting('server_encoding'),
        current_schema(), set_config('synchronous_commit',
            replace(current_setting('synchronous_commit'), 'off', 'on'), false),
        pg_try_advisory_lock_shared({IN_USE})
"""
"""A worker that hangs or is cut off lets go of its locks within 10 s; a commit waits for the disk
unless a turn says otherwise, whatever the server's own settings say."""
WHO_ELSE: Final = f"""
    SELECT DISTINCT coalesce(host(client_addr), 'the server itself') FROM pg_locks
    JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
    AND pg_locks.database = datid AND (classid, objid, objsubid) = ({IN_USE}, 2) ORDER BY 1
"""
WORKS: Final = f"""
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = {PRESENT}
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1
"""
FOUND: Final = """
    SELECT to_regclass(quote_ident(current_schema()) || '.engine') IS NOT NULL, count(*)
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
"""


def connect(address: Address, *, of_any_kind: bool = False) -> Link:
    """Connect to a server that can be used, or `of_any_kind`: also one that takes no changes.

    Raises StoreError if there is none.
    """
    try:
        link = Link(conninfo(address, of_any_kind=of_any_kind))
    except Failed as error:
        raise StoreError(why(address, Failed("", hidden(str(error), address)))) from None
    try:
        number, encoding, schema, _, is_let_in = link.run(SESSION).fetchall()[0]
        _require(address, int(number), encoding, schema)
        if not is_let_in:
            raise StoreError(
                f"CORDCALL_DATABASE: {address} is being moved; allowed: a start once that is done"
            )
    except Failed as error:
        link.close()
        raise StoreError(why(address, error)) from error
    except StoreError:
        link.close()
        raise
    return link


def conninfo(address: Address, *, of_any_kind: bool = False) -> str:
    """Return what libpq reads; no message of a failure, which may quote any part, is passed on."""
    defaults = {
        name: value
        for name, (value, variable) in UNLESS_SET.items()
        if not (os.environ.get(variable) or (of_any_kind and name == OF_SEVERAL))
    }
    try:
        given = {**defaults, **conninfo_to_dict(address.given), "client_encoding": "UTF8"}
        return make_conninfo("", **given)
    except psycopg.Error:
        raise StoreError(
            f"CORDCALL_DATABASE: {address}: has an option that is unknown; "
            "allowed: the options of libpq, such as sslmode"
        ) from None


def hidden(said: str, address: Address) -> str:
    """Hide passwords in what libpq says: a wrong option is quoted, and may be anything."""
    passwords = [conninfo_to_dict(address.given).get("password"), os.environ.get("PGPASSWORD")]
    for password in filter(None, map(str, filter(None, passwords))):
        said = said.replace(password, "<hidden>")
    return said


def _require(address: Address, number: int, encoding: str, schema: str | None) -> None:
    """Raise StoreError if a server is too old, or keeps texts or tables as we cannot use them."""
    said, allowed = "", ""
    if number < OLDEST_SERVER:
        said = f"is PostgreSQL {number // 10000}"
        allowed = f"{OLDEST_SERVER // 10000} or newer"
    elif encoding != "UTF8":
        said, allowed = f"is encoded as {encoding}", "UTF8 (CREATE DATABASE … ENCODING 'UTF8')"
    elif schema is None:
        said, allowed = "has no schema on its search path", "one that its user owns"
    if said:
        raise StoreError(f"CORDCALL_DATABASE: {address}: {said}; allowed: {allowed}")


def schema_of(link: Link, address: Address) -> int:
    """Return the number of a database's schema; 0 if there is nothing in it yet.

    Raises StoreError if it is another program's, or newer than this program.
    """
    known, tables = link.run(FOUND).fetchall()[0]
    rows = link.run("SELECT version FROM engine").fetchall() if known else []
    if tables and not rows:
        raise StoreError(
            f"CORDCALL_DATABASE: {address} is another program's database; "
            "allowed: a CordCall database or an empty one"
        )
    version = int(rows[0][0]) if rows else 0
    if version > NEWEST:
        raise StoreError(
            f"CORDCALL_DATABASE: {address} has schema {version}, newer than this program; "
            f"allowed: {OLDEST} to {NEWEST}"
        )
    return version


def bring_up_to_date(link: Link, address: Address) -> bool:
    """Create the tables, or change those of an older program, while nobody else writes.

    Of two workers that start at once one does it and the other waits. Returns whether this one has
    created them. Raises StoreError while workers of an older program run.
    """
    if schema_of(link, address) == NEWEST:
        return False
    begin_alone(link, "SET LOCAL statement_timeout = 0")
    try:
        _require_no_older_worker(link, address)
        version = make_tables(link, address)
        link.commit()
    except BaseException:
        link.roll_back()
        raise
    return not version


def _require_no_older_worker(link: Link, address: Address) -> None:
    """Raise StoreError while a worker runs that does not know the tables as they would become."""
    version = schema_of(link, address)
    if version != NEWEST and link.run(WORKS).fetchone():
        raise StoreError(
            f"CORDCALL_DATABASE: {address} has schema {version}, and workers of an older version "
            "still run; nothing was changed; allowed: a start once each of them has ended"
        )


def require_alone(link: Link, address: Address) -> None:
    """Take the place of the one terminal, for as long as this connection lasts.

    Raises StoreError if there is another.
    """
    if link.run(f"SELECT pg_try_advisory_lock({TERMINAL})").fetchone() != (True,):
        raise StoreError(
            f"CORDCALL_DATABASE: {address} is in use by another terminal; "
            "allowed: one at a time, or another database"
        )


def begin_alone(link: Link, *settings: str) -> None:
    """Begin a transaction in which nobody else writes, with settings of its own."""
    link.begin(
        BEGIN,
        *settings,
        f"SET LOCAL lock_timeout = '{MIGRATION_SECONDS}s'",
        f"SELECT pg_advisory_xact_lock({MIGRATING}), pg_advisory_xact_lock({WRITING})",
    )


def make_tables(link: Link, address: Address) -> int:
    """Create the tables, or change those of an older program, in a transaction under way.

    Returns the number of the schema that there was; 0 if there was none.
    """
    version = schema_of(link, address)
    for statement in steps_after(version):
        link.run(statement)
    if not version:
        link.execute(
            "INSERT INTO audit_start (id, number, hash, secret) VALUES (1, ?, ?, ?)",
            (BEGINNING.number, bytes.fromhex(BEGINNING.hash), secrets.token_bytes(SECRET_BYTES)),
        )
        link.execute("INSERT INTO engine (id, version) VALUES (1, 0)")
    link.execute("UPDATE engine SET version = ?", (NEWEST,))
    return version


def require_nobody_else(link: Link, address: Address) -> None:
    """Let nobody else be connected for as long as this connection lasts.

    Raises StoreError, which says where they are, if CordCall is running on this database.
    """
    if link.run(f"SELECT pg_try_advisory_lock({IN_USE})").fetchone() != (True,):
        where = ", ".join(place for (place,) in link.run(WHO_ELSE))
        raise StoreError(
            f"CORDCALL_DATABASE: {address} is in use by CordCall (from {where}); nothing was "
            "changed; allowed: one on which each bot and each command has ended "
            "(systemctl stop cordcall)"
        )


def identity(link: Link, address: Address) -> bytes:
    """Return what is different in every database, the same in its replicas and its backups.

    Raises StoreError if its schema is not this program's.
    """
    version = schema_of(link, address)
    if version != NEWEST:
        raise StoreError(
            f"CORDCALL_DATABASE: {address} has schema {version}; allowed: {NEWEST}, to which a "
            "start brings an older one"
        )
    found = link.run("SELECT secret FROM audit_start").fetchall()
    return bytes(found[0][0])
