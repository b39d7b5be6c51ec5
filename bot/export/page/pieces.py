"""What stands on the page, in reading order: headings, paragraphs and lists, each with its look."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Final, Literal

from bot.export.content import SBAR_PARTS, Content, Section, Step, say_heading
from bot.export.page.wording import words
from bot.guidance.spoken_times import say_dated, say_moment
from bot.screens.card import DO_NOW
from bot.screens.notices import words as screen_words
from bot.screens.sbar_recorded import WORDS as SBAR
from bot.screens.time_line import HEADING as TIME_LINE

Tag = Literal["H1", "H2", "H3", "P", "LI"]
OF_THE_PLAN: Final = ("why", "treatment")  # sections whose lines mean nothing away from its rules


@dataclass(frozen=True, slots=True)
class Piece:
    """One heading, paragraph or line of a list.

    `scale` is its size against that of the text; `above` and `hangs` are in sizes of its own: the
    space above it, and how far its further lines hang in. A `dotted` one has a dot before it, a
    `ruled` one a line below it; a `kept` one stays with what follows, as a heading does.
    """

    tag: Tag
    text: str
    scale: float = 1.0
    bold: bool = False
    above: float = 0.0
    hangs: float = 0.0
    dotted: bool = False
    ruled: bool = False
    kept: bool = False

    @property
    def stays(self) -> bool:
        """Return whether it stays with what follows: a heading, and what is kept there."""
        return self.kept or self.tag in ("H2", "H3")


def urgency(content: Content) -> Iterator[Piece]:
    """Say what is framed above all else: how urgent it is, and every deadline."""
    first, *others = content.urgency
    yield Piece("H2", first, 1.75, bold=True)
    yield from (Piece("P", line, 1.2, bold=True, above=0.35) for line in others)


def first_steps(content: Content) -> Iterator[Piece]:
    """Say what to do now; nothing in a closed case."""
    if content.now:
        yield Piece("H2", DO_NOW, 1.25, bold=True)
        for step in content.now:
            text = f"{step.text} [{', '.join(step.rules)}]"
            yield Piece("LI", text, 1.1, above=0.2, hangs=1.0, dotted=True)


def findings(content: Content) -> Iterator[Piece]:
    """Say what is known, what is not, and what was done."""
    apart = [each for each in content.sections if not each.within]
    sbar, people = apart[:SBAR_PARTS], apart[SBAR_PARTS:]
    for section in sbar:
        yield from _section(section, "H2")
    unknown = screen_words("sections")["unknown"]
    changes = [each for each in content.sections if each.within == unknown]
    lines = chain((content.missing,), *(each.lines for each in changes))
    yield from _section(Section(unknown, tuple(lines)), "H2")
    others = (each for each in content.sections if each.within not in _not_beside(unknown))
    for within, sections in groupby(others, lambda section: section.within):
        yield _heading(within, "H2")
        for each in sections:
            yield from _lines(Section(each.heading, (_run_in(each),)))
    for section in people:
        yield from _section(section, "H2")
    yield from _section(Section(TIME_LINE, tuple(_time_line(content))), "H2", "LI")


def _run_in(section: Section) -> str:
    """Say a section in one line, after what it is about: "T7: SINS 8 of 18 · ESCC 2"."""
    about = section.heading.removeprefix(section.within).removeprefix(", ")
    return (f"{about[:1].upper()}{about[1:]}: " if about else "") + " · ".join(section.lines)


def _not_beside(unknown: str) -> list[str]:
    return ["", unknown, *_beside_rules()]


def _time_line(content: Content) -> Iterator[str]:
    """Say what was done, when by the date and the zone, and by whom."""
    for each in content.time_line:
        by = f" ({each.who})" if each.who else ""
        yield f"{say_moment(each.at)} {each.text}{by}"
    if not content.time_line:
        yield screen_words("lines", SBAR)["nothing_done"]


def _section(section: Section, tag: Tag = "H3", line: Tag = "P") -> Iterator[Piece]:
    yield _heading(section.heading, tag)
    yield from _lines(section, line)


def _heading(text: str, tag: Tag = "H3") -> Piece:
    return Piece(tag, text, 1.05, bold=True, above=0.55)


def _lines(section: Section, tag: Tag = "P") -> Iterator[Piece]:
    for line in section.lines:
        yield Piece(tag, line, above=0.12, hangs=0.8, kept=line.endswith(":"))


def _in_full(step: Step) -> str:
    """Say a step with its rule, its sources and its review status, as the plan does."""
    return f"{step.text} [{', '.join(step.rules)}: {', '.join(step.sources)}; {step.status}]"


def _beside_rules() -> list[str]:
    return [screen_words("sections")[name] for name in OF_THE_PLAN]


def plan(content: Content) -> Iterator[Piece]:
    """Say every step of the plan with its rule, its sources and its review status."""
    said = words("page")
    yield Piece("H2", said["plan"], 1.25, bold=True, above=1.0, ruled=True)
    yield Piece("P", said["key"], 0.9, above=0.3, kept=True)
    extra = [each for each in content.sections if each.within in _beside_rules()]
    for section, steps in groupby(content.plan, lambda step: step.section):
        for heading, under in groupby(steps, lambda step: step.heading):
            said_under = say_heading(section, heading)
            yield _heading(said_under)
            yield from (Piece("LI", _in_full(each), above=0.2, hangs=0.8) for each in under)
            same = [each for each in extra if each.heading == said_under]
            for each in same:
                extra.remove(each)
                yield from _lines(each)
        for each in [each for each in extra if each.within == section]:
            extra.remove(each)
            yield from _section(each)
    for each in extra:
        yield from _section(each)
    yield from _rest(content)


def _rest(content: Content) -> Iterator[Piece]:
    """Say what the plan cites, how its texts are reviewed, and where it all comes from."""
    yield Piece("H2", screen_words("sections")["sources"], 1.25, bold=True, above=1.0, ruled=True)
    yield Piece("P", "; ".join(content.sources), 0.9, above=0.3)
    yield Piece("P", " · ".join(content.review), above=0.4)
    yield Piece("P", content.end, above=0.4, bold=True)


def title(content: Content) -> str:
    return words("page")["title"].format(code=content.code)


def made(content: Content) -> str:
    return words("page")["made"].format(time=say_dated(content.made_at))
