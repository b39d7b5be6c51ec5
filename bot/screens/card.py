"""Draws the card: urgency, deadline, do now, why, time line. At most 900 characters."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from itertools import chain, islice
from textwrap import shorten
from typing import Final

from bot.conversation.time_line import cauda_equina_due, offered
from bot.guidance.first_steps import first_steps
from bot.guidance.spoken_times import say_beside, say_moment, say_time_left
from bot.guidance.texts import guidance
from bot.logic.calls import call_coordinator
from bot.logic.case import known
from bot.logic.escc import EPIDURAL_GRADES_SAID, HIGH_GRADES_SAID
from bot.logic.figures import say_hours
from bot.logic.fired_rule import Fired
from bot.logic.urgency import CAUDA_EQUINA_HOURS, TREATMENT_HOURS, explain_rule
from bot.screens.notices import words
from bot.screens.screen import Block, Button, Line, Part, Screen, in_rows, text
from bot.screens.time_line import HEADING, WORDS, newest_lines, say_outcome, say_time
from bot.screens.view import View

MOST_CHARACTERS: Final = 900
MOST_REASONS: Final = 3
MOST_OF_NAME: Final = 16
MOST_SIGNS: Final = 2
MOST_IN_ROW: Final = 3
DOES: Final = {
    "mri_requested": "requested",
    "mri_done": "scanned",
    "steroid_given": "given",
    "called": "called",
    "treatment_begun": "begun",
    "new_signs": "newsigns",
    "sbar": "sbar",
    "close": "outcome",
}
GIVEN: Final = {"D1": "steroid_given"} | dict.fromkeys(
    ("D2", "D6", "D7", "D8", "D9"), "steroid_given_open"
)


def draw_card(view: View, *, urgent: bool = False) -> Screen:
    """Draw the card of a case; the reader's own clock and the time line as far as there is room."""
    drawn = _draw(view, urgent)
    if view.reader_zone and len(drawn.plain()) > MOST_CHARACTERS:
        drawn = _draw(replace(view, reader_zone=None), urgent)
    return _with_time_line(drawn, view)


def _draw(view: View, urgent: bool) -> Screen:
    level = view.result.urgency.level
    return Screen(
        kind="emergency" if level == "emergency" else "card",
        title=_title(view),
        blocks=tuple(_blocks(view, level)),
        rows=tuple(_rows(view)),
        alert=urgent,
    )


def _with_time_line(drawn: Screen, view: View) -> Screen:
    """Put the time line above the fixed lines at the end, as far as there is room for it."""
    lines = newest_lines(view, MOST_CHARACTERS - len(drawn.plain()) - 1)
    if not lines:
        return drawn
    place = len(drawn.blocks) - 1
    block = text(*lines, heading=HEADING, look="fold")
    return replace(drawn, blocks=(*drawn.blocks[:place], block, *drawn.blocks[place:]))


def _rows(view: View) -> Iterator[tuple[Button, ...]]:
    """Offer what is likely to be done next, then what a case always offers; closed, nothing."""
    if view.case.status == "closed":
        return
    labels = words("buttons", WORDS)
    can_be_noted = [kind for kind in offered(view.case, view.standing) if kind in labels]
    buttons = [Button(labels[kind], DOES[kind]) for kind in (*can_be_noted, "sbar", "close")]
    yield from in_rows(buttons, MOST_IN_ROW)
    always = _always(view)
    if always:
        yield always


def _always(view: View) -> tuple[Button, ...]:
    asked = view.flow.landmarks.suspected_at
    earlier = Button("Suspected earlier", f"edit {asked}", typed="/earlier")
    copy = Button("Copy call number", "copy", view.call)
    return (*((earlier,) if asked else ()), *((copy,) if view.call else ()))


def _title(view: View) -> str:
    urgency = view.result.urgency
    level = words("levels")[urgency.level]
    if view.case.status == "closed":
        outcome = say_outcome(view.case)
        return f"{view.case.code} · {level} – CLOSED" + (f": {outcome}" if outcome else "")
    limit = f" – within {say_hours(urgency.hours)}" if urgency.hours else ""
    provisional = " (provisional)" if urgency.provisional else ""
    begun = view.case.newest_entry("treatment_begun") is not None
    if urgency.treatment_hours:
        within = "begun" if begun else f"within {urgency.treatment_hours} h"
        limit = f" – treatment {within}"
    due = view.result.due or (None if begun else view.result.treatment_due)
    if due and view.now > due:
        limit += " – OVERDUE"
    return f"{view.case.code} · {level}{limit}{provisional}"


def _blocks(view: View, level: str) -> Iterator[Block]:
    yield Block(tuple(_clocks(view)), look="lead")
    closed = view.case.status == "closed"
    if not closed:
        yield text(*do_now(view), heading="Do now", look="list")
    yield text(*_reasons(view), heading="Why", look="fold")
    nice = _nice_call(view)
    if not closed and (level == "emergency" or view.result.fires("C1") or nice):
        yield text(coordinator(view), *nice)
    yield text(f"{words('fixed')['disclaimer']} Policy: {view.result.policy}.", look="help")


