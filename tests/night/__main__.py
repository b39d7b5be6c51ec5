"""Runs a night and prints a line at every pause and a table; its status is 1 if anything is amiss.

What is amiss is printed with what happened around it.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tests.night.night import Night, night

MOST_SHOWN = 12
BEFORE, AFTER = 240.0, 20.0  # seconds of the clock
MOST_LINES_AROUND = 14


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.night", description=__doc__)
    asked.add_argument("--hours", type=float, default=12)
    asked.add_argument("--speed", type=float, default=60)
    asked.add_argument("--seed", type=int, default=15)
    given = asked.parse_args()
    os.umask(0o077)
    say(f"{given.hours:g} h at {given.speed:g} x, seed {given.seed}")
    with tempfile.TemporaryDirectory(prefix="night") as folder:
        found = asyncio.run(night(Path(folder), given.hours, given.speed, given.seed, say))
    return report(found)


def say(line: str) -> None:
    print(f"{datetime.now().astimezone():%H:%M:%S}  {line}", flush=True)


def report(found: Night) -> int:
    """Print the table and the verdict; return the exit status."""
    accounts, watch, ward = found.accounts, found.watch, found.ward
    rows = {
        "clinicians": len(ward.clinicians),
        "groups": len(ward.places),
        "topics": sum(len(place.topics) for place in ward.places if len(place.topics) > 1),
        "taps": len(found.crowd.acted),
        "commands typed": len(found.crowd.typed),
        **found.struck,
        "reads of the database": watch.reads,
        "owners looked at": watch.looked_at,
        **found.shown.counts,
        **accounts.counts,
        "slowest alarm, real seconds": f"{accounts.slowest_alarm:.2f}",
        **{f"busiest minute of {name}": most for name, most in accounts.busiest_minutes.items()},
        "refused since a minute was full": accounts.refused_for_quota,
        "ended by itself, with status": ", ".join(map(str, found.ended)) or "none",
        "errors in its log": len(found.trouble),
        "amiss": len(watch.amiss),
    }
    print()
    for name, figure in rows.items():
        print(f"{name:<34} {figure}")
    for amiss in watch.amiss[:MOST_SHOWN]:
        at = datetime.fromtimestamp(amiss.at, UTC)
        print(f"\n{at:%H:%M:%S} {amiss.code} {amiss.what}")
        for line in found.ward.around(amiss.at, BEFORE, AFTER, amiss.code)[-MOST_LINES_AROUND:]:
            print(f"    {line}")
    for line in found.trouble[:MOST_SHOWN]:
        print(f"  {line}")
    holds = not (watch.amiss or found.ended or found.trouble)
    print("holds" if holds else "does not hold")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
