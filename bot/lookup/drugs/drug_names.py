"""Finds a drug by what is typed: any of its names, a prefix, one typing error, a class."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.logic.drugs import Drug, drugs
from bot.lookup.search.folding import fold, fold_typed, squeeze
from bot.lookup.search.synonyms import synonyms

SHORTEST_WITH_AN_ERROR: Final = 5
SHORTEST_WITH_TWO: Final = 8
SHORTEST_BEGINNING: Final = 2
LONGEST_SHORT: Final = 8
LONGEST_LABEL: Final = 20
MOST_NEAR: Final = 6
MOST_NAMES: Final = 24


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a drug: as written, folded into words, and joined into one word."""

    shown: str
    words: tuple[str, ...]
    key: str
    drug: str


Way = Callable[[str], Iterator[Name]]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: names of drugs, best first, one per drug; or a class.

    `sure` says whether a sole drug may be shown at once, `exact` whether it was
    typed as written, `partly` whether only part of what was typed, or of the name, matches.
    """

    names: tuple[Name, ...] = ()
    kind: str = ""
    sure: bool = False
    exact: bool = False
    partly: bool = False


@cache
def names() -> tuple[Name, ...]:
    """Return every name of every drug, its own name first."""
    return tuple(_name(shown, row.id) for row in drugs().values() for shown in _shown(row))


@cache
def classes() -> Mapping[str, tuple[Drug, ...]]:
    """Return the drugs of each class, in table order."""
    found: dict[str, tuple[Drug, ...]] = {}
    for row in drugs().values():
        found[row.kind] = (*found.get(row.kind, ()), row)
    return found


def find(typed: str) -> Match:
    """Find what is meant: the most certain kind of match that finds anything wins."""
    folded = fold_typed(typed)
    if not folded:
        return Match()
    for way, sure, exact in _WAYS:
        every = tuple(way(folded))
        partly = _only_a_part(way, every, folded)
        found = _one_a_drug(each for each in every if not (partly and _is_generic(each)))
        if found:
            doubtful = partly or _changes_the_end(squeeze(folded), found[0])
            sure = sure and not doubtful and len(found) == 1
            return Match(found, sure=sure, exact=exact, partly=partly)
        if way is _with_an_error and (kind := _class(folded)):
            return Match(kind=kind)
    return Match()


def short_name(row: Drug) -> str:
    """Return the first of a drug's names that is short enough for a button."""
    fitting = (name for name in (row.name, *row.names) if len(name) <= LONGEST_LABEL)
    return next(fitting, row.name[:LONGEST_LABEL])


def related(name: Name) -> tuple[Drug, ...]:
    """Return the other drugs of the class that share a word with this name."""
    rows = classes()[drugs()[name.drug].kind]
    others = {each.drug for each in names() if set(each.words) & _telling(name)}
    return tuple(row for row in rows if row.id in others and row.id != name.drug)


def _shown(row: Drug) -> Iterator[str]:
    yield row.name
    yield from row.names
    yield from row.shared
    yield row.id.replace("_", " ")


def _name(shown: str, drug: str) -> Name:
    folded = fold(shown)
    return Name(shown, tuple(folded.split()), squeeze(folded), drug)


def _telling(name: Name) -> set[str]:
    return {word for word in name.words if len(word) >= SHORTEST_WITH_AN_ERROR}


def _only_a_part(way: Way, found: Sequence[Name], folded: str) -> bool:
    """Return whether words were left over: typed ones unrelated to a dose, or the name's own."""
    if way in (_within, _within_with_an_error):
        named = {word for name in found for word in (*name.words, name.key)}
        return not all(_is_read(word, named) for word in folded.split())
    key = squeeze(folded)
    return way is _word_begun or (way is _begun and any(_is_cut(key, name) for name in found))


def _is_read(word: str, named: Iterable[str]) -> bool:
    """Return whether a word is in the name, maybe misspelt, or is no name: "how much", "5"."""
    told = word[0].isdigit() or word in synonyms().ignored | synonyms().beside_a_drug
    return told or any(OSA.distance(word, each, score_cutoff=1) <= 1 for each in named)


def _is_cut(key: str, name: Name) -> bool:
    """Return whether a beginning ends with a word of the name, so may belong to another name."""
    return key in ("".join(name.words[:count]) for count in range(1, len(name.words)))


