"""Break the code in one place at a time, and print every place where no test notices."""

import argparse
import random
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from .mutants import Mutant, mutants_of, note_flips_of
from .tree import EVERYTHING, ROOT, Tree, tests_for

ABOUT = "Break the code in one place at a time, and print every place where no test notices."


def equivalents() -> list[dict[str, Any]]:
    """Read the changes that change no behaviour, each with the argument why."""
    listed = Path(__file__).with_name("equivalents.toml").read_text("utf-8")
    return tomllib.loads(listed)["equivalent"]


def drawn(folders: list[str], seed: int, count: int) -> tuple[list[Mutant], int]:
    """Draw mutants at random; give them, and how many equivalent ones were passed over."""
    known = {(each["file"], each["was"], each["becomes"]) for each in equivalents()}
    modules = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    every = [mutant for path in modules for mutant in mutants_of(path, ROOT)]
    random.Random(seed).shuffle(every)
    chosen: list[Mutant] = []
    for looked_at, mutant in enumerate(every):
        if len(chosen) == count:
            return chosen, looked_at - count
        if (mutant.path, mutant.was, mutant.becomes) not in known:
            chosen.append(mutant)
    return chosen, len(every) - len(chosen)


def note_flips() -> list[Mutant]:
    modules = sorted((ROOT / "bot" / "logic").glob("*.py"))
    return [mutant for path in modules for mutant in note_flips_of(path, ROOT)]


def survives(mutant: Mutant, tree: Tree, *, everything: bool) -> bool:
    """Return whether no test notices: first those of its room, then all of them."""
    near = tests_for(mutant.path)
    with tree.broken(mutant):
        if not tree.passes(near):
            return False
        return not everything or near == EVERYTHING or tree.passes(EVERYTHING)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=ABOUT)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--in", dest="folders", nargs="+", metavar="FOLDER",
                        default=["bot/logic", "bot/conversation"])  # fmt: skip
    parser.add_argument("--notes", action="store_true",
                        help="every condition of a sentence of the rules, in place of --count")  # fmt: skip
    given = parser.parse_args()
    mutants, equivalent = (
        (note_flips(), 0) if given.notes else drawn(given.folders, given.seed, given.count)
    )
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder))
        for tests in sorted({tests_for(mutant.path) for mutant in mutants}):
            if not tree.passes(tests):
                print(f"{' '.join(tests)}: fails before anything is broken", file=sys.stderr)
                return 2
        survivors = 0
        for number, mutant in enumerate(mutants, 1):
            if survives(mutant, tree, everything=not given.notes):
                survivors += 1
                print(f"{number}: {mutant.path}:{mutant.line}\n{mutant.diff}\n", flush=True)
    caught = f"{len(mutants) - survivors} of {len(mutants)} caught"
    print(f"{caught}; {equivalent} equivalent passed over" if equivalent else caught)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
