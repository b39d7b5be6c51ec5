"""The figures of the safety case, from the hazard log."""

import re
from collections.abc import Iterator
from typing import Final

from tests.hazards import MEANINGS, TOPICS, Hazard, hazards
from tests.named import ROOT

PAGE: Final = ROOT / "docs" / "hospital" / "safety-case.md"
FIGURES: Final = re.compile(r"(?<=<!-- hazards -->\n).*?(?=<!-- end of hazards -->)", re.DOTALL)
LOG: Final = "../safety/hazards.md"


def page() -> str:
    """Return the whole page, with the figures of the hazard log as it is."""
    return FIGURES.sub(lambda _: "\n".join(_figures()) + "\n", PAGE.read_text("utf-8"))


def _figures() -> Iterator[str]:
    log = hazards()
    controls = [control for each in log for control in each.controls]
    tests = {test for control in controls for test in control.tests}
    yield f"{len(log)} hazards, {len(controls)} controls, {len(tests)} tests."
    yield ""
    yield "| topic | hazards | highest risk before | highest risk after |"
    yield "|---|---|---|---|"
    for topic, title in TOPICS.items():
        of_it = [each for each in log if each.topic == topic]
        before = max(each.before.rating for each in of_it)
        after = max(each.after.rating for each in of_it)
        yield f"| {title} | {len(of_it)} | {before} | {after} |"
    yield ""
    worst = max(each.after.rating for each in log)
    yield f"Risk {worst} remains ({MEANINGS[worst]}) for these; each needs the hospital's decision:"
    yield ""
    yield from _listed([each for each in log if each.after.rating == worst], "remains")
    yield ""
    yield "Passed on to the hospital:"
    yield ""
    yield from _listed([each for each in log if each.passed_on], "passed_on")


def _listed(some: list[Hazard], field: str) -> Iterator[str]:
    for each in some:
        yield f"- [{each.id}]({LOG}#{each.id.lower()}): {getattr(each, field)}"
