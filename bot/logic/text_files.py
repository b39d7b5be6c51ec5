"""Reads a TOML file of texts, the figures of the rules filled in."""

import os
import re
import tomllib
from collections.abc import Collection, Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from bot.logic.figures import figures
from bot.refusal import Refusal

SAID_WITH: Final = "said_with"  # lists the placeholders filled in when a sentence is said
_PLACEHOLDER: Final = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_LISTED: Final = re.compile(rf"^{SAID_WITH} = \[([^\]]*)\]", re.MULTILINE)
_ENTRY: Final = re.compile(r"^\[([^\[\]]+)\]", re.MULTILINE)


class WordsError(Refusal):
    """A faulty text file: names the file, the entry and what is missing or unknown."""


def read_texts(package: str, name: str) -> dict[str, Any]:
    """Read a file of a package by name, such as "steroid.toml".

    Raises WordsError if it is not TOML, or names a figure that does not exist.
    """
    return _read(files(package).joinpath(name))


def read_folder(package: str, but: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read every file in a package except some, in name order."""
    for file in sorted(files(package).iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml") and file.name not in but:
            yield file.name, _read(file)


def check_figures() -> None:
    """Raise WordsError if any text names a figure that does not exist."""
    for file in _every_file():
        _fill(file.name, file.read_text("utf-8"))


def _read(file: Traversable) -> dict[str, Any]:
    try:
        table = tomllib.loads(_fill(file.name, file.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise WordsError(f"{file.name}: {error}") from error
    table.pop(SAID_WITH, None)
    return table


def _fill(file: str, text: str) -> str:
    """Fill in the figures of the rules; placeholders filled in later stay as they are."""
    if "{" not in text:
        return text
    listed = _LISTED.search(text)
    later = re.findall(r"\w+", listed[1]) if listed else []

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name in later:
            return found[0]
        if name in figures():
            return figures()[name]
        entry = next(reversed(_ENTRY.findall(text, 0, found.start())), "top")
        raise WordsError(
            f"{file}: {entry}: {{{name}}} is not a figure; allowed: a constant of a topic in "
            f"bot/logic, or what {SAID_WITH} lists"
        )

    return _PLACEHOLDER.sub(put, text)


def _every_file() -> Iterator[Path]:
    for folder, _, names in os.walk(str(files("bot"))):
        yield from (Path(folder, name) for name in names if name.endswith(".toml"))
