"""Backups: made beside a running program, checked, and put back without mixing two databases."""

import os
import pty
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from bot.command_line.copies import end_tidily, restore
from state.lock import BOT, TERMINAL, Lock
from state.people import Invitation, Member
from state.records import Switch
from state.sql.version import SCHEMA_VERSION
from state.sqlite import copies
from state.sqlite.copying import Replacing, Source, copied, give_to_owner
from state.sqlite.store import SqliteStore
from state.store import StoreError
from tests.conftest import NOON
from tests.forked import Run, run
from tests.state.contract.values import a_case, add

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
KILLS = 12
TELLS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
HOLD = """
import sys, time
from pathlib import Path
from state.sqlite.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
with store.turn():
    store.database.execute("UPDATE cases SET status = 'waiting' WHERE code = 'KES-42'")
print("ready", flush=True)
time.sleep(60)
"""


def cordcall(database: Path, *words: str) -> Run:
    return run(database.parent, *words, CORDCALL_DATABASE=database.name)


def filled(database: Path, *codes: str) -> None:
    with closing(SqliteStore(database)) as store:
        for code in codes:
            add(store, a_case(code))


def erase(database: Path, code: str) -> None:
    with closing(SqliteStore(database)) as store, store.turn():
        store.cases.activate("chat", None)
        for table in ("answers", "cases"):
            store.database.execute(f"DELETE FROM {table} WHERE code = ?", (code,))


def codes(database: Path) -> list[str]:
    with closing(SqliteStore(database)) as store:
        return [code for (code,) in store.database.execute("SELECT code FROM cases ORDER BY code")]


def killed_with_a_log(database: Path) -> None:
    """Change a database in a process that is killed: its log stays."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert log_of(database).stat().st_size > 0


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def replaced(database: Path) -> list[Path]:
    return sorted(database.parent.glob(f"{database.name}.replaced-*"))


def leftovers(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


def break_index(database: Path) -> None:
    """Damage a page so that only a check sees it, not the opening."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE tbl_name = 'cases' AND type = 'table'"
        ).fetchone()
    with database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 100)


def test_a_backup_beside_a_running_program_holds_everything_and_is_private(
    database: Path,
) -> None:
    with closing(SqliteStore(database)) as store:
        lock = Lock(database, BOT)
        add(store, a_case("KES-42"))
        assert log_of(database).stat().st_size > 0
        done = cordcall(database, "backup", "copy.db")
        assert (done.status, done.err) == (0, "")
        assert b"copy.db: written and checked; cases: 1, open: 1, last used 2026-" in done.out
        add(store, a_case("KES-43"))
    lock.release()
    copy = database.with_name("copy.db")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert codes(copy) == ["KES-42"]
    assert codes(database) == ["KES-42", "KES-43"]
    assert leftovers(database.parent) == []


