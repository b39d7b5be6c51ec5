"""What words are, by the lists of this room: names, everyday words, or not known."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, NamedTuple, Self

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’`-][^\W\d_]+)*")
_PARTS: Final = re.compile("['-]")
_CLINICAL: Final = (
    "tic", "cardic", "mic", "gic", "xic", "phic", "dric", "ed", "ing", "ive", "ally", "ously",
    "able", "ible", "ous", "ates", "ises", "izes", "less", "ness", "ful", "tion", "itis", "osis",
    "oma", "emia", "uria", "pathy", "plegia", "plegie", "paresis", "parese", "esthesia", "algia",
    "therapy", "tomy", "plasty", "scopy", "desis", "oedema", "ment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lists:
    """Words in lower case: `both` are everyday words that are names too."""

    given: frozenset[str]
    surnames: frozenset[str]
    both: frozenset[str]
    ordinary: frozenset[str]


class Word(NamedTuple):
    """One word of a line, in lower case too, and what it may be."""

    text: str
    low: str
    start: int
    end: int
    given: bool = False
    surname: bool = False
    both: bool = False
    ordinary: bool = False

    def as_ordinary(self) -> Self:
        """Return it as a part of an eponym, which is no name."""
        return self._replace(given=False, surname=False, both=False, ordinary=True)

    @property
    def named(self) -> bool:
        """Return whether it is a name and no everyday word."""
        return self.given or self.surname

    @property
    def capital(self) -> bool:
        """Return whether it is written as a name is: no abbreviation, no word in lower case."""
        return self.text[0].isupper() and (len(self.text) > 5 or not self.text.isupper())

    @property
    def unknown(self) -> bool:
        return not (self.named or self.both or self.ordinary)

    @property
    def unheard(self) -> bool:
        """Return whether it is written as a name is, and nothing says that it is none."""
        written = self.text.istitle() and len(self.text) > 2
        return self.unknown and written and not self.sounds_clinical

    @property
    def sounds_clinical(self) -> bool:
        """Return whether it ends as adjectives, verbs and diseases do."""
        return self.low.endswith(_CLINICAL)

    @property
    def letter(self) -> bool:
        return len(self.text) == 1 and self.text.isupper()


def read_words(text: str) -> list[Word]:
    """Return the words of a text, in order."""
    lists = word_lists()
    words = [_word(found[0], found.start(), found.end(), lists) for found in _TOKEN.finditer(text)]
    for place, (one, other) in enumerate(pairwise(words)):
        if f"{one.low}-{other.low}" in lists.ordinary:
            words[place : place + 2] = (each.as_ordinary() for each in (words[place], other))
    return words


def _word(written: str, start: int, end: int, lists: Lists) -> Word:
    low = written.casefold()
    if len(low) == 1 or low in lists.ordinary:
        return Word(written, low, start, end, ordinary=True)
    low = low.replace("’", "'").replace("`", "'")
    bare = low.removesuffix("'s")
    parts = [bare] if bare in lists.surnames else [each for each in _PARTS.split(bare) if each]
    if all(each in lists.ordinary or len(each) == 1 for each in parts):
        return Word(written, low, start, end, ordinary=True)
    return Word(
        written, low, start, end,
        given=any(each in lists.given for each in parts),
        surname=any(each in lists.surnames for each in parts),
        both=all(each in lists.both or each in lists.ordinary for each in parts),
    )  # fmt: skip


@cache
def word_lists() -> Lists:
    """Load the lists, on first use."""
    names, ordinary = read_lists("names.toml"), read_lists("words.toml")["words"]
    return Lists(names["given"], names["surnames"], names["both"], ordinary)


@cache
def read_lists(name: str) -> dict[str, frozenset[str]]:
    """Read a file of this room: lists of words in lower case, by their names."""
    table = tomllib.loads(files("bot.identifiers").joinpath(name).read_text("utf-8"))
    return {key: frozenset(words.split()) for key, words in table.items()}
