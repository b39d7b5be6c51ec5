"""Finds the word that was meant if one letter is wrong."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from bot.reading.tokens import Token
from bot.reading.vocabulary import vocabulary

SHORTEST: Final = 5


def as_meant(tokens: Sequence[Token]) -> list[str]:
    """Return the text of each token, with known slips and single typing errors mended."""
    words = {token.text for token in tokens if token.kind == "word"}
    meant = {word: _meant(word) for word in words}
    return [meant.get(token.text, token.text) for token in tokens]


def _meant(word: str) -> str:
    known = vocabulary()
    if word in known.slips:
        return known.slips[word]
    if word in known.words or word in known.skipped or word in known.harmless:
        return word
    if len(word) > 2 and word[-1] == word[-2] and word[:-1] in known.words:
        return word[:-1]
    if len(word) == SHORTEST - 1:
        return _of_four(word)
    if len(word) < SHORTEST or word in known.no_errors or not word.isalpha():
        return word
    return _near(word)


def _of_four(word: str) -> str:
    """Mend a word of four letters: two neighbours swapped, or a letter missing in the middle."""
    known = vocabulary()
    if word in known.no_errors or not word.isalpha():
        return word
    swaps = {word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1)}
    found = swaps & known.words or {
        each
        for each in _by_end().get((0, word[0], SHORTEST), ())
        if each[-1] == word[-1] and _is_within(word, each)
    }
    return found.pop() if len(found) == 1 else word


def _is_within(short: str, long: str) -> bool:
    """Return whether a word is another with letters left out."""
    letters = iter(long)
    return all(letter in letters for letter in short)


@cache
def _by_end() -> Mapping[tuple[int, str, int], Sequence[str]]:
    """Return the words in which an error is forgiven, by their first or last letter and length."""
    found: dict[tuple[int, str, int], list[str]] = {}
    for word in vocabulary().words | vocabulary().harmless:
        if len(word) >= SHORTEST:
            for place in (0, -1):
                found.setdefault((place, word[place], len(word)), []).append(word)
    return found


def _near(word: str) -> str:
    """Return the only word one error away; two that mean the same count as one.

    An error leaves the first letter or the last as it is. Two letters that changed places are
    likelier than a wrong one.
    """
    from rapidfuzz.distance import OSA

    known, ends = vocabulary(), _by_end()
    listed = {
        each
        for length in (len(word) - 1, len(word), len(word) + 1)
        for place in (0, -1)
        for each in ends.get((place, word[place], length), ())
    }
    near = [each for each in listed if OSA.distance(word, each, score_cutoff=1) <= 1]
    swapped = [each for each in near if sorted(each) == sorted(word)]
    near = swapped if len(swapped) == 1 else near
    meanings = {known.meanings(each) for each in near}
    if len(near) == 1 or (len(meanings) == 1 and () not in meanings):
        return min(near)
    return _what_all_mean(near) or word


def _what_all_mean(near: Sequence[str]) -> str:
    """Return a word whose meanings the others have too: "prostat" is "prostate", "prostata"."""
    known = vocabulary()
    meanings = {each: {*known.meanings(each)} for each in near}
    least = min(near, key=lambda each: (len(meanings[each]), each), default="")
    alike = bool(least and meanings[least]) and all(
        meanings[least] <= several for several in meanings.values()
    )
    return least if alike else ""
