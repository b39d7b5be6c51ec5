"""Calcium and bone-targeted drugs: the B rules. Source ART, R20-R23, R110, R112, R140, CC."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from math import floor
from typing import Final

from bot.logic.case import Case
from bot.logic.decisions import Picture
from bot.logic.findings import Findings
from bot.logic.fired_rule import Fired, fire

CORRECTION_PER_G_ALBUMIN: Final = Decimal("0.02")  # mmol/L per g/L; R142
NORMAL_ALBUMIN: Final = Decimal(40)  # g/L
LOW_CALCIUM_BELOW: Final = 2.10  # mmol/L, adjusted; CC
LOW_CALCIUM_BELOW_KIDNEYS_FAILING: Final = 2.20  # mmol/L, adjusted; CC
HIGH_CALCIUM_ABOVE: Final = 2.65  # mmol/L, adjusted
ZOLEDRONATE_MG_BY_EGFR: Final = ((61, 4.0), (50, 3.5), (40, 3.3), (30, 3.0))  # R110
ZOLEDRONATE_FROM_EGFR: Final = ZOLEDRONATE_MG_BY_EGFR[-1][0]


def adjusted_calcium(case: Case) -> float | None:
    """Adjust total calcium (mmol/L) for albumin (g/L), rounded half up to two decimals.

    Without albumin the value counts as adjusted already; without calcium there is none. R142.
    """
    if not isinstance(case.calcium, float):
        return None
    value = Decimal(str(case.calcium))
    if isinstance(case.albumin, float):
        value += CORRECTION_PER_G_ALBUMIN * (NORMAL_ALBUMIN - Decimal(str(case.albumin)))
    return float(value.quantize(Decimal("0.01"), ROUND_HALF_UP)) + 0.0


def zoledronate_mg(egfr: float) -> float | None:
    """Give the dose for an egfr, rounded down to a whole mL/min; None below 30."""
    whole = floor(egfr)
    return next((mg for least, mg in ZOLEDRONATE_MG_BY_EGFR if whole >= least), None)


def say_zoledronate_doses() -> str:
    """Say the table from the lowest egfr up: "3.0 mg (30–39 mL/min), … 4.0 mg (above 60)"."""
    rising = tuple(reversed(ZOLEDRONATE_MG_BY_EGFR))
    spans = [f"{least}–{next_[0] - 1}" for (least, _), next_ in pairwise(rising)]
    spans = [f"{spans[0]} mL/min", *spans[1:], f"above {rising[-1][0] - 1}"]
    return ", ".join(f"{mg:.1f} mg ({span})" for (_, mg), span in zip(rising, spans, strict=True))


def bones(picture: Picture) -> Iterator[Fired]:
    found, case = picture.found, picture.case
    calcium = adjusted_calcium(case)
    high = calcium is not None and calcium > HIGH_CALCIUM_ABOVE
    low_cut = low_calcium_cut(found)
    low = calcium is not None and calcium < low_cut
    no_zoledronate = found.cancer_known and found.kidneys_failing
    dose_mg = None
    if found.cancer_known and not no_zoledronate and not low and isinstance(case.egfr, float):
        dose_mg = zoledronate_mg(case.egfr)
    if no_zoledronate:
        yield fire("B1", anuric=case.urine_output == "anuric")
        yield Fired("B2", ("text", "hypercalcaemic" if high else "supplements"))
    if low and calcium is not None:
        yield fire("B3", {"calcium": f"{calcium:.2f}", "cut": f"{low_cut:.2f}"})
    if no_zoledronate or dose_mg is not None:
        yield fire("B4")
    if high and calcium is not None:
        yield fire("B5", {"calcium": f"{calcium:.2f}"}, dialysis=found.dialysis)
    if dose_mg is not None:
        yield fire("B6", {"dose_mg": f"{dose_mg:.1f}"})


def low_calcium_cut(found: Findings) -> float:
    return LOW_CALCIUM_BELOW_KIDNEYS_FAILING if found.kidneys_failing else LOW_CALCIUM_BELOW


ZOLEDRONATE_DOSES: Final = say_zoledronate_doses()
