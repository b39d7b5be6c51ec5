"""`cordcall backup` and `cordcall restore`: checked copies of the database."""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot.refusal import Refusal


def backup(file: Annotated[Path, typer.Argument(help="The file to write, a new one.")]) -> None:
    """Copy the database into a file, even beside a running bot."""
    from bot.setting_forms import require_file
    from bot.settings import read_database
    from state.key import read_key
    from state.sqlite.copies import backup as back_up

    end_tidily()
    settings = read_database()
    database = require_file(settings.database, "which pg_dump copies")
    key = read_key(settings.key_file, database)
    contents = back_up(database, file, key=key)
    typer.echo(f"{file}: written and checked; {contents}")


def restore(file: Annotated[Path, typer.Argument(help="A file that backup has written.")]) -> None:
    """Put a backup in the place of the database, which is kept under a dated name."""
    from bot.setting_forms import require_file
    from bot.settings import read_database
    from state.key import read_key
    from state.sqlite.copies import restoring

    end_tidily()
    settings = read_database()
    named = require_file(settings.database, "which pg_restore restores")
    key = read_key(settings.key_file, named)
    with restoring(named, file, key=key) as ready:
        database, former = ready.database, ready.say_former()
        asked = (
            f"{file}: {ready.contents}\n{database}: {former}\nPut the first in the place of the "
            "second?"
        )
        if sys.stdin.isatty() and not _confirmed(asked):
            raise Refusal(f"{database}: left as it was; allowed: y")
        be_told_no_more()
        kept = ready.finish(datetime.now(UTC))
    replaced = f"\n{kept}: what it replaced; {former}" if kept else "; there was none before"
    typer.echo(f"{database}: restored and checked; {ready.contents}{replaced}")


def _confirmed(asked: str) -> bool:
    """Ask at the terminal; lines pasted with the command are no answer to a question unseen."""
    import termios

    termios.tcflush(sys.stdin, termios.TCIFLUSH)
    return typer.confirm(asked)


def end_tidily() -> None:
    """Leave no unfinished copy behind when told to stop, or when the terminal is closed."""
    for told in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(told) != signal.SIG_IGN:  # as nohup leaves it
            signal.signal(told, _stop)


def be_told_no_more() -> None:
    """Ignore what tells to stop: what comes next is short, and is not to end halfway."""
    for told in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(told, signal.SIG_IGN)


def _stop(*_: object) -> NoReturn:
    raise Refusal("told to stop before it was done; allowed: run it again")
