"""Finds accidents, and what is no longer felt or known of: a verb with what it is about."""

from collections.abc import Iterator
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark

_FELT: Final = frozenset((
    "feel", "feels", "felt", "feeling", "sense", "senses", "sensing", "sensation", "sensations",
    "aware", "awareness",
))  # fmt: skip
_KNOWN: Final = frozenset((
    "know", "knows", "knew", "tell", "notice", "notices", "noticed", "noticing", "realise",
    "realises", "realised", "realising", "realize", "realizes", "realized", "realizing",
))  # fmt: skip
_HELD: Final = frozenset(("hold", "holding", "control", "controlling"))
_UNAWARE: Final = ("unaware", "oblivious")
_ASIDE: Final = frozenset(("about", "re", "anything", "well", "how", "why", "what"))
_URGE: Final = frozenset(("need", "needs", "needing", "urge", "wanting", "desire"))
_WET: Final = frozenset(("wet", "wets", "wetting", "wetted", "soaked", "soaking", "soaks"))
_WEES: Final = frozenset((
    "pee", "pees", "peed", "peeing", "wee", "wees", "weed", "weeing", "piss", "pisses", "pissed",
    "pissing", "urinate", "urinates", "urinated", "urinating",
))  # fmt: skip
_SOILS: Final = frozenset((
    "soil", "soils", "soiled", "soiling", "poo", "poos", "pooed", "pooing", "poop", "poops",
    "pooped", "pooping", "shit", "shits", "shat", "shitting", "crap", "craps", "crapped",
    "crapping", "mess", "messes", "messed", "messing", "defecate", "defecated", "defecates",
))  # fmt: skip
_MEANWHILE: Final = _WET | _WEES | _SOILS | {
    "in", "on", "and", "&", "+", "his", "her", "the", "own", "all", "over",
}  # fmt: skip
_URINE: Final = frozenset(("urine", "pee", "wee", "piss", "urination"))
_STOOL: Final = frozenset((
    "stool", "stools", "faeces", "feces", "poo", "poop", "motion", "motions", "shit", "defecation",
))  # fmt: skip
_LEAKS: Final = frozenset((
    "leak", "leaks", "leaking", "leaked", "leakage", "run", "runs", "running", "ran", "dribble",
    "dribbles", "dribbling", "drip", "drips", "dripping", "escape", "escapes", "escaping", "seeps",
    "seeping", "trickles", "trickling", "slips", "slipping", "oozes", "oozing", "involuntary",
    "involuntarily",
))  # fmt: skip
_COMES: Final = ("comes", "come", "came", "coming", "goes", "flows", "falls", "drops")
_UNWANTED: Final = frozenset(("out", "away", "itself", "own", "just", "unnoticed"))
_NOT_OUT: Final = frozenset(
    ("no", "not", "nil", "wont", "doesnt", "cant", "clear", "well", "freely")
)
_ON_WHAT: Final = frozenset((
    "himself", "herself", "myself", "themselves", "themself", "self", "bed", "beds", "bedding",
    "sheet", "sheets", "mattress", "pants", "trousers", "pyjamas", "pajamas", "pjs", "underwear",
    "knickers", "undies", "nappy", "nappies", "clothes", "clothing", "chair", "sofa", "couch",
    "floor",
))  # fmt: skip
_SEAT: Final = frozenset((
    "chair", "commode", "sofa", "couch", "cushion", "bench", "bedpan", "toilet", "sit", "sits",
    "sitting", "sat", "catheter", "sex", "intercourse",
))  # fmt: skip
_GROUND: Final = frozenset(("floor", "ground"))
_TUBES: Final = frozenset((
    "catheter", "nephrostomy", "stoma", "bag", "spc", "line", "fistula", "drain", "sweat", "sweats",
    "sweating",
))  # fmt: skip
_ORGANS: Final = {
    "urine": "bladder", "bladder": "bladder", "control": "bladder", "bowel": "bowel",
    "bowel_control": "bowel",
}  # fmt: skip
_NAMES: Final = frozenset(("bladder", "bladders", "bowel", "bowels", "urinary", "waterworks"))
_FILLS: Final = frozenset((
    "full", "empty", "filling", "fills", "emptying", "open", "opened", "opening", "opens", "moved",
    "moving", "gone", "working", "works",
))  # fmt: skip
_CUTS: Final = (",", ".", ";", "(", ")", "!")
_BEFORE: Final = 3
_BEHIND: Final = 7
_SHORT: Final = 3


