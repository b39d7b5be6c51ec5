"""Finds the programs of PostgreSQL on this machine, also where they are not on the PATH."""

import os
import pwd
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Final

NEEDED: Final = ("initdb", "postgres", "pg_ctl", "pg_basebackup", "psql")
PLACES: Final = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat, with PostgreSQL's own packages
    "/usr/lib/postgresql*/bin",  # SUSE
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",  # from source
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
    "/opt/local/lib/postgresql*/bin",  # MacPorts
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
UNPRIVILEGED: Final = ("postgres", "nobody")


@cache
def folder() -> Path | None:
    """Return the folder with the programs of the newest PostgreSQL; None if there is none."""
    on_path = shutil.which("pg_ctl")
    places = [Path(on_path).resolve().parent] if on_path else []
    found = [each for pattern in PLACES for each in Path("/").glob(pattern.removeprefix("/"))]
    places += sorted(found, key=_version, reverse=True)
    return next((each for each in places if all((each / name).exists() for name in NEEDED)), None)


@cache
def user() -> pwd.struct_passwd | None:
    """Return whom the server runs as if we are root, as whom it refuses to; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def why_missing() -> str:
    """Say why no server can be started here; "" if one can."""
    if folder() is None:
        return f"PostgreSQL is not installed: no {', '.join(NEEDED)} on the PATH or in {PLACES[0]}"
    if os.geteuid() == 0 and user() is None:
        return f"PostgreSQL does not run as root, and there is no user {' or '.join(UNPRIVILEGED)}"
    return ""


def _version(place: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(place))]
