"""Findings of the past and of other people."""

from typing import Final

from bot.reading.kinds import NEURO
from bot.reading.line import Item, Line
from bot.reading.marks import DAYS, Mark
from bot.reading.reach import backward, forward

_CHRONIC: Final = frozenset((
    "chronic", "old", "existing", "usual", "longstanding", "long", "chronically", "established",
    "pre", "preexisting", "habitual", "lifelong", "hx", "history", "bg", "background",
))  # fmt: skip
_OVER: Final = ("resolved", "settled", "gone", "went", "last", "previously", "recovered")
_LASTING: Final = frozenset(("renal", "hd", "pd", "rt", "surgery", "scan", "thinner", "pain"))
_OWNS: Final = frozenset((
    "had", "has", "with", "have", "died", "diagnosed", "w", "hx", ":", "-", "on", "was", "is",
    "got", "having", "of", "dialyses", "dialysed", "sells", "takes", "in", "needs", "uses", "gets",
))  # fmt: skip
_LATELY: Final = ("past", "last")
_AND: Final = ("and", "&", "both", ",")
_PATIENT: Final = ("pt", "patient", "himself", "herself", "self", "he", "she")
_ILL: Final = ("organ", "disease", "cancer", "diagnosis")
_BACKGROUND: Final = ("bg", "background")
_HISTORY: Final = ("history", "hx", "h")
_PAIRS: Final = ("legs", "arms", "limbs")
_LASTED: Final = ("chronic", "chronically", "longstanding", "long", "established", "known")
_HAD: Final = (*_HISTORY, "previous", "prev", "old", "h/o", "past")
_FAR: Final = 5
_MOST_AFTER: Final = 2
_BEDSIDE: Final = ("incontinent", "paraplegic", "paralysed", "paralyzed", "bedbound", "disabled")
_WHOSE: Final = ("his", "her", "their", "my", "a", "an", "the", "after", "for", "with")
_MOST_RELATIVES: Final = 8  # words, in a row
_YEAR: Final = DAYS["year"]


def put_in_the_past(line: Line, m: Mark) -> None:
    """Mark as past what a cue says to be old: "previous MSCC", "foot drop since childhood"."""
    word = line.text(m.first)
    if word in _LATELY and any(a.kind in ("span", "moment") for a in line.at(m.last)):
        return
    if word == "ever" and not _is_of_old(line, m):
        return
    if m.value == "after":
        before = list(backward(line, m)) or list(_before_comma(line, m, word))
        for item in before[:_MOST_AFTER]:
            if item.kind in _ILL and word == "last":
                continue
            over = word in _OVER or line.text(m.last - 1) == "ago"
            if item.kind not in _LASTING or (over and item.kind in ("pain", "thinner")):
                item.past = True
        return
    if word in _HISTORY and any(
        a.kind == "span" and a.last == m.first for a in line.in_part(m.part)
    ):
        return
    spread = {o.part for o in line.marks_of("cancer") if o.value == "mets"}
    for item in line.items_near(m):
        if item.kind == "infection" and word in _HAD and 0 < item.first - m.last < _FAR:
            item.past = True
    for item in forward(line, m):
        if any(o.kind == "past" for o in line.between(m.last, item.first)):
            return
        known = item.kind in _ILL and (word in _BACKGROUND or item.part in spread)
        stable = item.has("trend", "stable") and item.kind in ("root_deficit", "numb")
        if (item.kind != "pain" or word not in _CHRONIC) and not known:
            item.past = not (word in _LASTED and stable and not item.has("place", *_PAIRS))


def _is_of_old(line: Line, m: Mark) -> bool:
    """Return whether "ever since" ends a part, and what it is since is of the past: "polio"."""
    ends = m.last >= len(line.tokens) or line.tokens[m.last].kind == "sign"
    return ends and any(o.last <= m.first for kind in ("past", "year") for o in line.marks_of(kind))


def _before_comma(line: Line, m: Mark, word: str) -> list[Item]:
    """Return what "resolved" between commas is said of: the comma part before it."""
    part = line.in_part(m.part)
    if word not in _OVER or line.items_in(m.part) or part[0].first != m.first:
        return []
    return [item for item in line.items_in(m.part - 1)[::-1] if item.clause == m.clause]


def is_old(item: Item) -> bool:
    """Return whether a finding is said to be of years ago."""
    dated = item.kind in (NEURO | {"diagnosis", "pain", "infection"}) - {"func"}
    since = item.has("since") and (item.kind not in NEURO or item.has("trend", "stable"))
    if dated and item.has("year") and not since:
        return True
    years = any(
        m.kind == "span" and m.value == "year" and (m.number or 0) >= _YEAR for m in item.marks
    )
    if item.kind in NEURO and years:
        return True
    return item.kind == "pain" and item.has("ago") and (item.days or 0) >= _YEAR


def give_away(line: Line, m: Mark) -> None:
    """Give to a relative what the line says that the relative has."""
    for item in line.items_in(m.part):
        if line.text(item.last) == "in" and 0 < m.first - item.last <= 2:
            item.others = True
        if item.last == m.first and line.text(item.first) in _BEDSIDE:
            item.others = line.text(item.first - 1) in _WHOSE
    verb = m.last
    while verb < m.last + _MOST_RELATIVES and (
        line.text(verb) in _AND or any(o.kind == "relative" for o in line.at(verb))
    ):
        verb += 1
    items = [i for i in line.items_in(m.part) if i.first >= verb]
    if not items or any(a.kind == "reporter" for a in line.between(m.last, items[0].first)):
        return
    patient = any(o.part != m.part for o in line.marks_of("patient"))
    near = items[0].first - verb <= 1 and (
        items[0].kind in _ILL or (patient and items[0].kind in NEURO)
    )
    if line.text(verb) in _OWNS or (m.value != "close" and near):
        for item in items:
            if _is_back_at_the_patient(line, m.last, item.first):
                return
            item.others = True


def _is_back_at_the_patient(line: Line, first: int, last: int) -> bool:
    words = {line.text(n) for n in range(first, last)}
    return bool(words & {*_PATIENT}) or any(m.kind == "now" for m in line.between(first, last))
