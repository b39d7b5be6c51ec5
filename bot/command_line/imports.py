"""`cordcall import`: stores a case that CordCall has exported as FHIR, for its move."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from bot.command_line.opened import opened
from bot.refusal import Refusal

if TYPE_CHECKING:
    from bot.access import Access
    from bot.command_line.opened import Serve
    from bot.service.service import Service
    from bot.settings import Settings
    from state.store import Store

MOST_AHEAD: Final = timedelta(minutes=2)
_WHO: Final = re.compile(r"[1-9]\d{0,14}|you", re.ASCII)  # "you": the terminal


def import_case(serve: "Serve", file: Path, to: str | None) -> None:
    """Store the case of a file, with everything in it or not at all.

    Raises Refusal, which begins with the file if that is wrong; nothing was changed then.
    """
    from bot.export.fhir.reading import read_case
    from bot.logic.case_input import quoted
    from bot.service.importing import bring_in, require_own_chat

    if to is not None and not _WHO.fullmatch(to):
        raise Refusal(f"--as: {quoted(to)} given; allowed: a Telegram id, or you")
    data = _read(file)
    with _opened(serve) as service:
        try:
            read = read_case(data, service.setting.engine.machine.flow)
            _require_past(read.exported_at, service.clock())
            if to is None:
                require_own_chat(service, read.case)
        except Refusal as error:
            raise Refusal(f"{file}: {error}") from None
        kept = bring_in(service, read.case, to)
    if kept is None:
        typer.echo(f"{read.case.code}: is here already, the very same case; nothing was changed")
        return
    counts = f"{len(kept.answers)} answers, {len(kept.timeline)} lines of its time line"
    typer.echo(f"{kept.code}: imported as of {read.exported_at.isoformat()}; {counts}")


def _require_past(exported_at: datetime, now: datetime) -> None:
    """Raise Refusal if a case is from the future: its deadlines would come too late.

    Two machines' clocks may differ a little.
    """
    if exported_at - now > MOST_AHEAD:
        given = f"exported at {exported_at.isoformat()}, by the clock here it is {now.isoformat()}"
        raise Refusal(f"{given}; allowed: a time that has been; set the clock that is wrong")


def _read(file: Path) -> bytes:
    """Read a file that is one, up to a little more than may be read of it."""
    from bot.export.fhir.parsing import MOST_BYTES

    try:
        opened = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(opened, "rb") as content:
            if not stat.S_ISREG(os.fstat(opened).st_mode):
                raise Refusal(f"{file}: is no file; allowed: one that cordcall export has written")
            return content.read(MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refusal(f"{file}: {why}; allowed: a file that cordcall export has written") from None


@contextmanager
def _opened(serve: "Serve") -> "Iterator[Service]":
    """Open the database while no bot runs on a file, for those who may use the bot.

    A bot that runs takes over what changes with the rules at its start alone.
    """
    from bot.settings import read_settings

    settings = read_settings()
    with opened(serve, settings, "one that is in use", without_bot=True) as service:
        yield replace(service, access=_access(service.store, settings))


def _access(store: "Store", settings: "Settings") -> "Access":
    """Return who may do what for the bot, which has an owner or is open to everybody."""
    from bot.access import Access, Right
    from bot.settings import NOBODY, read_owners

    everybody = Right.CLINICIAN if settings.access == "open" else Right.NOBODY
    owners = read_owners(settings) - {NOBODY} if settings.owners else frozenset()
    return Access(store.members, owners, everybody, store.groups)
