"""kill -9 before and after every commit and every send: nothing lost, at most one marked repeat."""

import asyncio
import json
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from bot.adapters.telegram.outbox.delivery import OLDER
from bot.conversation.machine import FlowMachine
from bot.database_address import Address
from bot.flows.triage import FLOW
from state.engines import open_store
from state.records import Value
from state.store import Store
from tests.botapi import BotApi, Message, PersonInChat
from tests.dialogue import AFTER_A_SIGN, FIRST, ask, labels

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PointsOf = Callable[[int], list[int]]
Begin = Callable[[int], Path | Address]
POINTS = 200
AT_ONCE = 4
PATIENCE = 10.0
ANN = 1001
REFUSED_RIGHTLY = ("message is not modified", "message to delete not found", "query is too old")
REPEAT = "(repeat)\n"
AFTER_THE_SIGN: dict[str, Value] = {
    AFTER_A_SIGN: False,
    "renal": "normal",
    "cancer": "known",
}
ASKED_LAST = "blood_thinners"
ANSWERS = [("cord_signs", ["gait"]), ("cord_signs", ["gait"]), *AFTER_THE_SIGN.items()]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one conversation: how many messages showed each text, the boundaries met."""

    shown: Counter[str]
    repeats: int
    met: int


class Runner:
    """The warm parent, seen from outside."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asking = asyncio.Lock()
        self._started = list[int]()

    async def start(self, server: BotApi, database: Path | Address, die_at: int, met: Path) -> int:
        environment = {
            "TELEGRAM_BOT_TOKEN": server.token,
            "TELEGRAM_API_URL": server.url,
            "CORDCALL_ACCESS": "open",
            "CORDCALL_PLAINTEXT": "accept",
            "CORDCALL_DATABASE": getattr(database, "given", None) or str(database),
            "CORDCALL_TIMEZONE": "UTC",
            "CORDCALL_TAP_GUARD_MS": "0",
            "CORDCALL_TAPS_PER_MINUTE": "0",
            "CORDCALL_LOG_LEVEL": "WARNING",
        }
        line = json.dumps({"environment": environment, "die_at": die_at, "met": str(met)})
        assert self._process.stdin is not None and self._process.stdout is not None
        async with self._asking:
            self._process.stdin.write(f"{line}\n".encode())
            self._started.append(int(await self._process.stdout.readline()))
            return self._started[-1]

    async def end(self) -> None:
        """End it, with the bots that a failure has left."""
        self._process.terminate()
        for bot in filter(alive, self._started):
            os.kill(bot, signal.SIGKILL)
        await self._process.wait()


async def converse(ann: PersonInChat) -> None:
    """Reach an emergency, answer on, open the plan; wait each time, and never tap twice."""
    ann.types("/triage")
    card = await ann.sees("Which cord signs are new?", PATIENCE)
    ann.taps(card, "Gait or balance")
    await ann.sees("EMERGENCY · MRI by ", PATIENCE)
    await _tap(ann, ask(FIRST), "Done", beside="✓ Gait or balance")
    for asked, value in AFTER_THE_SIGN.items():
        (label,) = labels(FLOW.questions[asked], value)
        await _tap(ann, ask(asked), label)
    await ann.sees(ask(ASKED_LAST), PATIENCE)
    ann.types("/plan")
    await ann.sees("Open a section.", PATIENCE)


async def converse_to_the_end(ann: PersonInChat, database: Path | Address) -> None:
    """Converse until nothing is left to send: the kill may come after the last answer."""
    await converse(ann)
    with closing(open_store(database)) as store:
        await until(lambda: store.outbox.queued() == [])


async def _tap(ann: PersonInChat, question: str, label: str, beside: str = "") -> None:
    """Tap on the current question's message, once it shows the button and the one beside it."""

    def asking() -> Message | None:
        shown = (m for m in reversed(ann.bot_messages) if question in m.text)
        wanted = {label, beside or label}
        return next((m for m in shown if wanted <= {*chain(*m.buttons)}), None)

    message = await ann.sees_when(asking, PATIENCE)
    ann.taps(message, label)


