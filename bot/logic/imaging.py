"""What to image and how: the I rules. Source ART, R02, R06, R211, R212, CC."""

from collections.abc import Iterator

from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Fired, fire


def imaging(decisions: Decisions) -> Iterator[Fired]:
    case, found = decisions.case, decisions.found
    awaiting = decisions.awaiting_images
    impossible = case.mri == "not_possible"
    if awaiting:
        yield _of_the_scan("I1", impossible)
        yield _of_the_scan("I2", impossible, infection=found.infection_open)
    if awaiting or impossible:
        yield fire("I3", not_possible=impossible)
    if case.lesions:
        yield fire("I4")
    if case.cancer in ("known", "suspected"):
        yield fire("I5", renal=found.renal_not_normal)
    if awaiting:
        yield _of_the_scan("I6", impossible)
        yield _of_the_scan("I7", impossible)
    if case.lesions is None and (case.mri_done or impossible):
        yield fire("I8")


def _of_the_scan(rule: str, impossible: bool, **notes: bool) -> Fired:
    """Say a rule of the scan that can be had: the MRI, or the CT in its place."""
    said = fire(rule, **notes)
    return Fired(rule, ("ct", *said.say[1:])) if impossible else said
