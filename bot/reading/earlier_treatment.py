"""Reads earlier radiotherapy and operations on the spine."""

from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_OF_PAIN: Final = ("radiation", "radiating", "radiated")
_DURING: Final = ("on", "during", "under")
_AFTER: Final = ("after", "post", "since", "following", "despite", "nach", "na")
_DOSES: Final = ("gy", "fractions", "8gy", "20gy", "30gy")
_WORSE: Final = ("weaker", "number")
_NEAR: Final = 5
_OF_A_DOSE: Final = ("gy", "/", "fracture", "fractions", "fx", "in", "x", "#", "cgy", "f")
_BOOKED: Final = (
    "booked", "planned", "tomorrow", "scheduled", "requested", "arranged", "pending", "due", "next",
)  # fmt: skip
_HERE: Final = ("level", "vertebra", "area", "site", "spot")
_IRRADIATED: Final = frozenset((
    "field", "infield", "irradiated", "reirradiation", "irradiation", "rt", "wbrt", "re",
))  # fmt: skip
_EASED: Final = frozenset(
    ("settled", "helped", "gone", "better", "eased", "resolved", "relief", "good")
)
_AGAIN: Final = frozenset(
    ("again", "back", "returned", "came", "recurred", "returning", "recurring")
)
_PRIOR: Final = frozenset(("prior", "previous", "past", "earlier", "hx", "history", "never"))
_NEURO: Final = ("weak", "numb", "sign", "func", "root_deficit", "power")
_GROWING: Final = frozenset((
    "progression", "progressed", "recurred", "recurrence", "progressing", "worse",
    "progressive", "despite", "failed", "relapse", "relapsed",
))  # fmt: skip


def read_earlier_treatment(line: Line, said: Said) -> None:
    none = next(iter(line.marks_of("rt_none")), None)
    given = [
        i
        for i in line.of("rt")
        if not (i.denied or i.queried or i.others) and not _is_planned(line, i)
    ]
    prior = none is not None and bool({line.text(n) for n in range(none.first, none.last)} & _PRIOR)
    if none and not given and not prior and _is_radiating(line, none.last):
        said.deny("radicular_pain")
    elif none and not given:
        said.add("previous_rt", "none", none.first, none.last)
    elif given:
        _place(line, given, said)
    elif denied := [i for i in line.of("rt") if i.denied]:
        item = denied[0]
        if line.text(item.last - 1) in _OF_PAIN and any(True for _ in line.of("pain")):
            said.deny("radicular_pain")
            return
        said.add("previous_rt", "none", item.first, item.last)
    elif place := next((m for m in line.marks_of("rt_level") if _names_rt(line, m)), None):
        said.add("previous_rt", place.value, place.first, place.last)
    _course(line, said, bool(given))
    _surgery(line, said)


def _is_radiating(line: Line, n: int) -> bool:
    """Return whether "no radiation" before a token is that of a pain: "no radiation of pain"."""
    near = any(o.kind == "pain" and 0 <= o.first - n <= 1 for o in line.between(n, n + 3))
    return line.text(n - 1) in _OF_PAIN and near


def _names_rt(line: Line, m: Mark) -> bool:
    """Return whether a place says of itself that it was irradiated: "WBRT", "in field"."""
    words = {line.text(n) for n in range(m.first, m.last)}
    return bool(words & _IRRADIATED) and not any(
        o.kind in ("neg", "question", "rt_planned") for o in line.in_part(m.part)
    )


def _is_planned(line: Line, item: Item) -> bool:
    return any(
        m.part == item.part and abs(m.first - item.first) < _NEAR
        for m in line.marks_of("rt_planned")
    ) or any(
        m.part == item.part and 0 <= m.first - item.last < _NEAR and line.text(m.first) in _BOOKED
        for m in line.marks_of("plan")
    )


def _place(line: Line, given: list[Item], said: Said) -> None:
    """Compare the levels irradiated with those that hurt or are ill now."""
    item = given[0]
    parts = {i.part for i in given}
    said_where = [m for m in line.marks_of("rt_level") if m.part in parts or _is_same(m)]
    where = [m.value for m in said_where]
    if any(line.text(n) == "this" and line.text(n + 1) in _HERE for n in range(len(line.tokens))):
        where.append("same_level")
    theirs = {id(m) for i in given for m in i.marks}
    places = [i for i in given if line.text(i.first) not in _DOSES] or given
    theirs |= {
        id(m)
        for i in places
        for m in line.between(i.last, _behind_the_dose(line, i.last) + _NEAR)
        if m.part == i.part or line.text(m.first - 1) == "("
    }
    levels = line.marks_of("level")
    theirs |= {
        id(m) for i in given for m in levels
        if m.last == i.first and line.text(i.first) not in _AFTER
    }  # fmt: skip
    if not any(id(m) in theirs for m in levels):
        theirs |= {id(m) for m in levels if m.part in parts and m.first < item.first}
    irradiated = {m.value for m in levels if id(m) in theirs}
    now = {m.value for m in levels if id(m) not in theirs}
    if irradiated:
        _read_pain_there(line, said)
    if "same_level" in where or irradiated & now:
        said.add("previous_rt", "same_level", item.first, item.last)
    elif (irradiated and now) or ("other_level" in where and not irradiated):
        said.add("previous_rt", "other_level", item.first, item.last)


def _is_day_of(line: Line, n: int) -> bool:
    """Return whether radiotherapy at a token is under way: "on RT", "day 4/10 RT"."""
    return line.text(n - 1) in _DURING or line.text(n - 2) in ("day", "fraction")


def _course(line: Line, said: Said, given: bool) -> None:
    during = next(iter(line.marks_of("during_rt")), None) or next(
        (m for m in line.marks_of("rt") if _is_day_of(line, m.first)), None
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
        despite = bool({line.text(n) for n in range(after.first, after.last)} & _GROWING)
        if again or back or despite:
            said.add("progression_after_rt", True, after.first, after.last)
            return
    rt = next(iter(line.marks_of("rt")), None)
    if rt and given and _has_recurred(line, said):
        said.add("progression_after_rt", True, rt.first, rt.last)


def _read_pain_there(line: Line, said: Said) -> None:
    """Read "same spot sore again": the spot is a vertebra that was irradiated."""
    parts = {m.part for m in line.marks_of("rt_level") if _is_same(m)}
    pain = next((i for i in line.of("pain") if i.found and i.part in parts), None)
    if pain and not said.has("back_pain") and not said.has("radicular_pain"):
        said.add("back_pain", True, pain.first, pain.last)
        if pain.kind in said.unclear:
            said.unclear.remove(pain.kind)


def _behind_the_dose(line: Line, n: int) -> int:
    """Return where the words behind a dose begin: "RT 20 Gy/5 fractions to L2"."""
    while line.text(n) in _OF_A_DOSE or line.text(n).replace(".", "").isdigit():
        n += 1
    return n


def _is_same(m: Mark) -> bool:
    return m.value == "same_level"


def _has_recurred(line: Line, said: Said) -> bool:
    """Return whether a pain came back where radiotherapy was: "RT T9, settled, now again"."""
    first = min((m.first for m in line.marks_of("rt")), default=0)
    eased = any(line.text(m.first) in _EASED and m.first > first for m in line.marks)
    if said.value("previous_rt") != "same_level" and not eased:
        return False
    pains = {i.part for i in line.of("pain") if i.found and i.first > first}
    return (
        any(
            line.text(n) in _AGAIN and line.at(n) and line.at(n)[0].part in pains
            for n in range(first, len(line.tokens))
        )
        and said.value("previous_rt") != "other_level"
    )


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
