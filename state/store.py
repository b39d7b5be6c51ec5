"""The store: the only SQL of the project. One connection, one thread, one transaction a turn."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from state.records import Answer, Minted, Queued, Triage
from state.schema import APPLICATION_ID, SCHEMA_VERSION, migrations

BUSY_SECONDS: Final = 5.0
DURABILITY: Final = "FULL"

_CASE_COLUMNS: Final = (
    "code, chat, owner, status, begun_at, flow, fingerprint, ruleset, touched_at, position, "
    "revisiting, version"
)


class StoreError(Exception):
    """The database cannot be used; the text names it and says why in one line."""


class Conflict(Exception):
    """The case was changed by somebody else since it was read; nothing was saved."""


class Store:
    """An open database. Every change happens inside `turn()`."""

    def __init__(self, path: Path, *, durability: str = DURABILITY) -> None:
        self.path = path
        try:
            self._connection = _connect(path, durability)
        except sqlite3.Error as error:
            raise StoreError(_why(path, error)) from error
        self._execute = self._connection.execute

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def turn(self) -> Iterator["Store"]:
        """Run one turn: committed as a whole at the end, or undone as a whole.

        Raises StoreError when the database is locked, full or cannot be written.
        """
        try:
            self._execute("BEGIN IMMEDIATE")
            try:
                yield self
                self._execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(_why(self.path, error)) from error

    def is_new(self, update_id: int, at: datetime) -> bool:
        """Note an update; False when it came before."""
        cursor = self._execute(
            "INSERT OR IGNORE INTO inbox (update_id, received_at) VALUES (?, ?)",
            (update_id, _instant(at)),
        )
        return cursor.rowcount == 1

    def find(self, code: str) -> Triage | None:
        """Read a case with all its answers."""
        row = self._execute(f"SELECT {_CASE_COLUMNS} FROM cases WHERE code = ?", (code,)).fetchone()
        return self._triage(row) if row else None

    def active(self, chat: str) -> Triage | None:
        """Read the case that a chat is working on."""
        row = self._execute("SELECT active FROM chats WHERE chat = ?", (chat,)).fetchone()
        return self.find(row[0]) if row and row[0] else None

    def listed(self, chat: str, closed_since: datetime) -> list[Triage]:
        """Read a chat's cases, the newest touched first; closed ones only when closed lately."""
        rows = self._execute(
            f"SELECT {_CASE_COLUMNS} FROM cases WHERE chat = ? AND status IN ('open', 'waiting') "
            f"UNION ALL SELECT {_CASE_COLUMNS} FROM cases "
            "WHERE chat = ? AND status = 'closed' AND touched_at >= ? "
            "ORDER BY touched_at DESC, code",
            (chat, chat, _instant(closed_since)),
        ).fetchall()
        return [self._triage(row) for row in rows]

    def activate(self, chat: str, code: str | None) -> None:
        """Make a case the one that a chat is working on; None leaves it without."""
        self._execute(
            "INSERT INTO chats (chat, active) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET active = excluded.active",
            (chat, code),
        )

    def add(self, triage: Triage) -> None:
        """Keep a new case."""
        self._execute(
            f"INSERT INTO cases ({_CASE_COLUMNS}) VALUES ({', '.join('?' * 12)})", _row(triage)
        )
        self._add_answers(triage.code, triage.answers)

    def save(self, triage: Triage, before: Triage) -> Triage:
        """Keep a changed case and its new answers, and give it as it is kept.

        Raises Conflict when the kept case is not as `before` was.
        """
        cursor = self._execute(
            "UPDATE cases SET status = ?, begun_at = ?, fingerprint = ?, ruleset = ?, "
            "touched_at = ?, position = ?, revisiting = ?, version = version + 1 "
            "WHERE code = ? AND version = ?",
            (
                triage.status, _instant(triage.begun_at), triage.fingerprint, triage.ruleset,
                _instant(triage.touched_at), triage.position, triage.revisiting, triage.code,
                before.version,
            ),
        )  # fmt: skip
        if cursor.rowcount != 1:
            raise Conflict(triage.code)
        self._add_answers(triage.code, triage.answers[len(before.answers) :])
        return replace(triage, version=before.version + 1)

    def enqueue(
        self,
        *,
        chat: str,
        code: str | None,
        screens: list[str],
        token: str | None,
        query: str | None,
        anew: bool,
        at: datetime,
    ) -> None:
        """Put what a turn shows into the outbox, to be sent after the commit."""
        self._execute(
            "INSERT INTO outbox (chat, code, screens, token, query, anew, queued_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (chat, code, json.dumps(screens), token, query, int(anew), _instant(at)),
        )

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Read what waits for a chat, or for all of them, in order."""
        rows = self._execute(
            "SELECT id, chat, code, screens, token, query, anew FROM outbox "
            "WHERE ?1 IS NULL OR chat = ?1 ORDER BY id",
            (chat,),
        )
        return [
            Queued(id, chat, code, tuple(json.loads(screens)), token, query, bool(anew))
            for id, chat, code, screens, token, query, anew in rows
        ]

    def mint(self, minted: Minted, at: datetime) -> None:
        """Keep what the buttons of a message do."""
        self._execute(
            "INSERT INTO buttons (token, chat, code, version, actions, minted_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (
                minted.token, minted.chat, minted.code, minted.version,
                json.dumps(minted.actions), _instant(at),
            ),
        )  # fmt: skip

    def minted(self, token: str) -> Minted | None:
        """Read what the buttons of a token do."""
        row = self._execute(
            "SELECT token, chat, code, version, actions FROM buttons WHERE token = ?", (token,)
        ).fetchone()
        if row is None:
            return None
        token, chat, code, version, actions = row
        done = tuple((does, value) for does, value in json.loads(actions))
        return Minted(token, chat, code, version, done)

    def sent(self, queued: Iterable[Queued]) -> None:
        """Take from the outbox what has been shown."""
        self._connection.executemany(
            "DELETE FROM outbox WHERE id = ?", [(each.id,) for each in queued]
        )

    def _add_answers(self, code: str, answers: Iterable[Answer]) -> None:
        self._connection.executemany(
            "INSERT INTO answers (code, question, value, who, at) VALUES (?, ?, ?, ?, ?)",
            [
                (code, each.question, json.dumps(each.value), each.who, _instant(each.at))
                for each in answers
            ],
        )

    def _triage(self, row: tuple[str, ...]) -> Triage:
        code, chat, owner, status, begun, flow, print_, ruleset, touched, position, back, n = row
        answers = self._execute(
            "SELECT question, value, who, at FROM answers WHERE code = ? ORDER BY id", (code,)
        )
        return Triage(
            code=code,
            chat=chat,
            owner=owner,
            status=status,  # type: ignore[arg-type]
            begun_at=datetime.fromisoformat(begun),
            flow=flow,
            fingerprint=print_,
            ruleset=ruleset,
            touched_at=datetime.fromisoformat(touched),
            position=position,
            revisiting=back,
            version=int(n),
            answers=tuple(
                Answer(question, json.loads(value), who, datetime.fromisoformat(at))
                for question, value, who, at in answers
            ),
        )


def _instant(moment: datetime) -> str:
    """Write a moment in UTC, so that the order of the text is the order of time."""
    return moment.astimezone(UTC).isoformat()


def _row(triage: Triage) -> tuple[object, ...]:
    return (
        triage.code, triage.chat, triage.owner, triage.status, _instant(triage.begun_at),
        triage.flow, triage.fingerprint, triage.ruleset, _instant(triage.touched_at),
        triage.position, triage.revisiting, triage.version,
    )  # fmt: skip


def _connect(path: Path, durability: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        _refuse_foreign(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {durability}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        if _pragma(connection, "user_version") < SCHEMA_VERSION:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            migrations.apply(Database(connection, execute_plugins=False))
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_foreign(connection: sqlite3.Connection, path: Path) -> None:
    """Leave a database alone that is not ours, or newer than this program."""
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables and _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(
            f"CORDCALL_DATABASE: {path} is another program's database; "
            "allowed: a CordCall database or a new file"
        )
    version = _pragma(connection, "user_version")
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"CORDCALL_DATABASE: {path} has schema {version}, newer than this program; "
            f"allowed: up to {SCHEMA_VERSION}"
        )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _why(path: Path, error: sqlite3.Error) -> str:
    return (
        f"CORDCALL_DATABASE: {path}: {error}; nothing was changed; "
        "allowed: a CordCall database that can be written, on a disk with room"
    )