def unfelt(line: Line) -> Iterator[Item]:
    """Return a sign for each accident, and for each thing that is not felt or noticed."""
    accidents = [*_accidents(line), *_escapes(line)]
    yield from accidents
    for n, word in enumerate(line.words):
        if word in _FELT or word in _KNOWN or word in _HELD:
            cue = _cue(line, n)
            if cue and any(o.clause == cue.clause and o.last <= cue.first for o in accidents[-2:]):
                _use(line, cue)
            elif cue:
                yield from _not_felt(line, cue, n)
        elif word in _UNAWARE:
            yield from _not_felt(line, None, n)
        elif word in ("sitting", "sat") and {line.text(n - 1), line.text(n - 2)} & {"like", "if"}:
            line.read_too.update(range(n - 1, min(n + 4, len(line.words))))
            yield sign(line, "saddle_anaesthesia", n, n + 1)


def _cue(line: Line, n: int) -> Mark | None:
    """Return the denial or loss that belongs to a verb."""
    for m in line.between(max(0, n - _BEFORE), n + 2):
        if m.first < n < m.last and m.kind in ("unasked", "loss"):
            return m
    for m in reversed(line.between(max(0, n - _BEFORE), n)):
        if m.kind in ("problem", "normal", "and", "pseudo"):
            return None
        if m.kind in ("loss", "no_longer") or (m.kind == "neg" and m.value == "no"):
            return m if not any(line.text(k) in _CUTS for k in range(m.last, n)) else None
    return None


def _not_felt(line: Line, cue: Mark | None, n: int) -> Iterator[Item]:
    first = cue.first if cue else n
    if any(m.kind == "sign" for m in line.at(first)):
        return
    objects = list(_objects(line, n))
    if line.text(n) in _HELD:
        objects = [each for each in objects if each[0] in ("bladder", "bowel")]
        if not objects and line.text(n + 1) == "it":
            objects = [("bladder", n + 2)]
    elif not objects:
        first, objects = _before_it(line, first, n)
    if not objects:
        return
    last = max(objects[-1][1], n + 1)
    if cue:
        _use(line, cue)
    line.read_too.update(range(first, last))
    for value in dict.fromkeys(value for value, _ in objects):
        yield sign(line, value, first, last)


def _use(line: Line, cue: Mark) -> None:
    line.cues.add(cue.first)
    if cue.kind in ("neg", "unasked"):
        cue.kind = "neg_used"


def _before_it(line: Line, first: int, n: int) -> tuple[int, list[tuple[str, int]]]:
    """Return what "without feeling it" follows: "pees without feeling it"."""
    for at in range(first - 1, max(-1, first - 5), -1):
        if line.tokens[at].kind == "sign":
            break
        if value := _object(line, at, known=True, urge=False):
            return (at, [(value, n + 1)]) if value in ("bladder", "bowel") else (first, [])
    return first, []


def _objects(line: Line, n: int) -> Iterator[tuple[str, int]]:
    """Return the signs that a verb's objects are, each with the end of its words."""
    urge, found = False, False
    for at in range(n + 1, min(n + 1 + _BEHIND, len(line.words))):
        word = line.text(at)
        if line.tokens[at].kind == "sign" or any(m.kind in ("but", "normal") for m in line.at(at)):
            break
        if found and not any(m.kind == "and" for m in line.at(at)) and line.text(at - 1) not in (
            "or", "and", "/",
        ):  # fmt: skip
            break
        if word in _ASIDE or (not found and word in ("and", "or")):
            break
        urge |= word in _URGE
        value = _object(line, at, line.text(n) in _KNOWN, urge)
        if value == "elsewhere":
            break
        if value:
            found = True
            yield value, at + 1
    if urge and not found:
        yield "bladder", n + 2


