"""`cordcall key`: writes a key, encrypts the database with it, replaces it by another."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from bot.command_line.copies import end_tidily
from bot.refusal import Refusal

app = typer.Typer(help="The key of an encrypted database.")
OF_A_FILE: Final = "which whoever runs it encrypts"


@app.command()
def new(file: Annotated[Path, typer.Argument(help="The file to write, a new one.")]) -> None:
    """Write a new random key, for CORDCALL_KEY_FILE."""
    from bot.setting_forms import require_file
    from bot.settings import read_settings
    from state.key import write_new_key

    write_new_key(file, require_file(read_settings().database, OF_A_FILE))
    typer.echo(
        f"{file}: a new key. Keep a copy of it apart from the database and its backups: "
        "without it nobody can read them"
    )


@app.command()
def encrypt() -> None:
    """Encrypt a plain database with the key in CORDCALL_KEY_FILE; the plain file is kept."""
    from bot.setting_forms import require_file
    from bot.settings import read_settings
    from state.key import ALLOWED, read_key
    from state.sqlite.rekeying import change_key

    end_tidily()
    settings = read_settings()
    database = require_file(settings.database, OF_A_FILE)
    key = read_key(settings.key_file, database)
    if key is None:
        raise Refusal(f"CORDCALL_KEY_FILE: not set; allowed: {ALLOWED}")
    contents, kept = change_key(database, None, key, datetime.now(UTC))
    typer.echo(
        f"{database}: encrypted and checked; {contents}\n"
        f"{kept}: what it replaced, not encrypted: once CordCall has started with the key, delete "
        "it, and the backups from before"
    )


@app.command()
def rotate(
    newfile: Annotated[Path, typer.Argument(help="A file that key new has written.")],
) -> None:
    """Encrypt the database with another key; what it replaces is kept under the former one."""
    from bot.setting_forms import require_file
    from bot.settings import read_settings
    from state.key import ALLOWED, read_key
    from state.sqlite.rekeying import change_key

    end_tidily()
    settings = read_settings()
    database = require_file(settings.database, OF_A_FILE)
    former = read_key(settings.key_file, database)
    key = read_key(newfile, database, "NEWFILE")
    if former is None or key is None:
        raise Refusal(f"CORDCALL_KEY_FILE: not set; allowed: the present key, {ALLOWED}")
    contents, kept = change_key(database, former, key, datetime.now(UTC))
    typer.echo(
        f"{database}: encrypted with {newfile} and checked; {contents}\n"
        f"CORDCALL_KEY_FILE={newfile}: set this before the next start; keep {former.file} for as "
        "long as backups made with it\n"
        f"{kept}: what it replaced, under the former key: delete it once CordCall has started"
    )
