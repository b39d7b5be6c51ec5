"""The board: what it costs to draw one of many cases."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.commands.board import draw_now
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.screens.board import digests
from state.boards import Board, Summary
from state.groups import Colleague, Group
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from state.store import Store
from tests.bench.table import Figure, median_ms, print_table, seconds

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GROUP = "-7"
CASES, OTHERS = 200, 10_000
TIMES = 100
MOST_MS = 20


def measure() -> None:
    """Print the table of boards."""
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        print_table("board", [*_figures(Path(name) / "board.db")])


def fill(store: Store, chat: str, count: int) -> None:
    """Store open cases of a chat with what boards say of them."""
    with store.turn():
        for number in range(count):
            code = f"{chat}/{number}"
            case = StoredCase(
                code=code, chat=chat, owner="1001", status="open", begun_at=NOW, flow=FLOW.id,
                fingerprint=FLOW.fingerprint, ruleset="", touched_at=NOW,
            )  # fmt: skip
            store.cases.add(case)
            due = NOW + timedelta(minutes=10 * number - 60)
            store.boards.sum_up(Summary(code, "urgent", "mri", due, requested=number % 2 == 0))


def _figures(path: Path) -> Iterator[Figure]:
    store = SqliteStore(path)
    setting = Setting(Engine(FlowMachine(FLOW), "stepwise", UTC), "", 30)
    with store.turn():
        store.groups.enrol(Group(GROUP, "1001", NOW))
        store.groups.see(Colleague(GROUP, "1001", "Ann", NOW))
    fill(store, GROUP, CASES)
    for chat in range(8, 8 + OTHERS // CASES):
        fill(store, f"-{chat}", CASES)
    for page in (1, 17):

        def draw(page: int = page) -> None:
            with store.turn():
                digests(draw_now(store, setting, Board(GROUP, 0, page), NOW))

        took = median_ms(seconds(draw, TIMES))
        yield Figure(
            f"page {page} of a board of {CASES} cases, beside {OTHERS:,} others",
            f"{took:.2f} ms", f"< {MOST_MS} ms", took < MOST_MS,
        )  # fmt: skip
    store.close()
