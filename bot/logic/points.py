"""Points of a score: a total, or a range while components are missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Points:
    """The fewest and most points that the known components allow, and what is missing."""

    low: int
    high: int
    missing: tuple[str, ...]

    @property
    def total(self) -> int | None:
        return None if self.missing else self.low

    @property
    def said(self) -> str:
        """Say the total, or the range: "7–12"."""
        return str(self.low) if self.low == self.high else f"{self.low}–{self.high}"
