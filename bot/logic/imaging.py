"""What to image and how: the I rules. Source ART, R02, R06."""

from collections.abc import Iterator

from bot.logic.decisions import Picture
from bot.logic.fired_rule import Fired, fire


def imaging(picture: Picture) -> Iterator[Fired]:
    case = picture.case
    if picture.awaiting_mri:
        yield fire("I1")
        yield fire("I2", infection=case.infection_signs is True)
        yield fire("I3", not_possible=case.mri == "not_possible")
    if case.lesions:
        yield fire("I4")
    if case.cancer in ("known", "suspected"):
        yield fire("I5", renal=picture.found.renal_not_normal)
    if picture.awaiting_mri:
        yield fire("I6")
