"""Finds where the cancer began, and which words of a line are evidence of a cancer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bot.reading.line import Item, Line

_NEAR: Final = 2
_FAR: Final = 12
_NEAR_AGE: Final = 3
_BESIDE: Final = ("year", "cancer", "now")
_SHORT: Final = ("year", "cancer", "neg", "past", "count")
_APART: Final = ("weak", "numb", "pain", "span", "side", "problem")
_BODY: Final = ("problem", "loss", "normal", "func", "pain", "numb", "weak", "neg")
_OF_METASTASES: Final = ("organ", "disease", "level", "bone", "cancer")
_SITES: Final = frozenset((
    "liver", "lung", "brain", "hepatic", "pulmonary", "cerebral", "adrenal", "skin", "peritoneal",
))  # fmt: skip
# Organs that a line speaks of for other reasons too.
_ALSO_ELSEWHERE: Final = frozenset((
    "bladder", "colon", "renal_cell", "other", "liver", "head_neck", "rectum", "uterus", "stomach",
))  # fmt: skip
_CHEST: Final = frozenset((
    "pneumonia", "cxr", "antibiotics", "abx", "chest", "consolidation", "cough", "sats", "sputum",
    "amoxicillin", "doxycycline", "antibiotic", "bottle", "baseball",
))  # fmt: skip
_KNOWN: Final = ("known", "metastatic")
_SQUAMOUS: Final = {"lung_scc": "lung", "oesophageal_scc": "oesophagus"}
_UNKNOWN: Final = "unknown_primary"


@dataclass(slots=True)
class Primaries:
    """Where the cancer may have begun, with the items that say so; all items that show a cancer."""

    found: list[tuple[str, Item]] = field(default_factory=list)
    evidence: list[Item] = field(default_factory=list)

    def first(self) -> tuple[str, Item] | None:
        """Return the one that counts: named before unknown, certain before suspected."""
        return min(self.found, key=_rank, default=None)


def _rank(primary: tuple[str, Item]) -> tuple[bool, bool, int]:
    value, item = primary
    return value == _UNKNOWN, item.queried, item.first


def find_primaries(line: Line) -> Primaries:
    words = [i for i in line.of("cancer") if i.value in ("known", "mets") and not i.others]
    words = [word for word in words if not _is_verb(line, word)]
    primaries = Primaries()
    for disease in _diseases(line):
        value = "lymphoma" if disease.kind == "hd" else disease.value
        if value == _UNKNOWN and any(word.queried for word in words):
            continue
        primaries.found.append((_SQUAMOUS.get(value, value), disease))
        primaries.evidence.append(disease)
    unknown = any(value == _UNKNOWN for value, _ in primaries.found)
    known = {id(word) for word in words}
    for organ in line.of("organ"):
        near = nearest(line, organ, known)
        if organ.others or (near and (unknown or _is_site(line, organ, near))):
            continue
        if near:
            _join(organ, near)
            if not near.denied:
                primaries.found.append((organ.value, organ))
                primaries.evidence.append(near)
        elif _is_bare_primary(line, organ) and not organ.denied:
            primaries.found.append((organ.value, organ))
        elif _is_known(line, organ) and organ.found:
            primaries.found.append((organ.value, organ))
            primaries.evidence.append(organ)
    counted = {id(item) for item in primaries.evidence}
    primaries.evidence += [w for w in words if id(w) not in counted and not w.denied]
    return primaries


def _join(organ: Item, word: Item) -> None:
    """Let an organ and its word for cancer share a question and the past."""
    organ.queried = word.queried = organ.queried or word.queried
    word.past = word.past or organ.past


def _diseases(line: Line) -> Iterator[Item]:
    """Return the cancers by name; "5 mm" is no myeloma, HD is lymphoma beside words of it."""
    for item in line.of("disease", "hd"):
        length = line.text(item.first) == "mm" and line.text(item.first - 1)[-1:].isdigit()
        if item.others or item.denied or length or _is_pneumonia(line, item):
            continue
        if item.kind == "disease" or is_hodgkin(line, item):
            yield item


def _is_pneumonia(line: Line, item: Item) -> bool:
    """Return whether CAP is pneumonia, not the cancer of the prostate."""
    if line.text(item.first) != "cap":
        return False
    if len(line.marks) < len(("cap", "something else")):
        return True
    infection = any(line.has(kind) for kind in ("infection", "temperature", "crp"))
    return infection or not _CHEST.isdisjoint(line.words)


def is_hodgkin(line: Line, item: Item) -> bool:
    """Return whether HD is Hodgkin's disease: a word of it is near, and none of dialysis."""
    if line.text(item.first - 1) in ("on", "via", "home"):
        return False
    near = any(m.value == "hodgkin" and m.clause == item.clause for m in line.marks_of("not_hd"))
    return near and not line.has("access") and not line.has("days") and not line.has("renal")


