"""Reads back pain and root pain; a pain whose place is not understood is left unread."""

from collections.abc import Iterator
from typing import Final

from bot.reading.line import Item, Line
from bot.reading.marks import Mark
from bot.reading.said import Said

_LIMBS: Final = ("leg", "legs", "foot", "arm", "arms", "hand", "limbs")
_PAIRS: Final = ("legs", "arms", "limbs")
_AGAIN: Final = ("on", "in", "at", "to", "from", "home", "again", "now", "soon")
_SUFFERED: Final = frozenset((
    "crucified", "crucifying", "destroyed", "murdered", "murdering", "martyr", "grief", "hell",
    "bother", "bothered", "bothering", "troubled", "trouble", "plagued", "suffering", "suffers",
    "crippled", "crippling", "acting", "playing", "flared", "flare", "flaring", "awful", "terrible",
    "dreadful", "desperate", "bad", "brutal", "wicked", "rotten", "strained", "sprained", "pulled",
    "wrenched", "threw", "tweaked", "jarred", "twisted", "locked", "seized", "burning", "stabbing",
    "knife", "toothache", "uncomfortable", "lie", "sleep", "sleeping", "awake", "night", "giving",
    "rough", "ruined", "wrecked", "banjaxed", "knackered", "bits", "ribbons", "pieces", "hurted",
    "banged", "tormented", "tortured", "torturing", "worse", "worst", "at", "excruciating",
    "keeps", "keeping", "kept",
))  # fmt: skip
_TIGHT: Final = frozenset((
    "tight", "tightness", "tightening", "squeezing", "squeezed", "gripping", "constricting",
    "constriction", "hugging", "hug", "pressure",
))  # fmt: skip
_GIRTH: Final = frozenset(("chest", "ribs", "trunk", "tummy", "belly", "waist", "abdomen"))
_DOUBTED: Final = ("neg", "query", "question", "hypothetical")
_STOPS: Final = frozenset((
    ",", ".", ";", "!", "(", ")", "and", "but", "from", "tomorrow", "weekend", "home", "ward",
    "later", "no", "not",
))  # fmt: skip
_WIDE: Final = 9
_NEAR: Final = 5
_HIS: Final = ("his", "her", "my", "their", "the")
_SCORED: Final = "/10"
_NECK: Final = frozenset(("neck", "cervical", "hws", "hwk"))


def read_pain(line: Line, said: Said) -> None:
    back, roots = list[Item](), list[Item]()
    both = False
    for item in line.of("pain"):
        in_back, in_root, on_both = _places(item)
        if item.found:
            back += [item] * in_back
            roots += [item] * in_root
            both |= on_both
            if not (in_back or in_root) and item.value == "" and not _is_placed(line, item):
                said.unclear.append("pain")
    for item in line.of("other_pain"):
        if (
            line.text(item.first) == "chest"
            and item.found
            and any(m.kind == "place" and m.value == "round" for m in line.in_part(item.part))
        ):
            roots.append(item)
            both = True
    if not roots and (hoop := _tight_hoop(line)):
        said.add("radicular_pain", "bilateral", hoop.first, hoop.last)
    sides = {side for item in roots for side in item.values("side")}
    if back:
        said.add("back_pain", True, back[0].first, back[0].last)
    if roots:
        value = "bilateral" if both or {"left", "right"} <= sides else "unilateral"
        said.add("radicular_pain", value, roots[0].first, roots[-1].last)
    _deny(line, said, bool(back), bool(roots))
    if not said.has("back_pain"):
        _suffering(line, said)


def _tight_hoop(line: Line) -> Mark | None:
    """Return the mark of a tight band when no pain is named: "a strap round her ribs"."""
    for m in line.marks_of("place"):
        if m.value != "round":
            continue
        near = line.between(max(0, m.first - _WIDE), m.last + _WIDE)
        part = [o for o in near if o.part == m.part]
        others = [o for o in part if o.kind == "place"]
        words = {line.text(n) for n in range(part[0].first, part[-1].last)}
        body = any(o.value in ("front_one", "trunk") for o in others) or words & _GIRTH
        tight = bool(words & _TIGHT) or sum(o.value == "round" for o in others) > 1
        spoken_of = any(
            o.kind in ("pain", "numb") or (o.kind in _DOUBTED and o.first < m.first) for o in part
        )
        if body and tight and not spoken_of and not any(o.kind == "side" for o in part):
            line.read_too.update(n for n in range(part[0].first, part[-1].last))
            return m
    return None


