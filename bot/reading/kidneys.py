"""Reads the kidneys and the kind of dialysis; HD and PD are settled by their neighbours."""

from itertools import islice
from typing import Final

from bot.reading.dialysis import find_days, read_access, read_years
from bot.reading.dialysis_course import is_not_yet, is_over, is_overdue
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.primary import is_hodgkin
from bot.reading.said import Said

_WORST_FIRST: Final = ("haemodialysis", "peritoneal", "ckd", "normal")
_DIALYSIS: Final = frozenset(("haemodialysis", "peritoneal"))
_NOW_OR_NOT: Final = ("haemodialysis", "dialysis", "peritoneal")
_KIDNEY_WORDS: Final = frozenset((
    "esrd", "esrf", "eskd", "ckd", "ckd5", "dialysis", "anuric", "egfr", "k", "potassium", "renal",
    "kidney", "hd", "tenckhoff",
))  # fmt: skip
_KIDNEY_KINDS: Final = ("renal", "urine_output", "hd")
_ON_HD: Final = ("on", "via", "home")
_ON_PD: Final = ("on", "via", "home", "nocturnal", "overnight")
_BEFORE_ANOTHER: Final = frozenset(("after", "from", "was", "previously", "previous", "post", "ex"))
_OF_SESSIONS: Final = frozenset((
    "times", "x", "/", "per", "a", "nights", "sessions", "runs", "days", "weekly",
))  # fmt: skip
_NEAR: Final = 4
_MOST: Final = 60


def read_kidneys(line: Line, said: Said) -> None:
    kinds, denied = dict[str, Item](), list[Item]()
    over, later = list[Item](), list[Item]()
    for item in islice(line.of("renal", "hd", "pd"), _MOST):
        kind = _kind(line, item, said)
        if not kind or item.queried or item.past or item.others:
            continue
        if line.text(item.last) == "failed":
            line.cues.add(item.last)
        if item.denied and kind != "normal" and not is_overdue(line, item):
            denied.append(item)
        elif _is_replaced(line, item):
            continue
        elif kind in _NOW_OR_NOT and is_not_yet(line, item):
            later.append(item)
        elif kind in _NOW_OR_NOT and is_over(line, item):
            over.append(item)
        else:
            kinds.setdefault(kind, item)
    _read_function(line, kinds, said)
    access = read_access(line, said, bool(kinds.keys() & {"haemodialysis", "dialysis"}))
    if "dialysis" in kinds:
        item = kinds.pop("dialysis")
        kinds.setdefault("peritoneal" if "peritoneal" in kinds else "haemodialysis", item)
    days = find_days(line) if kinds or access else None
    if days and not kinds.keys() & _DIALYSIS:
        kinds["haemodialysis"] = Item("days", "", days.first, days.last, days.clause, days.part)
    settled = next((each for each in _WORST_FIRST if each in kinds), "")
    if settled == "ckd" and access and said.value("access") == "catheter":
        settled = "haemodialysis"
        kinds[settled] = access
    if settled:
        said.add("renal", settled, kinds[settled].first, kinds[settled].last)
    elif denied:
        said.deny("renal")
    elif (over and not line.has("other")) or (later and not said.has("egfr")):
        said.unclear += [line.text(item.first) for item in (*over, *later)]
    if days and settled == "haemodialysis":
        said.add("dialysis_days", tuple(days.value.split()), days.first, days.last)
    if settled in _DIALYSIS:
        read_years(line, said)


def _is_replaced(line: Line, item: Item) -> bool:
    """Return whether haemodialysis came before peritoneal dialysis: "PD after HD failed"."""
    if item.kind == "pd" or item.value == "peritoneal":
        return False
    other = "pd" in line.words or line.has("renal", "peritoneal")
    before = {line.text(item.first), line.text(item.first - 1), line.text(item.first - 2)}
    return other and bool(before & _BEFORE_ANOTHER)


def _read_function(line: Line, kinds: dict[str, Item], said: Said) -> None:
    """Read "kidneys not working well", "nothing wrong with his kidneys"; else they are unread."""
    for m in line.marks_of("kidneys"):
        near = [
            o for o in line.between(m.first - 2 * _NEAR, m.last + 2 * _NEAR) if o.part == m.part
            and (0 <= o.first - m.last <= _NEAR or 0 <= m.first - o.last <= _NEAR)
        ]  # fmt: skip
        kinds_near = {o.kind for o in near}
        state = "ckd" if "loss" in kinds_near else "normal" if "normal" in kinds_near else ""
        if not state or kinds_near & {"neg", "query", "question", "past", "relative"}:
            said.unclear.append(line.text(m.first))
        else:
            line.cues |= {o.first for o in near if o.kind in ("loss", "normal")}
            kinds.setdefault(state, Item("renal", state, m.first, m.last, m.clause, m.part))


def _kind(line: Line, item: Item, said: Said) -> str:
    """Return what a word for the kidneys says; "" where HD or PD mean something else."""
    if item.kind == "renal":
        return item.value
    if item.kind == "pd":
        return "peritoneal" if _is_dialysis(line, item) else _unclear(item, said)
    if is_hodgkin(line, item):
        return ""
    on = line.text(item.first - 1) in _ON_HD or line.has("access") or line.has("days")
    other = any(m.clause == item.clause for m in line.marks_of("not_hd"))
    if (other and not on) or _is_hospital_day(line, item):
        return _unclear(item, said)
    return "haemodialysis"


def _unclear(item: Item, said: Said) -> str:
    said.unclear.append(item.kind)
    return ""


def _is_hospital_day(line: Line, item: Item) -> bool:
    """Return whether HD counts days in hospital: "HD 3", but not "HD 3 x week"."""
    n = item.last + (line.text(item.last) == "fracture")  # as "#" is read
    after = next((m for m in line.at(n) if m.kind == "number"), None)
    if after is None or line.text(after.last) in _OF_SESSIONS:
        return False
    return not any(m.kind in ("weekly", "time_unit") for m in line.at(after.last))


def _is_dialysis(line: Line, item: Item) -> bool:
    """Return whether PD is peritoneal: "on PD", or with a word of the kidneys, none of cancer."""
    if any(m.clause == item.clause for m in line.marks_of("not_pd")):
        return False
    years = any(m.kind == "span" and m.value == "year" for m in line.at(item.last))
    on = years or line.text(item.first - 1) in _ON_PD
    return on or any(_is_of_kidneys(line, m) for m in line.marks)


def _is_of_kidneys(line: Line, m: Mark) -> bool:
    words = {line.text(n) for n in range(m.first, m.last)}
    return m.kind in _KIDNEY_KINDS or bool(words & _KIDNEY_WORDS)
