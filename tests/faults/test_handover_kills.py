"""kill -9 before each statement of a hand-over: no case is lost, and none passes twice."""

import os
import signal
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot.access import Access
from bot.conversation.engine import Engine
from bot.installation import Setting
from bot.service.service import Service
from state.records import HANDED_OVER
from state.sqlite.database import Database
from state.sqlite.store import SqliteStore
from tests.conftest import Clock
from tests.service.change_of_shift import (
    ANN,
    BOB,
    act,
    case_of,
    offer,
    opened,
    right_option,
    with_a_ward,
)

pytestmark = pytest.mark.slow


def serve(path: Path, engine: Engine) -> Service:
    """Open a service as another process does."""
    store = SqliteStore(path, durability="OFF")
    access = Access(store.members, frozenset({ANN}), groups=store.groups)
    return Service(store, Setting(engine, "", 30), Clock(), touch=True, access=access)


def hand_over(service: Service, code: str, token: str) -> None:
    """Read a case back and accept it, from wherever that stands."""
    while service.store.handovers.of(code):
        row = service.store.handovers.of(code)
        assert row is not None
        done = row.read == 2
        line = f"/handover accept {token} {code}" if done else right_option(service, code)[0]
        act(service, BOB, line)


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do some work in a process that kills itself before a statement; return if it did."""
    process = os.fork()
    if process:
        _, status = os.waitpid(process, 0)
        return os.WIFSIGNALED(status)
    execute, done = Database.execute, 0

    def counted(self: Database, *given: Any) -> Any:
        nonlocal done
        done += 1
        if done == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(self, *given)

    Database.execute = counted  # type: ignore[method-assign]
    try:
        work()
    finally:
        os._exit(0)


@pytest.mark.sqlite(reason="it copies the file for each kill; tests/postgres has kill points")
def test_killed_between_any_two_writes_a_case_has_one_owner(
    service: Service, engine: Engine, tmp_path: Path
) -> None:
    ward = with_a_ward(service)
    code = opened(ward, "gait")
    token = offer(ward, code).offer
    kept = tmp_path / "kept.db"
    ward.store.database.connection.execute("VACUUM INTO ?", (str(kept),))  # type: ignore[attr-defined]
    whole, owners = kept.read_bytes(), set[str]()
    for number in count(1):
        path = tmp_path / f"{number}.db"
        path.write_bytes(whole)

        def work(path: Path = path) -> None:
            hand_over(serve(path, engine), code, token)

        was_killed = killed_at(number, work)
        again = serve(path, engine)
        with closing(again.store):
            row, owner = again.store.handovers.of(code), case_of(again, code).owner
            assert (owner == ANN) == (row is not None)
            owners.add(owner)
            hand_over(again, code, token)
            case = case_of(again, code)
            assert case.owner == BOB
            assert [e.detail for e in case.timeline if e.kind == HANDED_OVER] == [ANN]
            with again.store.audit.trail() as trail:
                assert [each.what for each in trail.rows].count("handed over") == 1
        path.unlink()
        if not was_killed:
            break
    assert owners == {ANN, BOB} and number > 30
