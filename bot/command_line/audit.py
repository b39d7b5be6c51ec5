"""`cordcall audit`: verifies and exports who did what, even beside a running bot."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from bot.refusal import Refusal

if TYPE_CHECKING:
    from state.topics.audit import Anchor, Audit

_PERSON: Final = re.compile(r"[1-9]\d{0,14}|you", re.ASCII)  # "you": the terminal

app = typer.Typer(help="Who did what and when: verify and export it.")


@app.command()
def verify(
    anchor: Annotated[
        str | None, typer.Option(help="A row and its hash, as the log names them.")
    ] = None,
) -> None:
    """Check that no row was changed, removed, moved or put in."""
    from state.chain import verify as check

    expected = _anchor(anchor)
    with _opened() as audit, audit.trail() as trail:
        last = check(trail, expected)
    typer.echo(f"audit: rows {trail.start.number + 1} to {last.number} are as written; {last}")


@app.command()
def export(
    format: Annotated[str, typer.Option(help="json (a line a row) or csv.")] = "json",
) -> None:
    """Print every row, oldest first."""
    import csv
    import json

    from bot.logic.case_input import quoted
    from state.topics.audit import Audited

    if format not in ("json", "csv"):
        raise Refusal(f"--format: {quoted(format)} given; allowed: json, csv")
    with _opened() as audit, audit.trail() as trail:
        if format == "csv":
            table = csv.writer(sys.stdout, lineterminator="\n")
            table.writerow(each.name for each in fields(Audited))
            table.writerows(map(astuple, trail.rows))
        else:
            for row in trail.rows:
                sys.stdout.write(f"{json.dumps(asdict(row))}\n")


@app.command()
def who(
    person: Annotated[str, typer.Argument(help="A Telegram id; for the terminal: you.")],
) -> None:
    """Print what stands for a person in the audit, and how many rows name them."""
    from bot.logic.case_input import quoted

    if not _PERSON.fullmatch(person):
        raise Refusal(f"PERSON: {quoted(person)} given; allowed: a Telegram id, or you")
    with _opened() as audit, audit.trail() as trail:
        named = audit.pseudonym(person)
        count = sum(named in (row.who, row.about) for row in trail.rows)
    typer.echo(f"{named}: {count} row{'' if count == 1 else 's'}")


@contextmanager
def _opened() -> Iterator["Audit"]:
    from bot.settings import read_settings
    from state.engines import reading_audit
    from state.key import read_key

    settings = read_settings()
    database = settings.database
    key = read_key(settings.key_file, database)
    if isinstance(database, Path) and not database.exists():
        raise Refusal(f"CORDCALL_DATABASE: {database}: no such file; allowed: one with an audit")
    with reading_audit(database, key) as audit:
        yield audit


def _anchor(given: str | None) -> "Anchor | None":
    from bot.logic.case_input import quoted
    from state.topics.audit import Anchor

    if given is None:
        return None
    found = re.fullmatch(r"(\d{1,18})-([0-9a-f]{64})", given, re.ASCII)
    if not found:
        raise Refusal(
            f"--anchor: {quoted(given)} given; allowed: one that the log has written, "
            "a row's number, - and its hash of 64 hexadecimal digits"
        )
    return Anchor(int(found[1]), found[2])
