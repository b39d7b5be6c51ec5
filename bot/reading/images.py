"""Reads what is said of the MRI, and a report's lesions."""

from typing import Final

from bot.reading.lesions import read_lesions
from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_MOST_SCANS: Final = 12
_BEFORE: Final = frozenset(("ago", "last", "previous", "prior", "old", "earlier", "prev"))
_NEAR: Final = 4
_FAR: Final = 6
_NEGATIVE: Final = ("negative", "neg", "-ve", "(-)")
_DONE: Final = ("done", "performed", "completed", "reported", "today", "back")
_NOT_YET: Final = frozenset(
    ("be", "cannot", "cant", "couldnt", "could", "will", "when", "if", "until")
)
_MRI: Final = ("mri", "mr", "mrt")
_IMPLANTS: Final = frozenset((
    "pacemaker", "ppm", "icd", "clip", "clips", "implant", "pacer", "crt", "aicd", "pm",
    "stimulator",
))  # fmt: skip
_MONTHS: Final = frozenset((
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept",
    "sep", "oct", "nov", "dec",
))  # fmt: skip
_ABNORMAL: Final = frozenset((
    "level", "bone", "escc", "diagnosis", "lesion", "pain", "weak", "numb", "sign",
))  # fmt: skip


def read_images(line: Line, said: Said) -> None:
    lesions = read_lesions(line, said)
    scans = [i for i in line.of("scan") if i.value in ("mri", "ct_myelogram") and not i.others]
    scans = scans[:_MOST_SCANS]
    impossible = next(iter(line.marks_of("scan_not_possible")), None)
    waiting = next(iter(line.marks_of("scan_not_done")), None)
    if waiting and not impossible and _is_for_an_implant(line, waiting):
        impossible = waiting
    if impossible:
        said.add("mri", "not_possible", impossible.first, impossible.last)
        return
    state = ""
    clear = False
    for scan in scans:
        if scan.denied and not _is_negative(line, scan):
            state = state or "not_done"
        elif scan.queried:
            continue
        elif _is_old(line, scan, said):
            state = "not_done"
        elif _is_clear(line, scan):
            if _is_dated(line, scan):
                continue
            state, clear = "done", True
        elif _is_planned(line, scan):
            state = state or "not_done"
        elif _is_done(line, scan, bool(lesions)):
            state = "done"
    if waiting and lesions and any(m.part == waiting.part for m in line.marks_of("escc")):
        state = "done"
    if waiting and state != "done":
        state = "not_done"
    where = waiting or next(iter(scans), None)
    if state and where:
        said.add("mri", state, where.first, where.last)
    if clear and not lesions and state == "done" and where:
        said.add("lesions", (), where.first, where.last)
        line.items = [i for i in line.items if i.kind != "lesion"]


def _is_negative(line: Line, scan: Item) -> bool:
    """Return whether "negative" says what the scan shows, not that there was none."""
    return line.text(scan.last) in _NEGATIVE


def _is_for_an_implant(line: Line, waiting: Mark) -> bool:
    """Return whether "no MRI" stands beside a pacemaker or another implant."""
    bare = line.text(waiting.first) == "no" and line.text(waiting.last - 1) in _MRI
    near = range(waiting.first - _FAR, waiting.last + _FAR)
    return bare and bool({line.text(n) for n in near} & _IMPLANTS)


def _is_old(line: Line, scan: Item, said: Said) -> bool:
    """Return whether a scan is older than what is new now."""
    age = any(m.kind in ("span", "moment", "year", "date") for m in line.in_part(scan.part))
    ago = {line.text(n) for n in range(scan.first - 2, scan.last + 6)} & _BEFORE
    if any(m.kind == "span" and line.text(m.last) == "back" for m in line.in_part(scan.part)):
        ago |= {"ago"}
    new = said.listed("cord_signs") or said.value("radicular_deficit") not in (None, "none")
    dated = any(
        m.kind in ("year", "date") or (m.kind == "moment" and line.text(m.first) in _MONTHS)
        for m in line.between(scan.last, scan.last + _NEAR)
    )
    if dated and new:
        return True
    spans = [m for m in scan.marks if m.kind in ("span", "moment")]
    recent = any((m.number or 0) <= 1 for m in spans if m.number is not None)
    return bool(ago and (age or ago - {"ago"}) and new and not recent)


def _is_dated(line: Line, scan: Item) -> bool:
    """Return whether a scan is of days ago or longer: that it was clear does not say that it is."""
    spans = [m.number or 0 for m in scan.marks if m.kind in ("span", "moment")]
    near = {line.text(n) for n in range(scan.first - 2, scan.last + 6)}
    return bool(near & _BEFORE) and (not spans or max(spans) > 1)


def _is_clear(line: Line, scan: Item) -> bool:
    """Return whether a scan shows no lesion. "No compression" does not say so."""
    after = [
        m
        for m in line.marks
        if m.first >= scan.last and m.part in (scan.part, scan.part + 1) and m.clause == scan.clause
    ]
    for m in after:
        if m.kind == "scan" and m.first > scan.last:
            return False
        if m.kind == "scan_clear":
            alone = len({o.first for o in line.in_part(m.part)}) == 1
            return m.part == scan.part or (alone and line.text(m.first - 2) in _DONE)
        if m.kind in _ABNORMAL:
            return False
    before = [
        m
        for m in line.marks
        if m.last <= scan.first and m.part == scan.part and scan.first - m.last <= 1
    ]
    return any(m.kind == "scan_clear" for m in before)


def _is_planned(line: Line, scan: Item) -> bool:
    behind = [line.text(n) for n in range(scan.last, scan.last + 3)]
    if behind in (["in", "the", "morning"], ["in", "the", "am"]):
        return True
    done = next(
        (m.first for m in line.in_part(scan.part) if m.kind == "scan_done"
         and line.text(m.first) in _DONE and m.first >= scan.last
         and not {line.text(n) for n in range(scan.last, m.first)} & _NOT_YET),
        len(line.tokens),
    )  # fmt: skip
    graded = any(m.part == scan.part for m in line.marks_of("escc"))
    return not graded and any(
        m.kind == "plan" and abs(m.first - scan.last) <= _FAR - 1 and m.first < done
        for m in line.in_part(scan.part)
    )


def _is_done(line: Line, scan: Item, lesions: bool) -> bool:
    """Return whether a scan was done: it says so, or a lesion stands behind it."""
    near = [m for m in line.in_part(scan.part) if m.kind in ("scan_done", "scan_clear")
            and not {line.text(n) for n in range(scan.last, m.first)} & _NOT_YET
            and line.text(scan.first - 1) not in ("get", "getting", "needs", "need")
            and (0 <= m.first - scan.last <= 3 or 0 <= scan.first - m.last <= 2)]  # fmt: skip
    compression = (
        any(i.kind == "diagnosis" and not i.denied for i in line.items_in(scan.part))
        and not lesions
    )
    if compression:
        return any(
            line.text(m.first) in ("done", "performed", "completed", "has", "had") for m in near
        )
    if lesions and any(
        m.kind in ("level", "bone", "escc", "lesion", "collapse")
        and ((m.first >= scan.last and m.clause <= scan.clause + 1) or m.part == scan.part)
        for m in line.marks
    ):
        return True
    words = {line.text(m.first) for m in near}
    had = "had" in {line.text(n) for n in range(scan.first - 3, scan.first)}
    if had and not _is_dated(line, scan):
        return True
    return bool(words - {"with", "now", "today", "yesterday", "back", "seen", "found"}) or (
        bool(words & {"today", "yesterday", "back"}) and not line.has("plan")
    )
