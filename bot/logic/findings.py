"""What a case shows, in terms shared by the rules: cord sign, deficit, infection, kidneys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.logic import escc
from bot.logic.case import Case, known
from bot.logic.images import Images, look_at
from bot.logic.once import once
from bot.logic.sins import Sins

ROOT_DEFICITS: Final = ("unilateral_stable", "unilateral_progressive")
KIDNEYS_FAILING_BELOW_EGFR: Final = 30.0  # mL/min/1.73 m²; R110
RENAL_NOT_NORMAL_BELOW_EGFR: Final = 60.0  # mL/min/1.73 m²; CC
LONG_DIALYSIS_YEARS: Final = 10.0  # R36-R40
HIGH_PTH_TIMES_ULN: Final = 9.0  # R120


@dataclass(frozen=True)
class Findings:
    """A case and its images, and findings used by several rules.

    Every property means "shown to be present": an unknown finding leaves it False.
    """

    case: Case
    images: Images

    @once
    def read(self) -> bool:
        return self.images.read

    @once
    def clean(self) -> bool:
        """The images are read and show no lesion, or ESCC 0 in every lesion."""
        return self.images.clean

    @once
    def no_lesion_seen(self) -> bool:
        return self.images.read and self.case.lesions == ()

    @once
    def ct_shows_nothing(self) -> bool:
        """A CT in place of an impossible MRI shows ESCC 0 at most, which clears no cord."""
        impossible = self.case.mri == "not_possible"
        return impossible and self.case.lesions is not None and not self.read

    @once
    def lesion_pain(self) -> bool:
        return self.images.lesion_pain

    @once
    def sins(self) -> tuple[Sins, ...]:
        return self.images.sins

    @once
    def all_stable(self) -> bool:
        return bool(self.sins) and all(score.stable for score in self.sins)

    @once
    def some_unstable(self) -> bool:
        """Rule S3: some lesion's SINS is 13 or more, whatever is missing."""
        return any(score.unstable for score in self.sins)

    @once
    def worst_escc(self) -> str | None:
        return self.images.worst_escc

    @once
    def high_grade(self) -> bool:
        return self.images.worst_escc in escc.HIGH_GRADES

    @once
    def low_grade(self) -> bool:
        """The worst grade is known, and is 0 to 1c."""
        return self.worst_escc is not None and not self.high_grade

    @once
    def some_escc_unknown(self) -> bool:
        return None in self.images.grades

    @once
    def cord_signs(self) -> tuple[str, ...]:
        """Return the signs that were ticked."""
        return self.case.cord_signs if isinstance(self.case.cord_signs, tuple) else ()

    @once
    def cord_signs_unknown(self) -> bool:
        return not known(self.case.cord_signs)

    @once
    def cord_sign(self) -> bool:
        return bool(self.cord_signs) or self.cord_sign_besides_ticks

    @once
    def cord_sign_besides_ticks(self) -> bool:
        """ASIA A to C, ASIA D not explained by a one-sided root deficit, or paralysis."""
        case = self.case
        if case.asia in ("A", "B", "C"):
            return True
        if case.asia == "D":
            return case.radicular_deficit not in ROOT_DEFICITS
        return known(case.paralysis_hours) and not known(case.asia)

    @once
    def bilateral_root_deficit(self) -> bool:
        return self.case.radicular_deficit == "bilateral"

    @once
    def progressive_root_deficit(self) -> bool:
        return self.case.radicular_deficit == "unilateral_progressive"

    @once
    def root_deficit(self) -> bool:
        return self.case.radicular_deficit in (*ROOT_DEFICITS, "bilateral")

    @once
    def deficit(self) -> bool:
        return self.cord_sign or self.root_deficit or self.case.asia in ("A", "B", "C", "D")

    @once
    def bilateral_root_pain(self) -> bool:
        return self.case.radicular_pain == "bilateral"

    @once
    def root_pain(self) -> bool:
        return self.case.radicular_pain in ("unilateral", "bilateral")

    @once
    def pain(self) -> bool:
        return self.case.back_pain is True or self.root_pain or self.lesion_pain

    @once
    def cancer_known(self) -> bool:
        return self.case.cancer == "known"

    @once
    def unexplained(self) -> bool:
        """Clean images that do not explain the signs, or signs never looked for."""
        return self.clean and (
            self.cord_sign
            or self.cord_signs_unknown
            or self.bilateral_root_pain
            or self.bilateral_root_deficit
            or (self.case.lesions == () and self.deficit)
        )

    @once
    def pain_alone_unexplained(self) -> bool:
        """Clean images that do not explain pain, examined and without a deficit."""
        return self.unexplained and not self.deficit and not self.cord_signs_unknown

    @once
    def compression_confirmed(self) -> bool:
        """Read and high grade; or ESCC not 0 with a cord sign or bilateral root deficit."""
        if not self.read:
            return False
        threatened = self.cord_sign or self.bilateral_root_deficit
        return self.high_grade or (threatened and any(each != "0" for each in self.images.grades))

    @once
    def infection_open(self) -> bool:
        """Infection signs: only a person can rule infection out; imaging cannot."""
        return self.case.infection_signs is True

    @once
    def infection_suspected(self) -> bool:
        """Rule U10: infection signs with pain, a radicular deficit or a cord sign."""
        return self.infection_open and (self.pain or self.root_deficit or self.cord_sign)

    @once
    def infection_assumed(self) -> bool:
        """Rule U10?: infection signs, and a symptom that U10 needs is not known."""
        if not self.infection_open or self.infection_suspected:
            return False
        case = self.case
        symptoms = (case.back_pain, case.radicular_pain, case.radicular_deficit, case.cord_signs)
        return any(not known(symptom) for symptom in symptoms)

    @once
    def infection_first(self) -> bool:
        """Infection is open, and a steroid or the spine is in question: rules D6 and N2."""
        return self.infection_open and (
            self.steroid_needed or self.infection_suspected or self.infection_assumed
        )

    @once
    def steroid_needed(self) -> bool:
        """A cord sign, a radicular deficit on both sides, or ESCC 2 or 3."""
        return self.cord_sign or self.bilateral_root_deficit or self.high_grade

    @once
    def dialysis(self) -> bool:
        return self.case.renal in ("haemodialysis", "peritoneal")

    @once
    def anuric(self) -> bool:
        """On dialysis without urine: bladder symptoms are not informative."""
        return self.dialysis and self.case.urine_output == "anuric"

    @once
    def kidneys_failing(self) -> bool:
        """Dialysis, egfr below 30, or chronic kidney disease whose egfr is not known."""
        if self.dialysis:
            return True
        egfr = self.case.egfr
        if isinstance(egfr, float):
            return egfr < KIDNEYS_FAILING_BELOW_EGFR
        return self.case.renal == "ckd"

    @once
    def renal_not_normal(self) -> bool:
        egfr = self.case.egfr
        reduced = isinstance(egfr, float) and egfr < RENAL_NOT_NORMAL_BELOW_EGFR
        return self.case.renal == "ckd" or reduced or self.kidneys_failing

    @once
    def mimic_suspected(self) -> bool:
        """Rule N1: on dialysis, a lesion that may be no metastasis. R36-R49."""
        case = self.case
        return self.dialysis and (
            not self.cancer_known
            or self.infection_open
            or case.access == "catheter"
            or _at_least(case.dialysis_years, LONG_DIALYSIS_YEARS)
            or _at_least(case.pth_times_uln, HIGH_PTH_TIMES_ULN)
        )

    def what_if(self, answers: Mapping[str, object]) -> "Findings":
        """Return the findings for the same case and images with some answers changed."""
        return Findings(self.case.changed(answers), self.images)


def find(case: Case) -> Findings:
    """Work out what a case shows."""
    return Findings(case, look_at(case))


def _at_least(value: float | str | None, limit: float) -> bool:
    return isinstance(value, float) and value >= limit
