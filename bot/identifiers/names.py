"""Finds names of persons: after a title or a word such as "patient", or by the words themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.identifiers.span import Identifier
from bot.identifiers.words import Word, read_lists, read_words
from bot.identifiers.written_names import are_two_names, may_be_patient, may_be_titled

MOST_WORDS: Final = 5
LONGEST_GAP: Final = 4

_LISTS: Final = read_lists("names.toml")
_TITLES: Final = _LISTS["sure_titles"] | _LISTS["titles"]
_PATIENT: Final = _LISTS["patient"]
_NAME: Final = _LISTS["name"]
_CUES: Final = _TITLES | _PATIENT | _NAME
_PARTICLES: Final = _LISTS["particles"]
_FIRST: Final = ("van", "von", "der")
_WITH_EPONYM: Final = _LISTS["with_eponym"]
_PLACES: Final = _LISTS["places"]
_PAST_NAME: Final = _TITLES | {"is", "of", "patient", "pt"}
_SAID: Final = _NAME | {"called"}
_PAST_PATIENT: Final = _SAID | {"s", "is"}
_AGE_AFTER: Final = re.compile(
    r"[ ,(/-]{1,3}(?:(?:aged? )?\d{1,3} ?(?:[mfw♂♀](?![^\W_])|y[or]?\b|yrs?\b|years?\b|y/o|jr?\b|"
    r"jaar|jahre|jährig|ans\b)|aged? \d|[mfw♂♀][ /]?\d{2,3}\b|\d{2}(?=[,).]|$))|[ ,.;:(-]{0,3}\|",
    re.IGNORECASE,
)
_AGE_BEFORE: Final = re.compile(
    r"(?:\||\d{1,3} ?(?:[mfw♂♀]|y/?o|yrs?|years?|j|jr|jaar)(?: ?old)?(?: ?[mfw])?)[ ,.;:(-]{0,3}\Z",
    re.IGNORECASE,
)
_AGE_AND_SEX: Final = re.compile(r",? \d{2,3} ?[MF]\b", re.IGNORECASE)
_DOTTED: Final = re.compile(rf"(?:[A-Z]\. ?){{2,3}}(?<! )(?={_AGE_AND_SEX.pattern})")
_INITIALS: Final = re.compile(r"(?<![\w'])(?:[A-Z]\. ?|[A-Z] )(?:[A-Z]\.? )?\Z")
_BETWEEN: Final = re.compile(r"[ \u00a0,.:;=('\"-]{0,4}")
_LISTED: Final = re.compile("[,(]")
_JOINED: Final = re.compile(r"\.?[ \u00a0-]{0,2}")


def find_names(text: str) -> Iterator[Identifier]:
    """Yield names of persons, each with its title or the word that announces it.

    What is already known to identify somebody is replaced by "|" in `text`.
    """
    line = _Line(text, read_words(text))
    place = 0
    while place < len(line.words):
        word = line.words[place]
        if word.ordinary and not word.letter and word.low.removesuffix("'s") not in _CUES:
            place += 1
            continue
        found = line.announced(place) or line.by_itself(place)
        if found is None:
            place += 1
            continue
        first, last = found
        start = line.words[first].start
        initials = _INITIALS.search(text, max(0, start - 6), start)
        begins = initials.start() if initials and first == place else start
        yield Identifier(begins, line.words[last].end, "name")
        place = max(last, place) + 1


@dataclass(frozen=True, slots=True)
class _Line:
    """A typed line and its words; names are given by the places of their first and last word."""

    text: str
    words: list[Word]

    def announced(self, place: int) -> tuple[int, int] | None:
        """Return the name that begins with a title, "patient" or "name" at a place."""
        low = self.words[place].low.removesuffix("'s")
        if low in _TITLES:
            return self._titled(place)
        if low in _NAME and not _LISTED.search(self._between(place)):
            first = self._past(place, _PAST_NAME)
            if first is not None and (not self.words[first].ordinary or self.words[first].letter):
                return place, self._extend(first, loosely=True)
        elif low in _PATIENT:
            first = self._past(place, _PAST_PATIENT)
            if first is not None and self._is_initials(first):
                return place, first
            named = first is not None and self.words[first - 1].low in _SAID
            if first is not None and may_be_patient(self.words[first], named=named):
                return place, self._extend(first, loosely=named)
        return None

    def by_itself(self, place: int) -> tuple[int, int] | None:
        """Return a name that nothing announces, if its words or its place betray it."""
        word, after = self.words[place], self._after(place)
        second = self.words[after] if after else None
        if second and after and are_two_names(word, second, self._between(place)):
            return place, self._extend(after)
        if second and after and word.surname and second.given and self._is_before_mark(after):
            return place, after
        if self._begins(place) and (last := self._brief(place)) is not None:
            return place, last
        if word.named and self._is_alone(place):
            starts = self._begins(place) and self._age_follows(place)
            if word.text[0].isupper() or starts:
                return place, self._extend(place)
        if word.letter and second and after and second.capital and not second.ordinary:
            dotted = self._between(place).startswith(".") and second.text.istitle()
            if dotted or (second.unknown and self._begins(place)):
                return place, self._extend(after)
        return self._by_place(place)

    def _brief(self, place: int) -> int | None:
        """Return the last word of initials before an age, or of a name from its particle on."""
        word = self.words[place]
        if self._is_initials(place):
            return place
        if dotted := _DOTTED.match(self.text, word.start):
            return place + dotted[0].count(".") - 1
        if word.low not in _FIRST:
            return None
        first = self._past(place, _PARTICLES)
        named = first is not None and self._may_follow(first) and self._is_alone(first)
        return self._extend(first) if first is not None and named else None

    def _is_initials(self, place: int) -> bool:
        """Return whether two capital letters stand before an age with a sex."""
        word = self.words[place]
        initials = len(word.text) == 2 and word.text.isupper() and not word.ordinary
        return initials and bool(_AGE_AND_SEX.match(self.text, word.end))

    def _by_place(self, place: int) -> tuple[int, int] | None:
        """Return unknown words beside an age, a date of birth or a number of a patient."""
        word = self.words[place]
        if word.ordinary or word.low in _CUES or len(word.text) < 3 or not self._begins(place):
            return None
        last, after = self._extend(place), place + 1
        if self._between(place) == ", " and word.text[0].isupper() and self._may_follow(after):
            last = self._extend(after)
        begins, ends = self._is_after_mark(place), self._age_follows(last)
        if last > place:
            several = (word.capital or word.named) and (begins or ends)
            return (place, last) if several else None
        known = word.named or word.sounds_clinical or (word.both and not word.capital)
        abbreviated = word.text.isupper() and len(word.text) < 6
        if known or abbreviated or not (word.capital or begins or self._is_before_mark(place)):
            return None
        return (place, place) if ends or (begins and word.capital) else None

    def _titled(self, place: int) -> tuple[int, int] | None:
        title = self.words[place]
        first = self._past(place, _PARTICLES | _TITLES, letters=True)
        if first is None or not may_be_titled(title, self.words[first], self._between(place)):
            return None
        before = place - 1
        if before >= 0 and self._between(before) == ", " and self._may_follow(before):
            place = before
        return place, self._extend(first)

    def _past(self, place: int, skipped: frozenset[str], *, letters: bool = False) -> int | None:
        """Return the place of the first word after one that is not to be skipped."""
        for after in range(place + 1, min(place + 1 + MOST_WORDS, len(self.words))):
            if not _BETWEEN.fullmatch(self._between(after - 1)):
                return None
            word = self.words[after]
            if word.low not in skipped and not (letters and len(word.text) == 1):
                return after
        return None

    def _extend(self, place: int, *, loosely: bool = False) -> int:
        """Return the place of the last word of a name that includes `place`.

        After "name" (`loosely`) unknown words in lower case belong to it too.
        """
        last = place
        for after in range(place + 1, min(place + MOST_WORDS, len(self.words))):
            word, before = self.words[after], self.words[after - 1]
            if not _JOINED.fullmatch(self._between(after - 1)):
                break
            small = word.low in _PARTICLES and (not word.ordinary or word.low in _FIRST)
            if (word.letter and not self.text[word.end : word.end + 1].isdigit()) or small:
                continue
            named = word.named and word.text[0].isupper()
            belongs = (word.capital or named) and not word.ordinary
            low = word.text.islower() and (
                word.named or (word.unknown and (before.given or loosely))
            )
            if not belongs and not low:
                break
            last = after
        return last

    def _is_alone(self, place: int) -> bool:
        """Return whether a name is that of a person: not of a sign, a disease or a place."""
        word, after = self.words[place], self._after(place)
        if (word.low.endswith("'s") and word.surname) or self.text[word.end : word.end + 1] == "/":
            return False
        if self.text[max(0, word.start - 1) : word.start] in ("/", "_"):
            return False
        if place and self.words[place - 1].low in _PLACES:
            return False
        nearest = [self.words[each].low for each in (after, after and self._after(after)) if each]
        return _WITH_EPONYM.isdisjoint(nearest)

    def _begins(self, place: int) -> bool:
        """Return whether a word begins the line, or follows an age or an identifier."""
        before = self.text[: self.words[place].start]
        return not before.strip(" ,.;:(-\n") or bool(_AGE_BEFORE.search(before[-24:]))

    def _is_after_mark(self, place: int) -> bool:
        return self.text[: self.words[place].start].rstrip(" ,.;:(-").endswith("|")

    def _may_follow(self, place: int) -> bool:
        """Return whether a word is written as a name is, and is no everyday word."""
        return self.words[place].capital and not self.words[place].ordinary

    def _is_before_mark(self, place: int) -> bool:
        return self.text[self.words[place].end :].lstrip(" ,.;:(-").startswith("|")

    def _age_follows(self, place: int) -> bool:
        return bool(_AGE_AFTER.match(self.text, self.words[place].end))

    def _after(self, place: int) -> int | None:
        """Return the place of the next word, initials passed over, if it is near."""
        for after in (place + 1, place + 2):
            if after >= len(self.words) or len(self._between(after - 1)) > LONGEST_GAP:
                return None
            if not _BETWEEN.fullmatch(self._between(after - 1)):
                return None
            if not self.words[after].letter:
                return after
        return None

    def _between(self, place: int) -> str:
        """Return what stands between a word and the next."""
        after = self.words[place + 1].start if place + 1 < len(self.words) else len(self.text)
        return self.text[self.words[place].end : after]
