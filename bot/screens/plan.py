"""Draws the plan: one screen per section, tonight's work above what can wait for the day."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from bot.flows.wording import words_of
from bot.guidance.card_lines import dose_waits, say_steroid
from bot.guidance.sections import (
    limit_settled,
    ordered,
    sections_of,
    tonight_and_day,
    unknown_fields,
)
from bot.guidance.texts import field_name, guidance, say_sources_of, say_with_sources
from bot.logic.calls import call_coordinator
from bot.logic.case import known
from bot.logic.escc import THECAL_SAC_LEVELS
from bot.logic.fired_rule import Fired
from bot.logic.sins import HIGHEST_SINS
from bot.logic.stability import not_validated
from bot.logic.surgery import explain_reason
from bot.logic.tokuhashi import HIGHEST_TOKUHASHI
from bot.logic.treatment import explain
from bot.logic.urgency import explain_rule, explain_treatment_clock
from bot.screens.case_row import PLAN, case_row
from bot.screens.citing import cited_lines
from bot.screens.clocks import WORDS, deadline_line
from bot.screens.drawn_lines import LINES_OF_A_ROW
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.pages import page_of
from bot.screens.paging import paged
from bot.screens.screen import Block, Button, Rows, Screen, in_rows, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View, say_category, say_level

HEADINGS: Final = {"treatment": "Radiotherapy and procedures"}
SYMPTOMS_ASSUMED: Final = ("U4?", "U7?", "U8?")  # they change no definite emergency
DAY: Final = "Can wait for the day"
MOST_LINES: Final = 16
SECTIONS_AT_ONCE: Final = 6


def draw_section(view: View, name: str, page: int = 1) -> Screen:
    """Draw one section of the plan: tonight's work, then what can wait for the day.

    Where buttons are tapped it has pages, and what can wait is folded.
    """
    drawn = draw_whole(view, name)
    rows: Rows = (case_row(view),)
    if name == "why":
        rows = ((Button("Every rule", "why", typed="/why"),), *rows)
    if not view.touch:
        return replace(drawn, kind="plan", rows=rows)
    first, *others = drawn.blocks
    folded = [each._replace(look="fold") if each.heading == DAY else each for each in others]
    pages = paged([first, *folded], MOST_LINES - LINES_OF_A_ROW * (len(rows) - 1))
    page, title = min(page, len(pages)), drawn.title
    if len(pages) > 1:
        title += f", page {page} of {len(pages)}"
        label = "Next page" if page < len(pages) else "First page"
        rows = ((Button(label, f"plan {name} page {page % len(pages) + 1}"),), *rows)
    return Screen("plan", title, pages[page - 1], rows, head=drawn.head)


def draw_whole(view: View, name: str) -> Screen:
    """Draw one section in full, without buttons, to be kept."""
    tonight, day = tonight_and_day(view.result, name)
    extra = _EXTRA.get(name)
    blocks = [*_overridden(view), *(extra(view) if extra else ())]
    for heading, actions in ((HEADINGS.get(name, ""), tonight), (DAY, day)):
        if actions:
            lines = (_line(view, each) for each in actions)
            blocks.append(text(*lines, heading=heading, look="list"))
    if not blocks:
        blocks.append(text("Nothing here for these answers."))
    title = f"{view.case.code} · {words('sections')[name]}"
    return Screen("kept", title, tuple(blocks), head=urgency_line(view))


def draw_contents(view: View, page: int = 1) -> Screen:
    """Offer the sections of the plan, those of the reader's role first, six at a time."""
    command = "" if view.standing.at_end else "/plan "
    filled = filled_sections(view)
    names = ordered(filled, view.role)
    buttons = [
        Button(words("sections")[name], f"plan {name}", name, f"{command}{filled.index(name) + 1}")
        for name in names
    ]
    if view.touch and len(buttons) > SECTIONS_AT_ONCE + 1:
        found = page_of(buttons, page, beside=0, most=SECTIONS_AT_ONCE + 1)
        further = Button("Further sections", f"plan page {found.number % found.last + 1}")
        buttons = [*found.shown, further]
    rows = (*in_rows(buttons, 2), case_row(view, on=PLAN))
    title = f"{view.case.code} · Plan"
    blocks = (*_overridden(view), text("Open a section."))
    return Screen("plan", title, blocks, rows, head=urgency_line(view))


def _overridden(view: View) -> tuple[Block, ...]:
    lines = overrides(view)
    return (text(*lines),) if lines else ()


def filled_sections(view: View) -> tuple[str, ...]:
    return sections_of(view.result)