def test_a_backup_never_overwrites_and_names_what_is_missing(database: Path) -> None:
    assert "no such file; allowed: one to back up" in cordcall(database, "backup", "copy.db").err
    filled(database, "KES-42")
    database.with_name("copy.db").write_text("a hospital's other file")
    refused = cordcall(database, "backup", "copy.db")
    assert (refused.status, refused.err) == (
        2, "cordcall: copy.db: already exists; allowed: a new name\n",
    )  # fmt: skip
    assert database.with_name("copy.db").read_text() == "a hospital's other file"
    nowhere = cordcall(database, "backup", "no/such/copy.db")
    assert nowhere.status == 2
    assert nowhere.err.startswith("cordcall: no/such/copy.db: No such file or directory; ")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_copy_without_room_is_the_one_that_is_named(database: Path, command: str) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    before = database.read_bytes()
    file = "other.db" if command == "backup" else "copy.db"
    limited = 'ulimit -f 64; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", limited, "-", sys.executable, "-m", "bot", command, file],
        cwd=database.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        env={**os.environ, "CORDCALL_DATABASE": database.name, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 2
    full = "other.db" if command == "backup" else str(database)
    assert done.stderr.startswith(f"cordcall: {full}: ")
    assert done.stderr.endswith("nothing was changed; allowed: a file on a disk with room\n")
    assert database.read_bytes() == before
    assert leftovers(database.parent) == replaced(database) == []


def test_a_damaged_database_is_not_backed_up(database: Path) -> None:
    filled(database, "KES-42")
    break_index(database)
    refused = cordcall(database, "backup", "copy.db")
    assert refused.status == 2
    assert refused.err.count("\n") == 1
    assert "cordcall.db: is damaged: " in refused.err
    assert sorted(each.name for each in database.parent.glob("*copy*")) == []


def test_restore_keeps_what_it_replaces_and_its_log_is_not_mixed_in(database: Path) -> None:
    filled(database, "KES-42", "KES-43")
    assert cordcall(database, "backup", "copy.db").status == 0
    erase(database, "KES-43")
    killed_with_a_log(database)
    done = cordcall(database, "restore", "copy.db")
    assert (done.status, done.err) == (0, "")
    assert b"cordcall.db: restored and checked; cases: 2, open: 2, last used" in done.out
    assert not log_of(database).exists()
    assert database.stat().st_mode & 0o777 == 0o600
    assert codes(database) == ["KES-42", "KES-43"]
    (kept,) = replaced(database)
    assert f"{kept.name}: what it replaced".encode() in done.out
    with closing(sqlite3.connect(kept)) as old:
        assert old.execute("SELECT code, status FROM cases").fetchall() == [("KES-42", "waiting")]
    assert leftovers(database.parent) == []


@pytest.mark.parametrize("reason", ["", "wrong dose"])
def test_a_restore_opens_no_invitation_and_does_not_put_it_back_in_use(
    database: Path, reason: str
) -> None:
    filled(database, "KES-42")
    with closing(SqliteStore(database)) as store, store.turn():
        store.invitations.add(Invitation("a" * 64, "clinician", 1, "", "1001", NOON))
        store.members.keep(Member("1002", "clinician", "", "1001", NOON))
    assert cordcall(database, "backup", "copy.db").status == 0
    with closing(SqliteStore(database)) as store, store.turn():
        store.out_of_use.keep(Switch(reason, reason))
    done = cordcall(database, "restore", "copy.db")
    assert (done.status, done.err) == (0, "")
    assert b"; members: 1" in done.out
    with closing(SqliteStore(database)) as store:
        assert store.invitations.of("1001") == []
        assert store.out_of_use.kept() == Switch(reason, "")


def test_a_backup_too_old_to_be_out_of_use_is_refused_while_it_is(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    with closing(sqlite3.connect(database.with_name("copy.db"))) as old:
        for table in ("out_of_use", "invitations", "members"):
            old.execute(f"DROP TABLE {table}")
    with closing(SqliteStore(database)) as store, store.turn():
        store.out_of_use.keep(Switch("wrong dose", ""))
    before = database.read_bytes()
    refused = cordcall(database, "restore", "copy.db")
    assert refused.status == 2
    assert "out of use, which this backup is too old to keep" in refused.err
    assert database.read_bytes() == before
    assert leftovers(database.parent) == replaced(database) == []


@pytest.mark.parametrize("role", [BOT, TERMINAL])
def test_restore_refuses_while_the_program_runs(database: Path, role: str) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    before = database.read_bytes()
    lock = Lock(database, role)
    refused = cordcall(database, "restore", "copy.db")
    lock.release()
    assert refused.status == 2
    assert f"cordcall.db is in use by a {role}; nothing was changed; " in refused.err
    assert database.read_bytes() == before
    assert replaced(database) == []


def test_restore_refuses_while_another_program_has_the_file_open(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    with closing(SqliteStore(database)) as store:
        refused = cordcall(database, "restore", "copy.db")
        add(store, a_case("KES-43"))
    assert refused.status == 2
    assert "database is locked; nothing was changed; allowed: " in refused.err
    assert replaced(database) == []
    assert codes(database) == ["KES-42", "KES-43"]


def test_a_damaged_database_is_replaced_and_kept_as_it_is(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    break_index(database)
    broken = database.read_bytes()
    log_of(database).write_bytes(b"the log of a damaged file")
    assert cordcall(database, "restore", "copy.db").status == 0
    kept, log = replaced(database)
    assert kept.read_bytes() == broken
    assert (log.name, log.read_bytes()) == (f"{kept.name}-wal", b"the log of a damaged file")
    assert codes(database) == ["KES-42"]


def test_what_is_no_good_backup_is_refused_and_nothing_changes(database: Path) -> None:
    filled(database, "KES-42")
    before = database.read_bytes()
    folder = database.parent
    (folder / "text.db").write_text("patients, in a spreadsheet\n" * 200)
    (folder / "empty.db").touch()
    shutil.copy(database, folder / "broken.db")
    break_index(folder / "broken.db")
    shutil.copy(database, folder / "cut.db")
    os.truncate(folder / "cut.db", 4096 * 3)
    shutil.copy(database, folder / "newer.db")
    with closing(sqlite3.connect(folder / "newer.db")) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with closing(sqlite3.connect(folder / "other.db")) as other, other:
        other.execute("CREATE TABLE recipes (name)")
    expected = {
        "text.db": "file is not a database",
        "empty.db": "is empty; allowed: one that `cordcall backup` wrote",
        "broken.db": "is damaged",
        "cut.db": "malformed|is damaged",
        "newer.db": f"is from a newer version of CordCall (schema {SCHEMA_VERSION + 1}); ",
        "other.db": "is not CordCall's",
        "absent.db": "no such file",
        "cordcall.db": "is the database itself",
    }
    for name, said in expected.items():
        refused = cordcall(database, "restore", name)
        assert refused.status == 2, name
        assert refused.err.startswith(f"cordcall: {name}: "), refused.err
        assert any(each in refused.err for each in said.split("|")), refused.err
        assert refused.err.count("\n") == 1
    assert database.read_bytes() == before
    assert replaced(database) == leftovers(folder) == []


def test_a_backup_with_a_foreign_log_beside_it_is_restored_alone(database: Path) -> None:
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    assert cordcall(database, "backup", "copy.db").status == 0
    killed_with_a_log(database)
    shutil.copy(log_of(database), log_of(copy))
    assert cordcall(database, "restore", "copy.db").status == 0
    with closing(SqliteStore(database)) as store:
        assert store.database.execute("SELECT status FROM cases").fetchone() == ("open",)


@pytest.mark.slow
def test_a_file_mixed_up_with_a_log_is_refused_at_the_start(database: Path) -> None:
    filled(database, "KES-42")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        hidden = "FROM sqlite_master WHERE name = 'idx_cases_owner'"
        row = connection.execute(f"SELECT * {hidden}").fetchone()
        connection.execute(f"DELETE {hidden}")
        connection.commit()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE cases SET owner = '1002'")
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
    assert cordcall(database, "chat").status == 0
    killed_with_a_log(database)
    refused = cordcall(database, "chat")
    assert refused.status == 2
    assert "is damaged: " in refused.err and "idx_cases_owner" in refused.err
    assert "`cordcall restore FILE` puts a backup in its place" in refused.err


def test_a_backup_of_an_older_schema_and_on_a_read_only_place_is_restored(database: Path) -> None:
    filled(database, "KES-42")
    medium = database.with_name("medium")
    medium.mkdir()
    assert cordcall(database, "backup", "medium/copy.db").status == 0
    database.unlink()
    (medium / "copy.db").chmod(0o400)
    medium.chmod(0o500)
    done = cordcall(database, "restore", "medium/copy.db")
    medium.chmod(0o700)
    assert (done.status, done.err) == (0, "")
    assert [each.name for each in medium.iterdir()] == ["copy.db"]
    assert b"what it replaced" not in done.out
    assert codes(database) == ["KES-42"]


def test_restore_through_a_link_replaces_its_target(database: Path, tmp_path: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    link = folder / "link.db"
    link.symlink_to(database)
    assert cordcall(link, "restore", str(database.with_name("copy.db"))).status == 0
    assert link.is_symlink()
    assert len(replaced(database)) == 1
    assert [each.name for each in folder.iterdir()] == ["link.db"]


def restores_at_a_terminal(database: Path, typed: bytes, *, ahead: bytes = b"") -> Run:
    """Restore at a terminal: some is typed ahead of the question, some as the answer."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "restore", str(database.with_name("copy.db"))],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "CORDCALL_DATABASE": str(database)},
    )  # fmt: skip
    os.write(ours, ahead)
    assert process.stdout is not None
    asked = b""
    while not asked.endswith(b"[y/N]: ") and (more := process.stdout.read(1)):
        asked += more
    os.write(ours, typed)
    out, err = process.communicate(timeout=PATIENCE_S)
    os.close(ours)
    os.close(theirs)
    return Run(process.returncode, asked + out, err.decode())


@pytest.mark.parametrize(("typed", "status"), [(b"y\n", 0), (b"n\n", 2), (b"\n", 2), (b"\4", 130)])
def test_at_a_terminal_restore_asks_first(database: Path, typed: bytes, status: int) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    filled(database, "KES-43", "KES-44")
    done = restores_at_a_terminal(database, typed)
    assert done.status == status, done.err
    copy = database.with_name("copy.db")
    assert f"{copy}: cases: 1, open: 1, last used ".encode() in done.out
    assert f"{database}: cases: 3, open: 3, last used ".encode() in done.out
    assert b"Put the first in the place of the second?" in done.out
    assert len(replaced(database)) == (1 if status == 0 else 0)
    if status == 2:
        assert "left as it was" in done.err


def test_lines_pasted_with_the_command_do_not_answer_its_question(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    done = restores_at_a_terminal(database, b"n\n", ahead=b"y\ny\n")
    assert done.status == 2
    assert replaced(database) == []


def test_a_restore_where_there_is_no_database_asks_too_and_says_where(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    database.unlink()
    done = restores_at_a_terminal(database, b"n\n")
    assert (done.status, database.exists()) == (2, False)
    assert f"{database}: there is none yet\n".encode() in done.out
    done = cordcall(database, "restore", "copy.db")
    assert done.out.startswith(f"{database}: restored and checked; cases: 1".encode())
    assert done.out.endswith(b"; there was none before\n")


def test_what_cannot_be_read_is_replaced_as_such(database: Path) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    database.write_bytes(b"no database at all" * 500)
    done = restores_at_a_terminal(database, b"n\n")
    assert f"{database}: cannot be read\n".encode() in done.out


def test_of_two_backups_to_one_name_the_second_is_refused(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    reserve = copies._reserve

    def be_overtaken(file: Path) -> None:
        monkeypatch.setattr(copies, "_reserve", reserve)
        copies.backup(database, file)
        reserve(file)

    monkeypatch.setattr(copies, "_reserve", be_overtaken)
    with pytest.raises(StoreError, match=r"copy.db: already exists; allowed: a new name"):
        copies.backup(database, copy)
    assert codes(copy) == ["KES-42"]
    assert leftovers(database.parent) == []


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_a_backup_never_takes_the_name_of_what_belongs_to_the_database(
    database: Path, end: str
) -> None:
    filled(database, "KES-42")
    file = database.with_name(f"{database.name}{end}")
    refused = cordcall(database, "backup", file.name)
    assert (refused.status, refused.err) == (
        2, f"cordcall: {file.name}: belongs to the database; allowed: another name\n",
    )  # fmt: skip
    assert not file.exists()


@pytest.fixture
def handlers() -> Iterator[None]:
    """Keep what the commands do with signals to the test."""
    kept = {each: signal.getsignal(each) for each in TELLS}
    yield
    for each, handler in kept.items():
        signal.signal(each, handler)


@pytest.mark.usefixtures("handlers")
def test_nohup_is_respected() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    end_tidily()
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    assert signal.getsignal(signal.SIGTERM) not in (signal.SIG_IGN, signal.SIG_DFL)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("told", TELLS)
def test_a_restore_that_has_begun_to_replace_is_finished_whatever_it_is_told(
    database: Path, told: signal.Signals, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    filled(database, "KES-42")
    copy = database.with_name("copy.db")
    copies.backup(database, copy)
    finish = Replacing.finish

    def be_told(ready: Replacing, now: datetime) -> Path | None:
        os.kill(os.getpid(), told)
        return finish(ready, now)

    monkeypatch.setattr(Replacing, "finish", be_told)
    monkeypatch.setenv("CORDCALL_DATABASE", str(database))
    restore(copy)
    assert f"{replaced(database)[0]}: what it replaced" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_restore_that_is_told_to_stop_leaves_no_copy_behind(
    database: Path, told: signal.Signals
) -> None:
    filled(database, "KES-42")
    assert cordcall(database, "backup", "copy.db").status == 0
    ours, theirs = pty.openpty()
    interrupted = told == signal.SIGINT
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "restore", str(database.with_name("copy.db"))],
        stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "CORDCALL_DATABASE": str(database)},
        preexec_fn=lambda: signal.signal(told, signal.SIG_DFL),  # not as nohup leaves it
    )  # fmt: skip
    until = time.monotonic() + PATIENCE_S
    while not leftovers(database.parent) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(told)
    _, err = process.communicate(timeout=PATIENCE_S)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == (130 if interrupted else 2)
    assert err.count(b"cordcall: ") == (0 if interrupted else 1) and b"Traceback" not in err
    assert leftovers(database.parent) == replaced(database) == []


@pytest.mark.slow
def test_a_restore_that_is_killed_leaves_the_former_or_the_restored_database(
    database: Path,
) -> None:
    filled(database, "KES-42", "KES-43")
    assert cordcall(database, "backup", "copy.db").status == 0
    command = [sys.executable, "-m", "bot", "restore", str(database.with_name("copy.db"))]
    env = {**os.environ, "CORDCALL_DATABASE": str(database)}
    began = time.monotonic()
    subprocess.run(command, env=env, check=True, stdin=subprocess.DEVNULL, capture_output=True)
    usual_s = time.monotonic() - began
    found = list[tuple[str, ...]]()
    for step in range(KILLS):
        erase(database, "KES-43")
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        time.sleep(usual_s * (0.6 + 0.5 * step / KILLS))
        process.kill()
        process.wait()
        found.append(tuple(codes(database)))
    assert set(found) <= {("KES-42",), ("KES-42", "KES-43")}
    assert len(found) == KILLS


def test_root_gives_a_copy_away_and_never_what_a_link_in_its_place_leads_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, secret = tmp_path / "cordcall.db", tmp_path / "secret"
    SqliteStore(database).close()
    secret.touch()
    before = secret.stat().st_ctime_ns
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    source = Source(database, "ro", None, "it")
    with copied(source, database, None) as (made, _):
        made.unlink()
        made.symlink_to(secret)
        given = made.lstat().st_ctime_ns
        give_to_owner(made, database)
        assert made.lstat().st_ctime_ns > given
    assert secret.stat().st_ctime_ns == before
