"""A line as it is read: its marks in clauses and parts, and the items that it speaks of."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from bot.reading.marks import Mark, mark
from bot.reading.tokens import Token, cut
from bot.reading.typing_errors import as_meant
from bot.reading.vocabulary import vocabulary

_BREAKS: Final = frozenset((".", ";", "!"))
_NEAR_ITEMS: Final = 16
MOST_TOKENS: Final = 1000
_LIMBS: Final = ("root_deficit", "weak", "numb")
_OF_LIMBS: Final = frozenset(("leg", "foot", "arm", "hand"))
_PARTS: Final = frozenset((",", "(", ")", "[", "]"))
_SHORTENED: Final = frozenset((
    "pt", "pts", "ca", "approx", "dr", "mr", "mrs", "vs", "esp", "incl", "prob", "poss",
    "susp", "resp", "st", "prof", "adj", "corr", "korr", "mult",
))  # fmt: skip


@dataclass(slots=True, eq=False)
class Item:
    """Something the line speaks of: a finding, a function, a disease, a drug.

    `state` of a function: lost, normal, bare if nothing is said of it, or organ if no more than the
    bladder or bowel is named. What was denied, asked, past or another's is no finding.
    """

    kind: str
    value: str
    first: int
    last: int
    clause: int
    part: int
    state: str = "bare"
    number: float | None = None
    denied: bool = False
    queried: bool = False
    past: bool = False
    others: bool = False
    marks: list[Mark] = field(default_factory=list)

    @property
    def found(self) -> bool:
        return not (self.denied or self.queried or self.past or self.others)

    def has(self, kind: str, *values: str) -> bool:
        """Return whether a mark of a kind, and of one of the values, belongs to it."""
        return any(m.kind == kind and (not values or m.value in values) for m in self.marks)

    def values(self, kind: str) -> list[str]:
        return [m.value for m in self.marks if m.kind == kind]

    @property
    def days(self) -> float | None:
        """Return how long it has lasted."""
        spans = [
            m.number for m in self.marks if m.kind in ("span", "moment") and m.number is not None
        ]
        return spans[0] if spans else None


@dataclass(slots=True)
class Line:
    """The tokens and marks of a line; `items` come later."""

    tokens: Sequence[Token]
    words: Sequence[str]
    marks: list[Mark]
    clauses: Sequence[int]
    parts: Sequence[int]
    """The clause and the comma part of each token."""
    items: list[Item] = field(default_factory=list)
    measured: set[int] = field(default_factory=set)
    """The first tokens of what was read as a measurement."""
    beyond: Sequence[str] = ()
    """The words behind the `MOST_TOKENS` that are read."""
    read_too: set[int] = field(default_factory=set)
    """Tokens that a topic read although no mark covers them, such as the letter of a grade."""
    cues: set[int] = field(default_factory=set)
    """The first tokens of the denials that belong to something."""
    asked: list[str] = field(default_factory=list)
    """A word for each finding in a sentence that asks."""
    _parts: dict[int, list[Mark]] = field(default_factory=dict)
    _kinds: dict[str, list[Mark]] = field(default_factory=dict)
    _begun: dict[int, list[Mark]] = field(default_factory=dict)
    _items_of: list[Item] = field(default_factory=list)
    _items_in: dict[int, list[Item]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for m in self.marks:
            self._parts.setdefault(m.part, []).append(m)
            self._kinds.setdefault(m.kind, []).append(m)
            self._begun.setdefault(m.first, []).append(m)

    def in_part(self, part: int) -> list[Mark]:
        """Return the marks of a comma part, in order."""
        return self._parts.get(part, [])

    def items_near(self, m: "Mark | Item") -> list[Item]:
        """Return the items of a comma part; in a long part only those that are near."""
        items = self.items_in(m.part)
        if len(items) <= 2 * _NEAR_ITEMS:
            return items
        place = bisect_left(items, m.first, key=_begins)
        return items[max(0, place - _NEAR_ITEMS) : place + _NEAR_ITEMS]

    def marks_of(self, kind: str) -> list[Mark]:
        """Return the marks of a kind, in order; not those that became one of it later."""
        return [m for m in self._kinds.get(kind, []) if m.kind == kind]

    def at(self, n: int) -> list[Mark]:
        """Return the marks that begin at a token."""
        return self._begun.get(n, [])

    def items_in(self, part: int) -> list[Item]:
        """Return the items of a comma part, in order."""
        if self._items_of is not self.items:
            self._items_of, self._items_in = self.items, {}
            for item in self.items:
                self._items_in.setdefault(item.part, []).append(item)
        return self._items_in.get(part, [])

    def of(self, *kinds: str) -> Iterator[Item]:
        return (item for item in self.items if item.kind in kinds)

    def has(self, kind: str, *values: str) -> bool:
        """Return whether there is a mark of a kind, and of one of the values."""
        return any(not values or m.value in values for m in self.marks_of(kind))

    def between(self, first: int, last: int) -> list[Mark]:
        """Return the marks within some tokens, in order."""
        begin = bisect_left(self.marks, first, key=_begins)
        found = list[Mark]()
        for m in islice(self.marks, begin, None):
            if m.first >= last:
                break
            if m.last <= last:
                found.append(m)
        return found

    def text(self, n: int) -> str:
        """Return a token as it was meant; empty outside the line."""
        return self.words[n] if 0 <= n < len(self.words) else ""


def _begins(m: "Mark | Item") -> int:
    return m.first


def cut_into_parts(typed: str) -> Line:
    """Mark a line, and number its clauses and comma parts."""
    every = cut(typed)
    tokens = every[:MOST_TOKENS]
    words = as_meant(tokens)
    marks = mark(tokens, words)
    covered = {n: m for m in marks for n in range(m.first, m.last)}
    turns = {m.first for m in marks if m.kind == "but"}
    clause = part = 0
    clauses, parts = list[int](), list[int]()
    for n, token in enumerate(tokens):
        inside = n in covered and covered[n].first < n
        if token.kind == "sign" and not inside:
            if _ends_a_clause(tokens, n):
                clause, part = clause + 1, part + 1
            elif token.text in _PARTS:
                part += 1
        elif n in turns:
            clause, part = clause + 1, part + 1
        clauses.append(clause)
        parts.append(part)
    _tell_right_from_radiotherapy(words, marks)
    marks += _questions(tokens)
    marks.sort(key=lambda m: (m.first, -m.last))
    for m in marks:
        m.clause, m.part = clauses[m.first], parts[m.first]
    beyond = [each.text for each in every[MOST_TOKENS:]]
    return Line(tokens, words, marks, clauses, parts, beyond=beyond)


def _tell_right_from_radiotherapy(words: Sequence[str], marks: Sequence[Mark]) -> None:
    """Take "rt" beside a limb or what is wrong with it as its side: "footdrop rt", "rt leg"."""
    limbs = [m for m in marks if m.kind in _LIMBS or (m.kind == "place" and m.value in _OF_LIMBS)]
    ends, begins = {m.last for m in limbs}, {m.first for m in limbs}
    for m in marks:
        alone = m.kind == "rt" and m.last - m.first == 1 and words[m.first] == "rt"
        if alone and (m.first in ends or m.last in begins):
            m.kind, m.value = "side", "right"


def _questions(tokens: Sequence[Token]) -> Iterator[Mark]:
    """Mark each question mark as one before what it asks, or after it."""
    for n, token in enumerate(tokens):
        if token.text == "?":
            after = tokens[n + 1] if n + 1 < len(tokens) else None
            glued = after is not None and after.glued and after.kind != "sign"
            value = "after" if token.glued and not glued else "before"
            yield Mark("question", value, n, n + 1)


def _ends_a_clause(tokens: Sequence[Token], n: int) -> bool:
    token = tokens[n]
    if token.text == ".":
        number = n + 1 < len(tokens) and tokens[n + 1].kind == "number"
        lab = number and n and any(
            m.kind == "lab" for m in vocabulary().meanings(tokens[n - 1].text)
        )  # fmt: skip
        return not (n and (lab or tokens[n - 1].text in _SHORTENED))
    if token.text == "-":
        after = n + 1 < len(tokens) and tokens[n + 1].glued
        following = (
            {m.kind for m in vocabulary().meanings(tokens[n + 1].text)}
            if n + 1 < len(tokens)
            else set()
        )
        return not token.glued and not after and n > 0 and not following & {"neg", "normal", "loss"}
    return token.text in _BREAKS


def unread_words(line: Line) -> list[str]:
    """Return the words that nothing accounts for, in the order of the line."""
    known = vocabulary()
    read = {n for m in line.marks for n in range(m.first, m.last)} | line.read_too
    return [
        token.text
        for n, token in enumerate(line.tokens)
        if token.kind == "word" and n not in read and line.words[n] not in known.skipped
        and line.words[n] not in known.harmless
    ] + [*line.beyond]  # fmt: skip
