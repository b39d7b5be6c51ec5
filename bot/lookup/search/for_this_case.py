"""What in the current case a passage is relevant to: its dialysis, primary or rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.guidance.reasons import every_rule
from bot.logic.case import known
from bot.lookup.search.entries import Entry
from bot.lookup.search.search import Index
from bot.screens.view import View

FOR_EACH: Final = 1.5
WHERE_EXCLUDED: Final = 0.5
NO_PRIMARY: Final = ("unknown_primary", "other")


@dataclass(frozen=True, slots=True)
class Bearing:
    """The parts of the current case that passages may be relevant to."""

    code: str
    fired: frozenset[str]
    steroid: str
    dialysis: bool
    primary: str

    def reasons(self, entry: Entry, index: Index) -> Iterator[str]:
        """Say why an entry is relevant to the case; empty if it is not."""
        if self.dialysis and index.mentions(entry, "haemodialysis"):
            yield "haemodialysis"
        if self.primary and index.mentions(entry, self.primary):
            yield self.primary
        if entry.kind == "rule" and entry.aim in self.fired:
            yield f"rule {entry.aim}"
        elif entry.kind in ("passage", "drug") and index.mentions(entry, "dexamethasone"):
            yield f"steroid decision {self.steroid}"

    def excludes(self, entry: Entry) -> bool:
        """Return whether a rule does not apply to the case as answered."""
        return entry.kind == "rule" and entry.aim not in self.fired

    def weight(self, entry: Entry, index: Index) -> float:
        """Weight an entry by its reasons, so that what is relevant to the case comes first."""
        if self.excludes(entry):
            return WHERE_EXCLUDED
        return FOR_EACH ** len(list(self.reasons(entry, index)))


def bearing(view: View) -> Bearing:
    """Extract from a case what passages may be relevant to."""
    result = view.result
    primary = result.case.primary
    named = known(primary) and primary not in NO_PRIMARY
    return Bearing(
        code=view.case.code,
        fired=frozenset(every_rule(result)),
        steroid=result.steroid.rule,
        dialysis=result.case.renal == "haemodialysis",
        primary=view.latest("primary").casefold() if named else "",
    )
