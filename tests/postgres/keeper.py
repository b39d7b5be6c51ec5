"""Ends the servers below a folder and erases it when its standard input ends.

That is when the process that started it has ended, even if it was killed.
"""

import os
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 10.0


def main(folder: Path) -> None:
    sys.stdin.buffer.read()
    for file in folder.glob("*/postmaster.pid"):
        with suppress(OSError, ValueError, IndexError):
            end(int(file.read_text("ascii").splitlines()[0]), file)
    shutil.rmtree(folder, ignore_errors=True)


def end(process: int, file: Path) -> None:
    """End a server at once, unless its number has meanwhile become that of another program."""
    until = time.monotonic() + PATIENCE_S
    while file.exists() and time.monotonic() < until and _runs_in(process, file.parent):
        os.kill(process, signal.SIGQUIT)
        time.sleep(0.02)


def _runs_in(process: int, data: Path) -> bool:
    """Return whether a process is a server on this folder, which is its working directory."""
    try:
        return Path(f"/proc/{process}/cwd").readlink() == data
    except FileNotFoundError:
        return not Path("/proc/self").exists()  # a system that does not tell


if __name__ == "__main__":
    main(Path(sys.argv[1]))
