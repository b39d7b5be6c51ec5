"""Reminders: the cost of a tick with many pending."""

import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Text
from bot.installation import Setting
from bot.service.reminding import Reminding
from bot.service.service import Service
from state.records import StoredCase, Wanted
from state.sqlite.store import SqliteStore
from tests.bench.table import Figure, median_ms, print_table

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
FEW, MANY = 10, 10_000
TICKS = 200
MOST_SLOWER = 1.5


def measure() -> None:
    """Print the table of reminders."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        machine = FlowMachine(FLOW)
        few = _Ticking(Path(name) / "few.db", machine, FEW)
        many = _Ticking(Path(name) / "many.db", machine, MANY)
        figures = [
            _compare("a tick that finds nothing due", few.idle, many.idle),
            _compare("a tick that gives one", few.give, many.give),
        ]
        few.store.close()
        many.store.close()
    print_table("reminders", figures)


class _Ticking:
    """A store with this many pending reminders, one per case, and a case that is always due."""

    def __init__(self, path: Path, machine: FlowMachine, count: int) -> None:
        self.now = NOW
        self.store = SqliteStore(path)
        setting = Setting(Engine(machine, "stepwise", UTC), "", 30)
        self.service = Service(self.store, setting, lambda: self.now)
        for act in (Command("triage"), Text("gait")):
            self.service.take(Incoming("1", "1", act))
        self.now = NOW + timedelta(hours=20)
        with self.store.turn():
            for number in range(count):
                chat = str(1000 + number // 12)
                case = StoredCase(
                    code=f"OLD-{number}", chat=chat, owner=chat, status="open", begun_at=NOW,
                    flow=FLOW.id, fingerprint=FLOW.fingerprint, ruleset="", touched_at=NOW,
                )  # fmt: skip
                self.store.cases.add(case)
                at = LATER + timedelta(seconds=number)
                self.store.reminders.set(case.code, [Wanted("mri_due", at, at)])
            active = self.store.cases.active("1")
            assert active is not None
            self._code = active.code
            self.store.reminders.claim(self._code, self.now)

    def idle(self) -> float:
        start = perf_counter()
        due = Reminding(self.service).next_due()
        spent = perf_counter() - start
        assert due is not None and due > self.now
        return spent

    def give(self) -> float:
        with self.store.turn() as store:
            store.reminders.put_off(self._code, "mri_snoozed", NOW + timedelta(hours=12), self.now)
        start = perf_counter()
        with self.store.turn():
            reminder = Reminding(self.service).claim()
            assert reminder is not None
            given = Reminding(self.service).remind(reminder)
        spent = perf_counter() - start
        assert given == ("1",)
        with self.store.turn() as store:
            store.outbox.sent([row.id for row in store.outbox.queued("1")])
        return spent


def _compare(what: str, few: Callable[[], float], many: Callable[[], float]) -> Figure:
    one, other = list[float](), list[float]()
    for _ in range(TICKS):
        one.append(few())
        other.append(many())
    slower = statistics.median(other) / statistics.median(one)
    return Figure(
        f"{what}: {MANY:,} pending, not {FEW}",
        f"{median_ms(other):.3f} / {median_ms(one):.3f} ms = {slower:.2f} x",
        f"<= {MOST_SLOWER} x",
        slower <= MOST_SLOWER,
    )
