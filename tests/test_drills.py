"""The commands that docs/operations.md gives for keys, backups, upgrades, run as they stand.

Only the machine is another: its folders are in a temporary one, and `sudo`, `systemctl`, `git` and
`make` are small stand-ins; `systemctl` starts and stops the real program, with a key if there is
one.
"""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from state.key import read_key, write_new_key
from state.sql.version import SCHEMA_VERSION
from state.sqlite.engine import open_file
from state.sqlite.store import SqliteStore
from tests.botapi import BotApi
from tests.faults.steps import FIRST_QUESTION
from tests.state.contract.values import a_case, add
from tests.state.encrypted import readable

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/operations.md").read_text("utf-8")
FOLDERS = ("/opt/cordcall", "/var/lib/cordcall", "/var/backups/cordcall", "/etc/cordcall")
PATIENCE_S = 60
STAND_INS = {
    "sudo": 'exec "$@"',
    "git": 'echo "git $*" >> "$DRILL/done"; case "$*" in *rev-parse*) echo c0ffee ;; esac',
    "make": 'echo "make $*" >> "$DRILL/done"',
    "systemctl": """
        case "$1" in
        start)
            if [ -e "$DRILL/etc/cordcall/key" ]; then
                export CORDCALL_KEY_FILE="$DRILL/etc/cordcall/key"
            else
                export CORDCALL_PLAINTEXT=accept
            fi
            "$DRILL/opt/cordcall/.venv/bin/cordcall" run 2>> "$DRILL/log" > /dev/null < /dev/null &
            echo $! > "$DRILL/pid"
            until grep -q ready "$DRILL/log"; do kill -0 $! || exit 1; sleep 0.05; done ;;
        stop)
            kill -TERM "$(cat "$DRILL/pid")"
            while kill -0 "$(cat "$DRILL/pid")" 2> /dev/null; do sleep 0.05; done
            rm "$DRILL/pid" "$DRILL/log" ;;
        esac""",
}


def blocks(heading: str) -> list[str]:
    """Return the commands below a heading, one text for each indented block."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)
    assert found, heading
    return [re.sub(r"^    ", "", each, flags=re.MULTILINE) for each in found]


@dataclass(frozen=True)
class Machine:
    """A hospital's server in a folder."""

    root: Path
    environment: dict[str, str]

    @property
    def database(self) -> Path:
        return self.root / "var/lib/cordcall/cordcall.db"

    @property
    def backups(self) -> list[Path]:
        return sorted((self.root / "var/backups/cordcall").glob("*.db"), reverse=True)

    async def runs(self, commands: str, *, name: str = "NAME") -> str:
        """Run commands of the page as an operator would; any that fails ends them."""
        for folder in FOLDERS:
            commands = commands.replace(folder, f"{self.root}{folder}")
        done = await asyncio.to_thread(
            subprocess.run,
            ["bash", "-euo", "pipefail", "-c", commands.replace("NAME", name)],
            env=self.environment, cwd=self.root, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def key_file(self) -> Path:
        return self.root / "etc/cordcall/key"

    def opened(self, file: Path) -> sqlite3.Connection:
        """Open a database or a backup with the present key, if there is one."""
        key = read_key(self.key_file, self.database) if self.key_file.exists() else None
        return open_file(file, key)

    def holds(self) -> list[str]:
        with closing(self.opened(self.database)) as connection:
            return [code for (code,) in connection.execute("SELECT code FROM cases ORDER BY code")]

    def schema(self, file: Path) -> int:
        with closing(self.opened(file)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])

    def end(self) -> None:
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int((self.root / "pid").read_text()), signal.SIGKILL)


