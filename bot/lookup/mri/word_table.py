"""The word table of /mri: phrases, what may come between them, and what a typed word may mean."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Final

from bot.lookup.mri.presentations import PRESENTATIONS, mri_words

FORGIVEN_FROM_LETTERS: Final = 5
WEAK_LIMB: Final = "weak"
ONE_ROOT: Final = "one_root"
NO_FINDING: Final = ""
WORD: Final = re.compile(r"\d+\.\d+|\d+|[^\W\d_]+|[<>≤≥+]")


@dataclass(frozen=True)
class Table:
    """The word table of presentations.toml."""

    rows: Mapping[str, Mapping[str, Any]]
    limb: Mapping[str, frozenset[str]]
    feeling: Mapping[str, Any]
    other_meanings: Sequence[str]
    to_exclude: frozenset[str]
    residual: frozenset[str]
    skipped: frozenset[str]
    harmless: frozenset[str]
    negations: frozenset[str]
    dialysis: frozenset[str]
    other_dialysis: frozenset[str]
    rewritten: Mapping[str, str]
    numbers: Mapping[str, float]
    days: Mapping[str, float]
    moments: Mapping[str, float]

    @cached_property
    def phrases(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Return every phrase with its row, longest first, then most urgent.

        A weak limb and one root are not rows: their meaning depends on both. What has another
        meaning, such as bladder cancer, is not a finding.
        """
        listed = {row: self.rows[row]["words"] for row in PRESENTATIONS}
        listed |= {name: self.limb[name] for name in (WEAK_LIMB, ONE_ROOT)}
        listed |= {NO_FINDING: self.other_meanings}
        found = [
            (tuple(self.words(phrase)), row)
            for row, phrases in listed.items()
            for phrase in phrases
        ]
        return tuple(sorted(found, key=lambda each: -len(each[0])))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        phrases = [phrase for phrase, _ in self.phrases]
        phrases += [*self.losses, *(each for place in self.places.values() for each in place)]
        return frozenset(word for phrase in phrases for word in phrase)

    @cached_property
    def pain(self) -> frozenset[str]:
        """Return the words for pain."""
        return frozenset(self.feeling["pain"])

    @cached_property
    def losses(self) -> tuple[tuple[str, ...], ...]:
        """Return every phrase meaning that feeling is lost."""
        return self._split(self.feeling["lost"])

    @cached_property
    def places(self) -> Mapping[str, tuple[tuple[str, ...], ...]]:
        """Return, by row, the places where a loss of feeling is an emergency."""
        return {row: self._split(self.feeling["places"][row]) for row in self.feeling["places"]}

    def _split(self, phrases: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(self.words(phrase)) for phrase in phrases)

    def words(self, text: str) -> list[str]:
        """Split a text into lower-case words, without the skipped ones."""
        said = " ".join(WORD.findall(plain(text)))
        for written, meant in self.rewritten.items():
            said = re.sub(rf"\b{written}\b", meant, said)
        return [word for word in said.split() if word not in self.skipped]

    def meant(self, word: str) -> frozenset[str]:
        """Return the words in the table that a typed word may be, with at most one letter wrong."""
        if word in self.vocabulary or word in self.harmless | self.negations:
            return frozenset((word,))
        long = (each for each in self.vocabulary if len(each) >= FORGIVEN_FROM_LETTERS)
        return frozenset(each for each in long if _one_letter_apart(word, each))


@cache
def table() -> Table:
    """Load the word table."""
    loaded = mri_words()
    read = loaded["read"]
    return Table(
        rows=loaded["rows"],
        limb={name: frozenset(words) for name, words in loaded["limb"].items()},
        feeling=loaded["feeling"],
        other_meanings=read["other_meanings"],
        to_exclude=frozenset(read["to_exclude"]),
        residual=frozenset(read["residual"]),
        skipped=frozenset(read["skipped"]),
        harmless=frozenset(read["harmless"]),
        negations=frozenset(read["negations"]),
        dialysis=frozenset(read["dialysis"]),
        other_dialysis=frozenset(read["other_dialysis"]),
        rewritten=read["rewritten"],
        numbers=read["numbers"],
        days=read["days"],
        moments=read["moments"],
    )


def plain(text: str) -> str:
    """Return a text in lower case, without invisible marks."""
    composed = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_visible(composed)).replace("'", " ").replace("\u2019", " ")


def _visible(text: str) -> Iterator[str]:
    for letter in text:
        if letter.isspace():
            yield " "
        elif letter.isprintable():
            yield letter


def _one_letter_apart(typed: str, word: str) -> bool:
    """Return whether one letter is wrong, missing or extra, or two neighbours are swapped."""
    if abs(len(typed) - len(word)) > 1:
        return False
    same = next((n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), None)
    if same is None:
        return True
    after, wanted = typed[same:], word[same:]
    swapped = after[:2] == wanted[1::-1] and after[2:] == wanted[2:]
    return swapped or after[1:] == wanted[1:] or after[1:] == wanted or after == wanted[1:]
