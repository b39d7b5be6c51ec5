"""The hand-over text: S, B, A, R, what is not yet known. Names no patient; one short message."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bot.guidance.spoken_times import say_moment, say_time_left
from bot.guidance.texts import guidance
from bot.logic.case import known
from bot.logic.figures import say_hours
from bot.screens.card import title
from bot.screens.card_reasons import first_reason
from bot.screens.clocks import cauda_equina_line
from bot.screens.do_now import do_now
from bot.screens.notices import words
from bot.screens.overriding import overrides
from bot.screens.sbar_missing import missing
from bot.screens.sbar_recorded import (
    WORDS,
    blood,
    history,
    lesions,
    neurology,
    set_aside,
    symptoms,
)
from bot.screens.sbar_request import request
from bot.screens.screen import Screen, text
from bot.screens.time_line import lines_that_count
from bot.screens.view import View

MOST_CHARACTERS: Final = 3750
FEWEST_DONE: Final = 1
SESSION_NOTES: Final = ("running", "before", "after", "same_day")


class Sbar(NamedTuple):
    """The hand-over text in its parts, but for what was done; the blanks are filled in by hand."""

    code: str
    title: str
    blanks: tuple[str, ...]
    urgency: tuple[str, ...]
    situation: tuple[str, ...]
    background: tuple[str, ...]
    assessment: tuple[str, ...]
    request: tuple[str, ...]
    missing: str
    end: str


def draw_sbar(view: View) -> Screen:
    """Draw the hand-over text as one block to copy, with recent actions as space allows."""
    sbar, done = sbar_of(view), [*lines_that_count(view)]
    drawn = _draw(sbar, done, len(done))
    for count in range(len(done) - 1, FEWEST_DONE - 1, -1):
        if len(drawn.plain()) <= MOST_CHARACTERS:
            break
        drawn = _draw(sbar, done, count)
    return drawn


def _draw(sbar: Sbar, done: list[str], count: int) -> Screen:
    parts = _parts(sbar, [*_done(done, count)])
    lines = "\n\n".join("\n".join(part) for part in parts).split("\n")
    return Screen("kept", f"{sbar.code} · SBAR", (text(*lines, look="copy"),))


def _parts(sbar: Sbar, done: list[str]) -> Iterator[list[str]]:
    heading = words("headings", WORDS)
    yield [sbar.title, *sbar.blanks]
    yield [heading["situation"], *sbar.urgency, *sbar.situation, *done]
    yield [heading["background"], *sbar.background]
    yield [heading["assessment"], *sbar.assessment]
    yield [heading["request"], *sbar.request]
    yield [sbar.missing, sbar.end]


def sbar_of(view: View) -> Sbar:
    """Say everything of the hand-over text but what was done."""
    said = words("lines", WORDS)
    background = (*history(view), *_sessions(view))
    return Sbar(
        code=view.case.code,
        title=_title(view),
        blanks=(said["patient"], said["number"]),
        urgency=tuple(_urgency(view)) if view.standing.settled else (said["not_settled"],),
        situation=tuple(_situation(view)),
        background=background or (said["not_asked"],),
        assessment=tuple(_assessment(view)),
        request=tuple(request(view)),
        missing=_missing(view),
        end=said["end"].format(policy=view.result.policy),
    )


def _title(view: View) -> str:
    """Name the text and its moment; of a closed case also that it is, and how it ended."""
    named = words("lines", WORDS)["title"]
    named = named.format(code=view.case.code, time=say_moment(view.now, view.zone))
    return f"{named}\n{title(view)}" if view.case.status == "closed" else named


def _situation(view: View) -> Iterator[str]:
    said = words("lines", WORDS)
    yield from _images(view)
    yield from _treatment(view)
    yield from symptoms(view)
    yield from set_aside(view)
    moved = view.newest(view.flow.landmarks.suspected_at) is not None
    since = say_moment(view.result.opened_at, view.zone)
    yield said["onset" if moved else "no_onset"].format(time=since)


def _urgency(view: View) -> Iterator[str]:
    said, urgency = words("lines", WORDS), view.result.urgency
    yield said["urgency"].format(
        level=words("levels")[urgency.level],
        provisional=said["provisional"] if urgency.provisional else "",
        limit=_limit(view),
    )
    cauda = cauda_equina_line(view)
    if cauda:
        yield cauda


def _limit(view: View) -> str:
    """Say the limit in hours and if it has passed; for clean images what the urgency rests on."""
    said, result = words("limits", WORDS), view.result
    if result.urgency.hours:
        overdue = said["overdue"] if result.due and result.due < view.now else ""
        return said[_scan(view)].format(hours=say_hours(result.urgency.hours)) + overdue
    urgent = result.urgency.level in ("emergency", "urgent")
    return said["clean"] if urgent and result.found.clean else ""


def _scan(view: View) -> str:
    """Return which scan the limit is about."""
    case = view.result.case
    if case.mri_done:
        return "reading"
    if view.result.found.ct_shows_nothing:
        return "myelography"
    return "ct" if case.mri == "not_possible" else "mri"


def _images(view: View) -> Iterator[str]:
    """Say whether there are images; once the urgency is settled, by when they are due."""
    said, result = words("images", WORDS), view.result
    impossible = result.case.mri == "not_possible"
    if result.found.read:
        yield said["ct_read" if impossible else "read"]
        return
    after_ct = result.found.ct_shows_nothing
    requested = result.case.mri is None and view.case.newest_entry("mri_requested")
    key = "requested" if requested else "after_ct" if after_ct else str(result.case.mri)
    state, limit = said[key], ""
    if result.due and view.standing.settled:
        time, left = say_moment(result.due, view.zone), say_time_left(result.due, view.now)
        limit = said[f"{_scan(view)}_by"].format(time=time, left=left)
    elif "U9" in result.urgency.rules and not result.case.mri_done:
        limit = said["not_indicated"]
    if known(result.case.mri) or limit:
        yield f"{state}{limit}"


def _treatment(view: View) -> Iterator[str]:
    said, due = words("lines", WORDS), view.result.treatment_due
    begun = view.case.newest_entry("treatment_begun")
    if due and begun:
        yield said["treatment_begun"].format(time=say_moment(begun.at, view.zone))
    elif due:
        key = "drainage" if view.result.found.infection_open else "treatment"
        left = say_time_left(due, view.now)
        yield said[key].format(time=say_moment(due, view.zone), left=left)


def _done(lines: list[str], count: int) -> Iterator[str]:
    """Say the latest actions, and how many came before."""
    said = words("lines", WORDS)
    if not lines:
        yield said["nothing_done"]
        return
    yield said["done"]
    if len(lines) > count:
        yield said["earlier_done"].format(count=len(lines) - count)
    yield from (f"- {line}" for line in lines[-count:])


def _sessions(view: View) -> Iterator[str]:
    """Say how the next dialysis session relates to the scan deadline."""
    said = words("sessions", WORDS)
    for each in view.result.actions:
        if each.id == "G15":
            notes = [said[note] for note in SESSION_NOTES if note in each.say]
            day = said["day"].format(session=each.figures["session"])
            yield from [" ".join([day, *notes])] if "day" in each.say else notes


def _assessment(view: View) -> Iterator[str]:
    said = words("lines", WORDS)
    yield from overrides(view)
    if view.standing.settled:
        yield from _reason(view)
        yield said["pathway"].format(name=guidance()[view.result.treatment.pathway].name)
    if view.result.found.infection_open:
        yield said["infection_open"]
    yield from neurology(view)
    yield from lesions(view)
    yield from blood(view)
    yield from _steroid(view)


def _reason(view: View) -> Iterator[str]:
    """Say the main reason, and which grade counts as a sign if no sign was ticked."""
    yield first_reason(view)
    found = view.result.found
    if found.cord_sign and not found.cord_signs and known(view.result.case.asia):
        yield words("lines", WORDS)["asia_counts"].format(grade=view.result.case.asia)


def _steroid(view: View) -> Iterator[str]:
    """Say the steroid decision as the card does, and when one was given."""
    given = view.case.newest_entry("steroid_given")
    if given:
        yield words("lines", WORDS)["steroid_given"].format(time=say_moment(given.at, view.zone))
    for step, line in zip(view.standing.steps, do_now(view), strict=True):
        if step[0].id == view.result.steroid.rule:
            yield line


def _missing(view: View) -> str:
    said, items = words("lines", WORDS), ", ".join(missing(view).values())
    return said["missing"].format(items=items) if items else said["nothing_missing"]
