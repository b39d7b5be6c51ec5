"""kill -9 of the program on PostgreSQL at every commit, flush and send: nothing is lost."""

import sys
from pathlib import Path

import pytest

from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from tests.faults.test_kill_points import kill_everywhere
from tests.postgres.server import Server

pytestmark = pytest.mark.slow


async def test_a_kill_at_any_boundary_loses_nothing_and_repeats_at_most_once(
    tmp_path: Path,
    machine: FlowMachine,
    postgres_server: Server,
    postgres_url: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def begin(number: int) -> Address:
        name = f"killed_{number}"
        postgres_server.sql(f"CREATE DATABASE {name}")
        return Address.read(postgres_server.url(name))

    counts = await kill_everywhere(machine, tmp_path, begin, points_at_least=0)
    with capsys.disabled():
        sys.stdout.write(counts)
