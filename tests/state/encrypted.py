"""What the tests of encrypted databases share: keys, and what may not be found in their files."""

import re
import signal
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from state.key import Key
from state.sqlite.store import SqliteStore
from tests.state.contract.values import a_case, add

KEY: Final = Key(Path("/elsewhere/key"), "0f" * 32)
OTHER: Final = Key(Path("/elsewhere/other"), "f0" * 32)
PAGE: Final = 4096
LOG_HEADER: Final = 32
FRAME_HEADER: Final = 24
CUT_OFF = """
import sys, time
from pathlib import Path
from state.key import Key
from state.sqlite.store import SqliteStore
store = SqliteStore(Path(sys.argv[1]), key=Key(Path("key"), sys.argv[2]))
with store.turn():
    store.database.execute("UPDATE cases SET status = 'waiting'")
print("ready", flush=True)
time.sleep(60)
"""
PLAIN: Final = re.compile(  # long enough never to be found in random bytes
    rb"SQLite format|CREATE (TABLE|INDEX)|answers|cord_signs|haemodialysis|weakness|KES-\d\d|"
    rb"EMERGENCY|migration"
)


def pages(file: Path) -> Iterator[bytes]:
    """Return the pages of a database, or of a log, which has a header before each."""
    data = file.read_bytes()
    start, step = (LOG_HEADER, FRAME_HEADER) if file.name.endswith("-wal") else (0, 0)
    while start < len(data):
        yield data[start + step : start + step + PAGE]
        start += step + PAGE


def readable(file: Path) -> list[str]:
    """Say what in a file is not encrypted: a word of ours, a page that is not random."""
    found = [each[0].decode() for each in PLAIN.finditer(file.read_bytes())]
    for number, page in enumerate(pages(file), 1):
        if len(page) != PAGE or len(zlib.compress(page)) <= PAGE:
            found.append(f"page {number}")
    return found


def log_of(database: Path) -> Path:
    return database.with_name(f"{database.name}-wal")


def filled(database: Path, *names: str, key: Key | None = KEY) -> None:
    with closing(SqliteStore(database, key=key)) as store:
        for name in names:
            add(store, a_case(name))


def codes(database: Path, key: Key | None = KEY) -> list[str]:
    with closing(SqliteStore(database, key=key)) as store:
        return [code for (code,) in store.database.execute("SELECT code FROM cases ORDER BY code")]


def killed_with_a_log(database: Path, key: Key = KEY) -> None:
    """Change a database in a process that is killed: its log stays."""
    process = subprocess.Popen(
        [sys.executable, "-c", CUT_OFF, str(database), key.digits],
        stdout=subprocess.PIPE, cwd=Path.cwd(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert log_of(database).stat().st_size > 0


def kept(database: Path) -> dict[str, bytes]:
    """Return what is in a database and its log; an empty log is as good as none."""
    both = {each.name: each.read_bytes() for each in (database, log_of(database)) if each.exists()}
    return {name: data for name, data in both.items() if data}
