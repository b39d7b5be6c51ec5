"""Counts the tests that break when a question is inserted into the middle of the triage flow."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.flows.triage import FLOW

ROOT: Final = Path(__file__).parents[1]
LEFT_OUT: Final = shutil.ignore_patterns(
    ".git", ".venv", "build", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
)
IN_THE_FLOW: Final = """

def _with_smoker(before: str) -> Flow:
    from dataclasses import replace

    place = next(n for n, node in enumerate(FLOW.nodes) if node.id == before)
    question = yes_no("smoker", FLOW.questions[before].part)
    return replace(FLOW, nodes=(*FLOW.nodes[:place], question, *FLOW.nodes[place:]))


FLOW = _with_smoker({before!r})  # type: ignore[misc]
"""
IN_WORDS: Final = """
[smoker]
ask = "Has the patient ever smoked?"
help = "Yes: 100 cigarettes or more in a lifetime."
label = "Smoker"
"""
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


def insert(root: Path, before: str) -> None:
    """Insert a yes-or-no question before another one in the flow of a copy of the project."""
    flows = root / "bot" / "flows"
    for name, added in (
        ("triage.py", IN_THE_FLOW.format(before=before)),
        ("triage.toml", IN_WORDS),
    ):
        with (flows / name).open("a", encoding="utf-8") as file:
            file.write(added)


def failing_tests(root: Path, arguments: list[str]) -> list[str]:
    """Run the usual tests in a copy of the project; list those that fail."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "not slow", "--tb=no", "-rfE", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stdout + run.stderr)
    return FAILED.findall(run.stdout)


def main() -> None:
    """Insert the question before the one named first; pass the other arguments to pytest."""
    if len(sys.argv) < 2 or sys.argv[1] not in FLOW.questions:
        raise SystemExit(f"before which question? allowed: {', '.join(FLOW.questions)}")
    before, arguments = sys.argv[1], sys.argv[2:]
    with TemporaryDirectory() as folder:
        root = Path(folder) / "cordcall"
        shutil.copytree(ROOT, root, ignore=LEFT_OUT)
        insert(root, before)
        failing = failing_tests(root, arguments)
    for name in failing:
        print(name)
    print(f"{len(failing)} tests break when a question is put before {before}")


if __name__ == "__main__":
    main()
