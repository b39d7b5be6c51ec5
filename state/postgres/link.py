"""One connection to PostgreSQL, by the functions of libpq that psycopg gives.

A statement is prepared the first time and only executed from then on. psycopg's own cursors would
cost three times as much: most of a statement's time is spent in them. Of its functions only those
are called that let other threads run meanwhile: `exec_`, `prepare` and `exec_prepared` do,
`get_result` and `PGconn.connect` do not.

What changes something is executed with the next statement, or when somebody asks what it has
returned: most of its cost is the journey.
"""

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from state.postgres.failures import (
    AGAINST_A_KEY,
    NO_CONNECTION,
    NOT_COMMITTED,
    READ_ONLY,
    WRONG_VALUE,
    Failed,
)
from state.postgres.journey import Command, in_one_journey
from state.postgres.results import Awaited, Result, names
from state.postgres.values import written

MOST_PREPARED: Final = 512
ROWS_AT_ONCE: Final = 1000
_PART: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|\?")
_DONE: Final = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
_IDLE: Final = pq.TransactionStatus.IDLE
_FIELD: Final = pq.DiagnosticField

logging.getLogger("psycopg").addHandler(logging.NullHandler())  # a command says itself what failed


class Link:
    """An open connection. Everything that fails here raises Failed."""

    def __init__(self, conninfo: str) -> None:
        try:
            self._whole = psycopg.connect(conninfo, autocommit=True)
        except psycopg.Error as error:
            raise Failed(NO_CONNECTION, str(error), lost=True) from None
        self._connection = self._whole.pgconn
        self._connection.notice_handler = self._note
        self._reader = Transformer()
        self._prepared = dict[str, bytes]()
        self._number = 0
        self._later = list[tuple[Command, Awaited]]()
        self._owes = False
        self._command: bytes | None = None
        self.warnings = list[str]()

    @property
    def is_open(self) -> bool:
        """Return whether it was in order when it was last used."""
        return self._connection.status == pq.ConnStatus.OK

    @property
    def pid(self) -> int:
        """Return the number of the process that serves this connection."""
        return self._connection.backend_pid

    @property
    def in_transaction(self) -> bool:
        return self.is_open and self._connection.transaction_status != _IDLE

    def option(self, name: str) -> str:
        """Return how it was connected, by the name of an option of libpq."""
        found = {each.keyword: each.val for each in self._connection.info}
        return (found.get(name.encode()) or b"").decode()

    def close(self) -> None:
        self._later.clear()
        self._whole.close()

    def cancel(self) -> None:
        """Ask the server to give up the statement that another thread waits for."""
        with suppress(psycopg.Error):
            self._connection.get_cancel().cancel()

    def execute(self, statement: str, given: Sequence[object] = ()) -> Result:
        """Execute one statement, with `?` where values are put."""
        command = self._command_of(statement, given)
        if self._later:
            return self._journey(command)
        return self._done(self._connection.exec_prepared, *command)

    def later(
        self, statement: str, given: Sequence[object] = (), *, can_fail: bool = True
    ) -> Awaited:
        """Execute a statement with the next one, which fails if this one does."""
        if not self.is_open:
            raise self._lost()
        awaited = Awaited(self.send)
        self._later.append((self._command_of(statement, given), awaited))
        self._owes = self._owes or can_fail
        return awaited

    @property
    def owes(self) -> bool:
        """Return whether something that can fail was left for later."""
        return self._owes and bool(self._later)

    def send(self) -> None:
        """Execute what was left for later."""
        if self._later:
            self._journey()

    def take_back(self, since: Awaited) -> None:
        """Do not execute what was left for later since then."""
        place = next((at for at, (_, each) in enumerate(self._later) if each is since), 0)
        del self._later[place:]

    def each(self, statement: str, given: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """Return rows while they are read, however many, inside a transaction."""
        self.execute(f"DECLARE each NO SCROLL CURSOR FOR {statement}", given)
        while rows := self.run(f"FETCH {ROWS_AT_ONCE} FROM each").fetchall():
            yield from rows
        self.run("CLOSE each")

    def copy(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Send rows to a COPY … FROM STDIN, inside a transaction."""
        self.send()
        try:
            with self._whole.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            if error.pgresult:
                raise self._failed(error.pgresult) from None
            raise Failed("", "a value was refused") if self.is_open else self._lost() from None

    def run(self, *statements: str) -> Result:
        """Execute statements without values in one journey; return what the last one says."""
        if self._later:
            for each in statements[:-1]:
                self.later(each)
            return self.execute(statements[-1])
        return self._done(self._connection.exec_, "; ".join(statements).encode())

    def begin(self, *statements: str, given: Sequence[object] = ()) -> Result:
        """Run statements that begin a transaction; none is left if one of them fails.

        The values are those of the last one.
        """
        try:
            for each in statements[:-1]:
                self.later(each)
            return self.execute(statements[-1], given)
        except Failed:
            self.roll_back()
            raise

    def roll_back(self) -> None:
        """Roll the transaction back; a connection on which that fails is not used again."""
        self._later.clear()
        try:
            if self.in_transaction:
                self.run("ROLLBACK")
        except Failed:
            self.close()

    def commit(self) -> None:
        """Commit the transaction, with what was left for later in the same journey.

        Raises Failed if the server has rolled it back instead.
        """
        self.run("COMMIT")
        if self._command != b"COMMIT":
            raise Failed(NOT_COMMITTED, "")

    def _command_of(self, statement: str, given: Sequence[object]) -> Command:
        name = self._prepared.get(statement)
        if name is None:
            name = self._prepare(statement)
        return name, [written(each) for each in given]

    def _prepare(self, statement: str) -> bytes:
        if len(self._prepared) >= MOST_PREPARED:
            self.send()
            self.run("DEALLOCATE ALL")
            self._prepared.clear()
        self._number += 1
        name = b"s%d" % self._number
        self._done(self._connection.prepare, name, numbered(statement).encode())
        self._prepared[statement] = name
        return name

    def _journey(self, *last: Command) -> Result:
        """Execute what was left for later, and these; return what the last one says."""
        later, self._later, self._owes = self._later, [], False
        try:
            results = in_one_journey(self._connection, [*(each for each, _ in later), *last])
        except psycopg.Error:
            raise self._lost() from None
        for place, result in enumerate(results):
            said = self._result(result)
            if place < len(later):
                later[place][1].said = said
        return said

    def _done(self, call: Callable[..., "pq.abc.PGresult"], *words: object) -> Result:
        try:
            result = call(*words)
        except psycopg.Error:
            raise self._lost() from None
        return self._result(result)

    def _result(self, result: "pq.abc.PGresult") -> Result:
        if result.status not in _DONE:
            raise self._failed(result)
        self._command = result.command_status
        rows = list[tuple[Any, ...]]()
        if result.ntuples:
            self._reader.set_pgresult(result)
            rows = self._reader.load_rows(0, result.ntuples, tuple)
        changed = result.command_tuples
        return Result(rows, -1 if changed is None else changed, lambda: names(result))

    def _failed(self, result: "pq.abc.PGresult") -> Failed:
        """Say what failed, but of a refused value only where it was to be stored."""

        def said(field: pq.DiagnosticField) -> str:
            return (result.error_field(field) or b"").decode(errors="replace")

        state = said(_FIELD.SQLSTATE)
        by_libpq = not state
        if by_libpq or not self.is_open or state == READ_ONLY:
            return self._lost(said(_FIELD.MESSAGE_PRIMARY))
        if state[:2] not in (WRONG_VALUE, AGAINST_A_KEY):
            return Failed(state, said(_FIELD.MESSAGE_PRIMARY))
        place = (said(_FIELD.TABLE_NAME), said(_FIELD.COLUMN_NAME), said(_FIELD.CONSTRAINT_NAME))
        return Failed(state, f"a value was refused ({' '.join(filter(None, (state, *place)))})")

    def _lost(self, message: str = "") -> Failed:
        """Close what cannot be used again, and say why in the first line of what libpq says."""
        told = self._connection.get_error_message().strip().partition("\n")[0]
        self.close()
        return Failed(NO_CONNECTION, message or told or "the connection was lost", lost=True)

    def _note(self, result: "pq.abc.PGresult") -> None:
        """Keep a warning, such as that a commit no longer waited for a replica."""
        if result.error_field(_FIELD.SEVERITY_NONLOCALIZED) == b"WARNING":
            said = result.error_field(_FIELD.MESSAGE_PRIMARY) or b""
            self.warnings.append(said.decode(errors="replace"))


def numbered(statement: str) -> str:
    """Number the places of values ($1, $2, …); a ? in a text or a comment is none of them."""
    numbers = iter(range(1, statement.count("?") + 1))
    return _PART.sub(lambda found: f"${next(numbers)}" if found[0] == "?" else found[0], statement)
