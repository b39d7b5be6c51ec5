"""Break the code in one place at a time, and print every place that no test catches."""

import argparse
import random
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from .mutants import Mutant, mutants_of, note_flips_of
from .tree import CASE_TABLES, LOGIC, ROOT, Tree, stages

ABOUT: Final = "Break the code in one place at a time; print every place where no test notices."


def equivalents() -> list[dict[str, Any]]:
    """Read the mutations that change no behaviour, each with the reason."""
    listed = Path(__file__).with_name("equivalents.toml").read_text("utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(listed)["equivalent"]
    return entries


def modules(folders: Sequence[str]) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def effective(mutants: Sequence[Mutant]) -> list[Mutant]:
    """Leave out the mutants that are listed as equivalent."""
    listed = {(each["file"], each["was"], each["becomes"]) for each in equivalents()}
    return [each for each in mutants if (each.path, each.was, each.becomes) not in listed]


def drawn(folders: Sequence[str], seed: int, count: int) -> list[Mutant]:
    """Draw mutants at random; the same seed draws the same ones from the same code."""
    every = [mutant for path in modules(folders) for mutant in mutants_of(path, ROOT)]
    random.Random(seed).shuffle(every)
    return effective(every)[:count]


def note_flips() -> list[Mutant]:
    return effective([flip for path in modules([LOGIC]) for flip in note_flips_of(path, ROOT)])


def survivors(mutants: Sequence[Mutant], tree: Tree, *, notes: bool) -> Iterator[Mutant]:
    """Return each mutant that no test catches."""
    for mutant in mutants:
        with tree.broken(mutant):
            if all(map(tree.passes, (CASE_TABLES,) if notes else stages(mutant.path))):
                yield mutant


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=ABOUT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--in", dest="folders", nargs="+", metavar="FOLDER",
                        default=[LOGIC, "bot/conversation"])  # fmt: skip
    parser.add_argument("--notes", action="store_true",
                        help="force each condition of a sentence, in place of --count")  # fmt: skip
    given = parser.parse_args()
    mutants = note_flips() if given.notes else drawn(given.folders, given.seed, given.count)
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        asked = {CASE_TABLES} if given.notes else {t for m in mutants for t in stages(m.path)}
        for tests in sorted(asked):
            if not tree.passes(tests):
                print(f"{' '.join(tests)}: fails before anything is broken", file=sys.stderr)
                return 2
        missed = 0
        for mutant in survivors(mutants, tree, notes=given.notes):
            missed += 1
            print(f"{mutant.path}:{mutant.line}\n{mutant.diff}\n", flush=True)
    print(f"{len(mutants) - missed} of {len(mutants)} caught")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
