"""The picture of a case: findings and decisions that the action rules look at."""

from dataclasses import dataclass

from bot.logic.case import Case
from bot.logic.findings import Findings
from bot.logic.steroid import Steroid
from bot.logic.treatment import Treatment
from bot.logic.urgency import Urgency


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything worked out before the actions."""

    found: Findings
    urgency: Urgency
    steroid: Steroid
    treatment: Treatment

    @property
    def case(self) -> Case:
        return self.found.case

    @property
    def awaiting_mri(self) -> bool:
        """MRI is not done and a symptom asks for one: the condition of the imaging rules."""
        return not self.case.mri_done and "U9" not in self.urgency.rules

    @property
    def operation_possible(self) -> bool:
        """Not clean, and an indication, high-grade ESCC or a cord sign speaks for an operation."""
        found = self.found
        return not found.clean and bool(
            self.treatment.indications or found.high_grade or found.cord_sign
        )
