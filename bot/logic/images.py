"""What the images of a case show, and whether they have been read. Source R06, R70-R82, CC."""

from dataclasses import dataclass

from bot.logic import escc, sins
from bot.logic.case import Case
from bot.logic.sins import Sins


@dataclass(frozen=True, slots=True)
class Images:
    """The lesions of a case as scores and grades; an unknown grade is None."""

    read: bool
    clean: bool
    grades: tuple[str | None, ...]
    worst_escc: str | None
    sins: tuple[Sins, ...]
    lesion_pain: bool


def look_at(case: Case) -> Images:
    """Work out what the images say."""
    lesions = case.lesions or ()
    grades = tuple(escc.grade(lesion) for lesion in lesions)
    read = is_read(case)
    return Images(
        read=read,
        clean=read and all(grade == "0" for grade in grades),
        grades=grades,
        worst_escc=escc.worst(lesions),
        sins=tuple(sins.score(lesion) for lesion in lesions),
        lesion_pain=any(lesion.pain in ("mechanical", "non_mechanical") for lesion in lesions),
    )


def is_read(case: Case) -> bool:
    """Return whether images that can settle the deadline have been read.

    A CT instead of an impossible MRI counts only if it shows more than ESCC 0: one that shows
    nothing does not clear a cord.
    """
    if case.lesions is None:
        return False
    if case.mri == "not_possible":
        return any(lesion.escc != "0" for lesion in case.lesions)
    return case.mri_done
