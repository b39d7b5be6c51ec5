"""Loads the words that are read, on first use: which phrase means what."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

from bot.reading.tokens import cut

OWN: Final = "vocabulary"
TOPICS: Final = (
    "scope", "places", "cord_signs", "radicular_deficit", "pain", "infection_signs", "cancer",
    "primary", "scales", "earlier_treatment", "blood_thinners", "images", "lesions", "kidneys",
    "laboratory", "other_meanings",
)  # fmt: skip


_ODD: Final = re.compile(r"[^a-z\s]")


class Meaning(NamedTuple):
    """What a phrase is: a kind, such as `sign` or `place`, and which one of it."""

    kind: str
    value: str


Phrase = tuple[tuple[str, ...], tuple[Meaning, ...]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Phrases, words that carry no meaning, known slips.

    `single` are the meanings of a word that stands alone; `longer` the phrases that begin with two
    words, longest first; `words` is every word in a phrase.
    """

    single: Mapping[str, tuple[Meaning, ...]]
    longer: Mapping[tuple[str, str], Sequence[Phrase]]
    skipped: frozenset[str]
    harmless: frozenset[str]
    slips: Mapping[str, str]
    no_errors: frozenset[str]
    words: frozenset[str]

    def meanings(self, word: str) -> tuple[Meaning, ...]:
        """Return what a word means when it stands alone."""
        return self.single.get(word, ())


@cache
def vocabulary() -> Vocabulary:
    """Load every topic."""
    ordinary = _table(OWN)
    skipped = frozenset(ordinary["skipped"].split())
    found: dict[tuple[str, ...], tuple[Meaning, ...]] = {}
    for topic in TOPICS:
        for kind, values in _table(topic).items():
            for value, phrases in values.items():
                meaning = Meaning(kind, "" if value == "_" else value)
                only = (meaning,)
                for phrase in _phrases(phrases, skipped):
                    known = found.get(phrase)
                    if known is None:
                        found[phrase] = only
                    elif meaning not in known:
                        found[phrase] = (*known, meaning)
    single: dict[str, tuple[Meaning, ...]] = {}
    longer: dict[tuple[str, str], list[Phrase]] = {}
    for phrase, meanings in found.items():
        if len(phrase) == 1:
            single[phrase[0]] = meanings
        else:
            longer.setdefault(phrase[:2], []).append((phrase, meanings))  # type: ignore[arg-type]
    for several in longer.values():
        if len(several) > 1:
            several.sort(key=_shortness)
    return Vocabulary(
        single=single,
        longer=longer,
        skipped=skipped,
        harmless=frozenset(ordinary["harmless"].split()),
        slips=dict(pair.split("=") for pair in ordinary["slips"].split()),
        no_errors=frozenset(ordinary["no_errors"].split()),
        words=frozenset(chain.from_iterable(found)),
    )


def _shortness(phrase: Phrase) -> int:
    return -len(phrase[0])


def _phrases(listed: str, skipped: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for written in listed.split(","):
        words = written.split()
        if _ODD.search(written):
            words = [token.text for token in cut(written.strip()) if token.text != "-"]
        if skipped.isdisjoint(words):
            if words:
                yield tuple(words)
        else:
            yield tuple([word for word in words if word not in skipped]) or tuple(words)


def _table(topic: str) -> dict[str, Any]:
    text = Path(__file__).with_name(f"{topic}.toml").read_text("utf-8")
    return tomllib.loads(text)
