"""What is decided about a case before the actions: findings, urgency, steroid, treatment."""

from dataclasses import dataclass
from datetime import datetime

from bot.logic.case import Case
from bot.logic.findings import Findings
from bot.logic.once import once
from bot.logic.steroid import Steroid
from bot.logic.treatment import Treatment
from bot.logic.urgency import Urgency, threatened


@dataclass(frozen=True)
class Decisions:
    """Everything worked out before the actions; `due` is the MRI deadline."""

    found: Findings
    urgency: Urgency
    steroid: Steroid
    treatment: Treatment
    due: datetime | None
    now: datetime

    @once
    def case(self) -> Case:
        return self.found.case

    @once
    def awaiting_images(self) -> bool:
        """Rule I1: no MRI, nothing read instead, and a symptom calls for one."""
        found = self.found
        return not self.case.mri_done and not found.read and "U9" not in self.urgency.rules

    @once
    def threat(self) -> bool:
        return threatened(self.found)

    @once
    def operation_possible(self) -> bool:
        """An indication, ESCC 2–3, or a cord sign without clean images favours surgery."""
        found = self.found
        return (
            bool(self.treatment.indications)
            or found.high_grade
            or (found.cord_sign and not found.clean)
        )

    @once
    def operation_on_dialysis(self) -> bool:
        """Rule G5: dialysis, and an operation is possible."""
        return self.found.dialysis and self.operation_possible
