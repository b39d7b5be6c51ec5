"""What a case shows, in the words that the rules share: cord sign, deficit, clean, kidneys."""

from dataclasses import dataclass
from typing import Final

from bot.logic import escc, sins
from bot.logic.case import Case, known
from bot.logic.sins import Sins

ROOT_DEFICITS: Final = ("unilateral_stable", "unilateral_progressive")
CAUDA_EQUINA_SIGNS: Final = ("saddle_anaesthesia", "bladder", "bowel")
KIDNEYS_FAILING_BELOW_EGFR: Final = 30.0  # mL/min/1.73 m²; R110

LONG_DIALYSIS_YEARS: Final = 10.0  # R36-R40
HIGH_PTH_TIMES_ULN: Final = 9.0  # R120


@dataclass(frozen=True, slots=True)
class Findings:
    """A case with everything that several rules ask of it, worked out once.

    Every flag is "shown to be present": an unknown finding leaves it False.
    """

    case: Case
    sins: tuple[Sins, ...]
    worst_escc: str | None
    cord_sign: bool
    cord_signs_unknown: bool
    root_deficit: bool
    deficit: bool
    root_pain: bool
    pain: bool
    clean: bool
    dialysis: bool
    kidneys_failing: bool
    renal_not_normal: bool
    compression_confirmed: bool

    @property
    def cord_signs(self) -> tuple[str, ...]:
        """Give the signs that were ticked."""
        return self.case.cord_signs if isinstance(self.case.cord_signs, tuple) else ()

    @property
    def high_grade(self) -> bool:
        return self.worst_escc in escc.HIGH_GRADES

    @property
    def some_escc_unknown(self) -> bool:
        return any(not known(lesion.escc) for lesion in self.case.lesions or ())

    @property
    def all_stable(self) -> bool:
        return bool(self.sins) and all(score.stable for score in self.sins)

    @property
    def some_unstable(self) -> bool:
        return any(score.unstable for score in self.sins)

    @property
    def cancer_known(self) -> bool:
        return self.case.cancer == "known"

    @property
    def infection_suspected(self) -> bool:
        """Rule U10: infection signs with pain, a radicular deficit or a cord sign."""
        symptom = (
            self.case.back_pain is True or self.root_pain or self.root_deficit or self.cord_sign
        )
        return self.case.infection_signs is True and symptom

    @property
    def infection_open(self) -> bool:
        """Infection signs that no image has answered: on dialysis, or with no ESCC known."""
        return self.case.infection_signs is True and (self.dialysis or self.worst_escc is None)

    @property
    def mimic_suspected(self) -> bool:
        """Rule N1: a haemodialysis patient whose lesion may be no metastasis. R36-R49."""
        case = self.case
        years, pth = case.dialysis_years, case.pth_times_uln
        return case.renal == "haemodialysis" and (
            not self.cancer_known
            or case.infection_signs is True
            or case.access == "catheter"
            or (isinstance(years, float) and years >= LONG_DIALYSIS_YEARS)
            or (isinstance(pth, float) and pth >= HIGH_PTH_TIMES_ULN)
        )


def find(case: Case) -> Findings:
    """Work out what a case shows."""
    lesions = case.lesions or ()
    cord_sign = has_cord_sign(case)
    root_deficit = case.radicular_deficit in (*ROOT_DEFICITS, "bilateral")
    root_pain = case.radicular_pain in ("unilateral", "bilateral")
    lesion_pain = any(lesion.pain in ("mechanical", "non_mechanical") for lesion in lesions)
    dialysis = case.renal in ("haemodialysis", "peritoneal")
    worst = escc.worst(lesions)
    grades = [escc.grade(lesion) for lesion in lesions]
    failing = kidneys_failing(case)
    return Findings(
        case=case,
        sins=tuple(sins.score(lesion) for lesion in lesions),
        worst_escc=worst,
        cord_sign=cord_sign,
        cord_signs_unknown=not known(case.cord_signs),
        root_deficit=root_deficit,
        deficit=cord_sign or root_deficit or case.asia in ("A", "B", "C", "D"),
        root_pain=root_pain,
        pain=case.back_pain is True or root_pain or lesion_pain,
        clean=case.mri_done and case.lesions is not None and all(g == "0" for g in grades),
        dialysis=dialysis,
        kidneys_failing=failing,
        renal_not_normal=case.renal == "ckd" or failing,
        compression_confirmed=case.mri_done
        and (worst in escc.HIGH_GRADES or (cord_sign and any(g != "0" for g in grades))),
    )


def has_cord_sign(case: Case) -> bool:
    """A listed sign, ASIA A to C, or ASIA D that no one-sided root deficit explains."""
    listed = known(case.cord_signs) and bool(case.cord_signs)
    by_asia = case.asia in ("A", "B", "C")
    unexplained_d = case.asia == "D" and case.radicular_deficit not in ROOT_DEFICITS
    return listed or by_asia or unexplained_d


def kidneys_failing(case: Case) -> bool:
    """Dialysis, egfr below 30, or chronic kidney disease whose egfr is not known."""
    if case.renal in ("haemodialysis", "peritoneal"):
        return True
    if isinstance(case.egfr, float):
        return case.egfr < KIDNEYS_FAILING_BELOW_EGFR
    return case.renal == "ckd"
