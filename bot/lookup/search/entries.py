"""Everything that can be found, in one form: passages, rules, drugs, terms, sources."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from textwrap import shorten
from typing import Final, Literal

from bot.flows.triage import FLOW
from bot.flows.wording import QuestionWords, words_of
from bot.guidance.texts import LIMIT, Guidance, Source, guidance, open_figures, sources
from bot.logic.drugs import Drug, drugs
from bot.logic.figures import say_hours
from bot.logic.library import library
from bot.logic.urgency import HOURS, Policy
from bot.lookup.drugs.drug_lines import drug_lines
from bot.lookup.mri.table import Presentation, presentations
from bot.lookup.phrases import phrases

Kind = Literal["mri", "passage", "drug", "rule", "term", "source"]

MRI_CHAPTER: Final = "MRI times"
DRUGS_CHAPTER: Final = "Drugs, one by one"
AVOID_CHAPTER: Final = "Drugs to avoid"
TERMS_CHAPTER: Final = "Terms and grades"
SOURCES_CHAPTER: Final = "Sources"
TERM_CITATIONS: Final = {
    **dict.fromkeys(("level", "pain", "bone", "alignment", "collapse", "posterolateral"), ("R70",)),
    **dict.fromkeys(("kps", "extraspinal_bone", "vertebral_mets", "organ_mets"), ("R84",)),
    "escc": ("R80",),
    "asia": ("R92",),
}
SCORES: Final = {
    **dict.fromkeys(("level", "pain", "bone", "alignment", "collapse", "posterolateral"), "SINS"),
    **dict.fromkeys(("kps", "extraspinal_bone", "vertebral_mets", "organ_mets"), "Tokuhashi"),
}
LONGEST_HEADING: Final = 72
_END_OF_BEGINNING: Final = re.compile(r": |\. |\.$| \(")
_CARD: Final = "card"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be found and shown.

    `words` find it but are not shown; `notes` apply only in some cases; `aim` is what it is about:
    the id of a rule, a drug, a passage, a question or a source.
    """

    kind: Kind
    aim: str
    chapter: str
    heading: str
    lines: tuple[str, ...]
    words: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubt: str = ""
    citations: tuple[str, ...] = ()
    status: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.aim}"

    @property
    def searched(self) -> tuple[str, ...]:
        """Return the texts that find it; help on answering a question does not count."""
        lines = self.lines[1:] if self.kind == "term" else self.lines
        return (*lines, *self.notes, self.doubt)


@cache
def entries(policy: Policy) -> Mapping[str, Entry]:
    """Return every entry by id; limits in hours are those of the policy."""
    return {entry.id: entry for entry in _entries(policy)}


def _entries(policy: Policy) -> Iterator[Entry]:
    yield from (_mri(row, policy) for row in presentations().values())
    for passage in library().values():
        yield Entry(
            kind="passage",
            aim=passage.id,
            chapter=passage.chapter,
            heading=passage.title,
            lines=(passage.text,),
            words=passage.words,
            doubt=passage.doubt,
            citations=passage.citations,
            status=passage.status,
        )
    yield from map(_drug, drugs().values())
    yield from (_rule(each, policy) for each in guidance().values())
    yield from (_term(question, words_of(FLOW, question)) for question in FLOW.questions)
    yield from map(_source, sources().values())


def _mri(row: Presentation, policy: Policy) -> Entry:
    return Entry(
        kind="mri",
        aim=row.id,
        chapter=MRI_CHAPTER,
        heading=f"MRI: {row.title}",
        lines=(row.limit(policy), row.when, *row.others(policy)),
        words=("MRI timing", "how soon", "deadline", "urgency", *row.words),
        citations=row.citations,
        status=row.status,
    )


def _drug(row: Drug) -> Entry:
    return Entry(
        kind="drug",
        aim=row.id,
        chapter=AVOID_CHAPTER if row.verdict == "avoid" else DRUGS_CHAPTER,
        heading=f"{row.name}: {phrases('verdicts')[row.verdict]}",
        lines=drug_lines(row),
        words=(*row.names, *row.shared, row.kind, "dose", "renal dose"),
        citations=row.citations,
        status=row.status,
    )


def _rule(rule: Guidance, policy: Policy) -> Entry:
    hours = HOURS[policy].get(rule.id)
    notes = tuple(
        sentence
        for key, sentence in rule.sentences.items()
        if key != "text" and not key.startswith(_CARD) and not open_figures(sentence)
    )
    return Entry(
        kind="rule",
        aim=rule.id,
        chapter=phrases("rules")[rule.topic],
        heading=f"Rule {rule.id}: {_heading(rule)}",
        lines=(_without_figures(rule.sentences["text"], hours),),
        words=(rule.topic, *phrases("found_by").get(rule.id, ())),
        notes=notes,
        citations=rule.citations,
        status=rule.status,
    )


def _heading(rule: Guidance) -> str:
    """Return a rule's name, else its line on the card, else the start of its text."""
    if rule.name != rule.id:
        return rule.name
    cards = (sentence for key, sentence in rule.sentences.items() if key.startswith(_CARD))
    beginning = _END_OF_BEGINNING.split(rule.sentences["text"])[0]
    return shorten(
        _without_figures(next(cards, beginning), None), LONGEST_HEADING, placeholder=" …"
    )


def _term(question: str, words: QuestionWords) -> Entry:
    score = SCORES.get(question, "")
    meanings = tuple(f"{option}: {meaning}" for option, meaning in words.meanings.items())
    return Entry(
        kind="term",
        aim=question,
        chapter=TERMS_CHAPTER,
        heading=f"{words.label} ({score})" if score else words.label,
        lines=(words.help, *meanings),
        words=(words.ask, *words.options.values(), *words.full.values()),
        citations=TERM_CITATIONS.get(question, ("CC",)),
        status="submitted",
    )


def _source(source: Source) -> Entry:
    where = f"{source.organisation}, {source.year}" if source.year else source.organisation
    return Entry(
        kind="source",
        aim=source.id,
        chapter=SOURCES_CHAPTER,
        heading=f"{source.id}: {source.title}",
        lines=tuple(each for each in (where, source.note, source.address) if each),
    )


def _without_figures(sentence: str, hours: int | None) -> str:
    """Say a sentence with its rule's limit; a patient's figures appear by name: [value]."""
    named = phrases("figures")
    said = {each: f"[{named[each]}]" for each in open_figures(sentence)}
    limit = {} if hours is None else {LIMIT: say_hours(hours)}
    return sentence.format(**(said | limit))
