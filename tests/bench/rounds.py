"""Rounds of taps: CordCall beside bots in memory, everybody in turn in every round.

Each bot runs as a process of its own against a strict test server, over HTTP; the crowd acts inside
the server. Every ratio is of two figures of one round; shown are the median and the range.
"""

import asyncio
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from tests.bench.bots import (
    AIOGRAM,
    BARE_PTB,
    CONCURRENT_PTB,
    CORDCALL,
    FLOOR,
    NOT_DURABLE,
    OWN,
    PTB,
    ROOT,
    TELEGRAF,
    Bot,
    Program,
    running,
    why_not,
)
from tests.bench.load import Crowd, Load
from tests.bench.rehearsal import Rehearsal, rehearse
from tests.bench.telegram import seconds_to_poll
from tests.bench.walks import RANDOM, TEN, TEN_TAPS, Walk
from tests.botapi_selftest.speed import post

REHEARSING = 10
NETWORK_SECONDS = 0.03
SECONDS_TO_READ = 0.1
IMPATIENCE = 3.0
CALLS = 20
EVERYBODY = (FLOOR, BARE_PTB, PTB, AIOGRAM, TELEGRAF, CORDCALL, NOT_DURABLE)


@dataclass(frozen=True, slots=True)
class Scene:
    """What is tapped by how many; `people` 0 is the whole crowd."""

    name: str
    programs: tuple[Program, ...]
    ten: bool = False
    people: int = 0
    latency: float = 0.0


TEN_QUESTIONS = Scene("ten questions", EVERYBODY[:-1], ten=True)
AT_RANDOM = Scene("random taps", EVERYBODY)
SLOW = Scene(
    "random taps, 30 ms away", (FLOOR, PTB, AIOGRAM, TELEGRAF, CORDCALL), latency=NETWORK_SECONDS
)
ALONE = Scene("random taps, one person", (FLOOR, PTB, TELEGRAF, CORDCALL), people=1)
ALONE_SLOW = Scene(
    "random taps, one person, 30 ms away", ALONE.programs, people=1, latency=NETWORK_SECONDS
)
SCENES = (TEN_QUESTIONS, AT_RANDOM, SLOW, ALONE, ALONE_SLOW)