def _exact(folded: str) -> Iterator[Name]:
    key = squeeze(folded)
    return (name for name in names() if name.key == key)


def _with_an_error(folded: str) -> Iterator[Name]:
    return _near(squeeze(folded), SHORTEST_WITH_AN_ERROR, 1)


def _within(folded: str) -> Iterator[Name]:
    """Find names in a longer line, as "morphine at night"; of two in one place the longer."""
    words, place = folded.split(), 0
    while place < len(words):
        begun = [
            name
            for name in _by_first_word().get(words[place], ())
            if name.words == tuple(words[place:][: len(name.words)])
        ]
        longest = max((len(name.words) for name in begun), default=0)
        yield from (name for name in begun if len(name.words) == longest)
        place += max(longest, 1)


def _within_with_an_error(folded: str) -> Iterator[Name]:
    words = dict.fromkeys(folded.split())
    found = (_near(word, SHORTEST_WITH_AN_ERROR, 1) for word in words)
    return chain.from_iterable(found)


def _begun(folded: str) -> Iterator[Name]:
    key = squeeze(folded)
    if len(key) < SHORTEST_BEGINNING:
        return iter(())
    return (name for name in names() if name.key.startswith(key))


def _word_begun(folded: str) -> Iterator[Name]:
    if len(folded) <= SHORTEST_BEGINNING:
        return iter(())
    return (name for name in names() if any(word.startswith(folded) for word in name.words))


def _with_two_errors(folded: str) -> Iterator[Name]:
    return _near(squeeze(folded), SHORTEST_WITH_TWO, 2)


_WAYS: Final[tuple[tuple[Way, bool, bool], ...]] = (
    (_exact, True, True),
    (_with_an_error, True, False),
    (_within, True, True),
    (_begun, True, False),
    (_word_begun, True, False),
    (_within_with_an_error, True, False),
    (_with_two_errors, False, False),
)


def _near(key: str, shortest: int, errors: int) -> Iterator[Name]:
    if len(key) < shortest - errors:
        return
    long = _long_names(shortest)
    found = extract(
        key, [name.key for name in long], scorer=OSA.distance, score_cutoff=errors, limit=MOST_NAMES
    )
    near = (long[place] for _, _, place in found)
    yield from (name for name in near if not _changes_the_letter(key, name))


def _changes_the_end(key: str, name: Name) -> bool:
    """Return whether only a short name's last letter differs: too much for a typing error."""
    short = len(key) == len(name.key) <= LONGEST_SHORT
    return short and key[:-1] == name.key[:-1] and key != name.key


def _changes_the_letter(key: str, name: Name) -> bool:
    """Return whether a single-letter word differs, as in vitamin K and D: not a typing error."""
    alone = len(name.words[-1]) == 1 and name.words[-1].isalpha()
    return alone and key[-1:] != name.words[-1]


def _is_generic(name: Name) -> bool:
    """Return whether a single word begins many names, as calcium does."""
    return name.key in synonyms().generic


@cache
def _by_first_word() -> Mapping[str, tuple[Name, ...]]:
    found: dict[str, tuple[Name, ...]] = {}
    for name in names():
        if name.words:
            found[name.words[0]] = (*found.get(name.words[0], ()), name)
    return found


@cache
def _long_names(shortest: int) -> tuple[Name, ...]:
    return tuple(name for name in names() if len(name.key) >= shortest)


def _class(folded: str) -> str:
    """Find a class by its name, in singular or plural, or with one error."""
    keys = {squeeze(fold(kind)): kind for kind in classes()}
    key = squeeze(folded)
    if key in keys or len(key) < SHORTEST_WITH_AN_ERROR:
        return keys.get(key, "")
    found = extract(key, list(keys), scorer=OSA.distance, score_cutoff=1, limit=1)
    kind = keys[found[0][0]] if found else ""
    return "" if kind and _changes_the_letter(key, _name(kind, "")) else kind


def _one_a_drug(found: Iterable[Name]) -> tuple[Name, ...]:
    """Keep the first name of each drug."""
    first: dict[str, Name] = {}
    for name in found:
        first.setdefault(name.drug, name)
    return tuple(first.values())[:MOST_NEAR]
