"""Random taps through every screen: the processor time of each, in one process without a network.

`PROFILE=1` in the environment prints where it goes.
"""

import asyncio
import cProfile
import os
import pstats
import random
import statistics
import tempfile
from contextlib import nullcontext
from pathlib import Path
from time import process_time
from typing import Final
from unittest.mock import patch

from bot.incoming import Incoming
from bot.screens.screen import Button, Screen, in_rows, text
from bot.service.service import Done, Service
from tests.bench.table import Figure, print_table
from tests.bench.wireless import Person, wireless

PEOPLE: Final = 10
TAPS: Final = 150
ROUNDS: Final = 5
MOST_BUTTONS: Final = 8
IN_ROW: Final = 2
BEGINS_ANEW: Final = 0.03
WARM: Final = 20
MOST_MS: Final = 1.0
FIRST_PERSON: Final = 1_001


def measure() -> None:
    """Print the processor time of a tap, the median of the rounds and their range.

    With an empty turn it is what everything around a turn takes, with the same calls.
    """
    found, empty = list[float](), list[float]()
    for seed in range(ROUNDS):
        found.append(milliseconds(seed))
        with patch.object(Service, "do", _do_nothing):
            empty.append(milliseconds(seed))
    what, median = "processor time of a tap", statistics.median(found)
    each = f"{what}, {PEOPLE * TAPS:,} random taps, no network"
    print_table(
        "taps",
        [
            Figure(each, _range(found), f"<= {MOST_MS} ms", median <= MOST_MS),
            Figure(f"{what} with an empty turn", _range(empty), "-", True),
        ],
    )


def _range(found: list[float]) -> str:
    return f"{statistics.median(found):.2f} ms ({min(found):.2f} to {max(found):.2f})"


def _do_nothing(service: Service, incoming: Incoming, *_: object, **__: object) -> Done:
    """Queue a screen with some buttons, whatever somebody does."""
    turn = service.begin(incoming)
    buttons = in_rows([Button(str(number), "card") for number in range(MOST_BUTTONS)], IN_ROW)
    turn.screens.append(Screen("info", "CordCall", (text(incoming.query or ""),), buttons))
    service.send(turn)
    return Done((turn.chat,))


def milliseconds(seed: int) -> float:
    """Return the mean processor time of the taps of some people, each on a random button."""
    with tempfile.TemporaryDirectory(prefix="taps-") as name:
        return asyncio.run(_milliseconds(Path(name), seed))


async def _milliseconds(folder: Path, seed: int) -> float:
    chance, profile = random.Random(seed), cProfile.Profile()
    profiling = os.environ.get("PROFILE")
    with wireless(folder) as running:
        people = [Person(running, FIRST_PERSON + n, FIRST_PERSON + n) for n in range(PEOPLE)]
        for person in people:
            await person.types("/triage")
        for _ in range(WARM):
            await _tap(people[0], chance)
        began = process_time()
        with profile if profiling else nullcontext():
            for _ in range(TAPS):
                for person in people:
                    await _tap(person, chance)
        took = process_time() - began
    if profiling:
        pstats.Stats(profile).sort_stats("tottime").print_stats(60)
    return took / (TAPS * PEOPLE) * 1000


async def _tap(person: Person, chance: random.Random) -> None:
    """Tap any button of the lowest message; at times, or if there is none, begin a new patient."""
    asked = person.asked
    if asked is None or chance.random() < BEGINS_ANEW:
        await person.types("/triage")
        return
    message, buttons = asked
    await person.presses(message, chance.choice([*buttons.values()]))
