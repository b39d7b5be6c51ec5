"""Runs a soak and prints a line a minute and a table; its status is 1 if anything is amiss."""

import argparse
import asyncio
import os
import resource
import sys
import tempfile
from datetime import datetime
from pathlib import Path

from tests.soak.faults import KINDS
from tests.soak.measure import FLAT_SHARE, MOST_MORE_HANDLES
from tests.soak.run import Soak, say_counts, soak

MOST_SHOWN = 20
LEAST_SHARE_OF_TAPS = 0.95


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    asked.add_argument("--minutes", type=float, default=30)
    asked.add_argument("--taps-per-second", type=float, default=20)
    asked.add_argument("--fault-every", type=float, default=5, help="seconds")
    given = asked.parse_args()
    seconds, rate = given.minutes * 60, given.taps_per_second
    os.umask(0o077)
    with tempfile.TemporaryDirectory(prefix="soak") as folder:
        found = asyncio.run(soak(Path(folder), seconds, rate, given.fault_every, say))
    return report(found, round(seconds * rate))


def say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def report(found: Soak, wanted: int) -> int:
    """Print the table and the verdict; return the exit status."""
    warm_mb, last_mb = found.life.warm_and_last_mb
    warm_handles, last_handles = found.life.warm_and_last_handles
    spent = resource.getrusage(resource.RUSAGE_SELF)
    ended = ", ".join(map(str, found.ended)) or "none"
    rows = {
        f"taps, of {wanted}": (found.taps, found.taps >= wanted * LEAST_SHARE_OF_TAPS),
        "faults": (say_counts(found.struck), found.struck.keys() == KINDS.keys()),
        "accounted for": (say_counts(found.accounts.counts), True),
        "lost": (len(found.accounts.lost), not found.accounts.lost),
        "repeated, and not marked so": (len(found.accounts.repeated), not found.accounts.repeated),
        "ended by itself, with status": (ended, not found.ended),
        "until all was sent": (f"{found.seconds_to_end:.1f} s", True),
        f"memory, ± {FLAT_SHARE:.0%}": (
            f"{warm_mb:.1f} → {last_mb:.1f} MB, {found.life.growth:+.1%}",
            found.life.is_memory_flat,
        ),
        f"file handles, ± {MOST_MORE_HANDLES}": (
            f"{warm_handles:.0f} → {last_handles:.0f}",
            found.life.are_handles_flat,
        ),
        "last life of the process": (f"{len(found.life.memory_mb)} s", True),
        "processor time of the soak itself": (f"{spent.ru_utime + spent.ru_stime:.0f} s", True),
    }
    print()
    for name, (figure, holds) in rows.items():
        print(f"{name:<34} {figure}{'' if holds else '   MISSED'}")
    for line in (*found.accounts.lost, *found.accounts.repeated)[:MOST_SHOWN]:
        print(f"  {line}")
    holds = all(holds for _, holds in rows.values())
    print("holds" if holds else "does not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
