"""Writes a file that nobody else can read, whole or not at all, and never over another."""

import os
import secrets
from pathlib import Path
from typing import Final

from bot.refusal import Refusal

PRIVATE: Final = 0o600
RANDOM_BYTES: Final = 6


class NotWritten(Refusal):
    """A file that cannot be written, or is there already."""


def write_new(path: Path, content: bytes) -> None:
    """Write a new file.

    Raises NotWritten if there is one of that name, or if it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(RANDOM_BYTES)}")
    try:
        _write(unfinished, content)
        try:
            os.link(unfinished, path)
        finally:
            unfinished.unlink()
    except FileExistsError:
        raise NotWritten(f"{path}: is there already; allowed: a folder without it") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NotWritten(f"{path}: {reason}; allowed: a folder that can be written to") from None


def write_numbered(folder: Path, name: str, content: bytes) -> Path:
    """Write a new file, with the next free number in its name if there is one already."""
    named, number = Path(name), 1
    while True:
        path = folder / (name if number == 1 else f"{named.stem}-{number}{named.suffix}")
        if not os.path.lexists(path):
            write_new(path, content)
            return path
        number += 1


def _write(path: Path, content: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    try:
        with os.fdopen(file, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:  # also Ctrl-C: no part of a case is left behind
        path.unlink(missing_ok=True)
        raise
