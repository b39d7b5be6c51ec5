"""A move that cannot be whole is refused in one line, and changes neither side."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from bot.database_address import Address
from state import engines
from state.chain import Broken
from state.lock import BOT, TERMINAL, Lock
from state.moving_engines import moving
from state.postgres.link import Link
from state.postgres.schema import NEWEST, tables
from state.postgres.store import PostgresStore
from state.sql.version import SCHEMA_VERSION
from state.sql.whole_copy import Row, Table
from state.sqlite.store import SqliteStore
from state.sqlite.whole_file import WholeFile
from state.store import StoreError
from tests.conftest import NOON
from tests.postgres.moved import cordcall, everything_in, filled_folder, is_as_new, talked
from tests.postgres.server import Server
from tests.state.contract.values import a_case, add
from tests.state.test_copies import break_index

NOWHERE = "postgresql://127.0.0.1:9/cordcall"
SECRET = "s3same"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a filled database in it and nothing else."""
    return filled_folder(tmp_path)


def require_refused(folder: Path, said: str, *words: str, **variables: str) -> None:
    """Move in vain: one line says why, and every file of the folder is as it was."""
    before = everything_in(folder)
    refused = cordcall(folder, "move", *words, **variables)
    assert refused.err.startswith("cordcall: ")
    assert said in refused.err
    assert "; allowed: " in refused.err
    assert (refused.status, refused.out, refused.err.count("\n")) == (2, b"", 1)
    after = everything_in(folder)
    assert {name: each for name, each in after.items() if not name.endswith("-shm")} == before


@pytest.mark.parametrize("words", [("one.db", "two.db"), (NOWHERE, "postgresql:///other")])
def test_one_end_is_a_file_and_the_other_an_address(place: Path, words: tuple[str, str]) -> None:
    require_refused(place, "both are of one kind; allowed: the path of a file and an", *words)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (f"postgresql://ann:{SECRET}@127.0.0.1:9/x", "postgresql://127.0.0.1:9/x?user=ann given"),
        (f"postgresql://:{SECRET}@127.0.0.1:9/x", "given with a password"),
        (f"postgresql://127.0.0.1:9/x?user=ann&password={SECRET}", "given with a password"),
        (f"postgresql://127.0.0.1:9/x?sslpassword={SECRET}", "given with a password"),
        (f"postgresql://ann:{SECRET}/x@host/db", "the value given has another form"),
    ],
)
def test_a_password_is_not_taken_from_where_others_see_it(
    place: Path, given: str, said: str
) -> None:
    for name, words in (("TO", ("one.db", given)), ("FROM", (given, "two.db"))):
        require_refused(place, f"{name}: ", *words)
        require_refused(place, said, *words)
        assert SECRET not in cordcall(place, "move", *words).err


def test_a_file_that_cannot_be_moved(place: Path, postgres_url: str) -> None:
    (place / "empty.db").touch()
    (place / "text.db").write_text("patients, in a spreadsheet\n" * 200)
    for name, statement in {
        "other.db": "CREATE TABLE recipes (name)",
        "older.db": f"PRAGMA user_version = {SCHEMA_VERSION - 1}",
        "newer.db": f"PRAGMA user_version = {SCHEMA_VERSION + 1}",
        "orphans.db": "UPDATE answers SET code = 'none' WHERE id = 1",
    }.items():
        if name != "other.db":
            (place / name).write_bytes((place / "one.db").read_bytes())
        with closing(sqlite3.connect(place / name)) as connection, connection:
            connection.execute(statement)
            connection.execute("PRAGMA journal_mode = DELETE")
    (place / "broken.db").write_bytes((place / "one.db").read_bytes())
    break_index(place / "broken.db")
    (place / "mixed.db").write_bytes((place / "other.db").read_bytes())
    (place / "mixed.db-wal").write_bytes(b"of another database" * 100)
    (place / "cut.db").write_bytes((place / "other.db").read_bytes())
    (place / "cut.db-journal").write_bytes(b"a change" * 100)
    for name, said in {
        "absent.db": "absent.db: no such file; allowed: a CordCall database",
        "empty.db": "empty.db: is empty; allowed: a CordCall database",
        "no/such/folder.db": "no/such/folder.db: no such file",
        "text.db": "file is not a database",
        "other.db": "is not CordCall's",
        "older.db": f"has schema {SCHEMA_VERSION - 1}; nothing was changed; allowed: ",
        "newer.db": f"has schema {SCHEMA_VERSION + 1}; nothing was changed; allowed: ",
        "orphans.db": "is damaged: rows refer to rows that are missing; nothing was changed",
        "broken.db": "is damaged: ",
        "mixed.db": "was put beside the log of another database",
        "cut.db": "has a change beside it that was cut short",
    }.items():
        require_refused(place, said, name, postgres_url)
    assert is_as_new(postgres_url)


