"""Says the clocks of a case: MRI, treatment, next dialysis, each limit with whose it is."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from textwrap import shorten
from typing import Final

from bot.conversation.time_line import awaits_cauda_equina, cauda_equina_due
from bot.guidance.spoken_times import say_beside, say_moment, say_short, say_time_left
from bot.guidance.texts import guidance
from bot.logic.figures import say_hours
from bot.logic.urgency import explain_treatment_clock
from bot.screens.notices import words
from bot.screens.screen import Line, Part, say_line
from bot.screens.summary import cauda_or_cord
from bot.screens.time_line import say_time
from bot.screens.view import View

WORDS: Final = "card.toml"
MOST_OF_NAME: Final = 16


def clocks(view: View, *, beside: bool = True, collisions: bool = True) -> Iterator[Line]:
    """Say every clock, nearest first; the applicable limit is named as this hospital's.

    What is `beside` them is left out if there is no room: said_beside() says it elsewhere. So are
    the limit itself and a dialysis session's `collisions`: limit_and_session() says them.
    """
    cauda = cauda_equina_line(view)
    if cauda:
        yield (Part(cauda),)
    yield (*_images(view), *(_limit(view, beside) if collisions else ()))
    yield from _treatment(view, beside)
    if collisions:
        yield from _sessions(view)
    if beside:
        yield from _moved(view)


def deadlines(view: View) -> Iterator[Line]:
    """Say the deadlines alone, for a card below an alert."""
    yield _images(view)
    yield from _treatment(view, beside=False)


def limit_and_session(view: View) -> list[str]:
    """Say the limit and a session that collides with the deadline, each in a line of its own."""
    limit = say_line(tuple(_limit(view, beside=False))).removeprefix("; ")
    lines = (limit[:1].upper() + limit[1:], *map(say_line, _sessions(view)))
    return [line for line in lines if line]


def said_beside(view: View) -> list[str]:
    """Say what stands beside the clocks where there is room, each in a line of its own.

    The reader's clock, other guidelines' limits, from when a clock counts, and who moved it.
    """
    said = words("clocks", WORDS)["elsewhere"]
    limits = [said.format(others=limit) for limit in _others(view)]
    lines = (*_by_the_readers_clock(view), *_counts_from(view), *_moved(view))
    return [*limits, *(say_line(line) for line in lines)]


def _by_the_readers_clock(view: View) -> Iterator[Line]:
    """Say each deadline that runs by the reader's clock too, if that shows another time."""
    begun = view.case.newest_entry("treatment_begun")
    dues = {"mri": view.result.due, "treatment": None if begun else view.result.treatment_due}
    for clock, due in dues.items():
        if due and say_beside(due, view.zone, view.reader_zone):
            yield deadline_line(view, clock)


def cauda_equina_line(view: View, *, brief: bool = False) -> str:
    """Say the MRI deadline of rule U11; empty if it does not fire or the scan is done.

    If `brief`, it takes one line on a phone.
    """
    result = view.result
    if not awaits_cauda_equina(result):
        return ""
    said = words("clocks", WORDS)
    name = cauda_or_cord(result)
    due, size = cauda_equina_due(view.case, result), "_brief" if brief else ""
    if due is None:
        line = said[f"{name}_no_request{size}"]
    else:
        late = "_late" if view.now > due else ""
        moment = say_short(due, view.now, view.zone) if brief else say_moment(due, view.zone)
        line = said[f"{name}{late}{size}"].format(due=moment)
    return line.replace("MRI", "scan") if result.case.mri == "not_possible" else line


def deadline_line(view: View, clock: str) -> Line:
    """Say a deadline, of the MRI or the treatment, with the time left."""
    due = view.result.due if clock == "mri" else view.result.treatment_due
    if due is None:
        raise KeyError(f"{clock}: the case has no such deadline")
    what = _scan(view) if clock == "mri" else _what_begins(view)
    said = words("clocks", WORDS)[what]
    return deadline(said, due, view.now, view.zone, view.reader_zone)


def deadline(
    what: str, due: datetime, now: datetime, zone: tzinfo, reader_zone: tzinfo | None
) -> Line:
    """Say by when, with weekday and zone, also in the reader's zone, and the time left."""
    unix = int(due.timestamp())
    left = Part(say_time_left(due, now), unix, relative=True)
    beside = say_beside(due, zone, reader_zone)
    return (Part(f"{what} "), Part(say_moment(due, zone), unix), Part(f"{beside}, "), left)


def _images(view: View) -> Line:
    result, said = view.result, words("clocks", WORDS)
    unread = result.case.mri_done and result.case.lesions is None
    if unread and view.case.status == "closed":
        return (Part(said["unread_closed"]),)
    if result.due:
        return deadline_line(view, "mri")
    if unread:
        return (Part(said["unread_no_limit"]),)
    return (Part(said["read" if result.found.read else "not_indicated"]),)


def _scan(view: View) -> str:
    """Return the wording for the awaited images."""
    case = view.result.case
    if case.mri_done:
        return "unread"
    if view.result.found.ct_shows_nothing:
        return "myelography"
    return "ct" if case.mri == "not_possible" else "mri"


def _what_begins(view: View) -> str:
    """Return the wording for the treatment clock: with infection open, the abscess."""
    return "drainage" if view.result.found.infection_open else "treatment"


def _limit(view: View, beside: bool) -> Iterator[Part]:
    """Name the limit as this hospital's, and the others as other guidelines'."""
    urgency, said = view.result.urgency, words("clocks", WORDS)
    if not urgency.hours:
        return
    others = "".join(f"; {limit}" for limit in _others(view)) if beside else ""
    policy = words("policies", WORDS)[view.result.policy]
    limit = say_hours(urgency.hours)
    yield Part(said["limit"].format(hours=limit, policy=policy, others=others))


def _others(view: View) -> Iterator[str]:
    """Say the limits that other guidelines set, where this hospital's policy sets one."""
    urgency, said = view.result.urgency, words("clocks", WORDS)
    named = words("guidelines", WORDS)
    for guideline, hours in urgency.others if urgency.hours else ():
        limit = say_hours(hours) if hours else said["no_hours"]
        yield said["other"].format(guideline=named[guideline], hours=limit)


def _treatment(view: View, beside: bool) -> Iterator[Line]:
    if not view.result.treatment_due:
        return
    begun = view.case.newest_entry("treatment_begun")
    if begun:
        time = say_time(begun.at, view.now, view.zone)
        yield (Part(words("clocks", WORDS)["begun"].format(time=time)),)
        return
    yield deadline_line(view, "treatment")
    if beside:
        yield from _counts_from(view)


def _counts_from(view: View) -> Iterator[Line]:
    """Say from when the treatment clock counts, while it runs."""
    if view.result.treatment_due and not view.case.newest_entry("treatment_begun"):
        clock = explain_treatment_clock(view.result.found)
        yield (Part(str(guidance()[clock.id].card(clock, view.zone))),)


def _sessions(view: View) -> Iterator[Line]:
    """Say the next dialysis if it collides with a future MRI deadline."""
    if view.result.due and view.now > view.result.due:
        return
    session = next((each for each in view.result.actions if each.id == "G15"), None)
    said = session and guidance()["G15"].card(session, view.zone)
    if said:
        yield (Part(said),)


def _moved(view: View) -> Iterator[Line]:
    moved = view.newest(view.flow.landmarks.suspected_at)
    if moved:
        since = say_moment(view.result.opened_at, view.zone)
        who = shorten(moved.who, MOST_OF_NAME, placeholder="…")
        yield (Part(f"Clock: since {since}, set by {who}"),)
