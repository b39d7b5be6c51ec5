"""The rounds as one table: what was tapped, each bot in each scene, and the figures that must hold.

Where there are several rounds, the median stands before the range.
"""

import asyncio
import logging
import statistics
from collections.abc import Iterator, Mapping, Sequence

from tests.bench.bots import (
    AIOGRAM,
    BARE_PTB,
    CONCURRENT_PTB,
    CORDCALL,
    FLOOR,
    NOT_DURABLE,
    PTB,
    TELEGRAF,
    Program,
)
from tests.bench.load import Load
from tests.bench.rounds import (
    ALONE,
    ALONE_SLOW,
    AT_RANDOM,
    NETWORK_SECONDS,
    SCENES,
    SLOW,
    TEN_QUESTIONS,
    Rounds,
    Scene,
    go,
)
from tests.bench.table import Figure, print_lines, print_table

ROUNDS, PEOPLE, SECONDS = 5, 50, 4.0
MOST_SHOWN = 5
MS = f"{NETWORK_SECONDS * 1000:.0f}"
COLUMNS = ("taps a second", "p50 ms", "p99 ms", "processor ms a tap", "server", "calls", "wrong")


def measure(rounds: int = ROUNDS, people: int = PEOPLE, seconds: float = SECONDS) -> None:
    """Print the table of the rounds. A program that ends in mid-call is expected here."""
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    print_rounds(asyncio.run(go(rounds, people, seconds)))


def print_rounds(found: Rounds) -> None:
    """Print what was tapped, what each bot did, and what of it must hold."""
    rehearsal, lines = found.rehearsal, list[str]()
    does = rehearsal.checked.does
    tapped = ", ".join(f"{n} {name}" for name, n in does.most_common())
    lines += [
        f"{found.people} people, {found.seconds:g} s a round; tap guard and tap limit off, audit "
        f"on, plain database, a process for each bot",
        f"in the rehearsal {does.total()} taps led to {len(rehearsal.checked.screens)} different "
        f"screens, {len(rehearsal.checked.wrong)} of them not the right one: {tapped}",
        f"peers show {rehearsal.random.count} of these screens, one after the other, "
        "and edit one message for each tap",
        "server: processor ms a tap of the test server with the crowd in it, and how busy it was; "
        "calls: a tap, with the polls",
        *found.left_out,
    ]
    print_lines("rounds", [*lines, "", *_rows(found)])
    print_table("of CordCall in these rounds", [*_figures(found)])
    print_lines("astray", found.wrong[:MOST_SHOWN])


def _rows(found: Rounds) -> Iterator[str]:
    width = max(len(program.name) for _, program in found.loads) + 2
    for scene in SCENES:
        yield (
            f"{scene.name:<{width}}"
            + "".join(f"{each:>23}" for each in COLUMNS[:-2])
            + "".join(f"{each:>8}" for each in COLUMNS[-2:])
        )
        for program in scene.programs:
            if loads := found.loads.get((scene.name, program)):
                yield f"  {program.name:<{width - 2}}" + _row(loads)
        yield ""


def _row(loads: Sequence[Load]) -> str:
    busy = statistics.median(load.own_processor_seconds / load.took for load in loads)
    calls = sum(load.calls for load in loads) / sum(load.taps for load in loads)
    own = f"{statistics.median(load.own_processor_ms for load in loads):.2f}, {busy:.0%}"
    columns = (
        _spread([load.per_second for load in loads]),
        _spread([load.p50_ms for load in loads], 1),
        _spread([load.p99_ms for load in loads], 1),
        _spread([load.processor_ms for load in loads], 2),
        own,
    )
    wrong = sum(len(load.wrong) for load in loads)
    return "".join(f"{each:>23}" for each in columns) + f"{calls:>8.1f}{wrong:>8}"


def _figures(found: Rounds) -> Iterator[Figure]:
    many = f"{found.people} people"
    ten = dict.fromkeys((PTB, AIOGRAM, TELEGRAF, FLOOR))
    yield from _rates(found, TEN_QUESTIONS, f"ten questions, {many}, taps a second", ten)
    least = {PTB: 4.0, AIOGRAM: 1.5, TELEGRAF: 0.35, BARE_PTB: None, FLOOR: None}
    yield from _rates(found, AT_RANDOM, f"random taps, {many}, taps a second", least)
    yield from _rates(found, SLOW, f"the same {MS} ms away", {TELEGRAF: 1.0, PTB: None})
    p99 = found.ratios(SLOW, TELEGRAF, lambda load: load.p99_ms)
    yield from _at_most(f"the same {MS} ms away, p99 / Telegraf", p99, 1.2)
    alone = found.loads[ALONE_SLOW.name, CORDCALL]
    taps = [load.p50_ms / call for load, call in zip(alone, found.call_ms, strict=False)]
    call = statistics.median(found.call_ms)
    yield from _at_most(f"one person {MS} ms away, p50 / one call ({call:.1f} ms)", taps, 1.15)
    first = found.ratios(ALONE, PTB, lambda load: load.first_p50_ms)
    yield from _at_most("one person, tap to the first reply, p50 / ConversationHandler", first, 0.5)
    spent = [load.processor_ms for load in found.loads[AT_RANDOM.name, CORDCALL]]
    yield from _at_most("processor ms a tap, random taps", spent, 1.0, unit="ms")
    for peer in (PTB, AIOGRAM, TELEGRAF, FLOOR):
        times = found.ratios(AT_RANDOM, peer, lambda load: load.processor_ms)
        if times:
            yield Figure(f"  the same / {peer.name}", _spread(times, 2) + " x", "-", True)
    quick = found.ratios(AT_RANDOM, NOT_DURABLE, lambda load: 1 / load.per_second)
    yield from _at_most("time a tap / without waiting for the disk", quick, 1.25)
    ready = [own / bare for own, bare in found.ready]
    yield from _at_most("ready / bare python-telegram-bot", ready, 1.5)
    memory = ", ".join(
        f"{found.memory_mb[each]:.0f} {each.name}"
        for each in (PTB, AIOGRAM, TELEGRAF)
        if each in found.memory_mb
    )
    held = found.memory_mb[CORDCALL]
    yield from _at_most(f"memory after this load ({memory})", [held], 90, unit="MB")
    stuck, other = found.stuck[CORDCALL], found.stuck[CONCURRENT_PTB]
    what = f"stuck of {many} who tap at once ({other} with concurrent ConversationHandler)"
    yield Figure(what, str(stuck), "0", stuck == 0)
    astray = len(found.wrong)
    yield Figure("taps astray, or wrong screens", str(astray), "0", astray == 0)


def _rates(
    found: Rounds, scene: Scene, what: str, least: Mapping[Program, float | None]
) -> Iterator[Figure]:
    for peer, wanted in least.items():
        ratios = found.ratios(scene, peer, lambda load: load.per_second)
        if ratios:
            met = wanted is None or statistics.median(ratios) >= wanted
            target = f">= {wanted} x" if wanted else "-"
            yield Figure(f"{what} / {peer.name}", _spread(ratios, 2) + " x", target, met)


def _at_most(what: str, values: Sequence[float], most: float, unit: str = "x") -> Iterator[Figure]:
    if values:
        digits = 0 if unit == "MB" else 2
        met = statistics.median(values) <= most
        yield Figure(what, f"{_spread(values, digits)} {unit}", f"<= {most} {unit}", met)


def _spread(values: Sequence[float], digits: int = 0) -> str:
    """Say the median and, of several, the least and the greatest."""
    middle = f"{statistics.median(values):.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"
