"""The moments of a case: what was done and when, what is due and by when, on one line of time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Literal

from bot.conversation.alarm import KINDS as ALARM_KINDS
from bot.conversation.time_line import cauda_equina_due
from bot.guidance.card_lines import dose_waits
from bot.guidance.texts import guidance
from bot.logic.decisions import Decisions
from bot.logic.figures import say_hours
from bot.logic.fired_rule import Fired
from bot.logic.sessions import SESSION_BEFORE_SURGERY_HOURS, next_session
from bot.logic.steroid import GIVE_NOW
from bot.logic.text_files import read_texts
from bot.logic.urgency import due, explain_treatment_clock
from bot.screens.clocks import WORDS as CARD
from bot.screens.do_now import say_steroid_now
from bot.screens.notices import words
from bot.screens.summary import awaited, cauda_or_cord
from bot.screens.time_line import say_by, say_entry
from bot.screens.view import View
from state.records import HANDED_OVER, Entry

MomentKind = Literal[
    "now", "suspected", "mri", "mri_elsewhere", "mri_first", "treatment", "last_session",
    "next_session", "contrast", "theatre", "blood_thinner", "dose_due", "dose_given", "call",
    "signs", "done",
]  # fmt: skip
DEADLINES: Final = ("mri", "mri_first", "treatment")  # those that run here
FROM_LINE: Final = ("dose_given", "call", "signs", "done")  # the kinds of the time line
WINDOWS: Final = ("contrast", "theatre")
CALLS: Final = ("called", HANDED_OVER, *ALARM_KINDS)
SIGNS: Final = ("new_signs", "corrected")
SESSION: Final = "G15"
BLEEDING: Final = "M7"
NO_TIME: Final = "day"


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment of a case, or with `until` a span that begins at it.

    `note` is what the rules say about it. With `day` only the day is known, from midnight to
    midnight where the case is read.
    """

    kind: MomentKind
    label: str
    at: datetime
    until: datetime | None = None
    note: str = ""
    day: bool = False

    @property
    def is_deadline(self) -> bool:
        return self.kind in DEADLINES

    @property
    def shown_at(self) -> datetime:
        """Return the moment that is told: of a span its end, since that is when it closes."""
        return self.at if self.day else self.until or self.at

    def is_overdue(self, now: datetime) -> bool:
        return self.is_deadline and self.at < now

    def is_past(self, now: datetime) -> bool:
        """Return whether it is over; a day is over at its end."""
        return (self.until or self.at) < now


def moments(view: View) -> tuple[Moment, ...]:
    """Return every moment of a case in order of time, the present between past and future."""
    found = [Moment("now", _labels()["now"], view.now), *_of_the_case(view)]
    return tuple(sorted(found, key=lambda each: _order(each, view.now)))


def next_deadline(found: tuple[Moment, ...]) -> Moment | None:
    """Return the deadline that stands out: the first of those that run, overdue or not."""
    return next((each for each in found if each.is_deadline), None)


def _order(moment: Moment, now: datetime) -> tuple[datetime, int]:
    """Order by time; at the present itself, what was done stands before and what is due after."""
    at, rank = moment.shown_at, 1
    if moment.day and not moment.is_past(now):
        at = max(at, now)
    if moment.kind != "now" and at == now:
        rank = 0 if moment.kind in (*FROM_LINE, "suspected") else 2
    return at.astimezone(UTC), rank


def _of_the_case(view: View) -> Iterator[Moment]:
    yield Moment("suspected", _labels()["suspected"], view.result.opened_at)
    yield from _noted(view)
    facts = (*_sessions(view), *_blood_thinner(view))
    if view.case.status == "closed":
        yield from (replace(each, note="") for each in facts if each.kind not in WINDOWS)
        return
    yield from facts
    yield from _images(view)
    yield from _treatment(view)
    yield from _dose_due(view)


def _images(view: View) -> Iterator[Moment]:
    """Yield the deadline of the scan, other guidelines' deadlines, and that of rule U11."""
    result, urgency = view.result, view.result.urgency
    if result.due is None or not view.standing.settled:
        return
    what, _ = awaited(view.case, result)
    said, here = words("clocks", CARD), words("policies", CARD)[result.policy]
    limit = said["limit"].format(hours=say_hours(urgency.hours or 0), policy=here, others="")
    yield Moment("mri", _labels()[what], result.due, note=_sentence(limit))
    elsewhere = _labels()["elsewhere" if what == "mri" else f"elsewhere_{what}"]
    for guideline, hours in urgency.others:
        at = due(result.opened_at, hours)
        if at and hours:
            named = words("guidelines", CARD)[guideline]
            other = said["other"].format(guideline=named, hours=say_hours(hours))
            yield Moment("mri_elsewhere", elsewhere, at, note=other)
    first = cauda_equina_due(view.case, result)
    if first:
        yield Moment("mri_first", _labels()[cauda_or_cord(result)], first)


