"""A copy of the project in which one module at a time is broken, and its tests run there."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .mutants import Mutant

ROOT: Final = Path(__file__).parents[2]
LEFT_OUT: Final = (
    ".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "*.db*", "*.egg-info", "build",
)  # fmt: skip
LOGIC: Final = "bot/logic"
CASE_TABLES: Final = ("tests/logic/test_case_tables.py",)
EVERYTHING: Final = ("tests",)
OPTIONS: Final = (
    "-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--tb=no", "--ignore=tests/mutations",
)  # fmt: skip
LONGEST_S: Final = 900
LONGEST_NEAR_S: Final = 240


class Tree:
    """A copy of the project under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        shutil.copytree(ROOT, self.root, ignore=shutil.ignore_patterns(*LEFT_OUT))

    @contextmanager
    def broken(self, mutant: Mutant) -> Iterator[None]:
        """Put the mutant in place of its module, and the module back afterwards."""
        self._write(mutant.path, mutant.mutated)
        try:
            yield
        finally:
            self._write(mutant.path, mutant.source)

    def passes(self, tests: Sequence[str]) -> bool:
        """Return whether the quick tests at some paths pass; a run that takes too long fails."""
        command = (sys.executable, "-m", "pytest", *OPTIONS, *tests)
        paths = {"PYTHONPATH": str(self.root)}
        longest = LONGEST_S if tests == EVERYTHING else LONGEST_NEAR_S
        try:
            run = subprocess.run(
                command, cwd=self.root, env=os.environ | paths, capture_output=True,
                timeout=longest, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return False
        return run.returncode == 0

    def _write(self, path: str, source: str) -> None:
        """Write a module and drop its byte code, which goes by whole seconds and could be stale."""
        module = self.root / path
        module.write_text(source, "utf-8")
        for compiled in (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"):
            compiled.unlink()


def stages(path: str) -> tuple[tuple[str, ...], ...]:
    """Name the tests to run for a module, the fastest first: its room's folder, then all."""
    room = Path("tests", *Path(path).parts[1:2])
    near = [(room.as_posix(),)] if (ROOT / room).is_dir() else []
    tables = [CASE_TABLES] if path.startswith(LOGIC) else []
    return (*tables, *near, EVERYTHING)