@asynccontextmanager
async def machine(root: Path, server: BotApi, *, encrypted: bool = True) -> AsyncIterator[Machine]:
    """Set a server up with one open case; the state folder is a link, as under DynamicUser."""
    for folder in ("bin", "opt/cordcall/.venv/bin", "var/lib/private/cordcall", "etc/cordcall"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/cordcall").symlink_to("private/cordcall")
    scripts = {f"bin/{name}": body for name, body in STAND_INS.items()}
    scripts["opt/cordcall/.venv/bin/cordcall"] = f'exec "{sys.executable}" -m bot "$@"'
    for path, body in scripts.items():
        (root / path).write_text(f"#!/bin/bash\n{body}\n")
        (root / path).chmod(0o755)
    environment = {
        "PATH": f"{root}/bin:{os.environ['PATH']}",
        "DRILL": str(root),
        "PYTHONPATH": str(ROOT),
        "TELEGRAM_BOT_TOKEN": server.token,
        "TELEGRAM_API_URL": server.url,
        "CORDCALL_DATABASE": str(root / "var/lib/cordcall/cordcall.db"),
        "CORDCALL_ACCESS": "open",
        "CORDCALL_TIMEZONE": "UTC",
    }
    found = Machine(root, environment)
    if encrypted:
        write_new_key(found.key_file, found.database)
    key = read_key(found.key_file, found.database) if encrypted else None
    with closing(SqliteStore(found.database, key=key)) as store:
        add(store, a_case("KES-42"))
    await found.runs("systemctl start cordcall")
    try:
        yield found
    finally:
        found.end()


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs/operations.md"])
def test_no_command_of_the_pages_copies_the_database_by_hand(page: Path) -> None:
    """A copy has no newest changes, and of the state folder it has only a link."""
    commands = re.findall(r"^    .+$", page.read_text("utf-8"), re.MULTILINE)
    assert commands
    by_hand = re.compile(r"\b(cp|mv|rsync|scp|tar|dd)\b.*(/var/lib/cordcall|cordcall\.db)")
    assert [line for line in commands if by_hand.search(line)] == []


@pytest.mark.slow
async def test_backup_beside_the_running_bot_its_test_and_restore(tmp_path: Path) -> None:
    async with BotApi() as server, machine(tmp_path, server) as hospital:
        back_up, _, test_it = blocks("Backup")
        said = await hospital.runs(back_up)
        assert "written and checked; cases: 1, open: 1" in said
        (backup,) = hospital.backups
        ann = server.private_chat(1001, "Ann")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
        assert len(hospital.holds()) == 2
        said = await hospital.runs(test_it, name=backup.stem)
        assert "restored and checked; cases: 1, open: 1" in said
        assert hospital.backups == [backup]
        said = await hospital.runs("".join(blocks("Restore")), name=backup.stem)
        assert "restored and checked; cases: 1, open: 1" in said
        assert hospital.holds() == ["KES-42"]
        (former,) = hospital.database.resolve().parent.glob("cordcall.db.replaced-*")
        with closing(hospital.opened(former)) as kept:
            assert kept.execute("SELECT count(*) FROM cases").fetchone() == (2,)
        ann.types("/help")
        await ann.sees("About CordCall")
        await hospital.runs("systemctl stop cordcall")


@pytest.mark.slow
async def test_upgrade_keeps_the_open_cases_and_the_former_database(tmp_path: Path) -> None:
    async with BotApi() as server, machine(tmp_path, server) as hospital:
        upgrade, go_back = blocks("Upgrade")
        said = await hospital.runs(upgrade)
        assert "written and checked; cases: 1, open: 1" in said
        opt = f"{tmp_path}/opt/cordcall"
        did = (tmp_path / "done").read_text().splitlines()
        assert did == [
            f"git -C {opt} rev-parse HEAD",
            f"git -C {opt} switch main",
            f"git -C {opt} pull --ff-only",
            f"make -C {opt} .venv/.run",
        ]
        (backup,) = hospital.backups
        assert backup.name.startswith("before-")
        assert hospital.schema(backup) == hospital.schema(hospital.database) == SCHEMA_VERSION
        assert hospital.holds() == ["KES-42"]
        ann = server.private_chat(1001, "Ann")
        ann.types("/triage")
        await ann.sees(FIRST_QUESTION)
        assert len(hospital.holds()) == 2
        said = await hospital.runs(go_back, name=backup.stem)
        assert "restored and checked; cases: 1, open: 1" in said
        did = (tmp_path / "done").read_text().splitlines()
        assert did[-2:] == [f"git -C {opt} switch --detach c0ffee", f"make -C {opt} .venv/.run"]
        assert hospital.holds() == ["KES-42"]
        await hospital.runs("systemctl stop cordcall")


def unit_command() -> str:
    """Return what systemd runs every night, with its settings, credential and escapes undone."""
    unit = (ROOT / "docs/cordcall-backup.service").read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
    assert not re.search(r"(?<!%)%(?:%%)*(?!%)|(?<!\$)\$(?:\$\$)*(?!\$)", line)
    credentials = dict(re.findall(r"^LoadCredential=(\w+):(.+)$", unit, re.MULTILINE))
    given = re.sub(
        r"%d/(\w+)",
        lambda named: credentials[named[1]],
        " ".join(re.findall(r"^Environment=(.+)$", unit, re.MULTILINE)),
    )
    command = line.replace("%%", "%").replace("$$", "$").replace(r"\\", "\\")
    return f"env {given} {command}"


def aged(folder: Path) -> Path:
    """Put the last good backup there, older than any is kept."""
    old = folder / "2026-01-01-030000.db"
    old.write_bytes(b"the last good one")
    os.utime(old, (0, 0))
    return old


@pytest.mark.slow
@pytest.mark.parametrize("how", ["by hand", "by timer"])
async def test_old_backups_end_only_after_a_new_one(tmp_path: Path, how: str) -> None:
    async with BotApi() as server, machine(tmp_path, server) as hospital:
        back_up = blocks("Backup")[0]
        folder = tmp_path / "var/backups/cordcall"
        folder.mkdir(parents=True)
        old = aged(folder)
        command = back_up if how == "by hand" else unit_command()
        await hospital.runs("systemctl stop cordcall")
        whole = hospital.database.read_bytes()
        hospital.database.write_bytes(whole[:8192])
        with pytest.raises(AssertionError, match=r"is damaged|malformed"):
            await hospital.runs(command)
        assert hospital.backups == [old]
        hospital.database.write_bytes(whole)
        await hospital.runs(command)
        (new,) = hospital.backups
        assert new != old


@pytest.mark.slow
async def test_a_restore_without_stopping_first_is_refused(tmp_path: Path) -> None:
    async with BotApi() as server, machine(tmp_path, server) as hospital:
        await hospital.runs(blocks("Backup")[0])
        restore, _ = blocks("Restore")
        hasty = "\n".join(line for line in restore.splitlines() if "systemctl" not in line)
        with pytest.raises(
            AssertionError, match=r"is in use by a Telegram bot; .*systemctl stop cordcall"
        ):
            await hospital.runs(hasty, name=hospital.backups[0].stem)
        assert hospital.holds() == ["KES-42"]
        await hospital.runs("systemctl stop cordcall")


@pytest.mark.slow
async def test_a_plain_database_is_encrypted_and_its_key_replaced(tmp_path: Path) -> None:
    async with BotApi() as server, machine(tmp_path, server, encrypted=False) as hospital:
        encrypt, rotate, _ = blocks("The key")
        said = await hospital.runs(encrypt)
        assert "encrypted and checked; cases: 1, open: 1" in said
        assert readable(hospital.database) == []
        (plain,) = hospital.database.resolve().parent.glob("cordcall.db.replaced-*")
        assert "SQLite format" in readable(plain)
        await hospital.runs("systemctl start cordcall")
        first = hospital.key_file.read_text()
        said = await hospital.runs(rotate)
        assert "encrypted with" in said and "cases: 1, open: 1" in said
        assert hospital.key_file.read_text() != first
        assert hospital.key_file.with_name("key.former").read_text() == first
        assert hospital.holds() == ["KES-42"]
        ann = server.private_chat(1001, "Ann")
        ann.types("/help")
        await ann.sees("About CordCall")
        await hospital.runs("systemctl stop cordcall")
