"""The core: rules, JSON, replay, turns, start of the terminal."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from unittest.mock import patch

from bot.conversation.engine import Engine
from bot.conversation.events import Event
from bot.conversation.machine import FlowMachine
from bot.conversation.move import Advanced
from bot.conversation.replies import Reply
from bot.flows.triage import FLOW
from bot.incoming import Command, Incoming, Text
from bot.installation import Setting
from bot.logic.assessment import assess
from bot.screens.draw import draw
from bot.screens.screen import Screen
from bot.service.service import Service
from bot.turn import Turn
from state.records import StoredCase
from state.sqlite.store import SqliteStore
from tests.bench.table import Figure, median_ms, print_table, seconds
from tests.conversation.paths import Chance

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CASES = 60
ROUNDS = 5
ANSWERS = {
    "cord_signs": "none",
    "radicular_deficit": "none",
    "radicular_pain": "unilateral",
    "back_pain": "yes",
    "infection_signs": "no",
}
spent_in_core: list[float] = []


def measure() -> None:
    """Print the table of the core."""
    machine = FlowMachine(FLOW)
    with (
        patch.object(Turn, "draw", _draw),
        tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name,
    ):
        folder = Path(name)
        figures = [
            _rules(machine),
            _lines(machine, folder),
            _replay(machine),
            *_turns(machine, folder),
            _first_question(folder),
        ]
    print_table("core", figures)


def _rules(machine: FlowMachine) -> Figure:
    cases = [machine.replay(Chance(seed), "stepwise").facts.case for seed in range(1000)]
    rate = max(1000 / sum(seconds(lambda: [assess(c, "stepwise", NOW) for c in cases], 1))
               for _ in range(ROUNDS))  # fmt: skip
    return Figure("assess(), cases a second", f"{rate:,.0f}", ">= 2,000", rate >= 2000)


def _lines(machine: FlowMachine, folder: Path) -> Figure:
    lines = [
        machine.replay(Chance(seed), "stepwise").facts.case.model_dump(mode="json")
        for seed in range(1000)
    ]
    file = folder / "cases.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    took = min(seconds(lambda: _cordcall(folder, "assess", str(file)), ROUNDS))
    return Figure("cordcall assess, 1,000 lines", f"{took:.2f} s", "< 2 s", took < 2)


def _replay(machine: FlowMachine) -> Figure:
    trails = [machine.replay(Chance(seed), "stepwise") for seed in range(2000)]
    fullest = max(trails, key=lambda trail: len(trail.steps))
    answers = {step.key: step.value for step in fullest.steps}
    found = median_ms(seconds(lambda: machine.replay(answers, "stepwise"), 200))
    typical = sorted(trails, key=lambda trail: len(trail.steps))[len(trails) * 3 // 4]
    usual = {step.key: step.value for step in typical.steps}
    short = median_ms(seconds(lambda: machine.replay(usual, "stepwise"), 200))
    what = f"replay, {len(usual)} answers (the longest, {len(answers)})"
    return Figure(what, f"{short:.2f} ms ({found:.2f} ms)", "< 2 ms", found < 2)


def _turns(machine: FlowMachine, folder: Path) -> Iterator[Figure]:
    engine = _TimedEngine(machine, "stepwise", UTC)
    few, many = SqliteStore(folder / "few.db"), SqliteStore(folder / "many.db")
    _fill(many, 10_000)
    bare = _bare(folder / "bare.db")
    setting = Setting(engine, "", 30)
    one, other = (Service(store, setting, lambda: NOW) for store in (few, many))
    storing, transactions, small, large = list[float](), list[float](), list[float](), list[float]()
    for _ in range(CASES):
        for service in (one, other):
            service.take(Incoming("bench", "ann", Command("triage")))
        for place, event in enumerate(ANSWERS.values()):
            transactions.append(bare())
            if place % 2:
                large.append(_timed(other, event)[0])
            spent, core = _timed(one, event)
            storing.append(spent - core)
            small.append(spent)
            if not place % 2:
                large.append(_timed(other, event)[0])
    few.close()
    many.close()
    own, plain = median_ms(storing), median_ms(transactions)
    yield Figure(
        "turn less advance and drawing / bare transaction",
        f"{own:.2f} / {plain:.2f} ms = {own / plain:.2f} x",
        "<= 3 x",
        own / plain <= 3,
    )
    yield Figure("whole turn", f"{median_ms(small):.2f} ms", "-", True)
    slower = median_ms(large) / median_ms(small) - 1
    yield Figure("turn with 10,000 stored cases", f"{slower:+.1%}", "< +10 %", slower < 0.1)


class _TimedEngine(Engine):
    """An engine that notes how long it advances."""

    def advance(self, case: StoredCase, event: Event, who: str, now: datetime) -> Advanced:
        start = perf_counter()
        turn = super().advance(case, event, who, now)
        spent_in_core.append(perf_counter() - start)
        return turn


def _draw(turn: Turn, case: StoredCase, replies: Iterable[Reply]) -> list[Screen]:
    start = perf_counter()
    screens = draw(replies, turn.view(case))
    spent_in_core.append(perf_counter() - start)
    return screens


def _timed(service: Service, typed: str) -> tuple[float, float]:
    spent_in_core.clear()
    start = perf_counter()
    service.take(Incoming("bench", "ann", Text(typed)))
    return perf_counter() - start, sum(spent_in_core)


def _bare(path: Path) -> Callable[[], float]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("INSERT INTO kept (text) VALUES ('')")

    def run() -> float:
        start = perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO kept (text) VALUES (?)", ("an answer",))
        connection.execute("UPDATE kept SET text = ? WHERE id = 1", ("a case",))
        connection.execute("COMMIT")
        return perf_counter() - start

    return run


def _fill(store: SqliteStore, count: int) -> None:
    with store.turn():
        for number in range(count):
            case = StoredCase(
                code=f"OLD-{number}", chat=f"chat {number % 50}", owner="ann", status="open",
                begun_at=NOW, flow=FLOW.id, fingerprint=FLOW.fingerprint, ruleset="",
                touched_at=NOW,
            )  # fmt: skip
            for question, answer in ANSWERS.items():
                case = case.with_answer(question, answer, "ann", NOW)
            store.cases.add(case)


def _first_question(folder: Path) -> Figure:
    def start() -> None:
        with subprocess.Popen(
            [sys.executable, "-X", "importtime", "-m", "bot", "chat"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None and process.stdin is not None
            while b"cord signs" not in process.stdout.readline():
                pass
            took.append(perf_counter() - began)
            process.stdin.close()
            assert process.stderr is not None
            assert b" telegram\n" not in process.stderr.read()

    took: list[float] = []
    for _ in range(ROUNDS):
        began = perf_counter()
        start()
    best = min(took)
    return Figure("cordcall chat to its first question", f"{best:.2f} s", "< 1 s", best < 1)


def _cordcall(folder: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "bot", *arguments]
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)


if __name__ == "__main__":
    measure()
