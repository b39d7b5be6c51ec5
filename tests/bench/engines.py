"""The engines beside each other: a file, one worker on PostgreSQL, three workers, in turn.

All receive over a webhook behind the same load balancer, as several workers must: so what is
compared is the engine, not how updates come in. The crowd, the test server and the balancer are one
process; it, the workers and PostgreSQL share the processor.
"""

import asyncio
import logging
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.bench.bots import ROOT
from tests.bench.load import Crowd, Load
from tests.bench.many_cases import fill
from tests.bench.sides import Region, Side, running, settled, started, warmed_up
from tests.bench.table import Figure, print_lines, print_table
from tests.bench.walks import RANDOM
from tests.postgres.programs import why_missing
from tests.postgres.server import Place, Server

SQLITE: Final = Side("SQLite, one process")
ONE: Final = Side("PostgreSQL, one worker", "one")
THREE: Final = Side("PostgreSQL, three workers", "three", 3)
FEW_CASES: Final = 1_000
FEW: Final = Side(f"one worker, {FEW_CASES:,} cases", "few")
ROUNDS: Final = 5
PEOPLE: Final = 50
SECONDS: Final = 8.0
SHORT_ROUNDS: Final = 2
SHORT_SECONDS: Final = 4.0
LEAST_OF_SQLITE: Final = 0.5
LEAST_OF_THREE: Final = 1.3
MOST_SLOWER: Final = 0.10
MOST_SHOWN: Final = 5
COLUMNS: Final = (
    "taps a second", "p50 ms", "p99 ms", "processor ms a tap", "of PostgreSQL", "of the crowd",
)  # fmt: skip


@dataclass(slots=True)
class Found:
    """The loads of each side, a load a round; `wrong` says of each tap that went astray how."""

    loads: dict[Side, list[Load]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def ratios(self, side: Side, to: Side, of: Callable[[Load], float]) -> list[float]:
        """Return a figure of one side against that of another, round by round."""
        own, other = self.loads[side], self.loads[to]
        return [of(one) / of(two) for one, two in zip(own, other, strict=True)]


def measure(cases: int = 0, *, short: bool = False) -> None:
    """Print the engines beside each other; given a number of cases, what those cost a tap."""
    if reason := why_missing():
        print_lines("engines", [f"left out: {reason}"])
        return
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    rounds, seconds = (SHORT_ROUNDS, SHORT_SECONDS) if short else (ROUNDS, SECONDS)
    many = Side(f"one worker, {cases:,} cases", "many")
    stored = {FEW: FEW_CASES, many: cases} if cases else dict.fromkeys((SQLITE, ONE, THREE), 0)
    found = asyncio.run(go(stored, rounds, seconds))
    title = f"engines: {PEOPLE} people, random taps, {seconds:g} s a round"
    print_lines(title, [*_rows(found)])
    print_table("of these rounds", [*(_slower(found, many) if cases else _faster(found))])
    print_lines("astray", found.wrong[:MOST_SHOWN])


async def go(stored: dict[Side, int], rounds: int, seconds: float) -> Found:
    """Measure sides, each with so many stored cases beside its own, in so many rounds."""
    async with AsyncExitStack() as stack:
        postgres = started(stack.enter_context(_place()))
        name = tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-")
        folder = Path(stack.enter_context(name))
        for side in filter(lambda each: each.database, stored):
            postgres.sql(f"CREATE DATABASE {side.database}")
        for side, cases in stored.items():
            if cases:
                await _fill(side, cases, folder, postgres)
        crowds = list[tuple[Region, Crowd]]()
        for side in stored:
            region = await stack.enter_async_context(running(side, folder, postgres))
            crowds.append((region, await warmed_up(region, PEOPLE)))
            await settled(region)
        found = Found({side: [] for side in stored})
        for number in range(rounds):
            first = number % len(crowds)
            for region, crowd in (*crowds[first:], *crowds[:first]):
                load = await crowd.go(RANDOM, f"round {number}", seconds=seconds)
                found.loads[region.side].append(load)
                found.wrong += [f"{region.side.name}: {each}" for each in load.wrong]
                found.wrong += [f"{region.side.name}: {code}" for code in crowd.mixed_up()]
                crowd.forgets()
        return found


@contextmanager
def _place() -> Iterator[Place]:
    place = Place(on_disk=True)
    try:
        yield place
    finally:
        place.close()


async def _fill(side: Side, cases: int, folder: Path, postgres: Server) -> None:
    """Store copies of the cases that a crowd answers."""
    async with running(side, folder, postgres) as region:
        await warmed_up(region, PEOPLE)
    await asyncio.to_thread(fill, postgres, side.database, cases)


def _rows(found: Found) -> Iterator[str]:
    width = max(len(side.name) for side in found.loads) + 2
    yield " " * width + "".join(f"{each:>20}" for each in COLUMNS)
    for side, loads in found.loads.items():
        figures = (
            _spread([each.per_second for each in loads], 0),
            _spread([each.p50_ms for each in loads], 0),
            _spread([each.p99_ms for each in loads], 0),
            _spread([each.processor_ms for each in loads]),
            _spread([each.database_processor_ms for each in loads]),
            _spread([each.own_processor_ms for each in loads]),
        )
        yield f"{side.name:<{width}}" + "".join(f"{each:>20}" for each in figures)


def _faster(found: Found) -> Iterator[Figure]:
    for side, to, least in ((ONE, SQLITE, LEAST_OF_SQLITE), (THREE, ONE, LEAST_OF_THREE)):
        ratios = found.ratios(side, to, lambda load: load.per_second)
        met = statistics.median(ratios) >= least
        what = f"{side.name} / {to.name}, taps a second"
        yield Figure(what, f"{_spread(ratios)} x", f">= {least} x", met)


def _slower(found: Found, many: Side) -> Iterator[Figure]:
    for what, of in (
        ("a tap takes", lambda load: 1 / load.per_second),
        ("processor time a tap", lambda load: load.processor_ms + load.database_processor_ms),
        ("processor time of PostgreSQL a tap", lambda load: load.database_processor_ms),
    ):  # type: str, Callable[[Load], float]
        slower = [100 * (each - 1) for each in found.ratios(many, FEW, of)]
        met = statistics.median(slower) < 100 * MOST_SLOWER
        name = f"{many.name}, not {FEW_CASES:,}: {what}"
        yield Figure(name, f"{_spread(slower, 1)} %", f"< +{MOST_SLOWER:.0%}", met)


def _spread(values: Sequence[float], digits: int = 2) -> str:
    """Say the median, the least and the greatest."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({least:.{digits}f}–{most:.{digits}f})"
