"""Finds signs that are described, not named: legs that fail, shocks when the neck is bent."""

from collections.abc import Iterator
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.unfelt import sign

_LEGS: Final = ("legs", "leg")
_HANDS: Final = frozenset((
    "buttons", "button", "zip", "zips", "laces", "shoelaces", "cutlery", "pen", "cup", "cups",
    "mug", "fork", "knife",
))  # fmt: skip
_FAILS: Final = frozenset((
    "work", "works", "working", "worked", "move", "moves", "moving", "support", "supports",
    "supporting", "carry", "carries", "carrying", "hold", "holding", "holds", "obey", "obeying",
    "function", "functioning", "cooperate", "cooperating", "respond", "responding", "bear", "bend",
    "lift", "listen", "listening", "budge", "budging",
))  # fmt: skip
_REFUSALS: Final = frozenset(("refuse", "refuses", "refusing", "refused", "barely", "hardly"))
_WENT: Final = frozenset(("gone", "going", "went", "go"))
_LEAVING: Final = frozenset((
    ".", ",", ";", "!", "(", ")", "-", "and", "&", "+", "on", "from", "under", "since", "for", "x",
    "now", "today", "yesterday", "again", "over", "this", "last", "completely", "altogether",
    "beneath", "below", "off",
))  # fmt: skip
_SHOCKS: Final = frozenset((
    "shock", "shocks", "shocklike", "electric", "electrical", "electricity", "electrocuted",
    "current", "jolt", "jolts", "zap", "zaps", "zapped", "zapping",
    "buzz", "buzzing", "buzzes", "tingle",
    "tingles", "tingling", "lightning", "spark", "sparks", "vibration", "vibrations", "pins",
    "paraesthesia", "paresthesia", "fizzing", "stromstosse", "stromgefuhl", "plugged",
))  # fmt: skip
_NECK: Final = frozenset(("neck", "head", "chin", "nek", "kopf", "nacken", "hoofd"))
_BENDS: Final = frozenset((
    "bend", "bends", "bending", "bent", "flexion", "flexing", "flexes", "flexed", "flex", "forward",
    "forwards", "down", "chest", "nod", "nods", "nodding", "buigen", "drops", "drop", "dropping",
    "lowers", "lowering", "puts", "putting", "tucks", "tucking", "tilts", "tilting",
))  # fmt: skip
_LOOKS: Final = frozenset(("look", "looks", "looking", "nods", "nodding", "nod"))
_ALONG: Final = ("down", "through", "along", "up")
_BETWEEN: Final = ("the", "his", "her", "my", "whole", "into", "to", "a", "their", "lower", "neck")
_BACK: Final = frozenset(("back", "spine", "body", "backbone"))
_ONE_SIDE: Final = frozenset(("arm", "hand", "foot", "leg"))
_NEAR: Final = 3


def described(line: Line) -> Iterator[Item]:
    """Return a sign for legs that do not work, hands that cannot do buttons, shocks."""
    yield from _failing(line)
    yield from _clumsy(line)
    yield from _shocks(line)


def _failing(line: Line) -> Iterator[Item]:
    """Return the sign that legs fail: "legs won't carry him", "legs have just gone"."""
    for m in line.marks_of("place"):
        if m.value not in _LEGS:
            continue
        cue = 0
        for n in range(m.last, min(m.last + 5, len(line.words))):
            word = line.text(n)
            if line.tokens[n].kind == "sign" or any(
                o.kind in ("and", "but", "place", "numb", "sign", "normal") for o in line.at(n)
            ):
                break
            lost = word in _REFUSALS or any(
                o.kind in ("loss", "no_longer") or (o.kind == "neg" and o.value == "no")
                for o in line.at(n)
            )
            if cue and (word in _FAILS or line.text(n - 1) in _FAILS):
                _use(line, m.last, n + 1)
                yield sign(line, "weakness", m.first, n + 1)
                break
            if word in _WENT and not cue and _leaves(line, n):
                line.read_too.add(n)
                yield sign(line, "weakness", m.first, n + 1)
                break
            cue = cue or (n + 1 if lost else 0)


def _use(line: Line, first: int, last: int) -> None:
    line.read_too.update(range(first, last))
    for m in line.between(first, last):
        line.cues.add(m.first)
        if m.kind == "neg":
            m.kind = "neg_used"


def _leaves(line: Line, n: int) -> bool:
    """Return whether "gone" says no more: not "gone numb", "gone to sleep"."""
    behind = line.text(n + 1)
    short = n + 1 < len(line.tokens) and line.tokens[n + 1].kind in ("fraction", "number")
    return (not behind or short or behind in _LEAVING) and line.text(n + 2) not in ("off", "legs")


def _clumsy(line: Line) -> Iterator[Item]:
    """Return the sign that hands are clumsy: "can't do up buttons"."""
    for n, word in enumerate(line.words):
        if word not in _HANDS:
            continue
        for m in line.between(max(0, n - 4), n):
            if m.kind == "loss":
                line.read_too.update(range(m.first, n + 1))
                yield sign(line, "weakness", m.first, n + 1)
                break


def _shocks(line: Line) -> Iterator[Item]:
    """Return Lhermitte's sign as described: "tingling down the back on bending the neck"."""
    for n, word in enumerate(line.words):
        if word not in _SHOCKS or any(m.kind == "sign" for m in line.at(n)):
            continue
        part = [k for k in range(max(0, n - 9), min(n + 11, len(line.words)))]
        words = {line.text(k) for k in part if not _is_split(line, k, n)}
        bent = bool(words & _NECK and words & _BENDS) or bool(words & _LOOKS and "down" in words)
        bent = bent or bool(words & {"nods", "nodding"})
        if not (bent or _runs_down(line, n)) or (
            any(m.kind == "side" and m.value != "both" for m in line.between(part[0], part[-1] + 1))
            and words & _ONE_SIDE
        ):
            continue
        ends = [k for k in part if line.text(k) in _NECK | _BENDS | _LOOKS | _BACK | {"flexion"}
                and not _is_split(line, k, n)]  # fmt: skip
        line.read_too.update(range(min([n, *ends]), max([n, *ends]) + 1))
        yield sign(line, "lhermitte", n, max([n, *(k for k in ends if k > n)]) + 1)
        return


def _is_split(line: Line, one: int, other: int) -> bool:
    first, last = sorted((one, other))
    return any(line.text(k) in (";", ".", "!") for k in range(first, last))


def _runs_down(line: Line, n: int) -> bool:
    """Return whether it runs down the spine; "down the back of the leg" does not."""
    for k in range(n + 1, min(n + 7, len(line.words))):
        if line.tokens[k].kind == "sign" and line.text(k) != "-":
            return False
        if line.text(k) in _ALONG:
            for at in range(k + 1, k + 1 + _NEAR):
                if line.text(at) in _BACK:
                    return line.text(at + 1) != "of"
                if line.text(at) not in _BETWEEN:
                    break
    return False
