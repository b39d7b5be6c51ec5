"""What a line after /calcium says: calcium, albumin, their units, the kidneys."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.lookup.scores.items import NotRead

LONGEST_LINE: Final = 100
SAID_OF_RENAL: Final = {
    "peritoneal": ("peritoneal dialysis", "peritoneal", "capd", "apd", "pd"),
    "haemodialysis": ("haemodialysis", "hemodialysis", "dialysis", "ihd", "hd"),
    "ckd": ("kidneys failing", "renal failure", "kidney failure", "ckd"),
    "normal": ("normal kidneys", "kidneys normal"),
}
SAID_OF_SORT: Final = {
    "ionised": ("ionised", "ionized", "ica", "free"),
    "total": ("total", "adjusted", "corrected"),
}
_EGFR: Final = re.compile(r"\be?gfr ?(\d{1,3}(?:\.\d+)?)\b", re.ASCII)
_AMOUNT: Final = re.compile(
    r"(?:(?P<name>calcium|ca|albumin|alb) ?)?(?P<number>\d{1,4}(?:[.,]\d{1,4})?)"
    r"(?: ?(?P<unit>mmol/l|mmol|meq/l|meq|mg/dl|g/l|g/dl))?(?:, ?| |$)",
    re.ASCII,
)
_ALBUMIN_UNITS: Final = ("g/l", "g/dl")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit; the unit is empty if none was typed."""

    number: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.number} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `sort` is total or ionised, `renal` and `egfr` are the kidneys.

    What was not given is empty or None.
    """

    calcium: Amount
    albumin: Amount | None = None
    sort: str = ""
    renal: str = ""
    egfr: float | None = None

    @property
    def kidneys(self) -> str:
        """Write the kidneys as they are typed."""
        egfr = "" if self.egfr is None else f"egfr {self.egfr:g}"
        return " ".join(filter(None, (SAID_OF_RENAL[self.renal][0] if self.renal else "", egfr)))

    def __str__(self) -> str:
        albumin = "" if self.albumin is None else str(self.albumin)
        return " ".join(filter(None, (str(self.calcium), albumin, self.sort, self.kidneys)))

    @property
    def with_calcium_open(self) -> str:
        """Write the line so that the unit or sort of calcium can be appended."""
        albumin = "" if self.albumin is None else f"alb {self.albumin}"
        return " ".join(filter(None, (albumin, self.kidneys, f"ca {self.calcium}")))

    @property
    def with_albumin_open(self) -> str:
        """Write the line so that albumin, or its unit, can be appended."""
        albumin = "" if self.albumin is None else f"alb {self.albumin}"
        calcium = f"ca {self.calcium}"
        return " ".join(filter(None, (calcium, self.sort, self.kidneys, albumin)))


def read_line(typed: str, allowed: str) -> Line:
    """Parse a line; a comma may replace the point, and names may precede the numbers.

    Raises NotRead with one line that ends in what is allowed.
    """
    rest = " ".join(typed.casefold().split())[:LONGEST_LINE]
    egfr = _EGFR.search(rest)
    rest = _EGFR.sub(" ", rest)
    renal, rest = _take(rest, SAID_OF_RENAL)
    sort, rest = _take(rest, SAID_OF_SORT)
    amounts = list(_amounts(" ".join(rest.split()), allowed))
    calcium = [amount for name, amount in amounts if name == "calcium"]
    albumin = [amount for name, amount in amounts if name == "albumin"]
    if len(calcium) != 1 or len(albumin) > 1:
        raise _not_read(allowed)
    said_egfr = float(egfr[1]) if egfr else None
    return Line(calcium[0], albumin[0] if albumin else None, sort, renal, said_egfr)


def _take(text: str, words: dict[str, tuple[str, ...]]) -> tuple[str, str]:
    """Extract the first word of a group from a text; return its meaning and the rest."""
    for meaning, said in words.items():
        for each in said:
            found = re.search(rf"\b{each}\b", text)
            if found:
                return meaning, f"{text[: found.start()]} {text[found.end() :]}"
    return "", text


def _amounts(text: str, allowed: str) -> Iterator[tuple[str, Amount]]:
    """Return each amount with what it measures: by name, by unit, else calcium comes first."""
    place, first = 0, True
    while place < len(text):
        found = _AMOUNT.match(text, place)
        if found is None:
            raise _not_read(allowed)
        unit = {"mmol": "mmol/l", "meq": "meq/l"}.get(found["unit"] or "", found["unit"] or "")
        by_unit = ("albumin" if unit in _ALBUMIN_UNITS else "calcium") if unit else ""
        by_name = {"c": "calcium", "a": "albumin"}.get((found["name"] or "")[:1], "")
        if by_unit and by_name and by_unit != by_name:
            raise _not_read(allowed)
        name = by_name or by_unit or ("calcium" if first else "albumin")
        yield name, Amount(Decimal(found["number"].replace(",", ".")), unit)
        place, first = found.end(), False


def _not_read(allowed: str) -> NotRead:
    return NotRead(f"not read; allowed: {allowed}, such as 1.98 30")
