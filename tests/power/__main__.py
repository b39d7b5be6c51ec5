"""Cuts the power at seeded moments of conversations; its status is 1 if anything is lost."""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.power.conversing import Shown, spend
from tests.power.cuts import losses, points
from tests.power.disk import Sync, Write

MOST_SHOWN = 20


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.power", description=__doc__)
    asked.add_argument("--cuts", type=int, default=1000)
    asked.add_argument("--people", type=int, default=8)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    os.umask(0o077)
    lost = list[str]()
    with tempfile.TemporaryDirectory(prefix="power") as name:
        whole = Path(name, "whole")
        whole.mkdir()
        night = asyncio.run(spend(whole, given.people))
        for number, (cut, chance) in enumerate(points(night, given.cuts, given.seed)):
            folder = Path(name, str(number))
            folder.mkdir()
            lost += [f"cut {cut}: {each}" for each in losses(night, cut, chance, folder)]
    counts = {kind: sum(isinstance(e, kind) for e in night.disk.events) for kind in KINDS}
    print(*lost[:MOST_SHOWN], sep="\n")
    said = ", ".join(f"{count} {KINDS[kind]}" for kind, count in counts.items())
    print(f"{said}; {given.cuts} cuts, {len(lost)} lost")
    return bool(lost)


KINDS = {Write: "writes", Sync: "syncs", Shown: "messages shown"}


if __name__ == "__main__":
    sys.exit(main())
