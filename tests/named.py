"""Tests that a document names: each is there, runs and is collected."""

import importlib
import inspect
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
SKIPS: Final = {"skip", "skipif", "xfail"}


def cell(names: Sequence[str]) -> str:
    """Return the cell of a table that lists names."""
    return "<br>".join(f"`{name}`" for name in names)


def assert_runs(test: str) -> None:
    """Import a test by its node id and check that nothing skips it."""
    path, _, name = test.partition("::")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    function: Any = getattr(module, name.partition("[")[0])
    assert not marks(module, function) & SKIPS
    assert "pytest.skip(" not in inspect.getsource(function)


def marks(module: Any, function: Any) -> set[str]:
    """Name the marks of a test, its cases and its module."""
    of_module = getattr(module, "pytestmark", [])
    own = [
        *getattr(function, "pytestmark", []),
        *(of_module if isinstance(of_module, list) else [of_module]),
    ]
    cases = [case for mark in own if mark.name == "parametrize" for case in mark.args[1]]
    inner = [mark for case in cases for mark in getattr(case, "marks", ())]
    return {mark.name for mark in (*own, *inner)}


def assert_collected(tests: Sequence[str]) -> None:
    """Check that pytest collects every test."""
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert collected.returncode == 0, collected.stdout[-2000:]
    found = {line.partition("[")[0] for line in collected.stdout.splitlines() if "::" in line}
    assert {test.partition("[")[0] for test in tests} <= found
