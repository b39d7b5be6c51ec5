"""A statement is prepared once; values, rows and failures are as the store needs them."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import pytest

from bot.database_address import Address
from state.postgres import link as link_module
from state.postgres.failures import Failed
from state.postgres.link import Link, numbered
from state.postgres.opening import connect
from state.records import Priority

PATIENT = "KES-42"


@pytest.fixture
def link(postgres_url: str) -> Iterator[Link]:
    opened = connect(Address.read(postgres_url))
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT 1", "SELECT 1"),
        ("VALUES (?, ?)", "VALUES ($1, $2)"),
        ("SELECT '?', ? || '%'", "SELECT '?', $1 || '%'"),
        ("SELECT 'it''s ?' LIKE ?", "SELECT 'it''s ?' LIKE $1"),
        ('SELECT "a?", ?', 'SELECT "a?", $1'),
        ("SELECT ? -- why?\n, ?", "SELECT $1 -- why?\n, $2"),
        ("tap LIKE '[\"' || ? || '\",%'", "tap LIKE '[\"' || $1 || '\",%'"),
        (f"IN ({', '.join('?' * 11)})", f"IN ({', '.join(f'${n}' for n in range(1, 12))})"),
    ],
)
def test_places_of_values_are_numbered_outside_of_texts(statement: str, expected: str) -> None:
    assert numbered(statement) == expected


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("text", 'it\'s 100 % of \\x00, "?" $1 – ÄÖ 🩻\n\t'),
        ("text", ""),
        ("text", None),
        ("bigint", 2**63 - 1),
        ("bigint", -(2**63)),
        ("bigint", None),
        ("bytea", bytes(range(256))),
        ("bytea", b""),
    ],
)
def test_a_value_comes_back_as_it_was_given(link: Link, column: str, value: object) -> None:
    link.run(f"CREATE TEMPORARY TABLE kept (given {column})")
    link.execute("INSERT INTO kept VALUES (?)", (value,))
    (row,) = link.execute("SELECT given FROM kept").fetchall()
    assert row == (value,)
    assert link.execute("SELECT given FROM kept WHERE given = ?", (value,)).fetchall() == (
        [] if value is None else [(value,)]
    )


def test_a_flag_and_a_number_with_a_name_are_numbers(link: Link) -> None:
    link.run("CREATE TEMPORARY TABLE kept (flag bigint, level bigint)")
    link.execute("INSERT INTO kept VALUES (?, ?)", (True, Priority.CARD))
    assert link.execute("SELECT * FROM kept").fetchall() == [(1, 2)]
    asked = link.execute("SELECT CASE WHEN ? THEN 'yes' ELSE 'no' END", (False,))
    assert asked.fetchone() == ("no",)


def test_rows_are_read_as_from_sqlite(link: Link) -> None:
    found = link.execute("SELECT n AS number, n * ? FROM generate_series(1, 4) n", (2,))
    assert [name for name, *_ in found.description] == ["number", "?column?"]
    assert found.fetchone() == (1, 2)
    assert next(iter(found)) == (2, 4)
    assert found.fetchall() == [(3, 6), (4, 8)]
    assert found.fetchone() is None
    assert found.fetchall() == []


def test_how_many_rows_were_changed_is_known(link: Link) -> None:
    link.run("CREATE TEMPORARY TABLE kept AS SELECT generate_series(1, 4) AS number")
    assert link.execute("UPDATE kept SET number = 0 WHERE number > ?", (2,)).rowcount == 2
    returned = link.execute("DELETE FROM kept WHERE number = ? RETURNING number", (1,))
    assert (returned.rowcount, returned.fetchall()) == (1, [(1,)])


def test_a_statement_is_prepared_once(link: Link) -> None:
    for number in range(5):
        assert link.execute("SELECT ?::bigint", (number,)).fetchone() == (number,)
    prepared = link.run("SELECT statement FROM pg_prepared_statements").fetchall()
    assert prepared == [("SELECT $1::bigint",)]


def test_no_more_statements_are_kept_than_fit(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "MOST_PREPARED", 3)
    link.run("BEGIN")
    for number in (*range(5), *range(5)):
        assert link.execute(f"SELECT {number} + ?", (1,)).fetchone() == (number + 1,)
    kept = link.run("SELECT count(*) FROM pg_prepared_statements").fetchone()
    assert kept and 1 <= kept[0] <= 3
    link.run("ROLLBACK")


def test_many_rows_are_read_a_thousand_at_a_time(link: Link) -> None:
    link.run("BEGIN")
    rows = link.each("SELECT n FROM generate_series(1, ?) n", (2500,))
    assert next(rows) == (1,)
    assert link.execute("SELECT 7").fetchone() == (7,)
    assert sum(1 for _ in rows) == 2499
    assert list(link.each("SELECT 1 WHERE ? = 2", (1,))) == []
    link.run("ROLLBACK")


@pytest.mark.parametrize(
    ("statement", "given", "said"),
    [
        ("INSERT INTO owners VALUES (?)", (PATIENT,), "23505 owners owners_pkey"),
        ("INSERT INTO offers VALUES (?, 'b', 'c')", (PATIENT,), "23503 offers offers_code_fkey"),
        ("INSERT INTO members (who) VALUES (?)", (PATIENT,), "23502 members role"),
        ("UPDATE engine SET version = ?", (PATIENT,), "22P02"),
        ("UPDATE engine SET id = ?", (2,), "23514 engine engine_id_check"),
        ("UPDATE owners SET who = ?", (f"{PATIENT}\0",), "a text with a NUL in it"),
        ("UPDATE engine SET version = ?", (10**30,), "22003"),
    ],
)
def test_a_refused_value_is_not_in_what_is_said(
    link: Link, statement: str, given: tuple[object, ...], said: str
) -> None:
    link.execute("INSERT INTO owners VALUES (?)", (PATIENT,))
    with pytest.raises(Failed) as caught:
        link.execute(statement, given)
    assert str(caught.value) == f"a value was refused ({said})"
    assert caught.value.is_of_what_was_given and not caught.value.lost
    assert not isinstance(caught.value.__cause__ or caught.value.__context__, UnicodeError)


def test_half_a_character_is_refused_as_sqlite_refuses_it(link: Link) -> None:
    with pytest.raises(UnicodeEncodeError):
        link.execute("INSERT INTO owners VALUES (?)", ("\ud83e",))


def test_a_commit_after_a_failure_is_no_commit(link: Link) -> None:
    link.run("BEGIN")
    link.execute("INSERT INTO owners VALUES ('ann')")
    with pytest.raises(Failed):
        link.execute("SELECT * FROM absent")
    with pytest.raises(Failed, match="a statement of the turn had failed"):
        link.commit()
    assert not link.in_transaction
    assert link.execute("SELECT * FROM owners").fetchall() == []


def test_a_beginning_that_fails_leaves_no_transaction(link: Link) -> None:
    with pytest.raises(Failed, match="absent"):
        link.begin("BEGIN", "SELECT * FROM absent")
    assert link.is_open and not link.in_transaction


def test_a_connection_that_the_server_ends_is_lost(link: Link, postgres_url: str) -> None:
    other = connect(Address.read(postgres_url))
    (number,) = link.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    link.run("BEGIN")
    other.execute("SELECT pg_terminate_backend(?)", (number,))
    with pytest.raises(Failed, match="terminating connection") as caught:
        for _ in range(1000):
            link.execute("SELECT 1")
    assert caught.value.lost and not link.is_open and not link.in_transaction
    with pytest.raises(Failed) as caught:
        link.execute("SELECT 1")
    assert caught.value.lost
    other.close()


ADD = "INSERT INTO owners VALUES (?)"
OWNERS = "SELECT who FROM owners ORDER BY who"


@pytest.mark.parametrize("how", ["execute", "run", "commit", "asked", "sent"])
def test_what_is_left_for_later_is_executed_in_order_with_what_follows(
    link: Link, how: str, postgres_url: str
) -> None:
    link.run("BEGIN")
    link.later(ADD, ("ann",))
    changed = link.later("UPDATE owners SET who = 'bob'")
    match how:
        case "execute":
            assert link.execute(OWNERS).fetchall() == [("bob",)]
        case "run":
            assert link.run("SELECT 1", OWNERS).fetchall() == [("bob",)]
        case "commit":
            link.commit()
            assert not link.in_transaction
        case "asked":
            assert changed.rowcount == 1
        case "sent":
            link.send()
    assert link.run(OWNERS).fetchall() == [("bob",)]
    assert (changed.rowcount, changed.fetchall(), changed.description) == (1, [], [])


def test_what_was_left_for_later_fails_with_what_follows_and_nothing_comes_after_it(
    link: Link,
) -> None:
    link.later(ADD, ("ann",))
    link.later(ADD, ("ann",))
    link.later(ADD, ("bob",))
    with pytest.raises(Failed, match="a value was refused") as caught:
        link.execute(ADD, ("cy",))
    assert caught.value.is_of_what_was_given and link.is_open
    assert link.execute(OWNERS).fetchall() == []


def test_what_was_taken_back_or_rolled_back_is_not_executed(link: Link) -> None:
    link.run("BEGIN")
    link.later(ADD, ("ann",))
    since = link.later(ADD, ("bob",))
    link.later(ADD, ("cy",))
    link.take_back(since)
    assert link.execute(OWNERS).fetchall() == [("ann",)]
    with pytest.raises(Failed, match="taken back"):
        _ = since.rowcount
    for _ in range(2):
        link.later(ADD, ("dan",))
    link.roll_back()
    assert link.is_open and link.execute(OWNERS).fetchall() == []


def test_a_connection_that_ends_while_much_is_executed_is_lost(
    link: Link, postgres_url: str
) -> None:
    (number,) = link.execute("SELECT pg_backend_pid()").fetchone() or (0,)
    link.later(ADD, ("ann",))
    link.later("SELECT pg_terminate_backend(?)", (number,))
    with pytest.raises(Failed) as caught:
        link.execute(ADD, ("bob",))
    assert caught.value.lost and not link.is_open
    for leave in (link.later, link.execute):
        with pytest.raises(Failed) as caught:
            leave(ADD, ("cy",))
        assert caught.value.lost


def test_much_that_is_left_for_later_goes_both_ways(link: Link) -> None:
    much = "x" * 1_000_000
    for _ in range(8):
        link.later("SELECT ?::text", (much,))
    assert link.execute("SELECT ?::text", (much,)).fetchall() == [(much,)]


@pytest.mark.parametrize("how", ["run", "execute", "later", "connect"])
def test_nothing_that_waits_for_the_server_stops_the_other_threads(link: Link, how: str) -> None:
    """Some functions of psycopg keep the interpreter to themselves while they wait."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        waits = {
            "run": lambda: link.run("SELECT pg_sleep(1)"),
            "execute": lambda: link.execute("SELECT pg_sleep(?)", (1,)),
            "later": lambda: (link.later("SELECT pg_sleep(?)", (1,)), link.send()),
            "connect": lambda: Link(f"host=127.0.0.1 port={port} connect_timeout=2"),
        }
        with ThreadPoolExecutor(1) as thread:
            waiting, ticks = thread.submit(waits[how]), 0
            while not waiting.done():
                ticks += 1
                sleep(0.01)
    assert (how == "connect") == (waiting.exception() is not None)
    assert ticks > 20


def test_a_failure_of_several_servers_is_one_line() -> None:
    failed = Failed("", "one: refused\n\tIs it running?\n\ntwo:  read-only\n")
    assert str(failed) == "one: refused; Is it running?; two: read-only"