@pytest.mark.parametrize("role", [BOT, TERMINAL])
def test_a_file_in_use(place: Path, postgres_url: str, role: str) -> None:
    lock = Lock(place / "one.db", role)
    require_refused(place, f"one.db is in use by a {role}; nothing", "one.db", postgres_url)
    lock.release()
    assert is_as_new(postgres_url)


def test_a_key_that_does_not_fit(place: Path, tmp_path: Path, postgres_url: str) -> None:
    (tmp_path / "key").touch(0o600)
    (tmp_path / "key").write_text("0f" * 32)
    kept = {"CORDCALL_KEY_FILE": str(tmp_path / "key")}
    require_refused(
        place, "is not encrypted, but CORDCALL_KEY_FILE is set", "one.db", postgres_url, **kept
    )
    (place / "sealed.db").write_bytes(bytes(range(256)) * 64)
    require_refused(place, "is encrypted, or no database", "sealed.db", postgres_url)
    require_refused(
        place, "is not its key, or the file is damaged", "sealed.db", postgres_url, **kept
    )
    assert is_as_new(postgres_url)


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE members SET name = 'a' || char(0) WHERE who = '1002'", "members: row "),
        ("UPDATE outbox SET screens = char(0, 98) WHERE id = 1001", "outbox: row 1001 has a NUL"),
        ("UPDATE cards SET message_id = 'seven' WHERE rowid = 3", "cards: a value was refused"),
        ("UPDATE cards SET message_id = 7.5 WHERE rowid = 3", "cards: a value was refused"),
        ("UPDATE events SET detail = x'61ff' WHERE id = 1001", "events has 2"),
        ("UPDATE events SET detail = CAST(x'61ff' AS TEXT)", "UTF-8"),
        ("UPDATE chats SET chat = NULL WHERE chat LIKE '3-%'", "chats: a value was refused"),
    ],
)
def test_what_postgresql_does_not_keep(
    place: Path, postgres_url: str, statement: str, said: str
) -> None:
    with closing(sqlite3.connect(place / "one.db")) as connection, connection:
        assert connection.execute(statement).rowcount > 0
    require_refused(place, said, "one.db", postgres_url)
    assert is_as_new(postgres_url)


BREAKS = {
    "UPDATE audit SET what = 'other' WHERE number = 6": "row 6 does not follow from row 5: changed",
    "DELETE FROM audit WHERE number = 6": "row 6 is missing; allowed: every row",
    "DELETE FROM audit WHERE number > 7": "missing at the end; allowed: every row",
    "UPDATE audit_start SET secret = hash, hash = secret": "row 4 does not follow from row 3",
}


@pytest.mark.parametrize(("statement", "said"), BREAKS.items())
def test_an_audit_that_is_not_as_it_was_written(
    place: Path, postgres_url: str, statement: str, said: str
) -> None:
    with closing(sqlite3.connect(place / "one.db")) as connection, connection:
        for trigger in ("audit_is_never_changed", "audit_is_only_pruned"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)
    require_refused(place, said, "one.db", postgres_url)
    assert is_as_new(postgres_url)
    verified = cordcall(place, "audit", "verify", CORDCALL_DATABASE="one.db")
    assert cordcall(place, "move", "one.db", postgres_url).err == verified.err


