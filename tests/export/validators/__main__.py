"""`python -m tests.export.validators --cases 2000`: validate random bundles, and all of the tables.

With `--seeded`, write the page that shows which validator finds which seeded error.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.fhir.bundle import bundle
from bot.export.fhir.questionnaire import questionnaire
from bot.flows.triage import FLOW
from tests.export.cases import fullest, shortest
from tests.export.random_cases import random_view
from tests.export.table_cases import table_views
from tests.export.validators.running import MISSING, VALIDATORS, are_there, judge
from tests.export.validators.seeded_table import PAGE, page


def exported(cases: int, seed: int, every: int = 1) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the Questionnaire, and bundles: the extremes, every n-th row of the tables, random."""
    machine = FlowMachine(FLOW)
    engine = Engine(machine, "stepwise", UTC)
    yield "the questionnaire", questionnaire(FLOW)
    yield "the shortest", bundle(shortest(engine))
    yield "the fullest", bundle(fullest(engine, machine))
    yield from ((f"row {name}", bundle(view)) for name, view in table_views()[::every])
    for number in range(cases):
        yield f"random {seed} {number}", bundle(random_view(f"{seed} {number}"))


def main() -> None:
    """Validate, and say in one line what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.export.validators")
    parser.add_argument("--cases", type=int, default=2000, help="how many random cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeded", action="store_true", help=f"write {PAGE.name} instead")
    given = parser.parse_args()
    if not are_there():
        raise SystemExit(MISSING)
    if given.seeded:
        PAGE.write_text(page(), "utf-8")
        return
    began, count, faulty = time.monotonic(), 0, 0
    for each in judge(exported(given.cases, given.seed)):
        count += 1
        if each.finding:
            faulty += 1
            print(each)
    took = time.monotonic() - began
    print(f"{count} resources by {', '.join(VALIDATORS)}: {faulty} faulty, in {took:.0f} s")
    raise SystemExit(faulty > 0)


if __name__ == "__main__":
    main()
