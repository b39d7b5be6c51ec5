"""Draws a reminder: what is due and by when, with buttons to settle or postpone it."""

from collections.abc import Iterator
from typing import Final

from bot.conversation.reminders import CAUDA_EQUINA, LATE_AFTER, MRI, TREATMENT, clock_of
from bot.screens.clocks import cauda_equina_line, deadline_line
from bot.screens.do_now import coordinator
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Part, Screen, text
from bot.screens.time_line import say_time
from bot.screens.view import View
from state.records import Reminder

WORDS: Final = "reminder.toml"
RINGS: Final = ("emergency", "urgent")
DONE: Final = {MRI: "scanned", TREATMENT: "begun"}
LAST: Final = "mri_still_overdue"


def draw_reminder(view: View, reminder: Reminder) -> Screen:
    """Draw a reminder; it makes a sound if hours count."""
    clock, code = clock_of(reminder.kind), view.case.code
    done = Button(
        words("buttons", WORDS)[clock], DONE[clock], typed=f"/{DONE[clock]}", style="primary"
    )
    later = Button("Snooze 30 min", f"snooze {clock}", typed=f"/snooze {clock}")
    case = Button("Open case", f"resume {code}", typed=f"/resume {code}")
    first = [] if clock == MRI and view.result.case.mri_done else [done]
    first += [] if reminder.kind == LAST else [later]
    return Screen(
        kind="reminder",
        title=words("fixed", WORDS)["title"].format(code=code),
        blocks=tuple(_blocks(view, reminder, clock)),
        rows=((*first,), (case,)) if first else ((case,),),
        alert=view.result.urgency.level in RINGS,
    )


def _blocks(view: View, reminder: Reminder, clock: str) -> Iterator[Block]:
    fixed = words("fixed", WORDS)
    if view.now - reminder.due_at > LATE_AFTER:
        yield text(fixed["late"].format(time=say_time(reminder.due_at, view.now, view.zone)))
    cauda = cauda_equina_line(view) if reminder.kind == CAUDA_EQUINA else ""
    first = ((Part(cauda),),) if cauda else ()
    yield Block((*first, deadline_line(view, clock)), look="lead")
    yield text(" ".join(_sentences(view, reminder, clock)))
    who = view.patient
    yield text(f"{who[:1].upper()}{who[1:]}", coordinator(view))


def _sentences(view: View, reminder: Reminder, clock: str) -> Iterator[str]:
    fixed, says = words("fixed", WORDS), words("says", WORDS)
    if clock == MRI and view.result.case.mri_done:
        yield says["mri_unread"]
        return
    yield says[reminder.kind]
    if view.now >= reminder.deadline and reminder.kind.endswith("_snoozed"):
        yield says[f"{clock}_overdue"]
    requested = view.case.newest_entry("mri_requested")
    if clock == MRI and requested:
        yield fixed["requested"].format(time=say_time(requested.at, view.now, view.zone))
    elif clock == MRI:
        yield fixed["not_requested"]
