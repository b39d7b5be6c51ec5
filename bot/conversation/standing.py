"""Where a case stands: the way its answers took, the question, and what the rules say."""

from dataclasses import dataclass
from typing import Final

from bot.conversation.machine import Trail
from bot.flows import triage
from bot.guidance.first_steps import first_steps
from bot.logic.assessment import Assessment

WAITS_FOR: Final = {triage.WAITING: triage.MRI, triage.UNREAD: triage.LESIONS_SEEN}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: the way its answers took, the question, and what the rules say."""

    trail: Trail
    key: str
    assessment: Assessment
    settled: bool

    @property
    def asked(self) -> str:
        """Give the question that an answer is taken for; a case that waits asks on."""
        return WAITS_FOR.get(self.key, self.key)

    @property
    def headline(self) -> tuple[object, ...]:
        """Give what makes the card news when it changes."""
        result = self.assessment
        return (
            result.urgency.level,
            result.due,
            result.urgency.treatment_hours,
            result.found.high_grade,
            result.steroid.rule,
            "U11" in result.urgency.rules,
            result.treatment.pathway,
            *(step.id for step in first_steps(result)),
        )

    @property
    def emergency(self) -> bool:
        return self.settled and self.assessment.urgency.level == "emergency"
