"""Each way of saying a sign is read as that sign, and what only looks like it is not."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.reading.reader import read
from tests.reading.test_lines import same
from tests.reading.test_lines_form import holds

FOLDER = Path(__file__).parent / "phrases"
# What a phrase may say besides the sign that it is listed for.
BESIDE = {"walking", "paralysis_hours", "renal", "access", "blood_thinners", "mri"}

Group = Mapping[str, Any]


def groups(file: Path, kind: str) -> Iterator[tuple[str, Group]]:
    """Yield each phrase of a file with its group: of what is said, or of what is never read."""
    for group in tomllib.loads(file.read_text("utf-8"))["group"]:
        if kind in group:
            for phrase in group["said"].strip().splitlines():
                yield phrase, group


each_file = pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda f: f.stem)


@each_file
def test_what_is_said_is_read(file: Path) -> None:
    assert [phrase for phrase, group in groups(file, "fields") if not is_read(phrase, group)] == []


def is_read(phrase: str, group: Group) -> bool:
    found = read(phrase).fields
    return any(
        {*found} - (BESIDE - {*fields}) == {*fields}
        and all(same(found[field], value, field) for field, value in fields.items())
        for fields in (group["fields"], *group.get("also", ()))
    )


@each_file
def test_what_only_looks_like_it_is_not_read(file: Path) -> None:
    wrong = [
        (phrase, field)
        for phrase, group in groups(file, "never")
        for field, values in group["never"].items()
        for value in values
        if field in (found := read(phrase).fields) and holds(found[field], value)
    ]
    assert wrong == []
