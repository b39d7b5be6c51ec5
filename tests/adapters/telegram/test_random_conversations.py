"""Seeded conversations with the real process: taps show, no case is lost, cards are right.

`CONVERSATIONS=200 pytest tests/adapters/telegram/test_random_conversations.py` runs all 200.
"""

import asyncio
import json
import math
import os
import random
import re
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.conversation.machine import FlowMachine, Trail
from bot.flows.triage import FLOW, PLAN
from bot.flows.triage_conditions import urgency_settled
from bot.guidance.card_lines import say_step
from bot.guidance.first_steps import first_steps
from bot.logic.assessment import Assessment, assess
from bot.service.ticking import only_ticked_since
from state.records import Minted, StoredCase
from state.sqlite.store import SqliteStore
from tests.botapi import BotApi, Message, Tap
from tests.processes import STARTED

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
COUNT = int(os.environ.get("CONVERSATIONS", "40"))
PROCESSES = 2
AT_ONCE = 8
FIRST_ID = 1_001
PATIENCE = 20.0
LOOK_AGAIN = 0.005
SECONDS_TO_STOP = 5.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
REFUSED_RIGHTLY = ("message is not modified",)
LEVELS = {
    "emergency": "EMERGENCY",
    "urgent": "URGENT",
    "soon": "SOON",
    "routine": "ROUTINE",
    "no_mri": None,
}
CODE = r"[A-Z]{3}-\d{2,3}"
LEVEL = "EMERGENCY|URGENT|SOON|ROUTINE"
HEAD = re.compile(rf"(?:({LEVEL})(?: \(provisional\))? · )?[^\n]* · ({CODE})\n(?!{CODE} · )")
CLOSED = re.compile(rf"()({CODE}) · .* – CLOSED")
CARD_ROW = (["Continue", "Plan", "More"], ["Answers", "Plan", "More"])
NONSENSE = (
    "<b>x</b> & [link](x)",
    "<script>",
    "x" * 4000,
    "&" * 4000,
    "\u202eright to left\u202c",
    "👩🏽‍⚕️🦴",
    "a\0b",
    "/unknowncommand",
    "/unknowncommand <i>",
    "/resume <b>&\u202e\0",
    "/plan <b>",
    "/edit 99",
    "/edit <b>&",
    "/earlier <b>",
    "'; DROP TABLE cases; --",
)
TYPED = (
    "1", "2", "1,3", "none", "not known", "yes", "no", "done", "0", "7", "38.5", "250", "-1",
    "T10", "C", "2 h ago", "22:30", "yesterday 21:00", "Mon 07:00", "in 5 h", "03/04 10:00",
)  # fmt: skip
COMMANDS = (
    "/card", "/card", "/plan", "/plan", "/plan 2", "/plan all", "/cases", "/edit", "/earlier",
    "/earlier 2 h ago", "/back", "/define", "/help", "/start", "/mri", "/sins", "/asia", "/escc",
    "/calcium 2.1", "/tokuhashi", "/undo", "/undo answer", "/undo given", "/given", "/called other",
)  # fmt: skip
NOT_FORWARD = ("Back", "Case", "Plan", "More", "Suspected earlier")
ASKED_BACK = ("a correction, or still there?", "Is that right?")
CALM = ("Continue", "None of these", "None", "No", "Normal", "Unaided", "Done", "Yes, that is it")


def ticks_of(case: StoredCase, key: str) -> list[str]:
    """Return what is ticked of a question now."""
    found = case.latest.get(key)
    return found if isinstance(found, list) else []


