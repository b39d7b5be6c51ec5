"""Stores very many cases on PostgreSQL: copies of those that are there, with all that is theirs.

Each copy has a code of its own, belongs to somebody else, a dozen cases a person, and is some
minutes older, up to two weeks. One in twenty is open, with its reminders; the others are closed.
"""

from typing import Final

from tests.postgres.server import Server

CASES_A_PERSON: Final = 12
FIRST_PERSON: Final = 2_000_000
MINUTES: Final = 20_000
OPEN: Final = "number % 20 = 0"
TABLES: Final = (
    "cases", "answers", "events", "reminders", "buttons", "cards", "summaries", "requests",
    "read_lines",
)  # fmt: skip
PEOPLE: Final = ("chat", "owner", "who", "whom", "asked_by")
LONG: Final = "interval '45 days'"  # a reminder is due so much later, or was claimed so long ago


def fill(server: Server, database: str, cases: int) -> None:
    """Store so many copies of the cases of a database, and take its statistics."""
    server.sql(_prepared(cases), database)
    for table in TABLES:
        server.sql(_copied(table, _columns(server, database, table)), database)
    server.sql(_REST, database)
    server.sql("DROP TABLE copied", database)
    server.sql("VACUUM ANALYZE", database)
    server.sql("CHECKPOINT", database)


def _prepared(cases: int) -> str:
    """Choose for each copy what it is a copy of, its code and whose it is."""
    return f"""
        CREATE UNLOGGED TABLE copied AS
        WITH originals AS (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place FROM cases)
        SELECT originals.code AS of, number, 'OLD-' || number AS code,
            ({FIRST_PERSON} + number / {CASES_A_PERSON})::text AS person,
            number % {MINUTES} * interval '1 minute' AS age
        FROM generate_series(1, {cases}) AS number
        JOIN originals ON place = number % (SELECT count(*) FROM originals);
        ANALYZE copied
    """


def _columns(server: Server, database: str, table: str) -> list[str]:
    """Name the columns of a table that are not numbered by themselves."""
    return server.sql(
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_name = '{table}' AND is_identity = 'NO' ORDER BY ordinal_position",
        database,
    ).split()


def _copied(table: str, columns: list[str]) -> str:
    """Copy the rows of a table. Its keys are not looked up: what they name is copied first."""
    values = ", ".join(_value(table, each) for each in columns)
    return f"""
        SET session_replication_role = replica;
        SET synchronous_commit = off;
        INSERT INTO {table} ({", ".join(columns)})
        SELECT {values} FROM copied JOIN {table} AS original ON original.code = copied.of
        WHERE original.code NOT LIKE 'OLD-%' ORDER BY number
    """


def _value(table: str, column: str) -> str:
    """Return what a copy has in a column."""
    kept = f"original.{column}"
    if column == "code":
        return "copied.code"
    if column in PEOPLE:
        return "person"
    if column == "token":
        return "left(md5(token || number), length(token))"
    if column == "message_id":
        return "number"
    if (table, column) == ("cases", "status"):
        return f"CASE WHEN {OPEN} THEN {kept} ELSE 'closed' END"
    if (table, column) == ("reminders", "claimed_at"):
        return f"CASE WHEN {OPEN} THEN NULL ELSE {_older('original.due_at', LONG)} END"
    if (table, column) == ("reminders", "due_at"):
        return (
            f"CASE WHEN {OPEN} THEN {_older(kept, f'age - {LONG}')} ELSE {_older(kept, LONG)} END"
        )
    return _older(kept, "age") if column == "at" or column.endswith("_at") else kept


def _older(column: str, age: str) -> str:
    """Return a moment earlier by some time, written as moments are."""
    moment = f"({column}::timestamptz - ({age})) AT TIME ZONE 'UTC'"
    return f"""to_char({moment}, 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00')"""


_REST: Final = f"""
    SET session_replication_role = replica;
    DELETE FROM inbox;
    DELETE FROM outbox;
    UPDATE poll SET polled_at = {_older("now()", "interval '0'")};
    INSERT INTO chats (chat, active)
    SELECT person, min(code) FROM copied GROUP BY person;
    INSERT INTO inbox (update_id, received_at, attempts)
    SELECT -number, {_older("now()", "age")}, 1 FROM copied
"""
"""Their chats, and updates that were handled; the crowd that comes begins its own anew."""
