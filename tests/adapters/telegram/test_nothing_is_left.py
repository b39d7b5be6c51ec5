"""One run of every command: no secret, typed word or identifier stays in a file or in the log.

A whole patient, look-ups, an invitation, roles, a backup, out of use, erasing, kills, restarts:
the real program with a plain and with an encrypted database, by polling and by webhook. All names
and numbers are invented.
"""

import asyncio
import os
import re
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from bot.commands.registry import COMMANDS
from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.grammar import UNKNOWN, Moment, Number
from bot.flows.triage import FLOW
from bot.installation import Setting
from bot.service.service import Service
from state.key import Key, read_key, write_new_key
from state.sqlite.store import SqliteStore
from tests.adapters.telegram.test_access import LAPSED, invitation
from tests.adapters.telegram.test_conversation import card_of, tap
from tests.adapters.telegram.test_identifiers import NAMED, NOT_READ, WHO
from tests.adapters.telegram.test_not_acts import sends
from tests.adapters.telegram.test_random_conversations import ROOT, CordCall
from tests.botapi import BotApi, PersonInChat
from tests.dialogue import asked, asks, labels, script
from tests.faults.steps import EMERGENCY, PATIENCE, all_is_sent
from tests.patients import PATIENTS
from tests.state.encrypted import PLAIN, log_of, readable

ANN, BOB, EVE = 1001, 1002, 6666
SECRET: Final = "hook-secret_of_this-run"
CANARIES: Final = ("quokkaverse", "zyzzyvaline", "wombatlike", "numbatesque", "bilbyesque")
IDENTIFIERS: Final = (
    *("sampleton", "1948", "943 476", "9434765919", "07700", "12.5.48", "0098765", "111222333"),
    *("6433435oa", "536-90-4399", "x110411675", "12 oak street", "example.org"),
)
REASON: Final = "pademelonly"  # why it is out of use: kept while that lasts, and no longer
NOT_FOR_ALL: Final = ("quit", "outofuse", "inuse", "forget")


@pytest.mark.slow
@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "encrypted"])
async def test_after_every_scenario_no_file_and_no_log_holds_a_secret_or_what_was_typed(
    tmp_path: Path, encrypted: bool, unused_tcp_port: int
) -> None:
    async with BotApi() as server:
        run = Run(server, tmp_path, encrypted=encrypted, port=unused_tcp_port)
        await run.start()
        for scenario in (run.team, run.patient, run.everything_typed):
            await scenario()
            run.search(scenario.__name__)
        await run.program.kill()
        assert log_of(run.database).stat().st_size > 0
        run.search("after a kill")
        await run.start()
        for scenario in (run.back_up, run.out_of_use, run.forgotten):
            await scenario()
            run.search(scenario.__name__)
        assert await run.program.stop() == 0
        run.search("at the end", REASON)
        await run.start(webhook=True)
        await run.greeted()
        assert await run.program.stop() == 0
        run.search("after a webhook", REASON)
        assert REASON.encode() not in run.log
        assert run.program.refusals() == []


def by_button(name: str) -> bool:
    """Return whether an answer is tapped, not typed."""
    return not isinstance(FLOW.questions.get(name), Number | Moment)