class CordCall:
    """The program as a separate process, on a database, against a strict server."""

    module = "bot"

    def __init__(self, server: BotApi, folder: Path, **settings: str) -> None:
        self.server = server
        self._settings = settings
        self.database = folder / "cordcall.db"
        self._folder = folder
        self._log = folder / "log"
        self._process: asyncio.subprocess.Process

    async def start(self) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "TELEGRAM_BOT_TOKEN": self.server.token,
            "TELEGRAM_API_URL": self.server.url,
            "CORDCALL_ACCESS": "open",
            "CORDCALL_PLAINTEXT": "accept",
            "CORDCALL_DATABASE": str(self.database),
            "CORDCALL_TIMEZONE": "UTC",
            "CORDCALL_TAP_GUARD_MS": "0",
            "CORDCALL_TAPS_PER_MINUTE": "0",
            **self._settings,
        }
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", self.module, "run",
                cwd=self._folder, env=environment, stderr=log,
            )  # fmt: skip
        STARTED.append(self._process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def kill(self) -> None:
        """Kill it as a power cut would, unless it has ended."""
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Ask it to stop and return its status. TimeoutError if it takes too long."""
        self._process.terminate()
        return await self.ends(SECONDS_TO_STOP)

    async def ends(self, seconds: float) -> int:
        """Wait until it ends by itself and return its status. TimeoutError if it takes longer."""
        return await asyncio.wait_for(self._process.wait(), seconds)

    def refusals(self) -> list[str]:
        """Return the lines in which it refused to go on."""
        lines = self._log.read_text().splitlines()
        return [line for line in lines if line.startswith("cordcall: ")]

    def trouble(self) -> list[str]:
        """Return what it logged as an error or as refused."""
        lines = self._log.read_text().splitlines()
        return [line for line in lines if '"level": "error"' in line or "refused" in line]


@contextmanager
def opened(database: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(database)
    try:
        yield store
    finally:
        store.close()


@asynccontextmanager
async def running(folder: Path, **settings: str) -> AsyncIterator[tuple[CordCall, SqliteStore]]:
    """A running program with its own server, and its database to inspect."""
    folder.mkdir(exist_ok=True)
    async with BotApi() as server:
        program = CordCall(server, folder, **settings)
        with opened(program.database) as store:
            await program.start()
            try:
                yield program, store
            finally:
                await program.kill()


class Person:
    """A user who acts at random, the same for the same seed."""

    def __init__(
        self, server: BotApi, store: SqliteStore, machine: FlowMachine, number: int
    ) -> None:
        self.phone = server.private_chat(FIRST_ID + number, f"Person {number}")
        self.chance = random.Random(number)
        self._calm, self._forward = self.chance.choice(((0.2, 50), (0.9, 200)))
        self.server = server
        self._store = store
        self._machine = machine

    async def converse(self, acts: int) -> None:
        """Begin a case, perform a number of actions, and check the card at the end."""
        await self.begin()
        for _ in range(acts):
            await self.act()
        self.assert_last_card_is_true()
        await self.type("/card")
        self.assert_last_card_is_true()

    async def begin(self) -> None:
        await self.type("/triage")

    async def act(self) -> None:
        acts: dict[Callable[[], Any], int] = {
            self.go_forward: self._forward,
            self.tap_anything: 6,
            self.go_back: 6,
            self.edit: 5,
            self.tap_something_old: 7,
            self.tap_twice: 6,
            self.cancel_and_go_on: 2,
            lambda: self.type(self.chance.choice(NONSENSE)): 6,
            lambda: self.type(self.chance.choice(TYPED)): 7,
            lambda: self.type(self.chance.choice(COMMANDS)): 5,
        }
        (chosen,) = self.chance.choices([*acts], [*acts.values()])
        await chosen()

    async def go_forward(self) -> None:
        """Tap an answer, or whatever continues, on the newest card; mostly the shortest way on."""
        calmly = self.chance.random() < self._calm
        await self.tap_one_of(lambda label: label in CALM if calmly else label not in NOT_FORWARD)

    async def tap_anything(self) -> None:
        await self.tap_one_of(lambda _: True)

    async def go_back(self) -> None:
        await self.tap_one_of(lambda label: label == "Back")

    async def tap_twice(self) -> None:
        await self.tap_one_of(lambda label: label not in NOT_FORWARD, times=2)

    async def edit(self) -> None:
        await self.type(f"/edit {self.chance.randint(1, 12)}")

    async def tap_something_old(self) -> None:
        """Tap on an earlier message, or on an earlier version of one."""
        messages = [m for m in self.phone.bot_messages if buttons_of(m)]
        if not messages:
            return
        message = self.chance.choice(messages)
        version = self.chance.choice(range(len(message.versions)))
        if found := buttons_of(message, version):
            await self.tap(message, self.chance.choice(found)["callback_data"])

    async def cancel_and_go_on(self) -> None:
        await self.type("/cancel")
        await self.tap_one_of(lambda label: label == "No, go on")

    async def tap_one_of(self, wanted: Callable[[str], bool], times: int = 1) -> None:
        """Tap one of the wanted buttons of the newest card, any of its buttons, or begin."""
        message = self.newest
        if message is None:
            await self.begin()
            return
        found = buttons_of(message)
        chosen = self.chance.choice([b for b in found if wanted(b["text"])] or found)
        await self.tap(message, chosen["callback_data"], times)

    async def type(self, text: str) -> None:
        """Type, and wait for everything that follows from it."""
        before = self._shown()
        self.phone.types(text)
        revision = self.phone.chat.revision
        await self.server.until(lambda: self.phone.chat.revision > revision, PATIENCE)
        await self.settle()
        assert self._shown() > before, f"{text[:40]!r} was not answered"
        self.assert_cases_are_possible()

    async def tap(self, message: Message, data: str, times: int = 1) -> None:
        """Tap, and wait for everything that follows from it: the last tap must show."""
        shown, given, lands_in = self._shown(), self.answers(), self.lands_in(data)
        taps = [self.phone.taps_data(message, data) for _ in range(times)]
        for tap in taps:
            await self.phone.gets_answer(tap, PATIENCE)
        await self.settle()
        added = {code: n - given.get(code, 0) for code, n in self.answers().items()}
        counts = not (self.is_asked_back or self.may_be_refused(taps))
        assert added == {code: int(counts and code == lands_in) for code in added}, message
        told = any(tap.text for tap in taps)
        assert told or self._shown() > shown, f"a tap on {message} shows nothing"
        self.assert_cases_are_possible()

    def may_be_refused(self, taps: list[Tap]) -> bool:
        """Return whether taps were refused as too soon, and rightly; without a guard none is."""
        return False

    @property
    def is_asked_back(self) -> bool:
        """Return whether the newest message asks back an answer that takes something away."""
        return self.newest is not None and any(each in self.newest.text for each in ASKED_BACK)

    async def settle(self) -> None:
        """Wait until this chat has nothing left to process or show."""
        await until(lambda: not self.waits)

    @property
    def waits(self) -> bool:
        """Return whether a tap is still to be processed, or something to be shown."""
        taps = (json.loads(left.tap) for left in self._store.inbox.left_taps())
        return any(chat == self.key for chat, *_ in taps) or bool(
            self._store.outbox.queued(self.key)
        )

    @property
    def key(self) -> str:
        return str(self.phone.chat.id)

    @property
    def cases(self) -> list[StoredCase]:
        return self._store.cases.listed(self.key, LONG_AGO)

    @property
    def case_at_work(self) -> StoredCase | None:
        return self._store.cases.active(self.key)

    @property
    def newest(self) -> Message | None:
        """The lowest message with several things to tap; if there is none, the lowest with one."""
        found = [message for message in self.phone.bot_messages if buttons_of(message)]
        return max(found, key=lambda m: (len(buttons_of(m)) > 1, m.id), default=None)

    @property
    def last_card(self) -> str:
        """The lowest card in the chat; empty if none is visible."""
        for message in reversed(self.phone.bot_messages):
            if message.buttons[-1:] in ([row] for row in CARD_ROW) and HEAD.match(message.text):
                return message.text
            if CLOSED.search(message.text):
                return message.text
        return ""

    def answers(self) -> dict[str, int]:
        """Count the stored answers of each case."""
        return {case.code: len(case.answers) for case in self.cases}

    def lands_in(self, data: str) -> str | None:
        """Name the case that must get exactly one answer when this is tapped."""
        token, _, place = data.partition(":")
        minted = self._store.buttons.find(token)
        case = self._store.cases.find(minted.code) if minted and minted.code else None
        if minted is None or case is None or case.status == "closed":
            return None
        does, value = minted.actions[int(place)]
        verb, _, key = does.partition(" ")
        if verb == "scanned":
            return case.code if case.latest.get("mri") != "done" else None
        answers = verb in ("answer", "done", "correct") and minted.version == case.version
        if verb in ("tick", "untick"):
            answers = self.ticks(minted, case, key) and (value in ticks_of(case, key)) != (
                verb == "tick"
            )
        if verb == "done" and not ticks_of(case, key):
            return None
        asked_back = case.adding and key == "cord_signs" and self.takes_back(case, value)
        return case.code if answers and not asked_back else None

    def ticks(self, minted: Minted, case: StoredCase, key: str) -> bool:
        """Return whether a tick of this screen still counts: no other change has been saved."""
        if minted.version == case.version:
            return True
        active = self.case_at_work
        asks = active is not None and active.code == case.code and active.revisiting == key
        return asks and only_ticked_since(minted, case, key)

    def takes_back(self, case: StoredCase, value: str) -> bool:
        """Return whether a tap among new signs removes a sign, or makes the deadline later."""
        had = case.latest["cord_signs"]
        if isinstance(had, list) and had:
            return value in (*had, "none", "unknown")
        if had == [] or value != "none":
            return False
        limits = [
            self._machine.replay({**case.latest, "cord_signs": signs}, "stepwise").facts.limit_hours
            for signs in (had, [])
        ]
        before, after = (math.inf if limit is None else limit for limit in limits)
        return case.latest.get("mri") != "done" and after > before

    def trail(self, case: StoredCase) -> Trail:
        return self._machine.replay(case.latest, "stepwise")

    def assert_cases_are_possible(self) -> None:
        for case in self.cases:
            trail = self.trail(case)
            assert case.position == trail.key, case
            waits = trail.ended and trail.key != PLAN
            assert case.status in ("closed", "waiting" if waits else "open"), case
            assert trail.misfits == (), case
            for answer in case.given:
                question = FLOW.question(answer.question)
                assert question and question.accepts(answer.value), answer

    def assert_last_card_is_true(self) -> None:
        """Check the lowest card against what the stored answers give."""
        found = HEAD.match(self.last_card) or CLOSED.search(self.last_card)
        case = self._store.cases.find(found[2]) if found else None
        if found is None or case is None or not urgency_settled(self.trail(case).facts):
            return
        result = assessed(case, self.trail(case))
        lines = [line.removeprefix("• ") for line in self.last_card.split("\n")]
        if case.status == "closed":
            assert not any(line.startswith("Dexamethasone") for line in lines), lines
            return
        assert found[1] == LEVELS[result.urgency.level], lines
        given = case.newest_entry("steroid_given") is not None
        for step in first_steps(result):
            steroid = step[0].id == result.steroid.rule
            said = "Dexamethasone: " if given and steroid else say_step(step, UTC)
            assert any(line.startswith(said) for line in lines), (said, lines)

    def _shown(self) -> int:
        """Count every message of the bot, even if deleted since, and every edit of one."""
        every = self.phone.chat.messages.values()
        sent = (message for message in every if message.sender.id != self.phone.user.id)
        return sum(len(message.versions) for message in sent)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for something in the program's database, which sends no signal here."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(LOOK_AGAIN)


def buttons_of(message: Message, version: int = -1) -> list[dict[str, Any]]:
    """Return the buttons that call the bot, from the current or an earlier version of a message."""
    markup = message.versions[version].reply_markup or {}
    buttons = [button for row in markup.get("inline_keyboard", []) for button in row]
    return [button for button in buttons if "callback_data" in button]


def assessed(case: StoredCase, trail: Trail) -> Assessment:
    """Assess a replayed case as `cordcall assess` does."""
    clinical = trail.facts.case
    if clinical.opened_at is None:
        clinical = clinical.model_copy(update={"opened_at": case.begun_at})
    return assess(clinical, "stepwise", datetime.now(UTC))


async def converse_one_after_another(
    program: CordCall, store: SqliteStore, machine: FlowMachine, numbers: Iterator[int]
) -> None:
    for number in numbers:
        person = Person(program.server, store, machine, number)
        await person.converse(int(person.chance.triangular(4, 30, 10)))


async def test_random_conversations(tmp_path: Path, machine: FlowMachine) -> None:
    """Every tap is answered and shows, nothing is refused, every case matches its answers."""
    numbers = iter(range(COUNT))
    async with AsyncExitStack() as stack:
        started = [
            await stack.enter_async_context(running(tmp_path / str(number)))
            for number in range(PROCESSES)
        ]
        async with asyncio.TaskGroup() as together:
            for program, store in started * AT_ONCE:
                together.create_task(converse_one_after_another(program, store, machine, numbers))
        for program, _ in started:
            assert await program.stop() == 0
            assert program.server.refused_but(*REFUSED_RIGHTLY) == []
            assert program.trouble() == []