@dataclass(slots=True)
class Rounds:
    """Everything that was measured, a value a round."""

    people: int
    seconds: float
    rehearsal: Rehearsal
    loads: dict[tuple[str, Program], list[Load]] = field(default_factory=lambda: defaultdict(list))
    call_ms: list[float] = field(default_factory=list)
    ready: list[tuple[float, float]] = field(default_factory=list)
    memory_mb: dict[Program, float] = field(default_factory=dict)
    stuck: dict[Program, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    mixed_up: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> list[str]:
        """Return every tap that went astray, and every screen that was not the right one."""
        found = [
            f"{program.name}: {each}"
            for (_, program), loads in self.loads.items()
            for load in loads
            for each in load.wrong
        ]
        return [*self.rehearsal.wrong, *self.mixed_up, *found]

    def ratios(self, scene: Scene, peer: Program, of: Callable[[Load], float]) -> list[float]:
        """Return a figure of CordCall against that of a peer, round by round."""
        own, other = (self.loads[scene.name, each] for each in (CORDCALL, peer))
        return [of(one) / of(two) for one, two in zip(own, other, strict=False)]


async def go(
    rounds: int, people: int, seconds: float, programs: tuple[Program, ...] = EVERYBODY
) -> Rounds:
    """Rehearse, then measure these programs in every scene, so many rounds."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name,
        tempfile.TemporaryDirectory(prefix="node-") as outside,
    ):
        folder, modules = Path(name), Path(outside, "node_modules")
        left_out = {each: await why_not(each, modules) for each in programs}
        there = [each for each in programs if not left_out[each]]
        rehearsal = await rehearse(folder, min(people, REHEARSING))
        found = Rounds(people, seconds, rehearsal, left_out=[*filter(None, left_out.values())])
        async with AsyncExitStack() as stack:
            bots = [
                await stack.enter_async_context(running(each, folder, modules=modules))
                for each in there
            ]
            crowds = {bot.program: Crowd(bot, people) for bot in bots}
            for bot in bots:
                await _warm(found, bot, crowds[bot.program])
            for number in range(rounds):
                turns = [*bots[number % len(bots) :], *bots[: number % len(bots)]]
                await _round(found, number, turns, crowds)
                found.ready.append(await _ready(folder / str(number)))
            found.memory_mb = {bot.program: bot.resident_mb for bot in bots}
        for program in (CONCURRENT_PTB, CORDCALL):
            found.stuck[program] = await _stuck(found, program, folder / "at-once")
        return found


async def _warm(found: Rounds, bot: Bot, crowd: Crowd) -> None:
    """Wait until it answers, then let everybody tap a little."""
    walk = _walk(found, TEN_QUESTIONS, bot.program)
    async with asyncio.timeout(60):
        while not await crowd.people[0].begins(walk):
            pass
    await crowd.go(_walk(found, AT_RANDOM, bot.program), "warm", seconds=1)


async def _round(found: Rounds, number: int, bots: list[Bot], crowds: dict[Program, Crowd]) -> None:
    for scene in SCENES:
        for bot in bots:
            if bot.program in scene.programs:
                load = await _load(found, scene, number, bot, crowds[bot.program])
                found.loads[scene.name, bot.program].append(load)
        if scene is ALONE_SLOW:
            found.call_ms.append(await _one_call_ms(bots[0]))


async def _load(found: Rounds, scene: Scene, number: int, bot: Bot, crowd: Crowd) -> Load:
    bot.server.latency = scene.latency
    load = await crowd.go(
        _walk(found, scene, bot.program),
        f"{scene.name} {number}",
        taps=TEN_TAPS if scene.ten else None,
        seconds=None if scene.ten else found.seconds,
        people=scene.people or None,
        pause=SECONDS_TO_READ if scene.people else 0.0,
    )
    bot.server.latency = 0.0
    if bot.program in OWN:
        found.mixed_up += crowd.mixed_up()
    crowd.forgets()
    return load


def _walk(found: Rounds, scene: Scene, program: Program) -> Walk:
    if program in OWN:
        return TEN if scene.ten else RANDOM
    return found.rehearsal.ten if scene.ten else found.rehearsal.random


async def _one_call_ms(bot: Bot) -> float:
    """Return how long a call takes with the network of the slow scenes, over a kept connection."""
    server, took = bot.server, list[float]()
    chat = next(iter(server.world.chats))
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    server.latency = NETWORK_SECONDS
    for _ in range(CALLS):
        began = perf_counter()
        typing = {"chat_id": chat, "action": "typing"}
        await post(reader, writer, f"/bot{server.token}/sendChatAction", typing)
        took.append((perf_counter() - began) * 1000)
    server.latency = 0.0
    writer.close()
    return statistics.median(took)


async def _ready(folder: Path) -> tuple[float, float]:
    """Return the seconds until CordCall and a bare python-telegram-bot poll."""
    folder.mkdir()
    bare = await seconds_to_poll(folder / "bare.db", own=False)
    return await seconds_to_poll(folder / "own.db", own=True), bare


async def _stuck(found: Rounds, program: Program, folder: Path) -> int:
    """Count who gets stuck of those who tap before the bot learns that its last call arrived."""
    folder.mkdir(exist_ok=True)
    screens = folder / "screens.json"
    screens.write_text((folder.parent / "screens.json").read_text())
    async with running(program, folder) as bot:
        crowd = Crowd(bot, found.people, IMPATIENCE)
        await _warm(found, bot, crowd)
        bot.server.faults.delay(NETWORK_SECONDS, "editMessageText", after=True, times=None)
        load = await crowd.go(_walk(found, TEN_QUESTIONS, program), "at once", taps=TEN_TAPS)
    return len(load.wrong)
