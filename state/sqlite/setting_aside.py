"""Keeps a database that is about to be replaced, under a dated name beside it."""

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from state.beginning import LEFT_BEHIND, REPLACED, find, replaced_by
from state.key import Key
from state.sqlite.engine import is_plain, open_file
from state.sqlite.soundness import require_sound
from state.store import StoreError

PARTS: Final = ("", *LEFT_BEHIND)


def set_aside(database: Path, key: Key | None, now: datetime) -> Path:
    """Keep a database under a dated name; an unsound or lost one with its log, as it is.

    What a restore that was killed has kept of the same file is dropped: it is this file.
    """
    for each in replaced_by(database):
        if any(_is_same(each, part_of(database, part)) for part in PARTS):
            each.unlink()
    if has_content(database, ""):
        with suppress(StoreError):
            opened_with = None if is_plain(database) else key
            require_sound(database, opened_with)
            _take_in_the_log(database, opened_with)
    dated = f"{database.name}{REPLACED}{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}"
    names = (f"{dated}-{number}" if number > 1 else dated for number in count(1))
    bare = next(
        path
        for path in map(database.with_name, names)
        if not any(part_of(path, part).exists() for part in PARTS)
    )
    kept = [part for part in PARTS if has_content(database, part)]
    for part in kept:
        os.link(part_of(database, part), part_of(bare, part))
    return part_of(bare, kept[0])


def part_of(database: Path, suffix: str) -> Path:
    return database.with_name(f"{database.name}{suffix}")


def has_content(database: Path, suffix: str) -> bool:
    there = find(part_of(database, suffix))
    return there is not None and there.st_size > 0


def _is_same(one: Path, other: Path) -> bool:
    there = find(other)
    return there is not None and os.path.samestat(one.stat(), there)


def _take_in_the_log(database: Path, key: Key | None) -> None:
    """Move the log of a database into it; this fails while another program has it open."""
    with closing(open_file(database, key, timeout=0)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    if mode != "delete":
        raise sqlite3.OperationalError("database is locked")
