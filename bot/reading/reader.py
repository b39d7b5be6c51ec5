"""Reads one typed line: the fields that it fills, what it denies, what is left unread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.reading.line import Line, cut_into_parts, unread_words
from bot.reading.said import SIGNS, Said

LONGEST: Final = 4096
FIELDS: Final = (
    "cancer", "primary", "back_pain", "radicular_pain", "radicular_deficit", "deficit_days",
    "cord_signs", "infection_signs", "asia", "walking", "paralysis_hours", "previous_rt",
    "previous_surgery", "progression_after_rt", "deterioration_during_rt", "blood_thinners",
    "life_expectancy", "ecog", "kps", "extraspinal_bone", "vertebral_mets", "organ_mets", "mri",
    "lesions", "renal", "egfr",
    "dialysis_years", "dialysis_days", "access", "urine_output", "potassium", "calcium", "albumin",
    "pth_times_uln",
)  # fmt: skip
LISTS: Final[Mapping[str, tuple[str, ...]]] = {
    "cord_signs": SIGNS,
    "blood_thinners": ("antiplatelet", "warfarin", "doac", "heparin"),
    "dialysis_days": ("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a field, and the words it came from: their place in the line, and themselves."""

    field: str
    value: Any
    span: tuple[int, int]
    words: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says.

    `fields` is a case in its JSON form. `denied` are the fields and signs that are denied without
    settling a field. `unread` counts the words that nothing accounts for: `unread_words`, as they
    were typed, to be counted and never shown. `doubts` says where the worse of two readings was
    taken, or something was left out: weak_limb, trend, place, asked, past, others, sins_total.
    """

    fields: dict[str, Any]
    denied: tuple[str, ...]
    unread: int
    found: tuple[Found, ...]
    doubts: tuple[str, ...]
    unread_words: tuple[str, ...]


def read(line: str) -> Reading:
    """Read a line; what is longer than a chat message counts as unread."""
    from bot.reading.doubts import doubts_of
    from bot.reading.topics import say

    cut, rest = cut_into_parts(line[:LONGEST]), line[LONGEST:].split()
    said = say(cut)
    fields = _fields(said)
    words = (*unread_words(cut), *said.unclear, *rest)
    found = list[Found]()
    for each in said.found:
        start, end = _place(cut, each.first, each.last)
        found.append(Found(each.field, _plain(each.value), (start, end), line[start:end]))
    order = (*SIGNS, *FIELDS)
    denied = tuple(sorted(said.denied, key=order.index))
    return Reading(fields, denied, len(words), tuple(found), doubts_of(cut, said), words)


def _fields(said: Said) -> dict[str, Any]:
    """Return the fields in the order of the case; lists in the order of their values."""
    fields = dict[str, Any]()
    for name in FIELDS:
        values = [each.value for each in said.found if each.field == name]
        if not values:
            continue
        if name in LISTS:
            every = {one for value in values for one in value}
            fields[name] = [one for one in LISTS[name] if one in every]
        else:
            fields[name] = _plain(values[-1])
    return fields


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _place(line: Line, first: int, last: int) -> tuple[int, int]:
    """Return the place of some tokens in the line as it was typed."""
    tokens = line.tokens[first:last] or line.tokens[:1]
    return (tokens[0].start, tokens[-1].end) if tokens else (0, 0)
