"""A PostgreSQL of a test's own, in a temporary folder: started, killed, copied and promoted."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Self

from tests.postgres import keeper, programs

Stop = Literal["smart", "fast", "immediate"]
PATIENCE_S: Final = 30.0
OWNER: Final = "cordcall_tests"  # the superuser of each server
LOOK_S: Final = 0.01
MEMORY: Final = Path("/dev/shm")
ROOM_BYTES: Final = 1_000_000_000
QUICK: Final = {"fsync": "off", "full_page_writes": "off"}  # a crash of the machine is not tested
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1", "max_connections": "60", "shared_buffers": "32MB",
    "dynamic_shared_memory_type": "mmap", "hot_standby": "on", "wal_keep_size": "64MB",
    "logging_collector": "off", "log_statement": "none", "lc_messages": "C",
    "max_wal_size": "256MB",
}  # fmt: skip


class Place:
    """A folder for servers, which is erased with them even if this process is killed.

    It is in memory if that has room: making databases on a busy disk takes ten times as long.
    """

    def __init__(self, *, on_disk: bool = False) -> None:
        in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM_BYTES
        parent = None if on_disk or not in_memory else MEMORY
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
        self.started = list[subprocess.Popen[bytes]]()
        _give(self.folder)
        self._keeper = subprocess.Popen(
            [sys.executable, keeper.__file__, str(self.folder)],
            stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def close(self) -> None:
        """End what runs here, and erase it."""
        assert self._keeper.stdin
        self._keeper.stdin.close()
        for process in (self._keeper, *self.started):
            process.wait(PATIENCE_S)


@dataclass
class Server:
    """A server with its data in a folder, reached by a socket in it or a port of this machine."""

    place: Place
    name: str
    port: int
    password: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def begun(
        cls, place: Place, name: str = "first", *, password: str = "", durable: bool = False,
        **settings: str,
    ) -> Self:  # fmt: skip
        """Make an empty server, which trusts everybody on this machine or wants a password."""
        quick = {} if durable else QUICK
        server = cls(place, name, free_port(), password, {**quick, **settings})
        words = ["--username", OWNER, "--encoding", "UTF8", "--no-locale", "--no-sync"]
        with ExitStack() as kept:
            if password:
                file = kept.enter_context(tempfile.NamedTemporaryFile("w", dir=place.folder))
                file.write(f"{password}\n")
                file.flush()
                _give(Path(file.name))
                words += ["--auth", "scram-sha-256", "--pwfile", file.name]
            run("initdb", "--pgdata", str(server.data), *words)
        server._configure()
        return server

    @property
    def data(self) -> Path:
        return self.place.folder / self.name

    @property
    def log(self) -> Path:
        return self.place.folder / f"{self.name}.log"

    def conninfo(self, database: str = "postgres", *, user: str = OWNER, tcp: bool = False) -> str:
        """Return how to connect, without the password."""
        host = "127.0.0.1" if tcp else str(self.place.folder)
        return f"host={host} port={self.port} dbname={database} user={user}"

    def url(self, database: str = "postgres", *, user: str = OWNER, tcp: bool = False) -> str:
        """Return the same as an address."""
        if tcp:
            return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{user}@/{database}?host={self.place.folder}&port={self.port}"

    def start(self) -> Self:
        """Start it, and wait until it answers."""
        until = time.monotonic() + PATIENCE_S
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                self._spawn()  # again if the last processes of a killed one were still there
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(LOOK_S)
        return self

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [str(_folder() / "postgres"), "-D", str(self.data)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                cwd=self.place.folder, **_as_user(),
            )  # fmt: skip
        self.place.started.append(self.process)

    def is_ready(self) -> bool:
        """Return whether it lets somebody in, which it says in its file of the process."""
        try:
            lines = (self.data / "postmaster.pid").read_text("ascii").splitlines()
        except OSError:
            return False
        ours = self.process is not None and lines[:1] == [str(self.process.pid)]
        return ours and len(lines) > 7 and lines[7].strip() in ("ready", "standby")

    def stop(self, how: Stop = "fast") -> None:
        """Stop it: `fast` ends connections and saves, `immediate` is like a crash."""
        self._ctl("stop", "--mode", how)
        self._ended()

    def kill(self) -> None:
        """Kill the process that starts all others, which end when they notice."""
        assert self.process
        self.process.kill()
        self._ended()

    def restart(self, how: Stop = "fast") -> None:
        self.stop(how)
        self.start()

    def replica(self, name: str = "second") -> "Server":
        """Make a copy that follows this server, and start it."""
        other = Server(self.place, name, free_port(), self.password, self.settings)
        run(
            "pg_basebackup", "--pgdata", str(other.data), "--dbname", self.conninfo(),
            "--wal-method", "stream", "--checkpoint", "fast", "--no-sync", "--write-recovery-conf",
            password=self.password,
        )  # fmt: skip
        other._configure()
        return other.start()

    def promote(self) -> None:
        """Let a replica follow no longer, but take changes itself."""
        self._ctl("promote", "--wait")

    def has_all_of(self, other: "Server") -> bool:
        """Return whether a replica has everything that is on the disk of another server."""
        flushed = other.sql("SELECT pg_current_wal_flush_lsn()")
        return self.sql(f"SELECT pg_last_wal_replay_lsn() >= '{flushed}'") == "t"

    def wait_for(self, other: "Server") -> None:
        """Wait until this replica has everything of another server."""
        until = time.monotonic() + PATIENCE_S
        while not self.has_all_of(other):
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not follow {other.name}")
            time.sleep(LOOK_S)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run a statement as the superuser; return what it says, unadorned."""
        words = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        said = run(
            "psql", *words, "--dbname", self.conninfo(database), "--command", statement,
            password=self.password,
        )  # fmt: skip
        return said.strip()

    def configure(self, **settings: str) -> None:
        """Change settings of a running server that it can read anew."""
        self.settings = {**self.settings, **settings}
        self._configure()
        self._ctl("reload")

    def _configure(self) -> None:
        places = {"unix_socket_directories": str(self.place.folder), "port": str(self.port)}
        lines = [
            f"{name} = '{value}'\n"
            for name, value in {**SETTINGS, **places, **self.settings}.items()
        ]
        file = self.data / "ours.conf"
        file.write_text("".join(lines), "utf-8")
        _give(file)
        main = self.data / "postgresql.conf"
        known = re.sub(r"\ninclude .*", "", main.read_text("utf-8"))
        main.write_text(f"{known}\ninclude 'ours.conf'\n", "utf-8")

    def _ctl(self, *words: str) -> None:
        run("pg_ctl", *words, "--pgdata", str(self.data), "--silent")

    def _ended(self) -> None:
        assert self.process
        self.process.wait(PATIENCE_S)
        self.process = None


def run(program: str, *words: str, password: str = "") -> str:
    """Run a program of PostgreSQL as a user who may; return what it says."""
    done = subprocess.run(
        [str(_folder() / program), *words], capture_output=True, text=True, cwd="/",
        env={"PATH": os.environ["PATH"], "LC_ALL": "C", "PGPASSWORD": password}, **_as_user(),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program} {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _folder() -> Path:
    found = programs.folder()
    assert found, programs.why_missing()
    return found


def _as_user() -> dict[str, int | Sequence[int]]:
    user = programs.user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user else {}


def _give(path: Path) -> None:
    """Give a file to whom the server runs as."""
    if user := programs.user():
        with suppress(PermissionError):
            shutil.chown(path, user.pw_uid, user.pw_gid)