def _suffering(line: Line, said: Said) -> None:
    """Read a bare back: that it troubles the patient is pain, else it is left unread."""
    owned = {id(m) for item in line.items for m in item.marks}
    for m in line.marks_of("place"):
        bare = line.text(m.first) in ("back", "backs") and m.last - m.first == 1
        if not bare or id(m) in owned or any(o.last == m.first for o in line.marks_of("span")):
            continue
        if line.text(m.first - 1).endswith(_SCORED):
            said.add("back_pain", True, m.first - 1, m.last)
            return
        found = [n for n in _beside(line, m) if line.tokens[n].text in _SUFFERED]
        again = line.text(m.last) in _AGAIN and line.text(m.first - 1) not in _HIS
        if found and not again:
            first, last = min(m.first, *found), max(m.last, *(n + 1 for n in found))
            line.read_too.update(range(first, last))
            first = min([first, *(o.first for o in line.between(max(0, first - 3), first)
                                  if o.kind == "loss")])  # fmt: skip
            said.add("back_pain", True, first, last)
            return
        if found or not again:
            said.unclear.append("back")
            return


def _beside(line: Line, m: Mark) -> Iterator[int]:
    """Return the places of the words near a mark, within its comma part."""
    for step in (-1, 1):
        n = m.first - 1 if step < 0 else m.last
        for _ in range(_NEAR):
            if not 0 <= n < len(line.words) or line.text(n) in _STOPS:
                break
            yield n
            n += step


def _is_placed(line: Line, item: Item) -> bool:
    """Return whether the line says of a bare pain where it is, or what eases it."""
    if item.has("place") or item.has("mechanical"):
        return True
    if any(m.kind == "no_radiation" for m in line.between(item.last, item.last + _NEAR)):
        return any(other is not item and other.found for other in line.of("pain"))
    return any(
        other is not item and (other.kind == "other_pain" or (other.kind == "pain" and other.value))
        for other in line.items_near(item)
    )


def _places(item: Item) -> tuple[bool, bool, bool]:
    """Return whether a pain is in the back, in a root, and in roots of both sides."""
    places, sides = {*item.values("place")}, {*item.values("side")}
    on_both = "both" in sides or {"left", "right"} <= sides or bool(places & {*_PAIRS})
    limb = bool(places & {*_LIMBS}) or (
        item.has("radiates") and bool(places & {"saddle", "front_one"})
    )
    if item.value == "radicular_both":
        return False, True, not (sides and sides <= {"left", "right"} and len(sides) == 1)
    if item.value == "radicular":
        return "back" in places, True, on_both
    if item.value == "back":
        limb = limb or (item.has("radiates") and bool(sides) and not places - {"back"})
        round_ = "round" in places and len(sides & {"left", "right"}) != 1
        return True, limb or "round" in places, on_both or round_
    round_ = "round" in places
    if round_:
        one = sides and sides <= {"left", "right"} and len(sides) == 1
        return "back" in places, True, not one
    root = limb or item.has("root") or (item.has("radiates") and item.has("level"))
    if places & {"saddle"} and not (places & {"back"} or item.has("level")):
        root = True
    in_back = "back" in places or (
        item.has("level") and not (item.has("root") and not limb) and not root
    )
    return in_back, root, root and on_both


def _of_which_place(line: Line, item: Item) -> str:
    """Return where there is no pain: "no pain in the legs", "back doesn't hurt"."""
    near = (*line.between(item.last, item.last + 2), *line.between(item.first - 1, item.first))
    places = [m for m in near if m.kind == "place" and m.part == item.part]
    line.read_too.update(n for m in places for n in range(m.first, m.last))
    return places[0].value if places else ""


def _deny(line: Line, said: Said, back: bool, roots: bool) -> None:
    free = list[Item]()
    for item in line.of("pain_free"):
        place = _of_which_place(line, item)
        if item.queried or item.past or item.others:
            continue
        if place == "back" and not back and not said.has("back_pain"):
            said.add("back_pain", False, item.first, item.last)
        elif place in _LIMBS and not roots:
            said.deny("radicular_pain")
        elif not place or place == "elsewhere":
            free.append(item)
    for item in line.of("pain"):
        if not item.denied or item.queried or item.past or item.others:
            continue
        in_back, in_root, _ = _places(item)
        if not in_back and not in_root and not item.has("place"):
            free.append(item)
        elif in_back and not back and not said.has("back_pain"):
            places = [(item.first, item.last)]
            places += [(m.first, m.last) for m in item.marks if m.kind == "place"]
            if all({*line.words[first:last]} & _NECK for first, last in places):
                said.deny("back_pain")
            else:
                said.add("back_pain", False, item.first, item.last)
        if in_root and not roots and not said.has("radicular_pain"):
            if item.value == "radicular":
                said.add("radicular_pain", "none", item.first, item.last)
            else:
                said.deny("radicular_pain")
    if free:
        if not said.has("back_pain"):
            said.add("back_pain", False, free[0].first, free[0].last)
        if not said.has("radicular_pain"):
            said.add("radicular_pain", "none", free[0].first, free[0].last)
