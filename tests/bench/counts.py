"""What an act costs, counted: commits, statements, calls, replays. The same on each machine."""

import asyncio
import cProfile
import json
import tempfile
from collections import Counter
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Final
from unittest.mock import patch

from bot import screens
from state.sqlite import log_on_disk
from tests.bench.table import print_rows
from tests.bench.wireless import Person, Wireless, wireless

GROUP: Final = -1005
COUNTED: Final = (
    "commits to disk", "transactions", "statements", "asked again", "calls", "replays",
    "assessments", "screens drawn", "JSON passes",
)  # fmt: skip
"""A commit to disk is a wait for the disk: a commit that syncs, or a sync for several commits.
`asked again` are questions to the database that the same act has asked before, word for word."""
FUNCTIONS: Final = {
    "replay": "replays",
    "assess_findings": "assessments",
    "assess_later": "assessments",
}
BEGINS: Final = ("BEGIN",)
ENDS: Final = ("COMMIT", "ROLLBACK", "END")
CHANGES: Final = ("INSERT", "UPDATE", "DELETE", "WITH")
SYNCHRONOUS: Final = "PRAGMA synchronous = "

Counts = dict[str, tuple[int, ...]]


def measure() -> None:
    """Print the table of counts."""
    print_rows("counts", COUNTED, counted())


def counted() -> Counts:
    """Return the counts of each act, in the order of `COUNTED`."""
    with tempfile.TemporaryDirectory(prefix="counts-") as name:
        return asyncio.run(_counted(Path(name)))


async def _counted(folder: Path) -> Counts:
    with wireless(folder) as running:
        ann, found = Person(running, 1001, 1001), Counts()

        async def count(act: str, doing: Awaitable[None]) -> None:
            with _counting(running) as counts:
                await doing
            found[act] = tuple(counts[each] for each in COUNTED)

        await ann.types("/triage")
        await ann.taps("None of these")
        await count("an answer", ann.taps("One side, stable"))
        await ann.taps("Back")
        await ann.taps("Back")
        await ann.taps("Limb weakness")
        await count("a tick", ann.taps("Gait or balance"))
        await ann.taps("Case")
        await count("a note", ann.taps("MRI requested"))
        await ann.taps("Plan")
        await count("a plan section", ann.taps("Imaging"))
        await count("a search", ann.types("dex before mri"))
        await count("a look-up", ann.types("/drug enoxaparin"))
        running.enrol(GROUP)
        bob = Person(running, 1002, GROUP)
        await bob.types("/triage@bench_bot")
        await count("a tick in a group", bob.taps("Limb weakness"))
        return found


@contextmanager
def _counting(running: Wireless) -> Iterator[Counter[str]]:
    """Count what is done meanwhile."""
    counts, database = Counter[str](), running.service.store.database
    statements, profile = _Statements(database._synchronous), cProfile.Profile()
    running.api.made.clear()
    database.connection.set_trace_callback(statements.note)
    sync = log_on_disk.SYNC

    def count_sync(file: int) -> None:
        counts["commits to disk"] += 1
        sync(file)

    profile.enable()
    try:
        with patch.object(log_on_disk, "SYNC", count_sync):
            yield counts
    finally:
        profile.disable()
        database.connection.set_trace_callback(None)
    counts.update(statements.counts)
    counts["calls"] = len(running.api.made)
    for entry in profile.getstats():
        if what := _counted_as(entry.code):
            counts[what] += entry.callcount


def _counted_as(code: CodeType | str) -> str:
    """Name what a function is counted as; "" if it is not."""
    if isinstance(code, str):
        return "JSON passes" if "orjson" in code else ""
    name, file = code.co_name, code.co_filename
    if name in ("encode", "decode") and file.startswith(json.__path__[0]):
        return "JSON passes"
    drawn = name.startswith("draw_") and file.startswith(screens.__path__[0])
    return "screens drawn" if drawn else FUNCTIONS.get(name, "")


class _Statements:
    """Counts the statements of a connection, as SQLite reports them."""

    def __init__(self, synchronous: str) -> None:
        self.counts = Counter[str]()
        self._synchronous = synchronous
        self._asked = set[str]()
        self._in_transaction = self._changed = False

    def note(self, statement: str) -> None:
        """Count a statement; those of triggers begin with two dashes and are part of another."""
        if statement.startswith("--"):
            return
        self.counts["statements"] += 1
        if statement.startswith(SYNCHRONOUS):
            self._synchronous = statement.removeprefix(SYNCHRONOUS)
        elif statement.startswith(BEGINS):
            self._in_transaction, self._changed = True, False
            self.counts["transactions"] += 1
        elif statement.startswith(ENDS) and "TO" not in statement:
            self._in_transaction = False
            self._commit(changed=self._changed and statement.startswith("COMMIT"))
        elif statement.startswith(CHANGES):
            self._changed = True
            if not self._in_transaction:
                self.counts["transactions"] += 1
                self._commit(changed=True)
        elif statement.startswith("SELECT"):
            self.counts["asked again"] += statement in self._asked
            self._asked.add(statement)

    def _commit(self, *, changed: bool) -> None:
        self.counts["commits to disk"] += changed and self._synchronous == "FULL"