class Run:
    """The program with its folders, three people, and what may be found nowhere."""

    def __init__(self, server: BotApi, folder: Path, *, encrypted: bool, port: int) -> None:
        for name in ("data", "keys"):
            (folder / name).mkdir()
        self.server, self.folder, self._port = server, folder, port
        self.database = folder / "data" / "cordcall.db"
        self.backup = folder / "data" / "backup.db"
        self.settings = {
            "CORDCALL_ACCESS": "invite", "CORDCALL_OWNERS": str(ANN), "CORDCALL_LOG_LEVEL": "DEBUG",
        }  # fmt: skip
        self.tokens = list[str]()
        self.key: Key | None = None
        if encrypted:
            file = folder / "keys" / "key"
            write_new_key(file, self.database)
            self.key = read_key(file, self.database)
            self.settings |= {"CORDCALL_PLAINTEXT": "", "CORDCALL_KEY_FILE": str(file)}
        self.program = CordCall(server, folder / "data", **self.settings)
        self.ann = server.private_chat(ANN, "Ann")
        self.bob = server.private_chat(BOB, "Bob", username="Bob_Ward")
        self.eve = server.private_chat(EVE, "Eve")

    @property
    def log(self) -> bytes:
        return (self.folder / "data" / "log").read_bytes()

    async def start(self, *, webhook: bool = False) -> None:
        hook = {
            "CORDCALL_WEBHOOK_URL": f"http://127.0.0.1:{self._port}/hook",
            "CORDCALL_WEBHOOK_SECRET": SECRET,
            "CORDCALL_WEBHOOK_LISTEN": f"127.0.0.1:{self._port}",
        }
        self.program = CordCall(
            self.server, self.folder / "data", **self.settings, **(hook if webhook else {})
        )
        await self.program.start()

    async def team(self) -> None:
        """Let Bob in by an invitation that Eve tries too; another one stays open."""
        for given in ("3 viewer", "clinician"):
            self.tokens.append(await invitation(self.ann, given))
        self.bob.types(f"/start {self.tokens[-1]}")
        await self.bob.sees("You are in", PATIENCE)
        self.eve.types(f"/start {self.tokens[-1]}")
        await self.eve.sees(LAPSED, PATIENCE)
        self.eve.types(f"{CANARIES[1]} {WHO}")
        await self.types_all(self.ann, "/members", f"/members {BOB}", f"/members {BOB} admin")

    async def patient(self) -> None:
        """Take one patient from the first sign to the plan and the hand-over."""
        for person in (self.ann, self.bob):
            await card_of(person)
        with closing(SqliteStore(self.database, key=self.key)) as store:
            setting = Setting(Engine(FlowMachine(FLOW), "stepwise", UTC), "", 30)
            service = Service(store, setting, lambda: datetime.now(UTC), touch=True)
            for stage in PATIENTS[0].stages:
                stated = {name: each for name, each in stage.answers.items() if by_button(name)}
                if stated.get("mri") == "done":
                    del stated["mri"]
                    await self.types_all(self.ann, "/scanned")
                for question, _, value in script(stated, "", lambda: asked(service, str(ANN))):
                    for label in labels(question, value):
                        ticked = value if isinstance(value, list) and label == "Done" else UNKNOWN
                        await tap(self.ann, await asks(self.ann, question, ticked), label)
                        await self.all_handled()
                await self.types_all(self.ann, *stage.then)
        await self.ann.sees(EMERGENCY, PATIENCE)
        await self.types_all(self.ann, "/given", "/sbar", "/plan all")

    async def everything_typed(self) -> None:
        """Type every command with words, with identifiers and alone, and what is no act at all."""
        names = [name for name in COMMANDS if name not in NOT_FOR_ALL]
        for number, name in enumerate(names):
            word = CANARIES[number % len(CANARIES)]
            lines = (f"/{name} {word}", f"/{name} {WHO} {word}", f"/{word} {name}", f"/{name}")
            await self.types_all(self.ann, *lines)
        await self.types_all(self.ann, "/forget", *CANARIES, *NAMED, f"{WHO} {CANARIES[0]} gait")
        for fields in NOT_READ.values():
            sends(self.server, self.ann, **fields)
        self.ann.edits(self.ann.types("/help"), f"/help {CANARIES[1]} {WHO}")
        for typed in (*CANARIES, WHO, "denosumab"):
            self.ann.asks_inline(typed)
            self.eve.asks_inline(typed)
        group = self.server.group_chat("Ward").joins(BOB)
        group.types(f"/triage@example_bot {CANARIES[2]} {WHO}")
        self.bob.types(f"/close other {CANARIES[3]}")
        await self.all_handled()

    async def back_up(self) -> None:
        """Make a backup beside the running program, as an operator does."""
        environment = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT),
            "CORDCALL_DATABASE": str(self.database), "CORDCALL_PLAINTEXT": "accept",
            **self.settings,
        }  # fmt: skip
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "bot", "backup", str(self.backup)],
            env=environment, cwd=self.folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    async def out_of_use(self) -> None:
        await self.types_all(self.ann, f"/outofuse {REASON}")
        await self.bob.sees(REASON, PATIENCE)
        await self.types_all(self.bob, f"/card {CANARIES[4]}", CANARIES[0])
        await self.types_all(self.ann, "/inuse")
        await self.bob.sees("in use again", PATIENCE)

    async def forgotten(self) -> None:
        """Give Bob what is stored of him, then erase it."""
        await self.types_all(self.bob, "/mydata", f"/forget {CANARIES[2]}", "/forget")
        asked = await self.bob.sees("Erase everything that is stored of you?", PATIENCE)
        await tap(self.bob, asked, "Yes, erase it all")
        await self.all_handled()

    async def greeted(self) -> None:
        await self.types_all(self.ann, f"/version {CANARIES[1]}", "/card")

    async def types_all(self, person: PersonInChat, *lines: str) -> None:
        for line in lines:
            person.types(line)
        await self.all_handled()

    async def all_handled(self) -> None:
        """Wait until nothing is left to receive or to send."""
        await self.server.until(lambda: len(self.server.updates) == 0, PATIENCE)
        with closing(SqliteStore(self.database, key=self.key)) as store:
            await all_is_sent(store)

    def search(self, when: str, *more: str) -> None:
        """Search every file for secrets, typed words and identifiers, as bytes."""
        files = {each.name: each.read_bytes() for each in self.database.parent.iterdir()}
        never = (self.server.token, self.server.token.partition(":")[2], SECRET, *self.tokens)
        typed = (*CANARIES, *IDENTIFIERS, *more)
        for name, found in files.items():
            said = re.sub(rb"\s+", b" ", found.lower())
            assert [each for each in never if each.encode() in found] == [], (when, name)
            assert [each for each in typed if each.encode() in said] == [], (when, name)
        databases = [name for name in files if name.startswith(("cordcall.db", "backup"))]
        databases = [name for name in databases if not name.endswith("-shm") and files[name]]
        assert "cordcall.db" in databases and "log" in files
        for name in databases:
            if self.key:
                assert readable(self.database.with_name(name)) == [], (when, name)
            elif name.endswith(".db"):
                assert files[name].startswith(b"SQLite format 3") and PLAIN.search(files[name])
        if self.key:
            assert self.key.digits.encode() not in b"".join(files.values())