def _object(line: Line, at: int, known: bool, urge: bool) -> str:
    word, marks = line.text(at), line.at(at)
    if word in _WET or word in _WEES or word in _URINE:
        return "bladder"
    if word in _SOILS or word in _STOOL:
        return "bowel"
    if known and word in _NAMES:
        near = {line.text(k) for k in range(at - 3, at + 4)}
        return ("bowel" if word.startswith("bowel") else "bladder") if near & _FILLS else ""
    for m in marks:
        if m.kind == "sign" and m.value in ("bladder", "bowel"):
            return m.value
        if m.kind == "func" and m.value in _ORGANS:
            return _ORGANS[m.value]
        if m.kind == "place":
            if m.value == "saddle":
                return "saddle_anaesthesia" if known or word in _SEAT else "elsewhere"
            return "" if m.value == "back" else "elsewhere"
    if word in _SEAT and not (urge and word == "toilet"):
        return "saddle_anaesthesia"
    if word in _GROUND:
        return "gait"
    return ""


def _accidents(line: Line) -> Iterator[Item]:
    """Return accidents of bladder and bowel: "wet the bed", "soiled and wet himself"."""
    for n, word in enumerate(line.words):
        value = "bladder" if word in _WET or word in _WEES else "bowel" if word in _SOILS else ""
        if not value:
            continue
        for at in range(n + 1, min(n + 2 + _SHORT, len(line.words))):
            there = line.text(at)
            if there in _ON_WHAT:
                if _TUBES.isdisjoint(line.words[max(0, n - 4) : at + 5]):
                    line.read_too.update(range(n, at + 1))
                    yield sign(line, value, n, at + 1)
                break
            if there not in _MEANWHILE:
                break


def _escapes(line: Line) -> Iterator[Item]:
    """Return what escapes unheld: "urine just comes out", "involuntary voiding"."""
    for n, word in enumerate(line.words):
        value = "bladder" if word in _URINE else "bowel" if word in _STOOL else ""
        if not value:
            organs = [_ORGANS.get(m.value, "") for m in line.at(n) if m.kind == "func"]
            value = organs[0] if organs and line.text(n - 1) == "involuntary" else ""
        if not value or line.text(n - 1) in _NOT_OUT:
            continue
        behind = list(_unbroken(line, n, _SHORT))
        before = line.words[max(0, n - 2) : n]
        if _TUBES & {*line.words[max(0, n - 4) : n + 6]} or _NOT_OUT & {*behind}:
            continue
        leaks = _LEAKS & {*behind} or _LEAKS & {*before}
        comes = any(each in _COMES for each in behind) and _UNWANTED & {
            *_unbroken(line, n, _SHORT + 1)
        }
        if leaks or comes:
            first = min([n, *(k for k in range(max(0, n - 2), n) if line.text(k) in _LEAKS)])
            last = max(k for k in range(n, n + 2 + _SHORT) if line.text(k) in
                       {word, *_LEAKS, *_COMES, *_UNWANTED}) + 1  # fmt: skip
            line.read_too.update(range(first, last))
            yield sign(line, value, first, last)


def _unbroken(line: Line, n: int, many: int) -> Iterator[str]:
    """Return the words behind a token, up to a comma, a bracket, a "but"."""
    for word in line.words[n + 1 : n + 1 + many]:
        if word in _CUTS or word == "but":
            return
        yield word


def sign(line: Line, value: str, first: int, last: int) -> Item:
    """Return a sign that some tokens are, whatever marks they have."""
    clause, part = line.clauses[first], line.parts[first]
    item = Item("sign", value, first, last, clause, part, state="lost")
    item.marks.append(Mark("sign", value, first, last, None, clause, part))
    return item
