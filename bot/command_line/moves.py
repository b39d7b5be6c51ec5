"""`cordcall move`: a whole database from SQLite to PostgreSQL, or back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.copies import be_told_no_more, end_tidily
from bot.database_address import Address, is_address
from bot.refusal import Refusal

if TYPE_CHECKING:
    from state.key import Key
    from state.moving_engines import Moved


def move(
    from_: Annotated[str, typer.Argument(metavar="FROM", help="A file, or an address.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="An address, or a new file.")],
) -> None:
    """Copy a database whole from a file to PostgreSQL, or back, while nothing runs on either."""
    from bot.settings import read_database
    from state.key import read_key
    from state.moving_engines import moving
    from state.store import StoreError

    end_tidily()
    source, target = _place("FROM", from_), _place("TO", to)
    file = source if isinstance(source, Path) else target
    key = read_key(read_database().key_file, file) if isinstance(file, Path) else None
    try:
        with moving(source, target, key) as finish:
            be_told_no_more()
            moved = finish(datetime.now(UTC))
    except StoreError as error:
        raise Refusal(str(error).removeprefix("CORDCALL_DATABASE: ")) from error
    typer.echo(_say(source, target, key, moved))


def _place(name: str, given: str) -> Path | Address:
    """Read where a database is. Raises Refusal, which shows no part of it, if that is no place."""
    if not is_address(given):
        return Path(given)
    try:
        address = Address.read(given)
    except ValueError:
        raise Refusal(
            f"{name}: the value given has another form; allowed: the path of a file, or "
            "postgresql://host/name?user=name"
        ) from None
    if address.holds_password:
        raise Refusal(
            f"{name}: {address} given with a password, which others on this machine can read in "
            "the list of processes; allowed: PGPASSWORD, PGPASSFILE or a service file"
        )
    return address


def _say(source: Path | Address, target: Path | Address, key: "Key | None", moved: "Moved") -> str:
    copied = moved.copied
    kept = f"\n{moved.former}: what it replaced, empty" if moved.former else ""
    if isinstance(target, Path):
        place = str(target.absolute())
        sealed = f"CORDCALL_KEY_FILE={key.file}" if key else "CORDCALL_KEY_FILE unset"
    else:
        place = target.given  # with its options, such as sslmode; it holds no password
        sealed = "CORDCALL_KEY_FILE unset, and CORDCALL_PLAINTEXT=accept if its disks are encrypted"
    return (
        f"{target}: written and checked; {moved.contents}\n"
        f"rows: {copied.rows} in {copied.tables} tables, each the same in both; audit: rows "
        f"{copied.audit_start.number + 1} to {copied.audit_end.number} are as written in both; "
        f"{copied.audit_end}\n"
        f"CORDCALL_DATABASE={place}: set this before the next start, with {sealed}\n"
        f"{source}: left as it was. Once CordCall has started on the other, never start it here "
        f"again: it would say again what was said, and know nothing since{kept}"
    )
