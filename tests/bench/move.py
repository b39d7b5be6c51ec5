"""Moving a whole database to PostgreSQL and back: rows a second, and the memory that it takes."""

import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from state.sqlite.store import SqliteStore
from tests.bench.bots import ROOT
from tests.bench.scale import fill
from tests.bench.table import Figure, print_lines, print_table
from tests.postgres import programs
from tests.postgres.server import Place, Server

CASES: Final = (2_000, 20_000)
AUDITED: Final = 3  # rows of the audit for each case
MOST_GROWTH_MB: Final = 5.0
MOVES: Final = """
from pathlib import Path
from bot.__main__ import app
from bot.command_line.commands import call

call(app())
most = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
print(int(most) / 1024)
"""


def measure() -> None:
    """Print how fast each way is, comparing included, and what more rows take of memory."""
    if reason := programs.why_missing():
        print_lines("move", [f"not measured: {reason}"])
        return
    place = Place(on_disk=True)
    try:
        server = Server.begun(place, durable=True).start()
        with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
            few, many = (_moved(server, Path(name), count) for count in CASES)
    finally:
        place.close()
    figures = []
    for way, small, large in zip(("to PostgreSQL", "to SQLite"), few, many, strict=True):
        rows, seconds, memory = large
        growth = memory - small[2]
        speed = f"{rows:,} in {seconds:.1f} s = {rows / seconds:,.0f} /s"
        figures.append(Figure(f"rows {way}", speed, "-", True))
        figures.append(
            Figure(
                f"memory that takes beyond {small[0]:,}",
                f"{growth:+.1f} MB",
                f"< {MOST_GROWTH_MB:.0f} MB",
                growth < MOST_GROWTH_MB,
            )
        )
    print_table("move", figures)


def _moved(server: Server, folder: Path, cases: int) -> list[tuple[int, float, float]]:
    """Move so many cases there and back; return the rows, seconds and megabytes of each way."""
    database, name = folder / f"{cases}.db", f"moved_{cases}"
    fill(database, cases)
    with closing(SqliteStore(database, durability="OFF")) as store, store.turn():
        for number in range(AUDITED * cases):
            store.audit.add(str(number % 50), "answered", "KES-42", "2026.11", datetime.now(UTC))
    server.sql(f"CREATE DATABASE {name}")
    url = server.url(name)
    return [_timed(str(database), url), _timed(url, str(folder / f"{cases}-back.db"))]


def _timed(source: str, target: str) -> tuple[int, float, float]:
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", MOVES, "move", source, target],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    seconds = perf_counter() - begun
    *_, said, _, _, memory = done.stdout.splitlines()
    return int(said.split()[1]), seconds, float(memory)


if __name__ == "__main__":
    measure()
