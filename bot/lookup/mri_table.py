"""The MRI table: eight presentations, each with its limit under every policy, from the U rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.logic.urgency import CAUDA_EQUINA_HOURS, EMERGENCY_RULES, GUIDELINES, HOURS, Policy
from bot.lookup.phrases import phrases
from bot.moments import say_hours
from bot.view import words
from bot.words import guidance

CORD_SIGN_RULE: Final = EMERGENCY_RULES[0]


@dataclass(frozen=True, slots=True)
class Presentation:
    """One row: what belongs there, and the rule that carries its limit."""

    id: str
    rule: str
    title: str
    when: str
    words: tuple[str, ...]

    @property
    def counts_as(self) -> str:
        """Name the rule whose hours hold: a cauda equina sign is a cord sign too."""
        return self.rule if self.rule in HOURS["stepwise"] else CORD_SIGN_RULE

    def hours(self, policy: Policy) -> int:
        """Give the limit in hours from suspicion."""
        return HOURS[policy][self.counts_as]

    def limit(self, policy: Policy) -> str:
        """Say the limit under a policy; one that counts from the request stands first."""
        within = f"within {say_hours(self.hours(policy))}"
        if self.rule == self.counts_as:
            return f"MRI of the whole spine {within}"
        return f"MRI within {CAUDA_EQUINA_HOURS} h of the request, where offered; else {within}"

    def others(self, policy: Policy) -> tuple[str, ...]:
        """Say the limits of the guidelines that are not in force, also where they are the same."""
        names = words("guidelines")
        return tuple(
            f"{names[each]}: within {say_hours(self.hours(each))}"
            for each in GUIDELINES
            if each != policy
        )

    @property
    def citations(self) -> tuple[str, ...]:
        rules = dict.fromkeys((self.rule, self.counts_as))
        return tuple(dict.fromkeys(each for rule in rules for each in guidance()[rule].citations))

    @property
    def status(self) -> str:
        return guidance()[self.rule].status


@cache
def presentations() -> Mapping[str, Presentation]:
    """Give the rows in the order of the table."""
    return {
        id: Presentation(id, row["rule"], row["title"], row["when"], tuple(row["words"]))
        for id, row in phrases("mri").items()
    }
