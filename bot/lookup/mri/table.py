"""The MRI table: the presentations of /mri as cards, with their limit under every policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from bot.guidance.texts import guidance
from bot.logic.figures import say_hours
from bot.logic.findings import find
from bot.logic.urgency import CAUDA_EQUINA_HOURS, GUIDELINES, Policy, fired, limit_hours
from bot.lookup.mri.presentations import PRESENTATIONS, mri_words
from bot.screens.notices import words


@dataclass(frozen=True, slots=True)
class Presentation:
    """One row: what belongs to it, and the rules that fire for it, most specific last."""

    id: str
    rules: tuple[str, ...]
    title: str
    when: str
    words: tuple[str, ...]

    @property
    def rule(self) -> str:
        """Return the rule that the row is about."""
        return self.rules[-1]

    def hours(self, policy: Policy) -> int:
        """Return the limit in hours from suspicion."""
        limit = limit_hours(self.rules, policy)
        assert limit is not None, self.id
        return limit

    def limit(self, policy: Policy) -> str:
        """Say the limit under a policy; one that counts from the request comes first."""
        within = f"within {say_hours(self.hours(policy))}"
        if limit_hours((self.rule,), policy) is not None:
            return f"MRI of the whole spine {within}"
        return f"MRI within {CAUDA_EQUINA_HOURS} h of the request, where offered; else {within}"

    def others(self, policy: Policy) -> tuple[str, ...]:
        """Say the limits of the guidelines not in force, even if they are the same."""
        names = words("guidelines")
        return tuple(
            f"{names[each]}: within {say_hours(self.hours(each))}"
            for each in GUIDELINES
            if each != policy
        )

    @property
    def citations(self) -> tuple[str, ...]:
        carries = limit_hours(self.rules, "stepwise")
        behind = [
            rule
            for rule in reversed(self.rules)
            if rule == self.rule or limit_hours((rule,), "stepwise") == carries
        ]
        return tuple(dict.fromkeys(each for rule in behind for each in guidance()[rule].citations))

    @property
    def status(self) -> str:
        return guidance()[self.rule].status


@cache
def presentations() -> Mapping[str, Presentation]:
    """Return the rows, the most urgent first."""
    return {
        id: _row(id, tuple(fired(find(case))), mri_words()["rows"][id])
        for id, case in PRESENTATIONS.items()
    }


def _row(id: str, rules: tuple[str, ...], row: Mapping[str, Any]) -> Presentation:
    return Presentation(id, rules, row["title"], row["when"], tuple(row["found_by"]))
