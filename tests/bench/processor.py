"""What processes have spent of the processor's time so far, in the program and in the kernel."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

TICKS_A_SECOND: Final = os.sysconf("SC_CLK_TCK")
PARENT, SPENT, SPENT_BY_ENDED_CHILDREN = 1, slice(11, 13), slice(13, 15)


def seconds_spent(pid: int) -> float:
    """Return the seconds of all threads of a process."""
    return sum(map(int, _fields(pid)[SPENT])) / TICKS_A_SECOND


def seconds_spent_with_children(pid: int) -> float:
    """Return the seconds of a process and of its children, also of those that have ended."""
    ended = sum(map(int, _fields(pid)[SPENT_BY_ENDED_CHILDREN])) / TICKS_A_SECOND
    return seconds_spent(pid) + ended + sum(_of_children(pid))


def _of_children(pid: int) -> Iterator[float]:
    for other in Path("/proc").iterdir():
        if other.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile
                number = int(other.name)
                if int(_fields(number)[PARENT]) == pid:
                    yield seconds_spent(number)


def _fields(pid: int) -> list[str]:
    """Return what follows the name of a process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
