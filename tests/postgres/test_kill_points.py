"""kill -9 of the program on PostgreSQL before and after commits, flushes and sends."""

import random
import sys
from pathlib import Path

import pytest

from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from tests.faults import test_kill_points
from tests.postgres.server import Server

pytestmark = pytest.mark.slow
POINTS = 60
PATIENCE_S = 30.0  # a start also makes the tables, and waits to be one of the workers


async def test_a_kill_at_a_boundary_loses_nothing_and_repeats_at_most_once(
    tmp_path: Path,
    machine: FlowMachine,
    postgres_server: Server,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(test_kill_points, "PATIENCE", PATIENCE_S)

    def begin(number: int) -> Address:
        name = f"killed_{number}"
        postgres_server.sql(f"CREATE DATABASE {name}")
        return Address.read(postgres_server.url(name))

    def some(met: int) -> list[int]:
        return sorted(random.Random(18).sample(range(1, met + 1), min(POINTS, met)))

    counts = await test_kill_points.kill_at(some, machine, tmp_path, begin)
    with capsys.disabled():
        sys.stdout.write(counts)
