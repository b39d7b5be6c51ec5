"""Opens the database for a command as a terminal does: no other terminal may run on it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.command_line.out_of_use import refuse_if_out_of_use
from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.service.service import Service
    from bot.settings import Settings
    from state.store import Store

    Serve = Callable[[Store, Settings], Service]


@contextmanager
def opened(
    serve: "Serve", settings: "Settings", allowed: str, *, without_bot: bool = False
) -> "Iterator[Service]":
    """Open what the settings name, `without_bot` only if none runs on the file.

    Raises Refusal, also if the file is not there; then it says what is allowed.
    """
    from state.engines import open_as
    from state.key import read_key
    from state.lock import BOT, TERMINAL, keep_off

    database = settings.database
    if isinstance(database, Path) and not database.exists():
        raise Refusal(f"CORDCALL_DATABASE: {database}: no such file; allowed: {allowed}")
    refuse_if_out_of_use(settings)
    key = read_key(settings.key_file, database)
    with ExitStack() as leaving:  # the store is closed before its locks are released
        if without_bot and isinstance(database, Path):
            leaving.callback(keep_off(database, BOT).release)
        found = open_as(TERMINAL, database, key)
        leaving.callback(found.close)
        yield serve(found.store, settings)