def test_an_audit_is_verified_before_anything_is_copied(
    place: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Link, "copy", None)
    with closing(sqlite3.connect(place / "one.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("UPDATE audit SET what = 'other' WHERE number = 6")
    with (
        pytest.raises(Broken, match=r"^audit: row 6 does not follow"),
        moving(place / "one.db", Address.read(postgres_url), None),
    ):
        pass


@pytest.mark.parametrize(("statement", "said"), BREAKS.items())
def test_an_audit_on_postgresql_that_is_not_as_it_was_written(
    place: Path, postgres_url: str, statement: str, said: str
) -> None:
    assert cordcall(place, "move", "one.db", postgres_url).status == 0
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement.encode())
    require_refused(place, said, postgres_url, "two.db")


@pytest.mark.parametrize("name", sorted({*tables()} - {"engine", "audit_start"}))
def test_a_target_that_holds_anything(place: Path, postgres_url: str, name: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("SET session_replication_role = replica")
        columns = connection.execute(
            "SELECT column_name, data_type FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name = %s", (name,)
        ).fetchall()  # fmt: skip
        row = ", ".join(f"'1'::{kind}" for _, kind in columns)
        names = ", ".join(column for column, _ in columns)
        connection.execute(f"INSERT INTO {name} ({names}) VALUES ({row})".encode())
    said = f"has something in it already ({name}); nothing was changed; allowed: an empty database"
    require_refused(place, said, "one.db", postgres_url)
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchall()
    assert found == [(1,)]


def test_a_target_that_held_an_audit(place: Path, postgres_url: str) -> None:
    for statement in ("UPDATE audit_start SET number = 7", "UPDATE engine SET audited = 7"):
        with psycopg.connect(postgres_url) as connection:
            connection.execute(statement.encode())
        require_refused(place, "has something in it already", "one.db", postgres_url)


def test_a_server_that_cannot_be_used(
    place: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url = postgres_server.url(postgres_empty)
    require_refused(place, f"{NOWHERE}: connection failed", "one.db", NOWHERE)
    require_refused(place, f"{NOWHERE}: connection failed", NOWHERE, "two.db")
    require_refused(place, "has nothing in it; nothing was changed; allowed", url, "two.db")
    postgres_server.sql("CREATE TABLE recipes (name text)", postgres_empty)
    for words in (("one.db", url), (url, "two.db")):
        require_refused(place, "is another program's database", *words)
    postgres_server.sql("DROP TABLE recipes", postgres_empty)
    PostgresStore(Address.read(url)).close()
    for number in (NEWEST - 1, NEWEST + 1):
        postgres_server.sql(f"UPDATE engine SET version = {number}", postgres_empty)
        require_refused(place, f"has schema {number}", url, "two.db")
    require_refused(place, f"has schema {NEWEST + 1}, newer than this", "one.db", url)
    assert is_as_new(url)


def test_a_server_in_use_from_either_side(place: Path, postgres_url: str) -> None:
    with closing(PostgresStore(Address.read(postgres_url))) as store:
        for words in (("one.db", postgres_url), (postgres_url, "two.db")):
            said = "is in use by CordCall (from the server itself); nothing was changed; allowed"
            require_refused(place, said, *words)
        add(store, a_case())
    assert cordcall(place, "move", postgres_url, "two.db").status == 0


def ends(place: Path, url: str) -> Iterator[tuple[Path | Address, Path | Address]]:
    yield place / "one.db", Address.read(url)
    yield Address.read(url), place / "two.db"


def test_nobody_starts_where_a_move_is_under_way(place: Path, postgres_url: str) -> None:
    address = Address.read(postgres_url)
    for source, target in ends(place, postgres_url):
        with moving(source, target, None) as finish:
            with pytest.raises(StoreError, match=r"is being moved; allowed: a start once that is"):
                PostgresStore(address)
            if source == place / "one.db":
                with pytest.raises(StoreError, match="in use by another Telegram bot"):
                    Lock(place / "one.db", BOT)
            finish(NOON)
        PostgresStore(address).close()
        Lock(place / "one.db", BOT).release()


def test_a_worker_that_was_cut_off_does_not_come_back_during_a_move(
    place: Path, postgres_url: str
) -> None:
    address = Address.read(postgres_url)
    with closing(PostgresStore(address)) as store:
        with psycopg.connect(postgres_url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'cordcall'"
            )
        with (
            moving(place / "one.db", address, None),
            pytest.raises(StoreError, match="is being moved"),
            store.turn(),
        ):
            pass
    assert is_as_new(postgres_url)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("one.db", "one.db: has something in it already (answering); nothing was changed; allowed"),
        ("used.db", "used.db: has something in it already (clock)"),
        ("other.db", "other.db: is not CordCall's; allowed: a new name"),
        ("text.db", "text.db is damaged: file is not a database; nothing was changed"),
        ("no/such/two.db", "no/such/two.db: No such file or directory"),
        ("lost.db", "lost.db: is missing, but lost.db-wal is beside it"),
        ("link.db", "link.db: is a link to "),
    ],
)
def test_a_file_that_cannot_be_filled(place: Path, postgres_url: str, name: str, said: str) -> None:
    with closing(PostgresStore(Address.read(postgres_url))) as store:
        talked(store)
    with closing(SqliteStore(place / "used.db")) as used:
        used.database.execute("INSERT INTO clock VALUES (1, 'now', NULL, NULL)")
    with closing(sqlite3.connect(place / "other.db")) as other:
        other.execute("CREATE TABLE recipes (name)")
    (place / "text.db").write_text("patients, in a spreadsheet\n" * 200)
    (place / "lost.db-wal").write_text("what was not in the file yet")
    if name == "link.db":
        (place / name).symlink_to(place / "nowhere.db")
        assert "is a link to" in cordcall(place, "move", postgres_url, name).err
        assert (place / name).is_symlink()
        return
    require_refused(place, said, postgres_url, name)


def test_a_file_that_somebody_else_puts_there_meanwhile(place: Path, postgres_url: str) -> None:
    target = place / "two.db"

    def begins_a_bot() -> None:
        held.append(Lock(target, BOT))

    def is_filled() -> None:
        target.write_bytes((place / "one.db").read_bytes())

    held = list[Lock]()
    comes: Callable[[], None]
    for comes, said in ((begins_a_bot, "is in use by a Tele"), (is_filled, "something in it")):
        with (
            moving(Address.read(postgres_url), target, None) as finish,
            pytest.raises(StoreError, match=said),
        ):
            comes()
            finish(datetime.now(NOON.tzinfo))
        for lock in held:
            lock.release()
            held.clear()
    assert target.read_bytes() == (place / "one.db").read_bytes()
    assert [each.name for each in place.iterdir() if each.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("answers", lambda rows: rows[:-1], r"answers has \d+ rows, and is not the same"),
        ("outbox", lambda rows: [*rows[:-1], (*rows[-1][:-1], 7)], "outbox has"),
        ("cases", lambda rows: [(*rows[0][:1], "", *rows[0][2:]), *rows[1:]], "cases has 22"),
    ],
)
def test_a_copy_that_is_not_the_same_is_not_kept(
    place: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch, table: str,
    change: Callable[[list[Row]], list[Row]], said: str,
) -> None:  # fmt: skip
    copy, add_to_file = Link.copy, WholeFile.add

    def copies(link: Link, statement: str, rows: Iterable[Row]) -> None:
        is_it = statement.startswith(f"COPY {table} ")
        copy(link, statement, change([*rows]) if is_it else rows)

    def adds(file: WholeFile, to: Table, rows: Iterable[Row]) -> None:
        add_to_file(file, to, change([*rows]) if to.name == table else rows)

    with monkeypatch.context() as patched:
        patched.setattr(Link, "copy", copies)
        with (
            pytest.raises(StoreError, match=said),
            moving(place / "one.db", Address.read(postgres_url), None),
        ):
            pass
    assert is_as_new(postgres_url)
    assert cordcall(place, "move", "one.db", postgres_url).status == 0
    monkeypatch.setattr(WholeFile, "add", adds)
    with (
        pytest.raises(StoreError, match=said),
        moving(Address.read(postgres_url), place / "two.db", None),
    ):
        pass
    assert [each.name for each in place.iterdir()] == ["one.db"]


def test_without_the_extra_it_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    for source, target in ends(place, NOWHERE):
        with pytest.raises(StoreError, match=r"the extra postgres; allowed: cordcall\[postgres\]"):
            moving(source, target, None).__enter__()
