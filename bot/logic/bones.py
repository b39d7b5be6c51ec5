"""Calcium and bone-targeted drugs: the B rules. Source ART, R20-R23, R110, R112, R203-R231."""

from collections.abc import Iterator
from itertools import pairwise
from math import floor
from typing import Final

from bot.logic.calcium import Calcium, calcium
from bot.logic.decisions import Decisions
from bot.logic.fired_rule import Figure, Fired, fire
from bot.logic.potassium import potassium_dangerous

LOW_TURNOVER_PTH_TIMES_ULN: Final = 2.0  # R120
ZOLEDRONATE_MG_BY_EGFR: Final = ((61, 4.0), (50, 3.5), (40, 3.3), (30, 3.0))  # R110
ZOLEDRONATE_FROM_EGFR: Final = ZOLEDRONATE_MG_BY_EGFR[-1][0]


def zoledronate_mg(egfr: float) -> float | None:
    """Return the dose for an egfr, rounded down to a whole mL/min; None below 30."""
    whole = floor(egfr)
    return next((mg for least, mg in ZOLEDRONATE_MG_BY_EGFR if whole >= least), None)


def say_zoledronate_doses() -> str:
    """Say the table from the lowest egfr up: "3.0 mg (30–39 mL/min), … 4.0 mg (above 60)"."""
    rising = tuple(reversed(ZOLEDRONATE_MG_BY_EGFR))
    spans = [f"{least}–{next_[0] - 1}" for (least, _), next_ in pairwise(rising)]
    spans = [f"{spans[0]} mL/min", *spans[1:], f"above {rising[-1][0] - 1}"]
    return ", ".join(f"{mg:.1f} mg ({span})" for (_, mg), span in zip(rising, spans, strict=True))


ZOLEDRONATE_DOSES: Final = say_zoledronate_doses()


def bones(decisions: Decisions) -> Iterator[Fired]:
    found = decisions.found
    level = calcium(found)
    low = level is not None and level.low
    high = level is not None and level.high
    unsuitable = found.cancer_known and found.kidneys_failing
    denosumab = unsuitable and not found.no_lesion_seen
    dose_mg = _dose_mg(decisions, level)
    if unsuitable:
        yield fire("B1", anuric=found.anuric)
    if denosumab:
        yield Fired("B2", ("text", _supplements(level)))
    if low and level is not None:
        yield fire("B3", _figures(level))
    if denosumab or dose_mg is not None:
        yield fire("B4")
    if high and level is not None:
        yield _high(decisions, level)
    if dose_mg is not None:
        yield fire("B6", {"dose_mg": f"{dose_mg:.1f}"})
    if level is not None and level.dangerously_low:
        yield fire("B7", _figures(level), with_potassium=potassium_dangerous(found))
    if level is not None and level.dangerously_high:
        yield Fired("B8", ("text", _route(decisions), "calcitonin"), _figures(level))


def _dose_mg(decisions: Decisions, level: Calcium | None) -> float | None:
    """Rule B6: zoledronic acid by egfr, once a lesion is seen and calcium is known and not low."""
    found, egfr = decisions.found, decisions.case.egfr
    suitable = found.cancer_known and not found.kidneys_failing
    seen = found.read and bool(found.case.lesions)
    if not (suitable and seen and isinstance(egfr, float)) or level is None or level.low:
        return None
    return zoledronate_mg(egfr)


def _supplements(level: Calcium | None) -> str:
    """Choose the note on calcium and vitamin D: unknown, or low and high at once, is never low."""
    if level is None:
        return "calcium_unknown"
    if level.low and level.high:
        return "supplements_disagree"
    return "supplements_none" if level.high else "supplements"


def _high(decisions: Decisions, level: Calcium) -> Fired:
    potassium = ("with_potassium",) if potassium_dangerous(decisions.found) else ()
    if level.low:
        return Fired("B5", ("disagree", *potassium), _figures(level))
    return Fired("B5", ("text", _route(decisions), *potassium), _figures(level))


def _route(decisions: Decisions) -> str:
    """Choose the note on how to lower a high calcium with these kidneys."""
    found = decisions.found
    if found.dialysis:
        return "dialysis"
    return "kidneys_failing" if found.kidneys_failing else "fluids"


def _figures(level: Calcium) -> dict[str, Figure]:
    return {
        "calcium": f"{level.total:.2f}",
        "adjusted_calcium": f"{level.adjusted:.2f}",
        "cut": f"{level.low_cut:.2f}",
    }
