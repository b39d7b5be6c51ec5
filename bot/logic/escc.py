"""ESCC, the Bilsky grade of epidural compression, as the radiologist reports it. Source R80-R82."""

from collections.abc import Iterable
from typing import Final

from bot.logic.case import Lesion, known

GRADES: Final = ("0", "1a", "1b", "1c", "2", "3")
HIGH_GRADES: Final = ("2", "3")
HIGH_GRADES_SAID: Final = f"{HIGH_GRADES[0]}–{HIGH_GRADES[-1]}"
_LOW_GRADES: Final = GRADES[: GRADES.index(HIGH_GRADES[0])]
LOW_GRADES_SAID: Final = f"{_LOW_GRADES[0]}–{_LOW_GRADES[-1]}"
EPIDURAL_GRADES_SAID: Final = f"{_LOW_GRADES[1]}–{_LOW_GRADES[-1]}"
THECAL_SAC_LEVELS: Final = ("L2", "L3", "L4", "L5", "S1", "S2", "S3", "S4", "S5")
THECAL_SAC_FROM: Final = THECAL_SAC_LEVELS[0]


def grade(lesion: Lesion) -> str | None:
    """Return the known grade of a lesion, else None."""
    return lesion.escc if known(lesion.escc) else None


def is_high(value: str | None) -> bool | None:
    """Return whether a grade means compression; None when it is not known."""
    return None if value is None else value in HIGH_GRADES


def worst(lesions: Iterable[Lesion]) -> str | None:
    """Return the highest known grade; None when none is known."""
    grades = [value for lesion in lesions if (value := grade(lesion)) is not None]
    return max(grades, key=GRADES.index, default=None)
