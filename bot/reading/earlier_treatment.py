"""Reads earlier radiotherapy and operations on the spine."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.said import Said

_OF_PAIN: Final = ("radiation", "radiating", "radiated")
_DURING: Final = ("on", "during", "under")
_AFTER: Final = ("after", "post", "since", "following", "despite", "nach", "na")
_DOSES: Final = ("gy", "fractions", "8gy", "20gy", "30gy")
_WORSE: Final = ("weaker", "number")
_NEAR: Final = 5
_NEURO: Final = ("weak", "numb", "sign", "func", "root_deficit", "power")
_GROWING: Final = frozenset((
    "progression", "progressed", "recurred", "recurrence", "progressing", "worse",
    "progressive", "despite", "failed",
))  # fmt: skip


def read_earlier_treatment(line: Line, said: Said) -> None:
    none = next((m for m in line.marks_of("rt_none") if m.kind == "rt_none"), None)
    given = [
        i
        for i in line.of("rt")
        if not (i.denied or i.queried or i.others) and not _is_planned(line, i)
    ]
    if none and not given:
        said.add("previous_rt", "none", none.first, none.last)
    elif given:
        _place(line, given, said)
    elif denied := [i for i in line.of("rt") if i.denied]:
        item = denied[0]
        if line.text(item.last - 1) in _OF_PAIN and any(True for _ in line.of("pain")):
            said.deny("radicular_pain")
            return
        said.add("previous_rt", "none", item.first, item.last)
    _course(line, said, bool(given))
    _surgery(line, said)


def _is_planned(line: Line, item: Item) -> bool:
    return any(
        m.part == item.part and abs(m.first - item.first) < _NEAR
        for m in line.marks_of("rt_planned")
    )


def _place(line: Line, given: list[Item], said: Said) -> None:
    """Compare the levels irradiated with those that hurt or are ill now."""
    item = given[0]
    parts = {i.part for i in given}
    where = [m.value for m in line.marks_of("rt_level") if m.part in parts]
    theirs = {id(m) for i in given for m in i.marks}
    places = [i for i in given if line.text(i.first) not in _DOSES] or given
    theirs |= {id(m) for i in places for m in line.between(i.last, i.last + _NEAR)}
    levels = line.marks_of("level")
    theirs |= {
        id(m) for i in given for m in levels
        if m.last == i.first and line.text(i.first) not in _AFTER
    }  # fmt: skip
    irradiated = {m.value for m in levels if id(m) in theirs}
    now = {m.value for m in levels if id(m) not in theirs}
    if "same_level" in where or irradiated & now:
        said.add("previous_rt", "same_level", item.first, item.last)
    elif (irradiated and now) or ("other_level" in where and not irradiated):
        said.add("previous_rt", "other_level", item.first, item.last)


def _course(line: Line, said: Said, given: bool) -> None:
    during = next(iter(line.marks_of("during_rt")), None) or next(
        (m for m in line.marks_of("rt") if line.text(m.first - 1) in _DURING), None
    )
    after = next(iter(line.marks_of("after_rt")), None) or next(
        (m for m in line.marks_of("rt") if line.text(m.first - 1) in _AFTER), None
    )
    if during and given:
        worse = line.has("trend", "worse") or any(word in _WORSE for word in line.words)
        neuro = any(i.kind in _NEURO and i.found and i.state != "normal" for i in line.items)
        if (worse and neuro) or (
            neuro and any(i.part == during.part and i.kind in _NEURO for i in line.items)
        ):
            said.add("deterioration_during_rt", True, during.first, during.last)
        return
    if after:
        again = any(m.clause == after.clause for m in line.marks_of("again"))
        back = any(
            line.text(n) == "back" and line.text(n + 1) in ("at", "after", "again")
            for n in range(len(line.tokens))
        )
        despite = line.text(after.first) in _GROWING
        if again or back or despite:
            said.add("progression_after_rt", True, after.first, after.last)


def _surgery(line: Line, said: Said) -> None:
    for item in line.of("surgery"):
        if item.queried or item.others:
            continue
        if item.value == "none":
            said.add("previous_surgery", False, item.first, item.last)
            return
    for item in line.of("surgery"):
        if item.queried or item.others or item.value == "none":
            continue
        if item.denied:
            said.add("previous_surgery", False, item.first, item.last)
            return
        part = line.in_part(item.part)
        if any(m.kind == "surgery_for" and m.value == "benign" for m in part):
            continue
        if any(m.kind == "plan" and m.part == item.part and m.first < item.first for m in part):
            continue
        mets = any(
            (m.kind == "surgery_for" and m.value == "mets")
            or (m.kind == "cancer" and m.value == "mets")
            or (m.kind == "diagnosis" and line.text(m.first) in ("mscc", "mescc"))
            for m in part
        )
        past = (
            item.past
            or item.has("year")
            or item.has("span")
            or any(m.kind in ("past", "ago", "year", "date") for m in part)
        )
        if mets and past and item.value == "spine":
            said.add("previous_surgery", True, item.first, item.last)
            return
