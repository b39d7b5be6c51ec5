"""A move that is cut short leaves both sides as they were, and can be made again."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.postgres.moved import (
    Rows,
    cordcall,
    everything_in,
    filled_folder,
    in_file,
    in_postgres,
    is_as_new,
)
from tests.postgres.server import Place, Server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
KILLS = 25
SEED = 28
PATIENCE_S = 30.0
MANY = 200_000
SEQUENCE = "sqlite_sequence"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a filled database in it and nothing else."""
    return filled_folder(tmp_path)


@pytest.fixture
def large(place: Path) -> Path:
    """The same with so many rows that a move takes seconds."""
    rows = [("a screen of some length " * 4, str(number)) for number in range(MANY)]
    with closing(sqlite3.connect(place / "one.db")) as connection, connection:
        connection.executemany("INSERT INTO outbox (screens, chat) VALUES (?, ?)", rows)
    return place


def begin(folder: Path, *words: str, die_at: int | None = None) -> subprocess.Popen[str]:
    program = ["-m", "bot"] if die_at is None else ["-m", "tests.postgres.cut_short", str(die_at)]
    return subprocess.Popen(
        [sys.executable, *program, "move", *words],
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )  # fmt: skip


def is_in(url: str, folder: Path, before: Rows) -> bool:
    """Return whether everything was moved; if not, nothing was."""
    if is_as_new(url):
        return False
    assert {**in_postgres(url, folder / "one.db"), SEQUENCE: before[SEQUENCE]} == before
    return True


def until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def nobody_is_connected(url: str) -> bool:
    with psycopg.connect(url) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND application_name = 'cordcall'"
        ).fetchall()
    return others == [(0,)]


def killed_at(points: int) -> list[int]:
    """Choose points: the first and the last ones, where it is decided, and some between."""
    last = range(points - 8, points + 1)
    return sorted({1, *last, *random.Random(SEED).sample(range(2, points - 8), KILLS - 10)})


def test_kills_on_the_way_to_postgresql(
    place: Path, postgres_server: Server, postgres_empty: str
) -> None:
    url, everything = postgres_server.url(postgres_empty), everything_in(place)
    before = in_file(place / "one.db")
    out, err = begin(place, "one.db", url, die_at=0).communicate(timeout=PATIENCE_S)
    assert err == ""
    kept = list[bool]()
    for point in killed_at(int(out.split()[-1])):
        until(lambda: nobody_is_connected(url))
        postgres_server.sql(f"DROP DATABASE {postgres_empty}")
        postgres_server.sql(f"CREATE DATABASE {postgres_empty}")
        process = begin(place, "one.db", url, die_at=point)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == -signal.SIGKILL
        until(lambda: nobody_is_connected(url))
        assert everything_in(place) == everything
        kept.append(is_in(url, place, before))
        again = cordcall(place, "move", "one.db", url)
        said = "has something in it already" if kept[-1] else ""
        assert (again.status, said in again.err) == (2 if kept[-1] else 0, True)
        assert is_in(url, place, before)
    assert kept == sorted(kept)
    assert {*kept} == {False, True}


def test_kills_on_the_way_back(place: Path, postgres_url: str) -> None:
    assert cordcall(place, "move", "one.db", postgres_url).status == 0
    before, target = in_file(place / "one.db"), place / "two.db"
    out, err = begin(place, postgres_url, "two.db", die_at=0).communicate(timeout=PATIENCE_S)
    assert err == ""
    kept = list[bool]()
    for point in killed_at(int(out.split()[-1])):
        target.unlink()
        process = begin(place, postgres_url, "two.db", die_at=point)
        process.communicate(timeout=PATIENCE_S)
        assert process.returncode == -signal.SIGKILL
        until(lambda: nobody_is_connected(postgres_url))
        kept.append(target.exists() and target.stat().st_size > 0)
        assert not kept[-1] or in_file(target) == before
        again = cordcall(place, "move", postgres_url, "two.db")
        assert again.status == (2 if kept[-1] else 0)
        assert in_file(target) == before
        assert is_in(postgres_url, place, before)
    assert kept == sorted(kept)
    assert {*kept} == {False, True}


def is_copying(url: str) -> bool:
    """Return whether rows are on their way into or out of the largest table."""
    with psycopg.connect(url) as connection:
        asked = connection.execute(
            "SELECT query FROM pg_stat_activity WHERE application_name = 'cordcall'"
        ).fetchall()
    return any(query.startswith(("COPY outbox", "FETCH")) for (query,) in asked)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_that_is_told_to_stop_ends_at_once(
    large: Path, postgres_url: str, told: signal.Signals
) -> None:
    everything, before = everything_in(large), in_file(large / "one.db")
    for words in (("one.db", postgres_url), (postgres_url, "two.db")):
        process = begin(large, *words)
        until(lambda: is_copying(postgres_url))
        process.send_signal(told)
        out, err = process.communicate(timeout=PATIENCE_S)
        assert (process.returncode, out) == (130 if told == signal.SIGINT else 2, "")
        assert err == ("" if told == signal.SIGINT else f"cordcall: {TOLD}\n")
        assert everything_in(large) == everything
        until(lambda: nobody_is_connected(postgres_url))
        assert is_in(postgres_url, large, before) == (words[0] == postgres_url)
        if words[0] == "one.db":
            assert cordcall(large, "move", *words).status == 0


TOLD = "told to stop before it was done; allowed: run it again"


def test_a_server_that_is_lost(large: Path) -> None:
    everything, before = everything_in(large), in_file(large / "one.db")
    servers = Place()
    try:
        server = Server.begun(servers).start()
        server.sql("CREATE DATABASE one")
        url = server.url("one")
        for words in (("one.db", url), (url, "two.db")):
            process = begin(large, *words)
            until(lambda: is_copying(url))
            server.stop("immediate")
            out, err = process.communicate(timeout=PATIENCE_S)
            assert (process.returncode, out, err.splitlines()[1:]) == (2, "", [])
            assert err.startswith("cordcall: postgresql:///one?")
            assert "; nothing was changed; allowed: " in err
            assert everything_in(large) == everything
            server.start()
            assert is_in(url, large, before) == (words[0] == url)
            assert cordcall(large, "move", *words).status == 0
        assert in_file(large / "two.db") == before
    finally:
        servers.close()


def test_a_file_for_which_there_is_no_room(large: Path, postgres_url: str) -> None:
    assert cordcall(large, "move", "one.db", postgres_url).status == 0
    everything = everything_in(large)
    limited = 'ulimit -f 1000; exec "$@"'
    done = subprocess.run(
        ["bash", "-c", limited, "-", sys.executable, "-m", "bot", "move", postgres_url, "two.db"],
        cwd=large, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cordcall: two.db: ")
    assert done.stderr.endswith("nothing was changed; allowed: a file on a disk with room\n")
    assert everything_in(large) == everything
