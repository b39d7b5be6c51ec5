"""Finds what a dose in a text lacks: its route, its interval, its start.

A dose is a number and a unit of a drug, such as "16 mg" or "0.3 µg/kg". A laboratory value
("2.20 mmol/L"), a clearance ("30 mL/min"), a volume that is no drug ("blood loss 645 mL") and the
strength of a product or a salt ("the 60 mg product", "16 mg phosphate") are none.
"""

import re
from typing import Final

_NUMBER: Final = r"\d[\d.,]*(?:\s?[–-]\s?\d[\d.,]*)?"
_UNIT: Final = r"(?:mg|µg|mcg|micrograms?|g|mL|ml|mmol|units?|IU)"
_PER: Final = r"(?:/(?:kg|h|hour|day))*"
_DOSE: Final = re.compile(rf"(?<![\w.]){_NUMBER}\s?{_UNIT}\b{_PER}(?!/)")
_NO_DOSE: Final = (
    re.compile(rf"{_NUMBER}\s?{_UNIT}/(?:L|dL|mL|ml|min)\b(?:/[\d.]+ ?m²)?"),
    re.compile(rf"{_NUMBER}\s?{_UNIT}\s(?:product|phosphate|base|of elemental)\b"),
    re.compile(
        rf"(?:[Dd]enosumab|[Zz]oledronic acid) {_NUMBER}\s?{_UNIT}\b(?! (?:every|under|IV))"
    ),
    re.compile(rf"(?:residual|volume|loss|lost|PVR)\D{{0,30}}{_NUMBER}\s?mL"),
    re.compile(rf"{_NUMBER}\s?mL,? (?:v|with|without)\b"),
)
_ROUTE: Final = re.compile(
    r"by mouth|\boral|\bIV\b|intravenous|under the skin|subcutaneous|\bSC\b|nebulised|sublingual|"
    r"under the tongue|\bpatch|into a muscle|\bIM\b|inhaled|by nose|\brectal",
    re.IGNORECASE,
)
_ONCE: Final = r"\bonce\b(?=[.,;:)]|$| \(| (?:over|now|in|at|to begin)\b)"  # no condition
_INTERVAL: Final = re.compile(
    rf"{_ONCE}|\bonce (?:a|every|daily)\b|\bevery\b|\bhourly\b|times a day|twice a day|\ba day\b|"
    r"\bdaily\b|a week\b|weekly|monthly|each (?:dialysis )?session|after (?:each|dialysis)|"
    r"at night|\bat once\b.*\bthen\b|/h\b|single dose",
    re.IGNORECASE,
)
_START: Final = re.compile(
    rf"\bstart|to begin|at once|\bfirst\b|\bnow\b|from when|not on call|worn already|{_ONCE}",
    re.IGNORECASE,
)


def doses(text: str) -> list[str]:
    """Return the doses in a text, as written."""
    for pattern in _NO_DOSE:
        text = pattern.sub("…", text)
    return _DOSE.findall(text)


def left_out(text: str, *, start: bool = False) -> set[str]:
    """Name what the doses in a text lack: "route", "interval", and "start" if asked.

    A text without a dose leaves nothing out.
    """
    if not doses(text):
        return set()
    wanted = {"route": _ROUTE, "interval": _INTERVAL} | ({"start": _START} if start else {})
    return {name for name, pattern in wanted.items() if not pattern.search(text)}