def nearest(line: Line, organ: Item, words: set[int]) -> Item | None:
    """Return the word for cancer beside an organ; `words` are the ids of those that count."""
    best: tuple[int, Item] | None = None
    for word in line.items_near(organ):
        low, high = min(word.last, organ.last), max(word.first, organ.first)
        if id(word) not in words or high - low > _FAR:
            continue
        if _is_from(line, word, organ):
            return word
        if _belong(line, word, organ, low, high) and (best is None or high - low < best[0]):
            best = high - low, word
    return best[1] if best else None


def _is_from(line: Line, word: Item, organ: Item) -> bool:
    """Return whether metastases come from an organ: "mets to T8 from breast"."""
    before = word.value == "mets" and word.last <= organ.first
    return before and line.text(organ.first - 1) == "from"


def _belong(line: Line, word: Item, organ: Item, low: int, high: int) -> bool:
    """Return whether a word for cancer is that of an organ, from the marks between them."""
    between = line.between(low, high)
    short = sum(m.last - m.first for m in between if m.kind in _SHORT)
    sided = high - low == 1 and word.last <= organ.first and word.part == organ.part
    apart = [m for m in between if m.kind in _APART and not (m.kind == "side" and sided)]
    if high - low > _NEAR + short or apart:
        return False
    joined = any(m.kind == "and" for m in between)
    if not joined and any(m.kind == "organ" and m.first != organ.first for m in between):
        return False
    if word.value == "mets" and organ.last == word.first and line.text(organ.first) in _SITES:
        elsewhere = any(i is not organ for i in line.of("organ", "disease"))
        return line.text(organ.first) == "lung" and not elsewhere
    return True


def _is_site(line: Line, organ: Item, near: Item) -> bool:
    """Return whether an organ is where metastases are, not where the cancer began."""
    if any(m.kind == "cancer" and m.value == "known" for m in line.at(organ.last)):
        return False
    if _is_metastatic_lung(line, organ, near):
        return False
    after = near.value == "mets" and near.last <= organ.first and line.text(near.first) != "stage"
    return after and line.text(organ.first - 1) != "from" and line.text(organ.first) in _SITES


def _is_metastatic_lung(line: Line, organ: Item, near: Item) -> bool:
    """Return whether "met lung" is the cancer of a line that names no other."""
    elsewhere = any(i is not organ for i in line.of("organ", "disease"))
    metastatic = line.text(near.first) in ("met", "metastatic") and near.last == organ.first
    return metastatic and line.text(organ.first) == "lung" and not elsewhere


def _is_verb(line: Line, item: Item) -> bool:
    """Return whether "met" is no metastasis: no organ, no disease and no level is near."""
    if line.text(item.first) != "met" or item.last - item.first > 1:
        return False
    around = line.between(item.first - 2 * _NEAR, item.last + 2 * _NEAR)
    return not any(
        m.kind in _OF_METASTASES and m.first != item.first and m.part == item.part for m in around
    )


def _is_bare_primary(line: Line, organ: Item) -> bool:
    """Return whether a bare organ stands for the cancer: "67M prostate", or alone in its part."""
    aged = any(0 <= organ.first - m.last <= _NEAR_AGE for m in line.marks_of("age"))
    if aged and not any(m.kind in _BODY for m in line.at(organ.last)):
        return True
    alone = all(
        (m.first >= organ.first and m.last <= organ.last) or m.kind in _BESIDE
        for m in line.in_part(organ.part)
    )
    words = any(text.isalpha() for text in (line.text(organ.first - 1), line.text(organ.last)))
    only = len(line.marks) > 1
    return alone and only and not words and organ.value not in _ALSO_ELSEWHERE


def _is_known(line: Line, organ: Item) -> bool:
    """Return whether "known" or "metastatic" stands before a bare organ."""
    return line.text(organ.first - 1) in _KNOWN and organ.value not in _ALSO_ELSEWHERE