def _clocks(view: View) -> Iterator[Line]:
    result, urgency = view.result, view.result.urgency
    cauda = cauda_equina_line(view)
    if cauda:
        yield (Part(cauda),)
    if result.due:
        yield deadline_line(view, "mri")
    elif result.case.mri_done and result.case.lesions is None:
        closed = view.case.status == "closed"
        yield (Part(f"MRI: done, not read{'' if closed else ' – phone the radiologist now'}"),)
    elif result.case.mri_done:
        yield (Part("MRI: done, no deadline"),)
    else:
        yield (Part("MRI: no symptom asks for one"),)
    begun = view.case.newest_entry("treatment_begun")
    if result.treatment_due and begun:
        yield (Part(f"Treatment: begun {say_time(begun.at, view.now, view.zone)}"),)
    elif result.treatment_due:
        yield deadline_line(view, "treatment")
    if result.case.mri_done and result.case.lesions is not None:
        yield (Part(f"Pathway: {guidance()[result.treatment.pathway].name}"),)
    moved = view.newest(view.flow.landmarks.suspected_at)
    if moved:
        since = say_moment(result.opened_at, view.zone)
        who = shorten(moved.who, MOST_OF_NAME, placeholder="…")
        yield (Part(f"Clock: since {since}, set by {who}"),)
    for guideline, hours in urgency.others:
        limit = f"within {say_hours(hours)}" if hours else "no MRI for symptoms"
        yield (Part(f"{words('guidelines')[guideline]}: {limit}"),)


def cauda_equina_line(view: View) -> str:
    """Say by when the MRI of a suspected cauda equina; empty where there is none, or it is done."""
    if "U11" not in view.result.urgency.rules or view.result.case.mri_done:
        return ""
    due = cauda_equina_due(view.case, view.result)
    if due is None:
        return f"Cauda equina: MRI within {CAUDA_EQUINA_HOURS} h of the request, where offered"
    by, hours = say_moment(due, view.zone), CAUDA_EQUINA_HOURS
    return f"Cauda equina: MRI by {by}, {hours} h from the request, where offered"


def deadline_line(view: View, clock: str) -> Line:
    """Say a deadline that is set, of the MRI or of the treatment, with the time left."""
    result = view.result
    due = result.due if clock == "mri" else result.treatment_due
    if due is None:
        raise KeyError(f"{clock}: the case has no such deadline")
    impossible = result.case.mri == "not_possible"
    scan = "CT in place of the MRI, by" if impossible else "MRI: whole spine, by"
    what = scan if clock == "mri" else "Treatment: begin by"
    return deadline(what, due, view.now, view.zone, view.reader_zone)


def deadline(
    what: str, due: datetime, now: datetime, zone: tzinfo, reader_zone: tzinfo | None
) -> Line:
    """Say by when, with weekday and zone, in the reader's own zone beside it, and the time left."""
    unix = int(due.timestamp())
    left = Part(say_time_left(due, now), unix, relative=True)
    beside = say_beside(due, zone, reader_zone)
    return (Part(f"{what} "), Part(say_moment(due, zone), unix), Part(f"{beside}, "), left)


def _nice_call(view: View) -> list[str]:
    """Say that NICE wants the coordinator phoned at once; an emergency says more by itself."""
    call = call_coordinator(view.result.found)
    emergency = view.result.urgency.level == "emergency"
    said = guidance()[call.id].card(call) if call and not emergency else None
    return [said] if said else []


def coordinator(view: View) -> str:
    """Say whom to call here."""
    return f"Call: {view.call}" if view.call else words("fixed")["no_call"]


def do_now(view: View) -> list[str]:
    """Say the first steps in their short lines."""
    return [_step(view, step) for step in first_steps(view.result)]


def _step(view: View, step: Fired) -> str:
    """Say one step; a steroid that was given already is not to be given again."""
    given = view.case.newest_entry("steroid_given")
    if given and step.id in GIVEN:
        time = say_time(given.at, view.now, view.zone)
        return words("steps", WORDS)[GIVEN[step.id]].format(time=time)
    return guidance()[step.id].card(step) or step.id


def _reasons(view: View) -> list[str]:
    return [f"{reason} [{cited}]" for reason, cited in islice(_every_reason(view), MOST_REASONS)]


def first_reason(view: View) -> str:
    """Say what weighs most in the urgency, without its sources."""
    return next(reason for reason, _ in _every_reason(view))


def _every_reason(view: View) -> Iterator[tuple[str, str]]:
    result, urgency = view.result, view.result.urgency
    if result.found.compression_confirmed:
        yield f"{_compression(view)}: treatment within {TREATMENT_HOURS} h", "ART, R02, R12"
    if result.found.some_unstable:
        yield guidance()["S3"].sentences["card"], "S3: ART, R70"
    definite = (rule for rule in urgency.rules if not rule.endswith("?"))
    assumed = (rule for rule in urgency.rules if rule.endswith("?") and urgency.provisional)
    for rule in chain(definite, assumed):
        entry = guidance()[rule]
        signs = rule == "U1" and result.found.cord_signs
        explained = explain_rule(result.found, rule, result.policy)
        reason = _signs(view) if signs else entry.card(explained)
        yield str(reason), f"{rule}: {', '.join(entry.citations[:2])}"


def _compression(view: View) -> str:
    if view.result.found.high_grade:
        return f"ESCC {HIGH_GRADES_SAID} on MRI"
    graded = all(known(lesion.escc) for lesion in view.result.case.lesions or ())
    return f"Cord sign, ESCC {EPIDURAL_GRADES_SAID}" if graded else "Cord sign, ESCC not known yet"


def _signs(view: View) -> str:
    signs = view.ticked("cord_signs").split(", ")
    more = f" and {len(signs) - MOST_SIGNS} more" if len(signs) > MOST_SIGNS else ""
    return f"{', '.join(signs[:MOST_SIGNS])}{more}: cord compression?"
