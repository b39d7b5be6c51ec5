"""What of the present case a passage bears on: its dialysis, its primary, its rules."""

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
    """The case under way, as far as passages may bear on it."""

    code: str
    fired: frozenset[str]
    steroid: str
    dialysis: bool
    primary: str

    def reasons(self, entry: Entry, index: Index) -> Iterator[str]:
        """Say why an entry bears on the case; nothing where it does not."""
        if self.dialysis and index.mentions(entry, "haemodialysis"):
            yield "haemodialysis"
        if self.primary and index.mentions(entry, self.primary):
            yield self.primary
        if entry.kind == "rule" and entry.aim in self.fired:
            yield f"rule {entry.aim}"
        elif entry.kind in ("passage", "drug") and index.mentions(entry, "dexamethasone"):
            yield f"steroid decision {self.steroid}"

    def excludes(self, entry: Entry) -> bool:
        """Tell a rule that does not hold for the case as it is answered."""
        return entry.kind == "rule" and entry.aim not in self.fired

    def weight(self, entry: Entry, index: Index) -> float:
        """Let each reason count, so that what bears on the case comes first."""
        if self.excludes(entry):
            return WHERE_EXCLUDED
        return FOR_EACH ** len(list(self.reasons(entry, index)))


def bearing(view: View) -> Bearing:
    """Take from a case what passages may bear on."""
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
