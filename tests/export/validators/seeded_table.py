"""The page that shows which validator finds which seeded error."""

from pathlib import Path
from typing import Final

from tests.export.validators.running import VALIDATORS, Judged, judge
from tests.export.validators.seeded import seeded

PAGE: Final = Path(__file__).parents[3] / "docs" / "export-validators.md"
NAMES: Final = {"fhir": "`fhir`", "medplum": "`@medplum/core`", "hl7": "HL7's definitions"}
HEAD: Final = """\
# What the validators of FHIR find

Written by `python -m tests.export.validators --seeded`; do not edit. Every error was put alone \
into a bundle that all three find right. `fhir` and `@medplum/core` are npm packages that share no \
code; the third, in `tests/export/validators`, walks a resource along HL7's own \
StructureDefinitions from `hl7.fhir.r4.examples`: elements, cardinalities, types, required codes, \
codes and displays of HL7's code systems, extensions, and the invariants that an export could break.
"""


def page() -> str:
    """Judge every seeded error, and return the page."""
    return drawn([*judge(seeded())])


def drawn(judged: list[Judged]) -> str:
    rows = [
        [each.name, *("found" if who in each.finding else "–" for who in VALIDATORS)]
        for each in judged
    ]
    counts = [f"{sum(who in each.finding for each in judged)}" for who in VALIDATORS]
    lines = [
        ["Error", *(NAMES[who] for who in VALIDATORS)],
        ["---"] * 4,
        *rows,
        [f"of {len(judged)}", *counts],
    ]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"{HEAD}\n{table}\n"
