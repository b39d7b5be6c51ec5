"""Draws a reminder: what is due and by when, with buttons to settle or postpone it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.conversation.reminders import LATE_AFTER, MRI, SNOOZED, TREATMENT, clock_of
from bot.screens.alert import MOST_LINES
from bot.screens.answered_by import owned_by
from bot.screens.clocks import deadline_line
from bot.screens.do_now import coordinator
from bot.screens.drawn_lines import drawn_lines
from bot.screens.handover import hand_over_button
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Screen, say_line, text
from bot.screens.team import WORDS as TEAM
from bot.screens.time_line import say_time
from bot.screens.urgency_line import urgency_line
from bot.screens.view import View
from state.groups import is_group
from state.records import Reminder

WORDS: Final = "reminder.toml"
RINGS: Final = ("emergency", "urgent")
DONE: Final = {MRI: "scanned", TREATMENT: "begun"}
LAST: Final = "mri_still_overdue"


def draw_reminder(view: View, reminder: Reminder, *, alone: bool = False) -> Screen:
    """Draw a reminder, at most eight lines; it makes a sound if hours count.

    One that stands `alone`, without the screen of its case below it, leads there.
    """
    clock, code = clock_of(reminder.kind), view.case.code
    done = Button(
        words("buttons", WORDS)[clock], DONE[clock], typed=f"/{DONE[clock]}", style="primary"
    )
    later = Button("Snooze 30 min", f"snooze {clock}", typed=f"/snooze {clock}")
    case = Button("Open case", f"resume {code}", typed=f"/resume {code}")
    first = [] if clock == MRI and view.result.case.mri_done else [done]
    first += [] if reminder.kind == LAST else [later]
    second = [hand_over_button(code)] if is_group(view.case.chat) else []
    second += [case] if alone else []
    return Screen(
        kind="reminder",
        title="",
        blocks=tuple(_blocks(view, reminder, clock)),
        rows=tuple(row for row in ((*first,), (*second,)) if row),
        alert=view.result.urgency.level in RINGS,
        head=urgency_line(view),
    )


def draw_group_reminder(view: View, reminder: Reminder) -> Screen:
    """Draw a reminder for the group of a case: whose it is, and who may take it."""
    drawn, code = draw_reminder(view, reminder), view.case.code
    *rows, last = drawn.rows
    have = Button(words("buttons", TEAM)["have"], f"have {code}", typed=f"/have {code}")
    return replace(
        drawn, blocks=(*drawn.blocks, text(*owned_by(view))), rows=(*rows, (have, *last))
    )


def _blocks(view: View, reminder: Reminder, clock: str) -> Iterator[Block]:
    fixed, late = words("fixed", WORDS), view.now - reminder.due_at > LATE_AFTER
    if late:
        yield text(fixed["late"].format(time=say_time(reminder.due_at, view.now, view.zone)))
    if clock == TREATMENT and view.result.due:
        yield Block((deadline_line(view, clock),), look="lead")
    said = f"{fixed['title']}: {' '.join(_sentences(view, reminder, clock))}"
    yield text(said, look="lead")
    who, whom = view.patient, coordinator(view)
    above = say_line(urgency_line(view))
    taken = sum(map(drawn_lines, (above, said, whom))) + late
    if taken + drawn_lines(who) <= MOST_LINES:
        yield text(f"{who[:1].upper()}{who[1:]}")
    yield text(whom)


def _sentences(view: View, reminder: Reminder, clock: str) -> Iterator[str]:
    fixed, says = words("fixed", WORDS), words("says", WORDS)
    if clock == MRI and view.result.case.mri_done:
        yield says["mri_unread"]
        return
    yield says[reminder.kind]
    if view.now >= reminder.deadline and reminder.kind.endswith(SNOOZED):
        yield says[f"{clock}_overdue"]
    requested = view.case.newest_entry("mri_requested")
    if clock == MRI and requested:
        yield fixed["requested"].format(time=say_time(requested.at, view.now, view.zone))
    elif clock == MRI:
        yield fixed["not_requested"]
