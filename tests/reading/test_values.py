"""Phrases give the values that they are listed for, and traps give none of them.

`says` gives the values that each of its lines has to yield; `never` the fields that none of them
may have, or the values that a field may not have.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.reading.reader import read
from tests.reading.test_lines import same
from tests.reading.test_lines_form import holds

FOLDER = Path(__file__).parent / "values"
TOPICS = sorted(path.stem for path in FOLDER.glob("*.toml"))


def groups(topic: str, kind: str) -> Iterator[tuple[Any, list[str]]]:
    table = tomllib.loads((FOLDER / f"{topic}.toml").read_text("utf-8"))
    for group in table.get(kind, ()):
        yield group["fields"], group["lines"].strip().splitlines()


@pytest.mark.parametrize("topic", TOPICS)
def test_a_phrase_is_read(topic: str) -> None:
    wrong = {
        line: {field: fields.get(field) for field in wanted}
        for wanted, lines in groups(topic, "says")
        for line in lines
        if not all(
            field in (fields := read(line).fields) and same(fields[field], value, field)
            for field, value in wanted.items()
        )
    }
    assert wrong == {}


@pytest.mark.parametrize("topic", TOPICS)
def test_a_trap_is_not(topic: str) -> None:
    wrong = dict[str, Any]()
    for banned, lines in groups(topic, "never"):
        for line in lines:
            fields = read(line).fields
            if isinstance(banned, list):
                found = [field for field in banned if field in fields]
            else:
                found = [f for f, v in banned.items() if f in fields and holds(fields[f], v)]
            if found:
                wrong[line] = found
    assert wrong == {}
