"""Moves a database whole from SQLite to PostgreSQL, or back; the other is left as it is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.database_address import Address
from state.engines import require_extra
from state.key import Key
from state.sql.whole_copy import Copied, copy_whole
from state.sqlite.copying import Contents
from state.sqlite.whole_file import Filling
from state.sqlite.whole_file import filling_whole as filling_file
from state.sqlite.whole_file import reading_whole as reading_file
from state.store import StoreError


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved; `former` is where an empty file is kept in whose place the new one is."""

    copied: Copied
    contents: Contents
    former: Path | None = None


@contextmanager
def moving(
    source: Path | Address, target: Path | Address, key: Key | None
) -> Iterator[Callable[[datetime], Moved]]:
    """Copy a database into an empty place and compare them, whole; yield what keeps the copy.

    The key is that of the file. Until the copy is kept the target is as it was.

    Raises StoreError if one of them is in use, if the target has something in it, or if the source
    cannot be read, is of another schema or has what the target cannot keep; Broken if the audit is
    not as it was written.
    """
    with ExitStack() as held:
        if isinstance(source, Path) and isinstance(target, Address):
            require_extra(target)
            yield _to_server(held, source, target, key)
        elif isinstance(source, Address) and isinstance(target, Path):
            require_extra(source)
            yield _to_file(held, source, target, key)
        else:
            raise StoreError(
                f"{source} to {target}: both are of one kind; allowed: the path of a file and an "
                "address of PostgreSQL, one of each"
            )


def _to_server(
    held: ExitStack, source: Path, target: Address, key: Key | None
) -> Callable[[datetime], Moved]:
    from state.postgres.whole_database import filling_whole

    old = held.enter_context(reading_file(source, key))
    new = held.enter_context(filling_whole(target))
    old.require_no_nul()
    copied = copy_whole(old, new, old.tables)

    def finish(_: datetime) -> Moved:
        new.finish()
        return Moved(copied, old.contents)

    return finish


def _to_file(
    held: ExitStack, source: Address, target: Path, key: Key | None
) -> Callable[[datetime], Moved]:
    from state.postgres.whole_database import reading_whole

    new: Filling = held.enter_context(filling_file(target, key))
    old = held.enter_context(reading_whole(source))
    copied = copy_whole(old, new, new.tables)
    return lambda now: Moved(copied, *new.finish(now))
