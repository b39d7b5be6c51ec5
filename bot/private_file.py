"""Finds files that others on this machine can read, and names the command that mends it."""

import os
import shlex
import stat
from pathlib import Path
from typing import Final

_GROUP_AND_OTHERS: Final = 0o077
_OTHERS: Final = 0o007


def say_shared(*files: Path) -> str | None:
    """Say which file others can read or change, and how to mend all of them; None if none is.

    A file of ours must be closed to its group as well. One of somebody else, such as a credential
    that root provides, may be readable by us through its group. What is missing is no concern.
    """
    shared = [(file, mode) for file in files if (mode := _mode_if_shared(file)) is not None]
    if not shared:
        return None
    file, mode = shared[0]
    command = " ".join(["chmod", "600", *(shlex.quote(str(each)) for each, _ in shared)])
    return f"{file}: others can read or change it (mode {mode:o}); allowed: mode 600 ({command})"


def _mode_if_shared(file: Path) -> int | None:
    try:
        found = file.stat()
    except OSError:
        return None
    closed = _GROUP_AND_OTHERS if found.st_uid == os.geteuid() else _OTHERS
    shared = stat.S_ISREG(found.st_mode) and found.st_mode & closed
    return stat.S_IMODE(found.st_mode) if shared else None
