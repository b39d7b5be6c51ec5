"""`cordcall read`: reads typed clinical lines as JSON, or counts the words it does not know."""

import json
import sys
from collections import Counter
from typing import Annotated

import typer

from bot.command_line.given_text import text_of


def read(
    file: Annotated[
        str, typer.Argument(help="A file with one line a patient, or - for the input.")
    ] = "-",
    unread: Annotated[
        bool, typer.Option("--unread", help="List the words not read instead, most frequent first.")
    ] = False,
) -> None:
    """Read typed clinical lines, one JSON line each; that of an empty line has no fields."""
    lines = text_of(file, "lines").removesuffix("\n").split("\n")
    sys.stdout.buffer.writelines(
        f"{each}\n".encode() for each in (_unread(lines) if unread else map(_reading, lines))
    )


def _reading(line: str) -> str:
    from bot.reading.reader import read as read_line

    reading = read_line(line)
    said = {"fields": reading.fields, "denied": reading.denied, "unread": reading.unread}
    return json.dumps(said)


def _unread(lines: list[str]) -> list[str]:
    """Return each word not read with how often it stands there: for the maintainer's own file."""
    from bot.reading.reader import read as read_line

    counted = Counter(word for line in lines for word in read_line(line).unread_words)
    return [f"{count} {word}" for word, count in sorted(counted.items(), key=_by_count)]


def _by_count(counted: tuple[str, int]) -> tuple[int, str]:
    word, count = counted
    return -count, word
