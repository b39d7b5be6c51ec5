"""Searches all entries: words, beginnings of words, one typing error; best first.

An entry scores for a word by where the word occurs (heading 4, extra words 3, text 1), how
it matched (exactly, by prefix, with a typing error), and how rare it is. Figures,
single letters and the word dose only rank what the other words found; the amount in a
rule, such as 16 mg, answers a question about the dose. A heading typed in full comes
first, that of a question less so if it has synonyms; some kinds of entries count less than
passages.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice, takewhile
from math import log
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from bot.logic.urgency import Policy
from bot.lookup.search.entries import Entry, Kind, entries
from bot.lookup.search.folding import fold, fold_typed
from bot.lookup.search.synonyms import CONCEPT, as_concept, concepts, normal, synonyms

HEADING, WORDS, TEXT = 4.0, 3.0, 1.0
AS_IT_IS: Final = 1.0
BY_A_FIGURE: Final = 0.3
BY_AN_AMOUNT: Final = 1.75
AS_A_WHOLE: Final = 4.0
WITH_SYNONYMS: Final = 1.2
BY_BEGINNING: Final = 0.7
WITH_AN_ERROR: Final = 0.6
SHORTEST_BEGINNING: Final = 3
SHORTEST_WITH_AN_ERROR: Final = 5
MOST_SPELLINGS: Final = 8
MOST_TERMS: Final = 16
MOST_UNKNOWN: Final = 3
LONGEST_UNKNOWN: Final = 20
DOSE: Final = f"{CONCEPT}dose"
_AMOUNT: Final = re.compile(r"\d (?:mg|µg|Gy)\b")
_ASIDE: Final = re.compile(r"\([^)]*(?:\)|$)")
WEIGHTS: Final[Mapping[Kind, float]] = {
    "mri": 1.0, "passage": 1.0, "drug": 1.0, "rule": 0.8, "term": 0.7, "source": 0.3,
}  # fmt: skip

Scores = dict[int, float]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, best first; `fits` says whether it answers what was asked.

    `unknown` are words found nowhere; figures are never among them.
    """

    entries: tuple[Entry, ...]
    fits: bool
    unknown: tuple[str, ...] = ()


