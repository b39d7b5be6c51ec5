"""The audit: what it costs of a turn, and how long it takes, and how much memory, to verify it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final
from unittest.mock import patch

from bot.service import service
from bot.turn import Turn
from state.sqlite.store import SqliteStore
from tests.bench.bots import ROOT
from tests.bench.table import Figure, print_table
from tests.bench.turn import ROUNDS, Person

FEW: Final = 100_000  # by then the page cache is full
MANY: Final = 1_000_000
MOST_OF_A_TURN: Final = 0.10
MOST_GROWTH_MB: Final = 1.0
VERIFIES: Final = """
import resource, sys
from pathlib import Path
from state.chain import verify
from state.sqlite.store import SqliteStore

store = SqliteStore(Path(sys.argv[1]))
with store.audit.trail() as trail:
    assert verify(trail).number == int(sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure() -> None:
    """Print what the audit costs; with and without it in turn, in one run."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        database = Path(name, "turns.db")
        os.environ["CORDCALL_DATABASE"], os.environ["CORDCALL_TIMEZONE"] = str(database), "UTC"
        person = Person(database)
        with_it, without = _rounds(person)
        few, many = (_verified(Path(name, f"{rows}.db"), rows) for rows in (FEW, MANY))
    cost, growth = with_it / without - 1, many[1] - few[1]
    print_table(
        "audit",
        [
            Figure(
                "processor time of a turn with the audit / without",
                f"{with_it:.3f} / {without:.3f} ms = {cost:+.1%}",
                f"< {MOST_OF_A_TURN:+.0%}",
                cost < MOST_OF_A_TURN,
            ),
            Figure(f"verifying {MANY:,} rows", f"{many[0]:.1f} s", "-", True),
            Figure(
                f"memory that takes beyond {FEW:,} rows",
                f"{growth:+.1f} MB",
                f"< {MOST_GROWTH_MB:.0f} MB",
                growth < MOST_GROWTH_MB,
            ),
        ],
    )


def _rounds(person: Person) -> tuple[float, float]:
    """Return the milliseconds of a turn with and without the audit: of each tap the quickest."""
    audits: tuple[Callable[[Turn], None], ...] = (service.audit, lambda _: None)
    spent: tuple[list[list[float]], ...] = ([], [])
    person.answers_everything()
    for number in range(2 * ROUNDS):
        for place in (0, 1) if number % 2 else (1, 0):
            with patch.object(service, "audit", audits[place]):
                spent[place].append(person.answers_everything())
    with_it, without = (
        sum(map(min, zip(*rounds, strict=True))) / len(rounds[0]) * 1000 for rounds in spent
    )
    return with_it, without


def _verified(database: Path, rows: int) -> tuple[float, float]:
    """Verify an audit of so many rows in its own process; return its seconds and megabytes."""
    with closing(SqliteStore(database)) as store, store.turn():
        for number in range(rows):
            store.audit.add(str(number % 50), "answered", "KES-42", "2026.11", datetime.now(UTC))
    begun = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", VERIFIES, str(database), str(rows)],
        cwd=ROOT, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    return perf_counter() - begun, float(done.stdout)


if __name__ == "__main__":
    measure()
