"""Says the clocks of a case: MRI, treatment, next dialysis, each limit with whose it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Final, NamedTuple

from bot.conversation.time_line import awaits_cauda_equina, cauda_equina_due
from bot.guidance.spoken_times import say_beside, say_moment, say_short, say_time_left
from bot.guidance.texts import guidance
from bot.logic.figures import say_hours
from bot.logic.urgency import explain_treatment_clock
from bot.screens.notices import words
from bot.screens.screen import Line, Part, say_line, shortened
from bot.screens.summary import cauda_or_cord
from bot.screens.time_line import say_time
from bot.screens.view import View

WORDS: Final = "card.toml"
MOST_OF_NAME: Final = 16
WHOLE, BARE, BARER, DEADLINES = range(4)  # lengths of the clocks


class Clocks(NamedTuple):
    """The clocks of a case at four lengths, and what each leaves out, to be said elsewhere.

    `WHOLE`; `BARE`, without what stands beside the clocks; `BARER`, without the limit either, nor a
    dialysis session that collides with the deadline; the `DEADLINES` alone.
    """

    lengths: tuple[tuple[Line, ...], ...]
    left_out: tuple[tuple[str, ...], ...]


def clocks(view: View) -> Clocks:
    """Say every clock, nearest first; the applicable limit is named as this hospital's.

    By the reader's clock they are said at their whole length only.
    """
    cauda, others = cauda_equina_line(view), [*_others(view)]
    first: tuple[Line, ...] = ((Part(cauda),),) if cauda else ()
    images, treatment = _images(view, None), _treatment(view, None)
    limit, sessions = _limit(view, ""), [*_sessions(view)]
    counts_from, moved = [*_counts_from(view)], [*_moved(view)]
    zone = view.reader_zone
    elsewhere = "".join(f"; {each}" for each in others)
    whole = (*(_images(view, zone) if zone else images), *_limit(view, elsewhere))
    treated = _treatment(view, zone) if zone else treatment
    limits = _lines_alone(limit, sessions)
    beside = tuple(_said_beside(view, others, (*counts_from, *moved)))
    return Clocks(
        (
            (*first, whole, *treated, *counts_from, *sessions, *moved),
            (*first, (*images, *limit), *treatment, *sessions),
            (*first, images, *treatment),
            (images, *treatment),
        ),
        ((), beside, (*limits, *beside), (*([cauda] if cauda else []), *limits, *beside)),
    )


def clock_lines(view: View) -> tuple[Line, ...]:
    """Say every clock at its whole length in hospital time, without who moved it."""
    cauda = cauda_equina_line(view)
    elsewhere = "".join(f"; {each}" for each in _others(view))
    return (
        *(((Part(cauda),),) if cauda else ()),
        (*_images(view, None), *_limit(view, elsewhere)),
        *_treatment(view, None),
        *_counts_from(view),
        *_sessions(view),
    )


def _lines_alone(limit: Line, sessions: Sequence[Line]) -> list[str]:
    """Say the limit and a session that collides with the deadline, each in a line of its own."""
    said = say_line(limit).removeprefix("; ")
    lines = (said[:1].upper() + said[1:], *map(say_line, sessions))
    return [line for line in lines if line]


def _said_beside(view: View, others: Sequence[str], lines: Sequence[Line]) -> Iterator[str]:
    """Say what stands beside the clocks where there is room, each in a line of its own.

    Other guidelines' limits, the reader's clock, from when a clock counts, and who moved it.
    """
    said = words("clocks", WORDS)["elsewhere"]
    yield from (said.format(others=limit) for limit in others)
    yield from map(say_line, _by_the_readers_clock(view))
    yield from map(say_line, lines)


def _by_the_readers_clock(view: View) -> Iterator[Line]:
    """Say each deadline that runs by the reader's clock too, if that shows another time."""
    if view.reader_zone is None:
        return
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
    return _deadline_line(view, clock, view.reader_zone)


def _deadline_line(view: View, clock: str, reader_zone: tzinfo | None) -> Line:
    due = view.result.due if clock == "mri" else view.result.treatment_due
    if due is None:
        raise KeyError(f"{clock}: the case has no such deadline")
    what = _scan(view) if clock == "mri" else _what_begins(view)
    said = words("clocks", WORDS)[what]
    return deadline(said, due, view.now, view.zone, reader_zone)


def deadline(
    what: str, due: datetime, now: datetime, zone: tzinfo, reader_zone: tzinfo | None
) -> Line:
    """Say by when, with weekday and zone, also in the reader's zone, and the time left."""
    unix = int(due.timestamp())
    left = Part(say_time_left(due, now), unix, relative=True)
    beside = say_beside(due, zone, reader_zone)
    return (Part(f"{what} "), Part(say_moment(due, zone), unix), Part(f"{beside}, "), left)


def _images(view: View, reader_zone: tzinfo | None) -> Line:
    result, said = view.result, words("clocks", WORDS)
    unread = result.case.mri_done and result.case.lesions is None
    if unread and view.case.status == "closed":
        return (Part(said["unread_closed"]),)
    if result.due:
        return _deadline_line(view, "mri", reader_zone)
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


def _limit(view: View, others: str) -> Line:
    """Name the limit as this hospital's, and the others as other guidelines'."""
    urgency = view.result.urgency
    if not urgency.hours:
        return ()
    policy = words("policies", WORDS)[view.result.policy]
    said, limit = words("clocks", WORDS)["limit"], say_hours(urgency.hours)
    return (Part(said.format(hours=limit, policy=policy, others=others)),)


def _others(view: View) -> Iterator[str]:
    """Say the limits that other guidelines set, where this hospital's policy sets one."""
    urgency, said = view.result.urgency, words("clocks", WORDS)
    named = words("guidelines", WORDS)
    for guideline, hours in urgency.others if urgency.hours else ():
        limit = say_hours(hours) if hours else said["no_hours"]
        yield said["other"].format(guideline=named[guideline], hours=limit)


def _treatment(view: View, reader_zone: tzinfo | None) -> tuple[Line, ...]:
    if not view.result.treatment_due:
        return ()
    begun = view.case.newest_entry("treatment_begun")
    if begun:
        time = say_time(begun.at, view.now, view.zone)
        return ((Part(words("clocks", WORDS)["begun"].format(time=time)),),)
    return (_deadline_line(view, "treatment", reader_zone),)


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
        who = shortened(moved.who, MOST_OF_NAME, "…")
        yield (Part(f"Clock: since {since}, set by {who}"),)
