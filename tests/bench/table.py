"""One table of figures: what was measured, the figure, the target, whether it is met."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure with its target, both as they are printed."""

    what: str
    measured: str
    target: str
    met: bool


def print_table(title: str, figures: Sequence[Figure]) -> None:
    """Print the figures of one topic."""
    width = max(len(figure.what) for figure in figures)
    print(f"\n{title}")
    for figure in figures:
        verdict = "ok" if figure.met else "MISSED"
        line = f"  {figure.what:<{width}}  {figure.measured:>26}  target {figure.target}  {verdict}"
        print(line)


def print_lines(title: str, lines: Sequence[str]) -> None:
    """Print lines under a title, if there are any."""
    if lines:
        print(f"\n{title}")
    for line in lines:
        print(f"  {line}".rstrip())


def seconds(call: Callable[[], object], times: int) -> list[float]:
    """Time a call several times."""
    found = []
    for _ in range(times):
        start = perf_counter()
        call()
        found.append(perf_counter() - start)
    return found


def median_ms(found: Sequence[float]) -> float:
    return statistics.median(found) * 1000


def print_rows(title: str, columns: Sequence[str], rows: Mapping[str, Sequence[int]]) -> None:
    """Print numbers in columns, a row for each thing that was measured."""
    width = max(map(len, rows))
    print(f"\n{title:<{width}}  {'  '.join(columns)}")
    for name, numbers in rows.items():
        cells = (f"{n:>{len(column)}}" for n, column in zip(numbers, columns, strict=True))
        print(f"{name:<{width}}  {'  '.join(cells)}")
