"""Watches the life of a process: resident memory and open file handles, second by second."""

import asyncio
import statistics
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PAGE_KB = 4
WARM_UP_SHARE = 1 / 3
COMPARED_SHARE = 0.1
FLAT_SHARE = 0.05
MOST_MORE_HANDLES = 2


@dataclass(slots=True)
class Life:
    """What the newest process held from its first second on, in MB and in handles."""

    memory_mb: list[float] = field(default_factory=list)
    handles: list[int] = field(default_factory=list)

    async def watch(self, pid: Callable[[], int]) -> None:
        """Look once a second until cancelled; another process begins another life."""
        watched = 0
        while True:
            if watched != pid():
                watched = pid()
                self.memory_mb.clear()
                self.handles.clear()
            with suppress(FileNotFoundError, PermissionError):
                self._look(Path(f"/proc/{watched}"))
            await asyncio.sleep(1)

    def _look(self, process: Path) -> None:
        handles = len([*(process / "fd").iterdir()])
        self.memory_mb.append(int((process / "statm").read_text().split()[1]) * PAGE_KB / 1024)
        self.handles.append(handles)

    def __str__(self) -> str:
        if not self.memory_mb:
            return "no process"
        return f"{self.memory_mb[-1]:.1f} MB, {self.handles[-1]} handles"

    @property
    def warm_and_last_mb(self) -> tuple[float, float]:
        """Return the mean memory just after the warm-up, the first third, and at the end."""
        return _compared(self.memory_mb, statistics.fmean)

    @property
    def warm_and_last_handles(self) -> tuple[float, float]:
        """Return the median of the open handles, at the same times."""
        return _compared(self.handles, statistics.median)

    @property
    def growth(self) -> float:
        warm, last = self.warm_and_last_mb
        return last / warm - 1

    @property
    def is_memory_flat(self) -> bool:
        return abs(self.growth) <= FLAT_SHARE

    @property
    def are_handles_flat(self) -> bool:
        warm, last = self.warm_and_last_handles
        return abs(last - warm) <= MOST_MORE_HANDLES


def _compared(
    seen: Sequence[float], middle: Callable[[Sequence[float]], float]
) -> tuple[float, float]:
    warm, some = int(len(seen) * WARM_UP_SHARE), max(1, int(len(seen) * COMPARED_SHARE))
    return middle(seen[warm : warm + some]), middle(seen[-some:])
