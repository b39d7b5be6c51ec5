"""Takes back findings that stand among words of another matter: "weak coffee", "lost control"."""

from typing import Final

from bot.reading.line import Item, Line, unread_words
from bot.reading.vocabulary import vocabulary

_CLINICAL: Final = frozenset((
    "level", "age", "cancer", "disease", "renal", "hd", "pd", "thinner", "asia", "root_deficit",
    "access", "rt", "scan", "diagnosis", "denies_signs", "infection", "temperature", "crp",
    "pain_free", "span", "paralysed",
))  # fmt: skip
_BODY: Final = ("legs", "leg", "foot", "arms", "arm", "hand", "limbs", "saddle", "trunk", "back")
_NEEDS_GROUND: Final = ("weak", "numb", "power")
_FUNCTIONS: Final = ("control", "power", "feeling", "move", "gait", "walk", "stand", "stairs")
_SPHINCTERS: Final = frozenset((
    "bladder", "urine", "urinary", "sphincter", "water", "pee", "waterworks", "wee",
))  # fmt: skip
_ADJECTIVES: Final = ("weak", "numb")
_AT: Final = ("in", "on", "at")
_LEFT: Final = ("left", "at", "anywhere")
_EXAMINED: Final = frozenset((
    "exam", "examination", "testing", "lifting", "standing", "admission", "arrival", "assessment",
    "either", "both", "one", "all", "any", "her", "his", "moving", "trying", "bed", "examining",
))  # fmt: skip
_NEAR: Final = 3
_FALLS: Final = frozenset((
    "falls", "fall", "fell", "fallen", "falling", "unsteady", "wobbly", "limp", "limping", "trips",
    "stumble", "stumbling", "shuffling", "stagger", "staggering", "shuffle", "imbalance", "tripped",
))  # fmt: skip


def take_back(line: Line) -> list[str]:
    """Leave out findings without any clinical word beside them; return their words as unread."""
    chatter = {m.part for m in line.marks_of("chatter")} - {m.part for m in line.marks_of("place")}
    beside = [item for item in line.items if item.part in chatter and _is_suspect(line, item)]
    beside += [item for item in line.items if _is_of_a_thing(line, item)]
    return _leave_out(line, beside) + _leave_out(line, _alone(line))


def _is_of_a_thing(line: Line, item: Item) -> bool:
    """Return whether "weak", "numb" or "no power" is said of no body: "weak appetite"."""
    remaining = line.text(item.last) in _LEFT and line.text(item.last + 1) in _AT
    where = [m for m in item.marks if m.kind in ("place", "side", "level") and m.value != "below"]
    if item.denied or any(not (remaining and m.first == item.last) for m in where):
        return False
    if item.kind in ("weak", "numb"):
        last = line.text(item.last - 1) in _ADJECTIVES
        return last and _is_unknown(line, item.last)
    power = item.kind == "func" and item.value == "power" and item.state == "lost"
    place = item.last + remaining
    return power and line.text(place) in _AT and _is_of_no_body(line, place)


def _is_unknown(line: Line, n: int) -> bool:
    """Return whether a token is a word of its own that nothing knows."""
    known = vocabulary()
    word = n < len(line.tokens) and line.tokens[n].kind == "word" and not line.at(n)
    return word and line.words[n] not in known.skipped | known.harmless


def _is_of_no_body(line: Line, n: int) -> bool:
    """Return whether what stands behind "in", "on", "at" is neither a limb nor an examination."""
    end = n + 1
    while line.text(end) in vocabulary().skipped and end < n + _NEAR:
        end += 1
    if end >= len(line.tokens) or line.tokens[end].kind == "sign":
        return False
    body = any(m.kind in ("place", "side", "level", "func") for m in line.at(end))
    return not body and line.text(end) not in _EXAMINED


def _alone(line: Line) -> list[Item]:
    """Return the findings of a line that is about something else as a whole."""
    if any(m.kind in _CLINICAL for m in line.marks) or any(
        m.kind == "place" and m.value in _BODY for m in line.marks
    ):
        return []
    suspects = [item for item in line.items if _is_suspect(line, item)]
    others = [
        item for item in line.items
        if (item not in suspects and item.kind in ("sign", "func", "pain") and item.state != "bare")
        or (item.kind == "sign" and item not in suspects)
    ]  # fmt: skip
    elsewhere = unread_words(line) or line.has("chatter") or _is_alone(line, suspects)
    if not suspects or others or not elsewhere:
        return []
    return suspects


def _leave_out(line: Line, items: list[Item]) -> list[str]:
    line.items = [item for item in line.items if item not in items]
    return [line.text(item.first) for item in items]


def _is_suspect(line: Line, item: Item) -> bool:
    if item.kind == "func":
        return item.value in _FUNCTIONS and item.state == "lost" and len(item.marks) == 1
    if item.has("side") or item.denied:
        return False
    return item.kind in _NEEDS_GROUND or (item.kind == "sign" and line.text(item.first) in _FALLS)


def _is_alone(line: Line, suspects: list[Item]) -> bool:
    """Return whether the line is about something else though every word of it is known."""
    return any(
        item.kind == "func" and item.value == "control"
        and not {line.text(n) for n in range(item.first, item.last)} & _SPHINCTERS
        for item in suspects
    )  # fmt: skip
