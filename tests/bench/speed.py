"""Speed against bots that do nothing: taps a second, time to the reply, with a slow network too."""

import asyncio
import logging
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from tests.bench.bots import (
    AIOGRAM,
    CONCURRENT_PTB,
    CORDCALL,
    ECHO_PTB,
    NOT_DURABLE,
    PTB,
    ROOT,
    Bot,
    Program,
    running,
)
from tests.bench.load import Crowd, Load
from tests.bench.table import Figure, print_table

ROUNDS = 3
PEOPLE = 50
TAPS = 10
SLOW_TAPS = 3
IMPATIENCE = 3.0
NETWORK_SECONDS = 0.03
Loads = dict[Program, list[Load]]


def measure() -> None:
    """Print the table of speed."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    print_table("speed", asyncio.run(_figures()))


async def _figures() -> list[Figure]:
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name:
        async with AsyncExitStack() as stack:
            bots = [
                await stack.enter_async_context(running(program, Path(name) / f"{n}.db"))
                for n, program in enumerate(
                    (PTB, AIOGRAM, CORDCALL, ECHO_PTB, NOT_DURABLE, CONCURRENT_PTB)
                )
            ]
            ptb, aiogram, own, echo, quick, concurrent = bots
            crowd = {bot.program: Crowd(bot, PEOPLE) for bot in bots}
            for bot in bots:
                await _warm(crowd[bot.program], bot)
            return [
                *await _throughput([ptb, aiogram, own, echo, quick], crowd),
                *await _slow_network([ptb, own], crowd),
                await _tapping_at_once([concurrent, own]),
                *await _one_person([ptb, own]),
                _memory([ptb, aiogram, own]),
            ]


async def _warm(crowd: Crowd, bot: Bot) -> None:
    while not await crowd.is_answered():
        pass
    await (crowd.type(1) if bot.program is ECHO_PTB else crowd.tap(1))


async def _rounds(bots: list[Bot], each: Callable[[Bot], Awaitable[Load]]) -> Loads:
    """Return every bot a turn in every round."""
    found: Loads = {bot.program: [] for bot in bots}
    for _ in range(ROUNDS):
        for bot in bots:
            found[bot.program].append(await each(bot))
    return found


def _rate(loads: Loads, program: Program) -> float:
    return statistics.median(load.per_second for load in loads[program])


async def _throughput(bots: list[Bot], crowd: dict[Program, Crowd]) -> list[Figure]:
    async def tap(bot: Bot) -> Load:
        people = crowd[bot.program]
        return await (people.type(TAPS) if bot.program is ECHO_PTB else people.tap(TAPS))

    loads = await _rounds(bots, tap)
    own = _rate(loads, CORDCALL)
    ptb, aiogram, echo = (_rate(loads, each) for each in (PTB, AIOGRAM, ECHO_PTB))
    cost = _rate(loads, NOT_DURABLE) / own - 1
    what = f"{PEOPLE} users, taps a second"
    return [
        _ratio(f"{what} / ConversationHandler", own, ptb, 3),
        _ratio(f"{what} / aiogram in memory", own, aiogram, 1.3),
        _ratio(f"{what} / PTB's bare echo", own, echo, 1.5),
        Figure("waiting for the disk costs", f"{cost:+.0%}", "<= +25 %", cost <= 0.25),
    ]


async def _slow_network(bots: list[Bot], crowd: dict[Program, Crowd]) -> list[Figure]:
    for bot in bots:
        bot.server.latency = NETWORK_SECONDS

    async def tap(bot: Bot) -> Load:
        return await crowd[bot.program].tap(TAPS if bot.program is CORDCALL else SLOW_TAPS)

    loads = await _rounds(bots, tap)
    for bot in bots:
        bot.server.latency = 0.0
    p99 = statistics.median(load.p99_ms for load in loads[CORDCALL])
    return [
        _ratio(
            f"the same over a network of {NETWORK_SECONDS * 1000:.0f} ms / ConversationHandler",
            _rate(loads, CORDCALL),
            _rate(loads, PTB),
            15,
        ),
        Figure("there, tap to the next question, p99", f"{p99:.0f} ms", "<= 250 ms", p99 <= 250),
    ]


async def _tapping_at_once(bots: list[Bot]) -> Figure:
    """Tap before the bot learns that its last answer arrived."""
    stuck = []
    for bot in bots:
        fault = bot.server.faults.delay(NETWORK_SECONDS, after=True, times=None)
        stuck.append((await Crowd(bot, PEOPLE, IMPATIENCE).tap(TAPS)).stuck)
        bot.server.faults.remove(fault)
    concurrent, own = stuck
    return Figure(
        "people stuck who tap at once / with concurrent ConversationHandler",
        f"{own} / {concurrent} of {PEOPLE}",
        "0",
        own == 0,
    )


async def _one_person(bots: list[Bot]) -> list[Figure]:
    alone = {bot.program: Crowd(bot, 1) for bot in bots}
    for bot in bots:
        await alone[bot.program].tap(TAPS)
    found = []
    for what, first_reply in (("first reply", True), ("next question", False)):
        loads = await _rounds(
            bots, lambda bot, first=first_reply: alone[bot.program].tap(TAPS, first_reply=first)
        )
        own, ptb = (
            statistics.median(load.p50_ms for load in loads[each]) for each in (CORDCALL, PTB)
        )
        target, met = ("<= 0.5 x", own / ptb <= 0.5) if first_reply else ("-", True)
        measured = f"{own:.1f} / {ptb:.1f} ms = {own / ptb:.2f} x"
        what = f"one user, tap to the {what}, p50 / ConversationHandler"
        found.append(Figure(what, measured, target, met))
    return found


def _memory(bots: list[Bot]) -> Figure:
    ptb, aiogram, own = (bot.resident_mb for bot in bots)
    return Figure(
        "memory after this load / PTB / aiogram",
        f"{own:.0f} / {ptb:.0f} / {aiogram:.0f} MB",
        "<= 90 MB",
        own <= 90,
    )


def _ratio(what: str, own: float, peer: float, least: float) -> Figure:
    ratio = round(own / peer, 2)
    return Figure(what, f"{own:.0f} / {peer:.0f} = {ratio:.2f} x", f">= {least} x", ratio >= least)
