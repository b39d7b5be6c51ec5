"""Loads the guidance texts and sources, and adds text, citations and status to rule ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from bot.guidance.spoken_times import say_moment
from bot.logic.figures import say_hours
from bot.logic.fired_rule import Figure, Fired
from bot.logic.once import once
from bot.logic.review import REVIEW_KEYS, STATUSES, status_of
from bot.logic.text_files import WordsError, check_figures, read_folder, read_texts

LIMIT: Final = "limit_hours"
FIELDS: Final = ("steroid_ask", "never_asked")  # figures that name fields of the case
_RESERVED: Final = ("name", "when", "citations", *REVIEW_KEYS)
_REQUIRED: Final = ("when", "text", "citations", "status", "submitted_on")
_SOURCES: Final = "sources.toml"
_NOT_GUIDANCE: Final = ("drugs.toml", "library.toml", _SOURCES)


@dataclass(frozen=True)
class Guidance:
    """The sentences of one rule, when it fires, its sources and its review.

    `status` is the current one; `approved_on` is kept even if the wording has changed since.
    """

    id: str
    topic: str
    when: str
    sentences: Mapping[str, str]
    citations: tuple[str, ...]
    status: str
    name: str
    submitted_on: date
    approved_on: date | None

    def say(self, fired: Fired, zone: tzinfo | None = None) -> str:
        """Join the sentences that apply, with the figures filled in."""
        sentences = [self.sentences[key] for key in fired.say if key in self.sentences]
        return _fill(" ".join(sentences), fired, zone)

    @property
    def every_sentence(self) -> tuple[str, ...]:
        """Return everything that it can say at length for any case, with figures in braces."""
        return tuple(
            sentence for key, sentence in self.sentences.items() if not key.startswith("card")
        )

    def card(self, fired: Fired, zone: tzinfo | None = None) -> str | None:
        """Return the most specific short line for the card; None if there is none."""
        noted = [note for note in fired.say if note in self._lines] if self._lines else ()
        line = self._lines[noted[-1]] if noted else self.sentences.get("card")
        return line and _fill(line, fired, zone)

    def card_parts(self, fired: Fired, zone: tzinfo | None = None) -> tuple[str, ...]:
        """Return what the applicable notes add to the card's line, in order."""
        added = self._additions
        notes = [note for note in fired.say if note in added] if added else ()
        return tuple([_fill(added[note], fired, zone) for note in notes])

    def beside(self, fired: Fired, zone: tzinfo | None = None) -> tuple[str, ...]:
        """Return what this rule adds to the line of another, its notes included."""
        line, parts = self.sentences.get("card_with"), self.card_parts(fired, zone)
        return parts if line is None else (_fill(line, fired, zone), *parts)

    @once
    def _lines(self) -> Mapping[str, str]:
        """The short line of each note that has one."""
        return self._by_note("card_")

    @once
    def _additions(self) -> Mapping[str, str]:
        """What each note adds to the card's line."""
        return self._by_note("card_and_")

    def _by_note(self, begins: str) -> Mapping[str, str]:
        said = self.sentences.items()
        return {key.removeprefix(begins): line for key, line in said if key.startswith(begins)}


@dataclass(frozen=True, slots=True)
class Source:
    """One source that a text cites; unknown fields stay None."""

    id: str
    title: str
    organisation: str
    year: int | None = None
    address: str | None = None
    note: str | None = None


@cache
def guidance() -> Mapping[str, Guidance]:
    """Load every guidance text, by rule id."""
    texts: dict[str, Guidance] = {}
    for file, entries in read_folder("bot.logic", but=_NOT_GUIDANCE):
        topic = file.removesuffix(".toml")
        for rule, entry in entries.items():
            texts[rule] = _read(rule, topic, entry)
    return texts


@cache
def sources() -> Mapping[str, Source]:
    """Load every source, by its id."""
    return {key: Source(key, **entry) for key, entry in read_texts("bot.logic", _SOURCES).items()}


def check() -> None:
    """Raise WordsError when a text cites an unknown source or names an unknown figure."""
    check_figures()
    named = _source_ids()
    for entry in guidance().values():
        for source in entry.citations:
            if source not in named:
                raise WordsError(f"{entry.topic}.toml: {entry.id}: {source} is not a known source")


def say(fired: Fired, zone: tzinfo | None = None) -> str:
    """Say a rule that fired; moments are given in `zone`, else in their own offset."""
    return guidance()[fired.id].say(fired, zone)


def say_with_sources(fired: Fired, zone: tzinfo | None = None) -> str:
    """Say a rule that fired, then its id, its sources and its review status."""
    return f"{say(fired, zone)} {say_sources_of(fired.id)}"


def say_sources_of(rule: str) -> str:
    """Say a rule's id, its sources and its review status, in brackets."""
    entry = guidance()[rule]
    return f"[{rule}: {', '.join(entry.citations)}; {entry.status}]"


def _fill(sentence: str, fired: Fired, zone: tzinfo | None) -> str:
    """Fill in the figures of a sentence, if it has any."""
    return sentence.format(**say_figures(fired, zone)) if "{" in sentence else sentence


def say_figures(fired: Fired, zone: tzinfo | None = None) -> dict[str, Figure]:
    """Say every figure of a rule that fired, by its name."""
    return {name: say_figure(name, each, zone) for name, each in fired.figures.items()}


def say_figure(name: str, figure: Figure, zone: tzinfo | None = None) -> Figure:
    """Format a figure as the card does: a moment in `zone`, a limit in weeks or hours."""
    if isinstance(figure, datetime):
        return say_moment(figure, zone)
    if name == LIMIT and isinstance(figure, int):
        return say_hours(figure)
    if name in FIELDS and isinstance(figure, str):
        return ", ".join(field_name(field) for field in figure.split(", "))
    return figure


def field_name(field: str) -> str:
    """Name a field of the case as the ward does: "signs of infection"."""
    return _field_names()[field]


@cache
def _field_names() -> Mapping[str, str]:
    names: Mapping[str, str] = read_texts("bot.guidance", "texts.toml")["fields"]
    return names


def open_figures(sentence: str) -> set[str]:
    """Name the figures of a sentence that depend on the case, as `potassium`."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def cited(rule: str) -> tuple[str, ...]:
    return guidance()[rule].citations


def _source_ids() -> frozenset[str]:
    """Read only the sources' headings, so that start-up need not read them in full."""
    text = files("bot.logic").joinpath(_SOURCES).read_text("utf-8")
    return frozenset(re.findall(r"^\[(\w+)\]$", text, re.MULTILINE))


def _read(rule: str, topic: str, entry: dict[str, Any]) -> Guidance:
    missing = [key for key in _REQUIRED if key not in entry]
    if missing:
        raise WordsError(f"{topic}.toml: {rule}: {', '.join(missing)} missing")
    if entry["status"] not in STATUSES:
        allowed = ", ".join(STATUSES)
        raise WordsError(f"{topic}.toml: {rule}: status {entry['status']}; allowed: {allowed}")
    for key in ("submitted_on", "approved_on"):
        if key in entry and type(entry[key]) is not date:
            raise WordsError(f"{topic}.toml: {rule}: {key}; allowed: a day such as 2026-11-22")
    return Guidance(
        id=rule,
        topic=topic,
        when=entry["when"],
        sentences={key: value for key, value in entry.items() if key not in _RESERVED},
        citations=tuple(entry["citations"]),
        status=status_of(entry),
        name=entry.get("name", rule),
        submitted_on=entry["submitted_on"],
        approved_on=entry.get("approved_on"),
    )
