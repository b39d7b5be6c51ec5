"""Encrypts a plain database, or gives an encrypted one another key."""

from datetime import datetime
from pathlib import Path

from state.beginning import begins_new
from state.key import Key
from state.sqlite.copying import Contents, Source, locked, naming, replacing
from state.sqlite.fitting import opens
from state.sqlite.soundness import require_sound
from state.store import StoreError


def change_key(
    database: Path, former: Key | None, key: Key, now: datetime
) -> tuple[Contents, Path | None]:
    """Put a checked copy under another key in the place of a database.

    `former` is the key that it has; None if it is plain. A kill leaves the former file or the copy
    in its place, each whole. Returns what is in it, and the name under which the former file is
    kept.

    Raises StoreError, and changes nothing, if a bot or a terminal is running on it, if it is
    damaged or lost, or if its key is another one.
    """
    new = begins_new(database)
    database = database.resolve()
    named = f"CORDCALL_DATABASE: {database}"
    if new:
        raise StoreError(
            f"{named}: nothing in it yet; allowed: a database; a new one is encrypted from the "
            "start if CORDCALL_KEY_FILE is set"
        )
    with locked(database), naming(named):
        if opens(database, key):
            raise StoreError(
                f"{named}: {key.file} is its key already; nothing was changed; "
                f"allowed: CORDCALL_KEY_FILE={key.file} from now on"
            )
        require_sound(database, former)
        with replacing(Source(database, "ro", former, named), database, former, key) as ready:
            return ready.contents, ready.finish(now)
