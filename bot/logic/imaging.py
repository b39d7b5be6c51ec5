"""What to image and how: the I rules. Source ART, R02, R06, R211, R212, CC."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire


def imaging(decisions: Decisions) -> Iterator[Fired]:
    case, found = decisions.case, decisions.found
    awaiting = decisions.awaiting_images
    impossible = case.mri == "not_possible"
    scan = "not_possible" if impossible else "text"
    scan = "after_ct" if found.ct_shows_nothing else scan
    if awaiting:
        yield Fired("I1", (scan,))
        yield Fired("I2", (scan, "infection") if found.infection_open else (scan,))
    if awaiting or impossible:
        yield Fired("I3", (scan,))
    if case.lesions:
        yield fire("I4")
    if case.cancer in ("known", "suspected"):
        yield fire("I5", renal=found.renal_not_normal)
    if awaiting:
        yield Fired("I6", (scan,))
        yield Fired("I7", (scan,))
    if case.lesions is None and (case.mri_done or impossible):
        yield Fired("I8", (scan,))