async def survive(
    runner: Runner, machine: FlowMachine, database: Path | Address, die_at: int, met: Path
) -> Outcome:
    """Converse with a bot that is killed at one point and restarted at once."""
    async with BotApi() as server:
        ann = server.private_chat(ANN)
        bot, dies = await runner.start(server, database, die_at, met), bool(die_at)
        talking = asyncio.create_task(converse_to_the_end(ann, database))
        if die_at:
            while alive(bot) and not talking.done():  # which ends: each step waits so long at most
                await asyncio.sleep(0.005)
            if not alive(bot):
                bot, dies = await runner.start(server, database, 0, met), False
        await talking
        with closing(open_store(database)) as store:
            assert_nothing_is_lost(store, machine)
        with suppress(ProcessLookupError) if dies else nullcontext():  # its point may come last
            os.kill(bot, signal.SIGTERM)
        await until(lambda: not alive(bot))
        assert server.refused_but(*REFUSED_RIGHTLY) == [], die_at
        sent = (m for m in ann.chat.messages.values() if m.sender.id != ann.user.id)
        shown = Counter(text for message in sent for text in texts_of(message))
        repeats = [text for text in shown if text.startswith(REPEAT)]
        return Outcome(
            Counter(text.removeprefix(REPEAT) for text in shown.elements()),
            len(repeats),
            int(met.read_text()) if met.exists() else 0,
        )


def assert_nothing_is_lost(store: Store, machine: FlowMachine) -> None:
    case = store.cases.active(str(ANN))
    assert case is not None and len(store.cases.listed(str(ANN), case.begun_at)) == 1
    assert [(each.question, each.value) for each in case.answers] == ANSWERS
    assert case.position == machine.replay(case.latest, "stepwise").key
    assert store.inbox.parked_count() == 0


def texts_of(message: Message) -> set[str]:
    """Return every text that a message ever showed, except that the case continues below."""
    texts = {plain(version.text) for version in message.versions}
    return {text for text in texts if OLDER not in text}


def plain(text: str) -> str:
    """Leave out what differs from run to run: the code of the case and the time."""
    text = re.sub(r"[A-Z]{3}-\d+", "C", text)
    text = re.sub(r"in \d+ h( \d+ min)?", "in #", text)
    return re.sub(r"\d+|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b", "#", text)


def alive(process: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)


async def kill_at(points_of: PointsOf, machine: FlowMachine, folder: Path, begin: Begin) -> str:
    """Kill at boundaries of a conversation, chosen by how many it met; return the counts.

    Each conversation has a database of its own, which `begin` names by the number of the point.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.runner", cwd=ROOT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    runner = Runner(process)
    try:
        return await _kill_at(points_of, runner, machine, folder, begin)
    finally:
        await runner.end()


async def _kill_at(
    points_of: PointsOf, runner: Runner, machine: FlowMachine, folder: Path, begin: Begin
) -> str:
    gate = asyncio.Semaphore(AT_ONCE)
    calm = await survive(runner, machine, begin(0), 0, folder / "calm")
    points = points_of(calm.met)

    async def one(number: int, point: int) -> Outcome:
        async with gate:
            return await survive(runner, machine, begin(number), point, folder / str(number))

    async with asyncio.TaskGroup() as together:
        tasks = [together.create_task(one(n, point)) for n, point in enumerate(points, 1)]
    for point, task in zip(points, tasks, strict=True):
        found = task.result()
        assert found.repeats <= 1, point
        assert calm.shown <= found.shown, (point, calm.shown - found.shown)
        assert (found.shown - calm.shown).total() <= found.repeats, (
            point,
            found.shown - calm.shown,
        )
    repeats = sum(task.result().repeats for task in tasks)
    return (
        f"\nkill -9 at {len(points)} points ({calm.met} boundaries): "
        f"0 answers lost, 0 unmarked repeats, {repeats} marked\n"
    )


async def test_a_kill_at_any_boundary_loses_nothing_and_repeats_at_most_once(
    tmp_path: Path, machine: FlowMachine, capsys: pytest.CaptureFixture[str]
) -> None:
    def begin(number: int) -> Path:
        folder = tmp_path / f"{number}.files"
        folder.mkdir()
        return folder / "cordcall.db"

    def everywhere(met: int) -> list[int]:
        chance = random.Random(4)
        points = [*range(1, met + 1)]
        return points + [chance.randint(1, met) for _ in range(POINTS - len(points))]

    counts = await kill_at(everywhere, machine, tmp_path, begin)
    with capsys.disabled():
        sys.stdout.write(counts)
