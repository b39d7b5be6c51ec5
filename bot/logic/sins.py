"""SINS, the Spinal Instability Neoplastic Score of one lesion. Source R70-R73 (Fisher 2010)."""

from typing import Final

from bot.logic.case import Lesion, known
from bot.logic.points import Points

COMPONENTS: Final = ("level", "pain", "bone", "alignment", "collapse", "posterolateral")
POTENTIALLY_UNSTABLE_FROM: Final = 7
UNSTABLE_FROM: Final = 13

_LOCATION_POINTS: Final = (
    (3, "C0 C1 C2 C7 T1 T2 T11 T12 L1 L5 S1"),
    (2, "C3 C4 C5 C6 L2 L3 L4"),
    (1, "T3 T4 T5 T6 T7 T8 T9 T10"),
    (0, "S2 S3 S4 S5"),
)
POINTS: Final[dict[str, dict[str, int]]] = {
    "level": {level: points for points, levels in _LOCATION_POINTS for level in levels.split()},
    "pain": {"mechanical": 3, "non_mechanical": 1, "none": 0},
    "bone": {"lytic": 2, "mixed": 1, "blastic": 0},
    "alignment": {"subluxation": 4, "deformity": 2, "normal": 0},
    "collapse": {"ge50": 3, "lt50": 2, "none_gt50_involved": 1, "none": 0},
    "posterolateral": {"bilateral": 3, "unilateral": 1, "none": 0},
}


HIGHEST_SINS: Final = sum(max(points.values()) for points in POINTS.values())
STABLE_TO: Final = POTENTIALLY_UNSTABLE_FROM - 1
POTENTIALLY_UNSTABLE_TO: Final = UNSTABLE_FROM - 1


class Sins(Points):
    """Points of one lesion, from 0 to 18."""

    __slots__ = ()

    @property
    def category(self) -> str | None:
        low, high = category(self.low), category(self.high)
        return low if low == high else None

    @property
    def stable(self) -> bool:
        return self.high < POTENTIALLY_UNSTABLE_FROM

    @property
    def unstable(self) -> bool:
        return self.low >= UNSTABLE_FROM


def score(lesion: Lesion) -> Sins:
    """Score one lesion; each missing component counts at its minimum and at its maximum."""
    low = high = 0
    missing = []
    for component in COMPONENTS:
        points, value = POINTS[component], getattr(lesion, component)
        if known(value):
            low += points[value]
            high += points[value]
        else:
            missing.append(component)
            low += min(points.values())
            high += max(points.values())
    return Sins(low, high, tuple(missing))


def category(total: int) -> str:
    """Name the band of a total from 0 to 18."""
    if total >= UNSTABLE_FROM:
        return "unstable"
    return "potentially_unstable" if total >= POTENTIALLY_UNSTABLE_FROM else "stable"
