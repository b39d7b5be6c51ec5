"""Draws the plan: one screen per section, tonight's work above what can wait for the day."""

from dataclasses import replace
from typing import Final

from bot.guidance.sections import ordered, sections_of
from bot.guidance.texts import say_sources_of
from bot.logic.fired_rule import Fired
from bot.screens.case_row import PLAN, case_row
from bot.screens.drawn_lines import LINES_OF_A_ROW
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.pages import page_of
from bot.screens.paging import paged
from bot.screens.plan_parts import DAY, PlanPart, parts, say_fired
from bot.screens.screen import Block, Button, Part, Rows, Screen, in_rows, text
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View

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
    blocks = [*_overridden(view), *(_block(view, part) for part in parts(view, name))]
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


def _block(view: View, part: PlanPart) -> Block:
    lines = tuple(
        (Part(f"{say_fired(view, each)} {say_sources_of(each.id)}"),)
        if isinstance(each, Fired)
        else each
        for each in part.said
    )
    return Block(lines, part.heading, "list" if part.listed else "text")
