"""The store: the only SQL of the project. One connection, one thread, one transaction a turn."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from state.connection import StoreError, connect, why
from state.records import Answer, Card, Minted, Queued, Triage

DURABILITY: Final = "FULL"

_CASE_COLUMNS: Final = (
    "code, chat, owner, status, begun_at, flow, fingerprint, ruleset, touched_at, position, "
    "revisiting, version"
)


class Conflict(Exception):
    """The case was changed by somebody else since it was read; nothing was saved."""


class Store:
    """An open database. Every change happens inside `turn()`."""

    def __init__(self, path: Path, *, durability: str = DURABILITY) -> None:
        self.path = path
        try:
            self._connection = connect(path, durability)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(why(path, error)) from error
        self._file = _identity(path)
        self._execute = self._connection.execute

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def turn(self) -> Iterator["Store"]:
        """Run one turn: committed as a whole at the end, or undone as a whole.

        Raises StoreError when the database is locked, full or cannot be written.
        """
        if _identity(self.path) != self._file:
            raise StoreError(
                f"CORDCALL_DATABASE: {self.path} was removed or replaced while it was in use; "
                "allowed: the same file from start to end"
            )
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
            raise StoreError(why(self.path, error)) from error

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

    def touch(self, triage: Triage, before: Triage) -> Triage:
        """Keep when a case was looked at last; its version, and so its buttons, stay good."""
        self._execute(
            "UPDATE cases SET touched_at = ? WHERE code = ? AND version = ?",
            (_instant(triage.touched_at), triage.code, before.version),
        )
        return triage

    def enqueue(
        self,
        *,
        chat: str,
        code: str | None,
        screens: list[str],
        token: str | None,
        query: str | None,
        tapped: int | None,
        anew: bool,
        at: datetime,
    ) -> None:
        """Put what a turn shows into the outbox, to be sent after the commit."""
        self._execute(
            "INSERT INTO outbox (chat, code, screens, token, query, tapped, anew, queued_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (chat, code, json.dumps(screens), token, query, tapped, int(anew), _instant(at)),
        )

    def queued(self, chat: str | None = None) -> list[Queued]:
        """Read what waits for a chat, or for all of them, in order."""
        rows = self._execute(
            "SELECT id, chat, code, screens, token, query, tapped, anew FROM outbox "
            "WHERE ?1 IS NULL OR chat = ?1 ORDER BY id",
            (chat,),
        )
        return [
            Queued(id, chat, code, tuple(json.loads(screens)), token, query, tapped, bool(anew))
            for id, chat, code, screens, token, query, tapped, anew in rows
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

    def chats_waiting(self) -> list[str]:
        """Name the chats that something waits for."""
        return [chat for (chat,) in self._execute("SELECT DISTINCT chat FROM outbox")]

    def card(self, code: str, role: str) -> Card | None:
        """Read which message shows a case, in a role of its own."""
        row = self._execute(
            "SELECT code, role, chat, message_id, sent_at FROM cards WHERE code = ? AND role = ?",
            (code, role),
        ).fetchone()
        if row is None:
            return None
        code, role, chat, message_id, sent_at = row
        return Card(code, role, chat, int(message_id), datetime.fromisoformat(sent_at))

    def keep_card(self, card: Card) -> None:
        """Keep which message shows a case now."""
        self._execute(
            "INSERT INTO cards (code, role, chat, message_id, sent_at) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (code, role) DO UPDATE SET chat = excluded.chat, "
            "message_id = excluded.message_id, sent_at = excluded.sent_at",
            (card.code, card.role, card.chat, card.message_id, _instant(card.sent_at)),
        )

    def drop_card(self, code: str, role: str) -> None:
        """Forget a message that is gone."""
        self._execute("DELETE FROM cards WHERE code = ? AND role = ?", (code, role))

    def shown_cases(self) -> list[Triage]:
        """Read the cases that are not closed and have a card in a chat that can be reached."""
        rows = self._execute(
            f"SELECT {', '.join(f'cases.{each}' for each in _CASE_COLUMNS.split(', '))} "
            "FROM cases JOIN cards ON cards.code = cases.code AND cards.role = 'card' "
            "LEFT JOIN chats ON chats.chat = cases.chat "
            "WHERE cases.status IN ('open', 'waiting') AND chats.unreachable IS NOT 1"
        ).fetchall()
        return [self._triage(row) for row in rows]

    def set_reachable(self, chat: str, reachable: bool) -> None:
        """Note whether a person can be reached; what waits for an unreachable one is dropped."""
        self._execute(
            "INSERT INTO chats (chat, unreachable) VALUES (?, ?) "
            "ON CONFLICT (chat) DO UPDATE SET unreachable = excluded.unreachable",
            (chat, int(not reachable)),
        )
        if not reachable:
            self._execute("DELETE FROM outbox WHERE chat = ?", (chat,))

    def park(self, update_id: int, at: datetime) -> None:
        """Set an update aside that cannot be handled; it is counted, never printed."""
        self._execute(
            "INSERT INTO inbox (update_id, received_at, parked) VALUES (?, ?, 1) "
            "ON CONFLICT (update_id) DO UPDATE SET parked = 1",
            (update_id, _instant(at)),
        )

    def parked_count(self) -> int:
        return int(self._execute("SELECT count(*) FROM inbox WHERE parked = 1").fetchone()[0])

    def poll(self) -> tuple[int, datetime | None]:
        """Read the next update to ask for, and when the last poll came back."""
        row = self._execute("SELECT next_update, polled_at FROM poll").fetchone()
        return (int(row[0]), datetime.fromisoformat(row[1])) if row else (0, None)

    def keep_poll(self, next_update: int, at: datetime) -> None:
        """Keep the next update to ask for."""
        self._execute(
            "INSERT INTO poll (id, next_update, polled_at) VALUES (1, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET next_update = excluded.next_update, "
            "polled_at = excluded.polled_at",
            (next_update, _instant(at)),
        )

    def forget_cases(self, before: datetime) -> int:
        """Erase the cases that nobody has touched since; give how many."""
        old = "(SELECT code FROM cases WHERE touched_at < ?)"
        moment = (_instant(before),)
        self._execute(f"UPDATE chats SET active = NULL WHERE active IN {old}", moment)
        for table in ("answers", "cards", "buttons", "outbox"):
            self._execute(f"DELETE FROM {table} WHERE code IN {old}", moment)
        return self._execute("DELETE FROM cases WHERE touched_at < ?", moment).rowcount

    def forget_before(self, updates: datetime, buttons: datetime) -> None:
        """Drop updates and buttons that are too old to matter."""
        self._execute(
            "DELETE FROM inbox WHERE parked = 0 AND received_at < ?", (_instant(updates),)
        )
        self._execute("DELETE FROM buttons WHERE minted_at < ?", (_instant(buttons),))

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


def _identity(path: Path) -> tuple[int, int] | None:
    """Tell a file from another that has taken its name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _instant(moment: datetime) -> str:
    """Write a moment in UTC, so that the order of the text is the order of time."""
    return moment.astimezone(UTC).isoformat()


def _row(triage: Triage) -> tuple[object, ...]:
    return (
        triage.code, triage.chat, triage.owner, triage.status, _instant(triage.begun_at),
        triage.flow, triage.fingerprint, triage.ruleset, _instant(triage.touched_at),
        triage.position, triage.revisiting, triage.version,
    )  # fmt: skip
