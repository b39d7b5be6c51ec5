"""The steroid decision as actions: the D rules that a reader sees. Source as steroid."""

from collections.abc import Iterator

from bot.logic.case import known
from bot.logic.decisions import Picture
from bot.logic.fired_rule import Fired, fire
from bot.logic.steroid import GIVE_NOW


def steroid_actions(picture: Picture) -> Iterator[Fired]:
    found, steroid = picture.found, picture.steroid
    if steroid.decision == GIVE_NOW:
        febrile = not known(found.case.infection_signs)
        dialysed = not known(found.case.renal) and not found.cancer_known
        yield fire(
            "D1",
            before_mri=not found.case.mri_done,
            no_deficit=found.high_grade and not found.deficit,
            infection_unknown=febrile,
            dialysis_unknown=dialysed,
            infection_or_dialysis_unknown=febrile and dialysed,
        )
        yield fire("D4", deficit=found.deficit, dialysis=found.dialysis)
    else:
        yield fire(steroid.rule, cord_signs_unknown=_examine_first(picture))


def _examine_first(picture: Picture) -> bool:
    return picture.steroid.rule == "D3" and picture.found.cord_signs_unknown
