"""Calcium adjusted for albumin, its lower and its upper figure. Source R142, R204-R206, R232."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.logic.case import Case
from bot.logic.findings import Findings

CORRECTION_PER_G_ALBUMIN: Final = Decimal("0.02")  # mmol/L per g/L; R142, R232
NORMAL_ALBUMIN: Final = Decimal(40)  # g/L
LOW_CALCIUM_BELOW: Final = 2.10  # mmol/L; CC
LOW_CALCIUM_BELOW_KIDNEYS_FAILING: Final = 2.20  # mmol/L; CC
HIGH_CALCIUM_ABOVE: Final = 2.65  # mmol/L; CC
DANGEROUSLY_LOW_CALCIUM_BELOW: Final = 1.90  # mmol/L; R231
DANGEROUSLY_HIGH_CALCIUM_FROM: Final = 3.00  # mmol/L; R208
CALCITONIN_FROM: Final = 3.50  # mmol/L; R208
IONISED_CALCIUM_LIKE_BELOW: Final = 1.60  # mmol/L; CC
MEQ_PER_L_CALCIUM_LIKE_ABOVE: Final = 3.80  # mmol/L; CC
G_PER_DL_ALBUMIN_LIKE_BELOW: Final = 10  # g/L; CC


@dataclass(frozen=True, slots=True)
class Calcium:
    """Total and adjusted calcium in mmol/L, to two decimals, and the two figures that decide.

    With failing kidneys the adjustment misleads: `lower` and `upper` are then the smaller and the
    larger of both, otherwise both are the adjusted figure.
    """

    total: float
    adjusted: float
    lower: float
    upper: float
    low_cut: float

    @property
    def low(self) -> bool:
        """Rule B3."""
        return self.lower < self.low_cut

    @property
    def high(self) -> bool:
        """Rule B5."""
        return self.upper > HIGH_CALCIUM_ABOVE

    @property
    def dangerously_low(self) -> bool:
        """Rule B7."""
        return self.lower < DANGEROUSLY_LOW_CALCIUM_BELOW

    @property
    def dangerously_high(self) -> bool:
        """Rule B8."""
        return self.upper >= DANGEROUSLY_HIGH_CALCIUM_FROM


def calcium(found: Findings) -> Calcium | None:
    """Work out the calcium of a case; None if it is not known."""
    case, adjusted = found.case, adjusted_calcium(found.case)
    if adjusted is None or not isinstance(case.calcium, float):
        return None
    total = _rounded(Decimal(str(case.calcium)))
    failing = found.kidneys_failing
    both = (total, adjusted) if failing else (adjusted, adjusted)
    cut = LOW_CALCIUM_BELOW_KIDNEYS_FAILING if failing else LOW_CALCIUM_BELOW
    return Calcium(total, adjusted, min(both), max(both), cut)


def adjusted_calcium(case: Case) -> float | None:
    """Adjust total calcium (mmol/L) for albumin (g/L), rounded half up to two decimals.

    Without albumin the value counts as already adjusted; without calcium the result is None.
    """
    if not isinstance(case.calcium, float):
        return None
    value = Decimal(str(case.calcium))
    if isinstance(case.albumin, float):
        value += CORRECTION_PER_G_ALBUMIN * (NORMAL_ALBUMIN - Decimal(str(case.albumin)))
    return _rounded(value)


def _rounded(value: Decimal) -> float:
    return float(value.quantize(Decimal("0.01"), ROUND_HALF_UP)) + 0.0
