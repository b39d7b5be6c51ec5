"""The guide's table of log lines has every line in the code and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "operations.md"
LEVELS = ("debug", "info", "warning", "error")


def logged() -> Iterator[str]:
    for module in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "state").rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(
                        value=ast.Name(id="log") | ast.Attribute(attr="log"), attr=level
                    ),
                    args=[ast.Constant(value=str(line)), *_],
                ) if level in LEVELS:
                    yield line


def described() -> Iterator[str]:
    table = GUIDE.read_text("utf-8").partition("| line | what it means")[2]
    for row in table.splitlines()[2:]:
        if not row.startswith("|"):
            return
        yield from re.findall(r"`([^`]+)`", row.split("|")[1])


def test_every_line_that_is_logged_is_described_and_no_other() -> None:
    assert sorted(set(described())) == sorted(set(logged()))
