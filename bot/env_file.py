"""The `.env` file: which variables it sets, and why one that cannot be used is refused."""

import re
from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from bot.private_file import say_shared
from bot.refusal import SettingsError

ENV_FILE: Final = ".env"
ENCODING: Final = "utf-8-sig"  # Windows editors begin a file with a mark, which is no part of it

NAME: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def read_names() -> list[str]:
    """List the variables in the `.env` file; empty if there is no file.

    Raises SettingsError if a line cannot be read, sets a variable again, or others can read the
    file. A line that is no NAME=value is named by its number: it may be a secret. So is one whose
    name has an unseen character or a hyphen in it, which would silently have no effect.
    """
    file = Path(ENV_FILE)
    if not file.exists():
        return []
    if not file.is_file():
        raise SettingsError(f"{ENV_FILE}: not a regular file; allowed: UTF-8 text")
    if shared := say_shared(file):
        raise SettingsError(shared)
    with file.open(encoding=ENCODING) as stream:
        bindings = list(parse_stream(stream))
    names = list[str]()
    for binding in bindings:
        line = f"{ENV_FILE}: line {_line_of(binding)}"
        if binding.error:
            raise SettingsError(f"{line} cannot be read; allowed: NAME=value")
        if binding.key is None:
            continue
        if binding.value is None or not NAME.fullmatch(binding.key):
            raise SettingsError(f"{line} cannot be read; allowed: NAME=value")
        if binding.key.upper() in map(str.upper, names):
            raise SettingsError(f"{line} sets a variable again; allowed: each one once")
        _refuse_half_read(binding, line)
        names.append(binding.key)
    return names


def list_names() -> list[str]:
    """List what the `.env` file sets, whatever else is in it; empty if there is no file."""
    file = Path(ENV_FILE)
    if not file.is_file():
        return []
    with file.open(encoding=ENCODING) as stream:
        return [each.key for each in parse_stream(stream) if each.key]


def _line_of(binding: Binding) -> int:
    """Return the number of a line; empty lines before it belong to the same binding."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _refuse_half_read(binding: Binding, line: str) -> None:
    """Refuse a value that a # would silently cut short."""
    written = binding.original.string.partition("=")[2].strip()
    if "#" in written and written[:1] not in ("'", '"'):
        raise SettingsError(
            f"{line}: a # in the value; allowed: the whole value in quotes, comments on lines of "
            "their own"
        )
