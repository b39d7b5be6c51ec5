"""Says what is handed over of a case, in the very sentences of card, plan and SBAR."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Final

from bot.guidance.texts import cited, guidance
from bot.logic.fired_rule import Fired
from bot.logic.text_files import read_texts
from bot.screens.age import age_line
from bot.screens.answered_by import answered_by, owned_by
from bot.screens.card import title
from bot.screens.citing import cited_lines
from bot.screens.clocks import clock_lines
from bot.screens.do_now import call_line, steps_with_rules
from bot.screens.notices import words
from bot.screens.plan import filled_sections
from bot.screens.plan_parts import PlanPart, parts, say_fired, say_policy
from bot.screens.sbar import Sbar, sbar_of
from bot.screens.sbar_recorded import WORDS as SBAR
from bot.screens.screen import say_line
from bot.screens.time_line import entries_that_count, say_by, say_entry
from bot.screens.view import View, in_a_sentence

SBAR_PARTS: Final = 4  # the first sections of all
SOURCES: Final = "sources"  # the section of the plan whose lines stand by themselves


@dataclass(frozen=True, slots=True)
class Section:
    """Lines under a heading; `within` is the section of the plan that they belong to, or ""."""

    heading: str
    lines: tuple[str, ...]
    within: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with the rules behind it, their sources and the review status of their texts.

    `section` is the part of the plan that it stands in, `heading` what it stands under there. A
    rule that ends with a question mark is assumed: what would decide it is not known.
    """

    rules: tuple[str, ...]
    text: str
    sources: tuple[str, ...]
    status: str
    section: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """One line of the time line, in hospital time; `who` are initials, and "" outside a group."""

    at: datetime
    who: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is handed over of a case.

    It was drawn at `made_at`, in the hospital's `zone`, as its clocks then named it. `urgency` has
    the urgency first, then every deadline. `now` holds the first steps in their short lines, `plan`
    each rule that fired, once and in full. `sources` name what `plan` and `now` cite. `blanks` are
    the lines to fill in by hand, since the case names no patient.
    """

    code: str
    made_at: datetime
    zone: str
    urgency: tuple[str, ...]
    now: tuple[Step, ...]
    sections: tuple[Section, ...]
    plan: tuple[Step, ...]
    time_line: tuple[Done, ...]
    missing: str
    sources: tuple[str, ...]
    review: tuple[str, ...]
    blanks: tuple[str, ...]
    end: str


def content(view: View) -> Content:
    """Say what is handed over of a case as of `view.now`, in hospital time for every reader."""
    view = replace(view, reader_zone=None, role=None, touch=False, late=False)
    sbar, now, plan = sbar_of(view), tuple(_now(view)), tuple(_plan(view))
    cites = chain.from_iterable(each.sources for each in (*now, *plan))
    statuses = (guidance()[rule].status for each in (*now, *plan) for rule in each.rules)
    *sources, rules = cited_lines(cites, statuses)
    return Content(
        code=view.case.code,
        made_at=view.now.astimezone(view.zone),
        zone=view.zone_now,
        urgency=tuple(_urgency(view, sbar)),
        now=now,
        sections=tuple(_sections(view, sbar)),
        plan=plan,
        time_line=tuple(_time_line(view)),
        missing=sbar.missing,
        sources=tuple(sources),
        review=(rules, say_policy(view), *age_line(view.now, view.zone)),
        blanks=sbar.blanks,
        end=sbar.end,
    )


def _urgency(view: View, sbar: Sbar) -> Iterator[str]:
    """Say the urgency, every clock, and whom to call if no step says it.

    A closed case says first that it is; one that is not settled says how urgent it is so far.
    """
    clocks = [say_line(line) for line in clock_lines(view)]
    urgency = [line for line in sbar.urgency if line not in clocks]
    if view.case.status == "closed":
        yield title(view)
        yield from urgency
    else:
        yield from urgency
        if not view.standing.settled:
            yield title(view)
    yield from clocks
    if view.case.status != "closed":
        yield from call_line(view)


def _now(view: View) -> Iterator[Step]:
    """Say the first steps as the card does; a closed case has none."""
    if view.case.status != "closed":
        lines = steps_with_rules(view)
        for fired, (_, line) in zip(view.standing.steps, lines, strict=True):
            yield _step(tuple(each.id for each in fired), line)


def _step(rules: tuple[str, ...], said: str, section: str = "", heading: str = "") -> Step:
    sources = dict.fromkeys(chain.from_iterable(map(cited, rules)))
    statuses = dict.fromkeys(guidance()[rule].status for rule in rules)
    return Step(rules, said, tuple(sources), ", ".join(statuses), section, heading)


def _every_part(view: View) -> Iterator[tuple[str, PlanPart]]:
    named = words("sections")
    for name in filled_sections(view):
        yield from ((named[name], part) for part in parts(view, name))


def _plan(view: View) -> Iterator[Step]:
    """Say each rule that fired, where the plan says it first."""
    said = set[tuple[str, str]]()
    for section, part in _every_part(view):
        for fired in part.said:
            if not isinstance(fired, Fired):
                continue
            line = say_fired(view, fired)
            if (fired.id, line) not in said:
                said.add((fired.id, line))
                yield _step((fired.id,), line, section, part.heading)


def _sections(view: View, sbar: Sbar) -> Iterator[Section]:
    """Give the four parts of the SBAR, what the plan adds to its rules, and who works on it."""
    heading = words("headings", SBAR)
    yield Section(heading["situation"], sbar.situation)
    yield Section(heading["background"], sbar.background)
    yield Section(heading["assessment"], sbar.assessment)
    yield Section(heading["request"], sbar.request)
    clocks = {say_line(line) for line in clock_lines(view)}
    for section, part in _every_part(view):
        lines = tuple(say_line(each) for each in part.said if not isinstance(each, Fired))
        lines = tuple(line for line in lines if line not in clocks)
        if lines and section != words("sections")[SOURCES]:
            yield Section(say_heading(section, part.heading), lines, section)
    people = (*owned_by(view), *answered_by(view))
    if people:
        yield Section(_words()["people"], people)


def say_heading(section: str, heading: str) -> str:
    """Say under what something stands in the plan: "Imaging, can wait for the day"."""
    said = _words()["within"]
    return said.format(section=section, heading=in_a_sentence(heading)) if heading else section


def _time_line(view: View) -> Iterator[Done]:
    for entry in entries_that_count(view):
        yield Done(entry.at.astimezone(view.zone), say_by(view, entry), say_entry(view, entry))


@cache
def _words() -> Mapping[str, str]:
    found: Mapping[str, str] = read_texts("bot.export", "content.toml")["headings"]
    return found