class Index:
    """An index in memory. Built once, never changed."""

    def __init__(self, known: Sequence[Entry]) -> None:
        self._entries = known
        self._places = {entry.id: place for place, entry in enumerate(known)}
        self._postings: dict[str, Scores] = {}
        self._terms: dict[str, str] = {}
        self._names = set[str]()
        self._headings: dict[str, set[int]] = {}
        for place, entry in enumerate(known):
            self._headings.setdefault(fold(entry.heading), set()).add(place)
            self._add(place, HEADING, (entry.heading,))
            self._add(place, WORDS, (*entry.words, entry.chapter))
            self._add(place, TEXT, entry.searched)
        self._spellings = sorted(self._terms)
        self._mistakable = sorted(self._names)

    def _add(self, place: int, weight: float, texts: Sequence[str]) -> None:
        for text in texts:
            words = fold(text).split()
            terms = [normal(word) for word in words]
            self._terms.update(zip(words, terms, strict=True))
            if weight > TEXT:
                self._names.update(word for word in words if len(word) >= SHORTEST_WITH_AN_ERROR)
            for term in chain(terms, (concept for _, _, concept in concepts(terms))):
                self._post(term, place, weight)
            if self._entries[place].kind == "rule" and _AMOUNT.search(_ASIDE.sub("", text)):
                self._post(DOSE, place, weight * BY_AN_AMOUNT)

    def _post(self, term: str, place: int, weight: float) -> None:
        scores = self._postings.setdefault(term, {})
        scores[place] = max(weight, scores.get(place, 0.0))

    def search(
        self, typed: str, bears: Callable[[Entry], float] = lambda _: 1.0, most: int = 8
    ) -> Found:
        """Find entries; `bears` multiplies the score of those relevant to the current case."""
        asked = _asked(typed)
        told = [term for term in asked if _is_a_word(term)] or [
            each for each in asked if each == DOSE
        ]
        matched = [self._match(term) for term in told]
        known = [scores for scores, _ in matched if scores]
        covered: Scores = {}
        totals: Scores = {}
        for scores in known:
            rarity = self._rarity(scores)
            for place, score in scores.items():
                totals[place] = totals.get(place, 0.0) + score * rarity
                covered[place] = covered.get(place, 0.0) + rarity
        self._raise(totals, typed, [term for term in asked if term not in told])
        ranked = sorted(
            totals,
            key=lambda place: -totals[place] * covered[place] * self._weight(place, bears),
        )[:most]
        everything = sum(map(self._rarity, known))
        mostly_known = sum(worth for _, worth in matched) * 2 >= len(matched)
        fitting = [each for each in ranked if covered[each] * 2 >= everything]
        fits = bool(fitting) and mostly_known
        shown = tuple(self._entries[place] for place in (fitting if fits else ranked))
        return Found(shown, fits, _unknown(told, matched))

    def _raise(self, totals: Scores, typed: str, figures: Sequence[str]) -> None:
        """Raise entries singled out by figures and single letters, or named in full."""
        for figure in figures:
            scores = self._postings.get(_term(figure), {})
            worth = AS_IT_IS if figure == DOSE else BY_A_FIGURE
            for place in scores.keys() & totals.keys():
                totals[place] += scores[place] * self._rarity(scores) * worth
        for place in self._headings.get(fold_typed(typed), set()) & totals.keys():
            totals[place] *= self._whole(place, typed)

    def _whole(self, place: int, typed: str) -> float:
        """Return the score of a heading typed in full; a question's synonyms come first."""
        is_a_question = self._entries[place].kind == "term"
        return (
            WITH_SYNONYMS if is_a_question and _asked(typed)[0].startswith(CONCEPT) else AS_A_WHOLE
        )

    def _rarity(self, scores: Scores) -> float:
        return log(1 + len(self._entries) / len(scores))

    def mentions(self, entry: Entry, words: str) -> bool:
        """Return whether all of some words, or their synonyms, occur in an entry."""
        place = self._places[entry.id]
        return all(place in self._postings.get(_term(asked), {}) for asked in _asked(words))

    def _weight(self, place: int, bears: Callable[[Entry], float]) -> float:
        entry = self._entries[place]
        return WEIGHTS[entry.kind] * bears(entry)

    def _match(self, term: str) -> tuple[Scores, float]:
        """Return each entry's score for a term, and the weight of its best match."""
        known = self._postings.get(_term(term))
        if known:
            return known, AS_IT_IS
        begun = self._begun(term)
        worth = BY_BEGINNING if begun else WITH_AN_ERROR
        found: Scores = {}
        for spelling in begun or self._mistyped(term):
            meant = self._terms[spelling]
            for place, score in self._postings[as_concept(meant)].items():
                found[place] = max(score * worth, found.get(place, 0.0))
        return found, worth if found else 0.0

    def _begun(self, term: str) -> list[str]:
        if len(term) < SHORTEST_BEGINNING:
            return []
        first = bisect_left(self._spellings, term)
        begun = takewhile(lambda each: each.startswith(term), islice(self._spellings, first, None))
        return list(begun)

    def _mistyped(self, term: str) -> list[str]:
        """Allow one typing error in words of headings and in names."""
        if len(term) < SHORTEST_WITH_AN_ERROR - 1:
            return []
        near = extract(
            term, self._mistakable, scorer=OSA.distance, score_cutoff=1, limit=MOST_SPELLINGS
        )
        return [spelling for spelling, _, _ in near]


@cache
def index(policy: Policy) -> Index:
    """Build the index on first use."""
    return Index(tuple(entries(policy).values()))


def _term(asked: str) -> str:
    return asked if asked.startswith(CONCEPT) else normal(asked)


def _is_a_word(term: str) -> bool:
    return len(term) > 1 and not term[0].isdigit() and term != DOSE


def _unknown(asked: Sequence[str], matched: Sequence[tuple[Scores, float]]) -> tuple[str, ...]:
    """Return the words that found nothing, shortened."""
    lost = [term for term, (found, _) in zip(asked, matched, strict=True) if not found]
    return tuple(term[:LONGEST_UNKNOWN] for term in lost if term.isalpha())[:MOST_UNKNOWN]


def _asked(typed: str) -> list[str]:
    """Return what is asked for: a concept for each phrase that has one, else words as spelled."""
    words = fold_typed(typed).split()
    asked = [word if word not in synonyms().ignored else "" for word in words]
    for place, length, concept in concepts([normal(word) for word in words]):
        asked[place : place + length] = [concept, *[""] * (length - 1)]
    return list(dict.fromkeys(filter(None, asked)))[:MOST_TERMS]
