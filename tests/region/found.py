"""What a drill has found; whatever is in a list must not be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.soak.accounts import Accounts


@dataclass(slots=True)
class Found(Accounts):
    """Counts, and lines about what is amiss; `latest_s` is how late a reminder was at most."""

    disordered: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    over_budget: list[str] = field(default_factory=list)
    busiest: int = 0
    latest_s: float = 0.0

    @property
    def amiss(self) -> Mapping[str, list[str]]:
        """Return what must be empty, by what it counts."""
        return {
            "answers lost": self.lost,
            "out of order within a chat": self.disordered,
            "unmarked repeats": self.repeated,
            "reminders missed": self.missed,
            "groups over their budget": self.over_budget,
        }
