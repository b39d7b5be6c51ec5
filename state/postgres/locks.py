"""The locks of sessions, as one that runs beside the event loop asks for them."""

from typing import Any, Final

import psycopg

HELD: Final = """
    SELECT objid::bigint, pid = pg_backend_pid() FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid = %d
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


async def held(connection: "psycopg.AsyncConnection[Any]", kind: int) -> list[tuple[int, bool]]:
    """List the locks of a kind that are held, and whether by this connection."""
    cursor = await connection.execute(HELD % kind)
    return await cursor.fetchall()


async def number(connection: "psycopg.AsyncConnection[Any]", asked: str) -> int:
    (number,) = await (await connection.execute(asked)).fetchone() or (0,)
    return int(number)


async def run(connection: "psycopg.AsyncConnection[Any]", function: str, *keys: int) -> bool:
    """Call a function of the server's locks; return whether it says true."""
    cursor = await connection.execute(f"SELECT {function}({keys[0]}, {keys[1]})::text")
    return await cursor.fetchone() == ("true",)
