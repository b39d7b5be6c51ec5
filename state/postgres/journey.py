"""Several statements in one journey to the server, by libpq's pipelines.

`get_result` holds up the other threads while it waits: it is called once there is something to get.
"""

import select
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import psycopg
from psycopg import pq

if TYPE_CHECKING:
    from psycopg.pq.abc import PGconn, PGresult

_END: Final = pq.ExecStatus.PIPELINE_SYNC
_FAILED: Final = pq.ExecStatus.FATAL_ERROR

Command = tuple[bytes, Sequence[bytes | None]]


def in_one_journey(connection: "PGconn", commands: Iterable[Command]) -> "list[PGresult]":
    """Execute statements by the names under which they were prepared; return what each says.

    After one that has failed none is executed. Raises psycopg.Error if the connection is lost.
    """
    connection.enter_pipeline_mode()
    try:
        for name, given in commands:
            connection.send_query_prepared(name, given)
        connection.pipeline_sync()
        return [*_results(connection)]
    finally:
        with suppress(psycopg.Error):  # it is lost, which is being said
            connection.exit_pipeline_mode()


def _results(connection: "PGconn") -> "Iterator[PGresult]":
    while connection.flush():
        _wait(connection, select.POLLIN | select.POLLOUT)
    ended = 0
    while ended < 2:  # one statement after another ends; then it is the connection
        try:
            while connection.is_busy():
                _wait(connection, select.POLLIN)
        except psycopg.Error:
            said = connection.get_result()
            if said is None or said.status != _FAILED:
                raise
            yield said
            return
        result = connection.get_result()
        if result is None:
            ended += 1
        elif result.status == _END:
            return
        else:
            ended = 0
            yield result
    raise psycopg.OperationalError


def _wait(connection: "PGconn", what: int) -> None:
    waiting = select.poll()
    waiting.register(connection.socket, what)
    waiting.poll()
    connection.consume_input()
