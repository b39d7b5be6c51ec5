"""The server that tests start: found, started, killed, copied, and gone when its tests are."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.postgres import programs
from tests.postgres.server import OWNER, PATIENCE_S, Place, Server, run

pytestmark = pytest.mark.skipif(bool(programs.why_missing()), reason=programs.why_missing())
KILLED = """
import sys, time
from tests.postgres.server import Place, Server
place = Place()
server = Server.begun(place).start()
print(place.folder, server.process.pid, flush=True)
time.sleep(60)
"""


def test_a_server_is_killed_and_keeps_what_was_committed(place: Place) -> None:
    server = Server.begun(place, durable=True).start()
    assert server.sql("SHOW fsync") == "on"
    server.sql("CREATE TABLE kept AS SELECT 1 AS number")
    server.kill()
    server.start()
    server.restart("immediate")
    server.stop()
    assert not server.is_ready()
    assert server.start().sql("SELECT number FROM kept") == "1"


def test_a_replica_follows_is_read_only_and_can_be_promoted(place: Place) -> None:
    server = Server.begun(place).start()
    replica = server.replica()
    server.sql("CREATE TABLE kept AS SELECT 1 AS number")
    replica.wait_for(server)
    with pytest.raises(RuntimeError, match="read-only"):
        replica.sql("INSERT INTO kept VALUES (2)")
    server.kill()
    replica.promote()
    replica.sql("INSERT INTO kept VALUES (2)")
    assert replica.sql("SELECT sum(number) FROM kept") == "3"


def test_a_server_can_want_a_password_on_its_socket_and_its_port(place: Place) -> None:
    server = Server.begun(place, password="sesame").start()
    assert server.sql("SHOW fsync") == "off"
    assert "sesame" not in repr(server) + server.url() + server.conninfo()
    for tcp in (False, True):
        given = ("--no-psqlrc", "--dbname", server.url(tcp=tcp), "--command", "SELECT 1")
        run("psql", *given, password="sesame")
        with pytest.raises(RuntimeError, match="password authentication failed"):
            run("psql", *given, password="wrong")
    assert server.replica().sql("SELECT current_user") == OWNER


def test_a_setting_is_changed_while_it_runs(place: Place) -> None:
    server = Server.begun(place, work_mem="1MB").start()
    server.configure(work_mem="2MB")
    until = time.monotonic() + PATIENCE_S
    while server.sql("SHOW work_mem") != "2MB" and time.monotonic() < until:
        time.sleep(0.01)
    assert server.sql("SHOW work_mem") == "2MB"
    server.restart()
    assert server.sql("SHOW work_mem") == "2MB"


def test_after_a_killed_test_no_server_and_no_file_is_left() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as test:
        assert test.stdout
        folder, number = test.stdout.readline().split()
        test.send_signal(signal.SIGKILL)
    until = time.monotonic() + PATIENCE_S
    while Path(os.fsdecode(folder)).exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not Path(os.fsdecode(folder)).exists()
    try:
        state = Path(f"/proc/{int(number)}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return
    assert state == "Z", "it runs on; only a dead one may wait to be reaped"
