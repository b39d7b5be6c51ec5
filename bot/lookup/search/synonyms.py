"""What counts as the same word: spellings, plurals, synonyms; and which words are ignored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from bot.logic.text_files import read_texts
from bot.lookup.search.folding import fold

CONCEPT: Final = "="
SHORTEST_PLURAL: Final = 4
MOST_REMEMBERED: Final = 4096
_NO_PLURALS: Final = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The table in synonyms.toml: `phrases` maps the words of a phrase to its concept.

    `beside_a_drug` are words allowed next to a name, `generic` those that name no drug alone.
    """

    spellings: Mapping[str, str]
    phrases: Mapping[tuple[str, ...], str]
    ignored: frozenset[str]
    longest_phrase: int
    beside_a_drug: frozenset[str]
    generic: frozenset[str]


@cache
def synonyms() -> Synonyms:
    """Load the table."""
    table = read_texts("bot.lookup.search", "synonyms.toml")
    spellings: dict[str, str] = table["spellings"]
    phrases = {
        tuple(_normal(word, spellings) for word in fold(phrase).split()): f"{CONCEPT}{group[0]}"
        for group in table["same"]
        for phrase in group
    }
    return Synonyms(
        spellings=spellings,
        phrases=phrases,
        ignored=frozenset(table["ignored"].split()),
        longest_phrase=max(map(len, phrases)),
        beside_a_drug=frozenset(table["beside_a_drug"].split()),
        generic=frozenset(table["generic"].split()),
    )


@lru_cache(maxsize=MOST_REMEMBERED)
def normal(word: str) -> str:
    """Return the spelling a folded word is indexed by: British, American and plural alike."""
    return _normal(word, synonyms().spellings)


def as_concept(term: str) -> str:
    """Return the concept of a single normal word, else the word itself."""
    return synonyms().phrases.get((term,), term)


def concepts(words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Find phrases in normal words: place, number of words and concept; the longest wins."""
    table, place = synonyms(), 0
    while place < len(words):
        for length in range(min(table.longest_phrase, len(words) - place), 0, -1):
            concept = table.phrases.get(tuple(words[place : place + length]))
            if concept:
                yield place, length, concept
                place += length - 1
                break
        place += 1


def _normal(word: str, spellings: Mapping[str, str]) -> str:
    for other, kept in spellings.items():
        word = word.replace(other, kept)
    plural = len(word) > SHORTEST_PLURAL and word.endswith("s") and not word.endswith(_NO_PLURALS)
    return word[:-1] if plural else word
