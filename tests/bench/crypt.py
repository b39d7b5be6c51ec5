"""What encryption costs: the same taps on a plain and on an encrypted database, by turns.

Two people tap through the longest case, one on each. Tap by tap they alternate, and who is first
alternates too, so that whatever else this machine does slows both alike.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Final

from state.key import read_key, write_new_key
from tests.bench.table import Figure, print_table
from tests.bench.turn import Person

ROOT: Final = Path(__file__).parents[2]
ROUNDS: Final = 15
MOST: Final = 0.25


def measure() -> None:
    """Print how much longer a turn takes: of each tap the quickest round, or the median one."""
    with (
        tempfile.TemporaryDirectory(dir=ROOT, prefix=".bench-") as name,
        tempfile.TemporaryDirectory(prefix="key-") as apart,
    ):
        folder, file = Path(name), Path(apart, "key")
        write_new_key(file, folder / "plain.db")
        key = read_key(file, folder / "plain.db")
        people = Person(folder / "plain.db"), Person(folder / "encrypted.db", key)
        figures = [
            _dearer("processor time of a turn", people, process_time, min),
            _dearer("a turn until its commit is on the disk", people, perf_counter, median),
        ]
    print_table("crypt", figures)


def _dearer(
    what: str,
    people: Sequence[Person],
    clock: Callable[[], float],
    typical: Callable[[Sequence[float]], float],
) -> Figure:
    rounds = [_round(people, number, clock) for number in range(ROUNDS + 1)][1:]
    plain, encrypted = (
        sum(typical(taps) for taps in zip(*(each[side] for each in rounds), strict=True))
        for side in (0, 1)
    )
    turns, more = len(rounds[0][0]), encrypted / plain - 1
    return Figure(
        f"{what}, encrypted against plain",
        f"{more:+.0%} ({encrypted / turns * 1000:.1f} ms)",
        f"< +{MOST:.0%}",
        more < MOST,
    )


def _round(
    people: Sequence[Person], number: int, clock: Callable[[], float]
) -> tuple[list[float], list[float]]:
    """Let both answer everything, in turn; return the seconds of the taps of each."""
    spent = list[float](), list[float]()
    for person in people:
        person.begins()
    while True:
        order = (0, 1) if (len(spent[0]) + number) % 2 else (1, 0)
        for side in order:
            took = people[side].taps(clock)
            if took is None:
                return spent
            spent[side].append(took)
