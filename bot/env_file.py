"""The `.env` file: which variables it sets, and why one that cannot be used is refused."""

from pathlib import Path
from typing import Final

from dotenv.parser import Binding, parse_stream

from bot.private_file import say_shared
from bot.refusal import SettingsError

ENV_FILE: Final = ".env"
ENCODING: Final = "utf-8-sig"  # Windows editors begin a file with a mark, which is no part of it


def read_names() -> list[str]:
    """List the variables in the `.env` file; empty if there is no file.

    Raises SettingsError if a line cannot be read or others can read the file. A line that is no
    NAME=value is named by its number: it may be a secret.
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
    for binding in bindings:
        if binding.error or (binding.key is not None and binding.value is None):
            line = _line_of(binding)
            raise SettingsError(f"{ENV_FILE}: line {line} cannot be read; allowed: NAME=value")
        _refuse_half_read(binding)
    return [binding.key for binding in bindings if binding.key]


def _line_of(binding: Binding) -> int:
    """Return the number of a line; empty lines before it belong to the same binding."""
    text = binding.original.string
    return binding.original.line + text[: len(text) - len(text.lstrip())].count("\n")


def _refuse_half_read(binding: Binding) -> None:
    """Refuse a value that a # would silently cut short."""
    if binding.key is None:
        return
    written = binding.original.string.partition("=")[2].strip()
    if "#" in written and written[:1] not in ("'", '"'):
        raise SettingsError(
            f"{ENV_FILE}: line {_line_of(binding)}: a # in the value; allowed: the whole value in "
            "quotes, comments on lines of their own"
        )
