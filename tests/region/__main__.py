"""Runs a region through trouble and prints what happens, then counts; status 1 if any is amiss."""

import argparse
import asyncio
import os
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final

from tests.postgres import programs
from tests.region.drill import Drill, Size, drill
from tests.soak.told import SECONDS_TO_TELL

PLAN: Final = (
    "kill 1", "kill 2", "kill 3", "restart", "kill 1", "kill 2", "hang 3", "fail over", "kill 3",
    "kill 1", "crash", "kill 2", "kill 3",
)  # fmt: skip
SHORT_PLAN: Final = ("kill 1", "kill 2", "kill 3", "restart", "fail over")
MINUTES_OF_PLAN: Final = 5
MOST_SHOWN: Final = 12


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.region", description=__doc__)
    asked.add_argument("--minutes", type=float, default=10)
    asked.add_argument("--people", type=int, default=200)
    asked.add_argument("--groups", type=int, default=20)
    asked.add_argument("--taps-per-second", type=float, default=10)
    asked.add_argument("--polling", action="store_true", help="instead of a webhook")
    given = asked.parse_args()
    if reason := programs.why_missing():
        print(f"{reason}; install the package postgresql", file=sys.stderr)
        return 1
    os.umask(0o077)
    seconds = given.minutes * 60
    size = Size(given.people, given.groups, given.taps_per_second, seconds, given.polling)
    plan = PLAN if given.minutes >= MINUTES_OF_PLAN else SHORT_PLAN
    with tempfile.TemporaryDirectory(prefix="region") as folder:
        try:
            return report(asyncio.run(drill(Path(folder), size, plan, say)))
        except KeyboardInterrupt:
            say("ended")
            return 130


def say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def report(done: Drill) -> int:
    """Print the counts and the verdict; return the exit status."""
    found = done.found
    rows = {
        "people": done.size.people,
        "groups": done.size.groups,
        "taps": sum(len(person.acted) for person in done.crowd.people),
        "lines typed": found.counts["lines"],
        "cases": found.counts["cases"],
        "answers": found.counts["answers"],
        "told not to count": found.counts["told not to count"],
        "calls of groups": found.counts["calls of groups"],
        "marked repeats": found.counts["marked repeats"],
        "reminders due": found.counts["reminders due"],
        "overtaken by their deadline": found.counts["reminders overtaken by the deadline"],
        "latest reminder": f"{found.latest_s:.0f} s",
        "busiest minute of a group": found.busiest,
        "outage notices": found.counts["outage notices"],
        "until all was sent": f"{done.seconds_to_end:.1f} s",
        "ended by themselves": ", ".join(map(str, done.ended)) or "none",
        **{what: len(lines) for what, lines in found.amiss.items()},
    }
    print()
    for name, figure in rows.items():
        print(f"{name:<34} {figure}")
    print("\nlongest wait after each event")
    for what, seconds in done.longest_waits():
        print(f"  {what:<32} {seconds:.1f} s")
    for what, lines in found.amiss.items():
        for line in lines[:MOST_SHOWN]:
            print(f"{what}: {line}")
    holds = not (done.ended or any(found.amiss.values()))
    longest_s = max((seconds for _, seconds in done.longest_waits()), default=0.0)
    if not holds and longest_s > SECONDS_TO_TELL:
        print(f"somebody waited {longest_s:.0f} s, so this machine may be too busy for so many:")
        print("try again while nothing else runs, or with --taps-per-second 5")
    print("holds" if holds else "does not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
