"""Two lines of one patient, together: the fields of one over those of the other."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.flows.triage_conditions import CT_LESIONS_SEEN, LESIONS_SEEN
from bot.lookup.line_answers.answers import EGFR, EGFR_LATER, LESIONS, WHOLE
from bot.screens.read_answers import BEFORE_TICK

DEFICIT: Final = "radicular_deficit"
ITS_DAYS: Final = "deficit_days"
_NAMES: Final = {EGFR_LATER: EGFR, LESIONS_SEEN: LESIONS, CT_LESIONS_SEEN: LESIONS}

Fields = Mapping[str, Any]


def merged(under: Fields, over: Fields) -> dict[str, Any]:
    """Return the fields of both: no tick and no lesion is lost, else those that are `over` count.

    The days of a root deficit stay with the deficit that they were said of.
    """
    fields = dict(under) | dict(over)
    for name in under.keys() & over.keys():
        then, now = under[name], over[name]
        if name == LESIONS:
            fields[name] = _lesions(then, now)
        elif isinstance(then, list) and isinstance(now, list) and name not in WHOLE:
            fields[name] = [*then, *(each for each in now if each not in then)]
    if ITS_DAYS not in over and under.get(DEFICIT, fields.get(DEFICIT)) != fields.get(DEFICIT):
        fields.pop(ITS_DAYS, None)
    return fields


def still_out(left_out: Sequence[str], fields: Fields) -> list[str]:
    """Return what stays left out after a line: what it says again counts again."""
    return [each for each in left_out if not _says(fields, each)]


def _lesions(under: Sequence[Fields], over: Sequence[Fields]) -> list[dict[str, Any]]:
    """Return the lesions of both, those of one level as one."""
    lesions = [dict(each) for each in under]
    places = {each["level"]: each for each in lesions if "level" in each}
    for each in over:
        known = places.get(each.get("level"))
        if known is not None:
            known.update(each)
        elif each not in lesions:
            lesions.append(dict(each))
    return lesions


def _says(fields: Fields, item: str) -> bool:
    """Return whether a line says an item: a key, or one of its ticks."""
    key, _, tick = item.partition(BEFORE_TICK)
    name, _, lesion = key.partition(".")
    if tick:
        return tick in fields.get(key, ())
    if lesion:
        return LESIONS in fields
    return _NAMES.get(name, name) in fields
