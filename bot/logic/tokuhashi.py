"""The revised Tokuhashi score of prognosis. Source R84, R85. Never a gate (R87)."""

from typing import Final

from bot.logic.case import Case, known
from bot.logic.points import Points

PARTS: Final = ("kps", "extraspinal_bone", "vertebral_mets", "organ_mets", "primary", "asia")
NOT_APPLICABLE_PRIMARIES: Final = ("myeloma", "lymphoma")
MOST_POINTS: Final = {"primary": 5}
SIX_MONTHS_FROM: Final = 9
TWELVE_MONTHS_FROM: Final = 12
OTHER_PRIMARY_POINTS: Final = 2

_PRIMARY_POINTS: Final = {
    **dict.fromkeys(("lung", "osteosarcoma", "stomach", "bladder", "oesophagus", "pancreas"), 0),
    **dict.fromkeys(("liver", "gallbladder", "unknown_primary"), 1),
    **dict.fromkeys(("renal_cell", "uterus"), 3),
    "rectum": 4,
    **dict.fromkeys(("thyroid", "breast", "prostate", "carcinoid"), 5),
}
_ORGAN_POINTS: Final = {"unremovable": 0, "removable": 1, "none": 2}
_PALSY_POINTS: Final = {"A": 0, "B": 0, "C": 1, "D": 1, "E": 2}
MOST_ELSEWHERE: Final = 2
HIGHEST_TOKUHASHI: Final = sum(MOST_POINTS.get(part, MOST_ELSEWHERE) for part in PARTS)
UNDER_SIX_MONTHS_TO: Final = SIX_MONTHS_FROM - 1
SIX_MONTHS_TO: Final = TWELVE_MONTHS_FROM - 1


class Tokuhashi(Points):
    """Points of one case, from 0 to 15."""

    __slots__ = ()

    @property
    def band(self) -> str | None:
        low, high = band(self.low), band(self.high)
        return low if low == high else None


def applies(case: Case) -> bool:
    """Return whether the score is meant for this case: known cancer, not myeloma or lymphoma."""
    return case.cancer == "known" and case.primary not in NOT_APPLICABLE_PRIMARIES


def score(case: Case) -> Tokuhashi | None:
    """Score a case; None if the score does not apply."""
    if not applies(case):
        return None
    low = high = 0
    missing = []
    for part in PARTS:
        value = getattr(case, part)
        if known(value):
            low += _points(part, value)
            high += _points(part, value)
        else:
            missing.append(part)
            high += MOST_POINTS.get(part, MOST_ELSEWHERE)
    return Tokuhashi(low, high, tuple(missing))


def band(total: int) -> str:
    """Name the expected survival of a total: lt6m, ge6m or ge12m."""
    if total >= TWELVE_MONTHS_FROM:
        return "ge12m"
    return "ge6m" if total >= SIX_MONTHS_FROM else "lt6m"


def _points(part: str, value: int | str) -> int:
    match part, value:
        case "kps", int(kps):
            return 0 if kps <= 40 else 1 if kps <= 70 else 2
        case "extraspinal_bone", int(foci):
            return 2 if foci == 0 else 1 if foci <= 2 else 0
        case "vertebral_mets", int(vertebrae):
            return 3 - vertebrae
        case "organ_mets", str(organs):
            return _ORGAN_POINTS[organs]
        case "asia", str(asia):
            return _PALSY_POINTS[asia]
        case _, str(primary):
            return _PRIMARY_POINTS.get(primary, OTHER_PRIMARY_POINTS)
    raise AssertionError(f"{part}: no points for {value!r}")