def _line(view: View, fired: Fired) -> str:
    """Say a rule with its sources; a dose that depends on open questions says so instead."""
    if fired.id == view.result.steroid.rule and dose_waits(view.result):
        waits = words("plan", WORDS)["dose_waits"]
        return f"{say_steroid(view.result)}. {waits} {say_sources_of(fired.id)}"
    return say_with_sources(fired, view.zone)


def _why(view: View) -> Iterator[Block]:
    reasons = [
        _line(view, explain_rule(view.result.found, r, view.result.policy))
        for r in view.result.urgency.rules
        if not (r in SYMPTOMS_ASSUMED and limit_settled(view.result))
    ]
    yield text(*reasons, look="list")
    said = words("plan", WORDS)
    if view.result.found.read:
        yield text(said["read"])
    elif view.result.found.ct_shows_nothing:
        yield text(said["after_ct"])
    elif view.result.case.mri == "not_possible":
        yield text(said["not_possible"])


def _calls(view: View) -> Iterator[Block]:
    coordinator = call_coordinator(view.result.found)
    if coordinator:
        yield text(_line(view, coordinator), look="list")
    if view.call:
        yield text(f"Here: {view.call}")


def _treatment(view: View) -> Iterator[Block]:
    found, treatment = view.result.found, view.result.treatment
    if view.result.treatment_due:
        yield Block((deadline_line(view, "treatment"),))
        yield text(_line(view, explain_treatment_clock(found)), look="list")
    yield text(_line(view, explain(found, treatment)), heading=guidance()[treatment.pathway].name)
    for heading, reasons in (
        ("For surgery", treatment.indications),
        ("Against surgery", treatment.contraindications),
    ):
        lines = [_line(view, explain_reason(found, reason)) for reason in reasons]
        yield text(*(lines or ["None in the answers."]), heading=heading, look="list")


def _stability(view: View) -> Iterator[Block]:
    for lesion, score in zip(view.result.case.lesions or (), view.result.sins, strict=True):
        validity = " – not validated here" if not_validated(view.result.found) else ""
        lines = [f"SINS {score.said} of {HIGHEST_SINS}, {say_category(score)}{validity}"]
        if score.missing:
            missing = ", ".join(_item_label(view, item) for item in score.missing)
            lines.append(f"Missing: {missing} – CT of the level and examination will settle them")
        grade = str(lesion.escc) if known(lesion.escc) else "not known"
        sac = " (graded on the thecal sac here)" if lesion.level in THECAL_SAC_LEVELS else ""
        lines.append(f"ESCC {grade}{sac}")
        yield text(*lines, heading=say_level(lesion), look="list")


def _bones(view: View) -> Iterator[Block]:
    calcium = view.result.adjusted_calcium
    if calcium is not None:
        yield text(f"Adjusted calcium: {calcium:.2f} mmol/L")


def _prognosis(view: View) -> Iterator[Block]:
    score = view.result.tokuhashi
    if score is None:
        return
    band = words("survival")[score.band] if score.band else "band open"
    lines = [f"Revised Tokuhashi {score.said} of {HIGHEST_TOKUHASHI}: {band}"]
    if score.missing:
        lines.append("Missing: " + ", ".join(_item_label(view, item) for item in score.missing))
    yield text(*lines)


def _unknown(view: View) -> Iterator[Block]:
    said, settled = words("would_change"), limit_settled(view.result)
    lines = [
        f"{_named(field)}: {said.get(f'{field}_settled', said[field]) if settled else said[field]}"
        for field in unknown_fields(view.result)
    ]
    yield text(*lines, look="list")


def _sources(view: View) -> Iterator[Block]:
    fired = (*view.result.urgency.rules, *(each.id for each in view.result.actions))
    cited = (source for rule in fired for source in guidance()[rule].citations)
    *lines, rules = cited_lines(cited, (guidance()[rule].status for rule in fired))
    yield text(*lines, look="list")
    yield text(rules, f"Policy: {view.result.policy}")


def _named(field: str) -> str:
    name = field_name(field)
    return name[:1].upper() + name[1:]


def _item_label(view: View, field: str) -> str:
    return words_of(view.flow, field).label if field in view.flow.questions else field


_EXTRA: Final[dict[str, Callable[[View], Iterator[Block]]]] = {
    "why": _why,
    "calls": _calls,
    "treatment": _treatment,
    "stability": _stability,
    "bones": _bones,
    "prognosis": _prognosis,
    "unknown": _unknown,
    "sources": _sources,
}