def _sentence(part: str) -> str:
    """Begin with a capital letter what the card joins to something else."""
    said = part.removeprefix("; ")
    return said[:1].upper() + said[1:]


def _treatment(view: View) -> Iterator[Moment]:
    at = view.result.treatment_due
    if at and view.case.newest_entry("treatment_begun") is None:
        found = view.result.found
        clock = explain_treatment_clock(found)
        note = guidance()[clock.id].card(clock, view.zone) or ""
        yield Moment(
            "treatment", _labels()["drain" if found.infection_open else "treat"], at, note=note
        )


def _dose_due(view: View) -> Iterator[Moment]:
    """Yield the first dose while it is to be given now; the rules give no later one a time."""
    result = view.result
    given = view.case.newest_entry("steroid_given")
    if result.steroid.decision == GIVE_NOW and not dose_waits(result) and given is None:
        yield Moment("dose_due", _labels()["dose_due"], view.now, note=say_steroid_now(view))


def _sessions(view: View) -> Iterator[Moment]:
    """Yield the sessions, and the windows for contrast and theatre that the rules lay by them."""
    result, case = view.result, view.result.case
    if not result.found.dialysis:
        return
    rule = _fired(view, SESSION)
    said = guidance()[SESSION].sentences
    notes = rule.say if rule else ()
    if isinstance(case.last_dialysis, datetime):
        long_ago, heparin = _says(view, SESSION, "long_ago"), _says(view, BLEEDING, "dialysis")
        note = f"{long_ago} {heparin}".strip()
        yield Moment("last_session", _labels()["last_session"], case.last_dialysis, note=note)
    yield from _next_session(view, rule)
    if "before" in notes and isinstance(case.next_dialysis, datetime):
        label = _labels()["contrast"]
        yield Moment("contrast", label, case.next_dialysis, note=said["before"])
    until = rule.figures.get("theatre_until") if rule else None
    if rule and "window" in notes and isinstance(until, datetime):
        note = guidance()[SESSION].say(replace(rule, say=("window",)), view.zone)
        since = until - timedelta(hours=SESSION_BEFORE_SURGERY_HOURS)
        yield Moment("theatre", _labels()["theatre"], since, until, note)


def _next_session(view: View, rule: Fired | None) -> Iterator[Moment]:
    """Yield the next session: at its time, or on its day where only the usual days are known."""
    at, said = view.result.case.next_dialysis, guidance()[SESSION].sentences
    notes = rule.say if rule else ()
    if isinstance(at, datetime):
        note = " ".join(said[each] for each in ("running", "over", "after") if each in notes)
        ahead = at >= view.now or "running" in notes
        yield Moment(
            "next_session", _labels()["next_session" if ahead else "planned_session"], at, note=note
        )
    elif NO_TIME in notes:
        result = view.result
        decided = Decisions(
            result.found, result.urgency, result.steroid, result.treatment, result.due, result.now
        )
        session = next_session(decided)
        if session is not None:
            first, after = session.day, session.day + timedelta(days=1)
            begins, ends = (
                datetime(day.year, day.month, day.day, tzinfo=view.zone) for day in (first, after)
            )
            note = " ".join(said[each] for each in ("before", "after", "same_day") if each in notes)
            yield Moment("next_session", _labels()["next_session"], begins, ends, note, day=True)


def _blood_thinner(view: View) -> Iterator[Moment]:
    at = view.result.case.last_blood_thinner
    if isinstance(at, datetime):
        note = _says(view, BLEEDING, "anticoagulant", beginning="card_and_")
        yield Moment("blood_thinner", _labels()["blood_thinner"], at, note=_sentence(note))


def _noted(view: View) -> Iterator[Moment]:
    """Yield the time line: what was done and found, without what was taken back."""
    newest = view.case.newest_entry("steroid_given")
    for entry in view.case.noted:
        by, label = say_by(view, entry), say_entry(view, entry)
        note = say_steroid_now(view) if entry is newest and view.case.status != "closed" else ""
        yield Moment(_kind(entry), f"{label} ({by})" if by else label, entry.at, note=note)


def _kind(entry: Entry) -> MomentKind:
    if entry.kind == "steroid_given":
        return "dose_given"
    if entry.kind in CALLS:
        return "call"
    return "signs" if entry.kind in SIGNS else "done"


def _fired(view: View, rule: str) -> Fired | None:
    return next((each for each in view.result.actions if each.id == rule), None)


def _says(view: View, rule: str, note: str, *, beginning: str = "") -> str:
    """Return one sentence of a rule if that rule says it of this case; else nothing."""
    fired, said = _fired(view, rule), guidance()[rule].sentences
    return said[f"{beginning}{note}"] if fired and note in fired.say else ""


@cache
def _labels() -> Mapping[str, str]:
    found: Mapping[str, str] = read_texts("bot.export", "moments.toml")["labels"]
    return found
