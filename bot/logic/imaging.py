"""What to image and how: the I rules. Source ART, R02, R06, R211, R212, CC."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire


def imaging(decisions: Decisions) -> Iterator[Fired]:
    case, found = decisions.case, decisions.found
    awaiting = decisions.awaiting_images
    impossible = case.mri == "not_possible"
    if awaiting:
        yield fire("I1", not_possible=impossible)
        yield fire("I2", infection=found.infection_open, not_possible=impossible)
    if awaiting or impossible:
        yield fire("I3", not_possible=impossible)
    if case.lesions:
        yield fire("I4")
    if case.cancer in ("known", "suspected"):
        yield fire("I5", renal=found.renal_not_normal)
    if awaiting:
        yield fire("I6", not_possible=impossible)
        yield fire("I7", not_possible=impossible)
    if case.lesions is None and (case.mri_done or impossible):
        yield fire("I8")
