"""Decides what a question mark asks, and takes an answer to it."""

from collections.abc import Iterator
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.reach import is_one_disease, joint

_STOPS: Final = (".", ";", "!", ",", "-", "?")
_LONGEST_QUESTION: Final = 24  # tokens
_ASKS: Final = frozenset((
    "would", "should", "does", "do", "is", "are", "can", "could", "has", "have", "did", "will",
    "what", "which", "when", "how", "who", "where", "shall", "must", "was", "were",
))  # fmt: skip
_BEFORE_ASKED: Final = ("on", "any", "new", "the", "a")
_REPLY: Final = 6  # words of an answer
_ABLE: Final = ("walk", "stand", "stairs", "urine", "move", "feeling", "control", "continence")
_NEAR: Final = 2


def ask(line: Line, m: Mark) -> None:
    """Take what a question mark asks, unless it is answered at once."""
    if _answer(line, m):
        return
    asked = _before_which(line, m) if m.value == "before" else _behind_which(line, m)
    spans = {(item.first, item.last) for item in asked}
    for item in line.items_near(m):
        if (item.first, item.last) in spans:
            item.queried = True
    if m.value == "after":
        _ask_sentence(line, m)


def _ask_sentence(line: Line, m: Mark) -> None:
    """Take a whole sentence that asks: "would a numb bum need the MRI today?"."""
    first = m.first
    while first and m.first - first < _LONGEST_QUESTION and line.text(first - 1) not in _STOPS:
        first -= 1
    if line.text(first) not in _ASKS:
        return
    for item in line.items_near(m):
        if first <= item.first and item.last <= m.first and not item.queried:
            item.queried = True
            line.asked.append(line.text(first))


def _answer(line: Line, m: Mark) -> bool:
    """Take "numb? yes, down below", "passing urine? no": what is asked is answered at once."""
    answer = line.text(m.last)
    asked = list(_behind_which(line, m))
    if answer in ("yes", "y") and asked:
        line.read_too.add(m.last)
        where = [o for o in line.between(m.last, m.last + _REPLY) if o.kind in ("place", "side")]
        for item in asked:
            item.marks += where
            item.queried = False
        return True
    lone = any(o.kind == "neg" and o.last == m.last + 1 for o in line.at(m.last))
    missing = [i for i in asked if i.kind == "func" and i.state == "bare" and i.value in _ABLE]
    if answer != "no" or not lone or not missing:
        return False
    line.cues.add(m.last)
    for item in missing:
        item.state = "lost"
    for o in line.at(m.last):
        if o.kind == "neg":
            o.kind = "neg_used"
    return True


def _before_which(line: Line, m: Mark) -> Iterator[Item]:
    """Return what a question mark stands before, with what "or" joins to it."""
    here = line.items_near(m)
    first = m.last + (line.text(m.last) in _BEFORE_ASKED)
    asked = next((item for item in here if _begin(item) == first), None)
    if asked is None:
        return
    yield asked
    for other in here:
        if 0 <= other.first - asked.last <= _NEAR and (
            joint(line, asked, other) in ("or", "slash") or is_one_disease(asked, other)
        ):
            yield other
            asked = other


def _behind_which(line: Line, m: Mark) -> Iterator[Item]:
    """Return what a question mark follows at once, with what "or" joins to it."""
    here = line.items_near(m)[::-1]
    asked = next((item for item in here if _end(item) == m.first), None)
    if asked is None:
        return
    yield asked
    for other in here:
        near = 0 <= asked.first - other.last <= _NEAR
        if near and joint(line, other, asked) in ("or", "slash"):
            yield other
            asked = other


def _begin(item: Item) -> int:
    return min([item.first, *(m.first for m in item.marks)])


def _end(item: Item) -> int:
    return max([item.last, *(m.last for m in item.marks)])
