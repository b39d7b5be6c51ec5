"""The calendar file: two readers find the same instants and alarms in it, and no findings."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.conversation.reminders import changed_at, wanted
from bot.export.calendar import calendar_text, duration, escape, fold, uid
from bot.flows.triage import FLOW
from bot.screens.view import View
from state.records import Entry, StoredCase, Value
from tests.conftest import NOON, stored_case
from tests.conversation.random_conversations import conversation
from tests.dialogue import WITHOUT_SYMPTOMS
from tests.export.random_cases import random_views
from tests.export.table_cases import table_views
from tests.shares import some_or_all

HOUR = timedelta(hours=1)
CLOCK_CHANGES = {
    "London, into winter": ("Europe/London", datetime(2026, 10, 24, 20, 30, tzinfo=UTC)),
    "London, into summer": ("Europe/London", datetime(2027, 3, 27, 19, 45, tzinfo=UTC)),
    "Berlin, into winter": ("Europe/Berlin", datetime(2026, 10, 24, 21, 0, tzinfo=UTC)),
    "Berlin, into summer": ("Europe/Berlin", datetime(2027, 3, 27, 22, 0, tzinfo=UTC)),
    "Auckland, into summer": ("Pacific/Auckland", datetime(2026, 9, 26, 9, 0, tzinfo=UTC)),
    "Auckland, into winter": ("Pacific/Auckland", datetime(2027, 4, 3, 8, 0, tzinfo=UTC)),
    "midnight of a year": ("Europe/London", datetime(2026, 12, 31, 12, 0, tzinfo=UTC)),
}
PROPERTIES = {
    "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "SEQUENCE",
    "DTSTART", "DTEND", "STATUS", "SUMMARY", "DESCRIPTION", "CLASS", "TRANSP", "ACTION", "TRIGGER",
}  # fmt: skip
SAID = re.compile(
    r"[A-Z]{3}-\d+: (?:(?:MRI|CT|CT myelography|MRI reading|first MRI|treatment) deadline"
    r"(?: ahead| now| passed)?|dialysis)"
    r"|As of \w{3} \d+ \w{3} \d\d:\d\d [\w+:]+\. This does not follow the case: CordCall has the "
    r"deadline that counts\."
)
MRI, FIRST, TREATMENT, SESSION = "mri", "mri_first", "treatment", "session"


@dataclass(frozen=True)
class Read:
    """One event as a reader understands it; alarms as instants."""

    start: datetime | date
    status: str
    sequence: int
    summary: str
    made: datetime
    alarms: tuple[datetime, ...]


def by_icalendar(text: str) -> dict[str, Read]:
    found = {}
    for event in icalendar.Calendar.from_ical(text).walk("VEVENT"):
        start = event["DTSTART"].dt
        alarms = [start + alarm["TRIGGER"].dt for alarm in event.walk("VALARM")]
        found[str(event["UID"])] = Read(
            start, str(event["STATUS"]), int(event["SEQUENCE"]), str(event["SUMMARY"]),
            event["DTSTAMP"].dt, tuple(alarms),
        )  # fmt: skip
    return found


def by_vobject(text: str) -> dict[str, Read]:
    found = {}
    for event in vobject.readOne(text).contents.get("vevent", []):
        start = event.dtstart.value
        alarms = [start + alarm.trigger.value for alarm in event.contents.get("valarm", [])]
        found[event.uid.value] = Read(
            start, event.status.value, int(event.sequence.value), event.summary.value,
            event.dtstamp.value, tuple(alarms),
        )  # fmt: skip
    return found


def read(view: View) -> dict[str, Read]:
    """Read the file of a case by both readers, which must agree, as events by their slot."""
    text = calendar_text(view)
    one, other = by_icalendar(text), by_vobject(text)
    assert one == other
    case, slots = view.case, (MRI, FIRST, TREATMENT, SESSION)
    named = {uid(case.code, case.begun_at, slot): slot for slot in slots}
    assert set(one) <= set(named)
    return {named[each]: event for each, event in one.items()}


def a_case(begun_at: datetime = NOON, **answers: Value) -> StoredCase:
    case = replace(stored_case(), begun_at=begun_at, touched_at=begun_at)
    for key, value in answers.items():
        case = case.with_answer(key.replace("__", "."), value, "ann", begun_at)
    return case


def seen(engine: Engine, case: StoredCase, now: datetime, zone: Any = UTC) -> View:
    return View(case, engine.stand(case, now), FLOW, now, zone, "")


def running(events: dict[str, Read]) -> set[str]:
    return {slot for slot, event in events.items() if event.status == "CONFIRMED"}


@pytest.fixture(scope="module", params=some_or_all(120, 400))
def views(request: pytest.FixtureRequest) -> list[View]:
    return [*random_views(request.param), *(view for _, view in table_views())]


def test_both_readers_find_the_deadlines_and_the_reminders_of_the_case(views: list[View]) -> None:
    events = alarms = 0
    for view in views:
        result, found = view.result, read(view)
        live = view.case.status != "closed" and view.standing.settled
        begun = view.case.newest_entry("treatment_begun")
        expected = {MRI: result.due, TREATMENT: None if begun else result.treatment_due}
        for slot, at in expected.items():
            event = found.get(slot)
            if at and live:
                assert event and (event.start, event.status) == (at, "CONFIRMED")
            else:
                assert event is None or (event.status, event.alarms) == ("CANCELLED", ())
        ringing = sorted(at for event in found.values() for at in event.alarms)
        due = (
            each.due_at
            for each in wanted(view.case, view.standing, changed_at(view.case), None)
            if each.due_at and each.due_at > view.now and each.kind != "alarm_unanswered"
        )
        assert ringing == sorted(due)
        assert {event.made for event in found.values()} == {view.now.replace(microsecond=0)}
        assert {event.sequence for event in found.values()} == {view.case.version}
        events, alarms = events + len(running(found)), alarms + len(ringing)
    assert events > 300 and alarms > 300


@pytest.mark.parametrize("name", CLOCK_CHANGES)
def test_a_deadline_is_twelve_real_hours_away_over_a_change_of_the_clocks(
    machine: FlowMachine, name: str
) -> None:
    zone, begun = CLOCK_CHANGES[name]
    here = ZoneInfo(zone)
    engine = Engine(machine, "stepwise", here)
    view = seen(engine, a_case(begun, cord_signs=["gait"]), begun, here)
    event = read(view)[MRI]
    due = begun + 12 * HOUR
    assert event.start == due
    assert event.alarms == (due - 3 * HOUR, due, due + HOUR / 2, due + 3 * HOUR / 2)
    shown = due.astimezone(here)
    assert (event.start.astimezone(here) if isinstance(event.start, datetime) else None) == shown
    if "midnight" in name:
        assert (shown.year, shown.hour) == (2027, 0)
    else:
        assert shown.utcoffset() != begun.astimezone(here).utcoffset()


def test_every_line_is_as_the_standard_asks_and_says_no_finding(views: list[View]) -> None:
    said = set[str]()
    for view in views:
        text = calendar_text(view)
        assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
        assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
        for line in text.replace("\r\n ", "").split("\r\n")[:-1]:
            name, _, value = line.partition(":")
            assert name.partition(";")[0] in PROPERTIES
            if name in ("SUMMARY", "DESCRIPTION"):
                assert SAID.fullmatch(value), value
                said.add(value.partition(": ")[2])
    assert len(said) > 8


def test_a_new_file_replaces_the_event_of_an_earlier_one(engine: Engine) -> None:
    calm = {**WITHOUT_SYMPTOMS, "radicular_pain": "unilateral"}
    case = a_case(**calm)
    before = read(seen(engine, replace(case, version=3), NOON))[MRI]
    worse = case.with_answer("cord_signs", ["gait"], "ann", NOON + HOUR)
    after = read(seen(engine, replace(worse, version=4), NOON + HOUR))[MRI]
    assert (before.sequence, after.sequence) == (3, 4)
    assert before.start == NOON + 168 * HOUR and after.start == NOON + 12 * HOUR


def test_a_closed_case_withdraws_every_event_and_a_reopened_one_brings_them_back(
    engine: Engine,
) -> None:
    case = a_case(
        cord_signs=["gait"], renal="haemodialysis", next_dialysis="2026-11-22T18:00+00:00"
    )
    assert running(read(seen(engine, case, NOON))) == {MRI, SESSION}
    closed = read(seen(engine, replace(case, status="closed"), NOON))
    assert set(closed) == {MRI, SESSION} and running(closed) == set()
    assert not any(event.alarms for event in closed.values())
    assert running(read(seen(engine, replace(case, status="open"), NOON))) == {MRI, SESSION}


def test_the_first_deadline_counts_from_the_request(engine: Engine) -> None:
    case = a_case(cord_signs=["bowel"])
    assert set(read(seen(engine, case, NOON))) == {MRI}
    requested = case.with_entry(Entry("mri_requested", "", "ann", NOON + HOUR))
    event = read(seen(engine, requested, NOON + HOUR))[FIRST]
    assert event.start == NOON + 5 * HOUR and event.alarms == (NOON + 5 * HOUR,)
    late = case.with_entry(Entry("mri_requested", "", "ann", NOON + 9 * HOUR))
    assert read(seen(engine, late, NOON + 9 * HOUR))[FIRST].status == "CANCELLED"


def test_a_session_without_a_time_takes_its_day_in_the_zone_of_the_hospital(
    machine: FlowMachine,
) -> None:
    here = ZoneInfo("Pacific/Auckland")
    engine = Engine(machine, "stepwise", here)
    case = a_case(cord_signs=["gait"], renal="haemodialysis", dialysis_days=["mon", "wed", "fri"])
    case = case.with_answer("next_dialysis", "unknown", "ann", NOON)
    event = read(seen(engine, case, NOON, here))[SESSION]  # Monday has begun in Auckland
    assert event.start == date(2026, 11, 23) and event.alarms == ()


@pytest.mark.parametrize("count", some_or_all(15, 60))
def test_what_an_earlier_file_had_a_later_one_has_or_withdraws(
    machine: FlowMachine, count: int
) -> None:
    withdrawn = 0
    for seed in range(count):
        had = set[str]()
        for turned in conversation(machine, "stepwise", seed):
            now = read(turned.view)
            assert had <= set(now), seed
            withdrawn += len(had - running(now))
            had |= running(now)
    assert withdrawn > 2 * count


@pytest.mark.parametrize(
    ("span", "written"),
    [
        (timedelta(), "PT0S"),
        (-3 * HOUR, "-PT3H"),
        (timedelta(minutes=90), "PT1H30M"),
        (timedelta(hours=-41, minutes=-59, seconds=-3), "-PT41H59M3S"),
    ],
)
def test_a_span_is_written_exactly(span: timedelta, written: str) -> None:
    assert duration(span) == written
    assert icalendar.prop.vDuration.from_ical(written) == span


def test_text_is_escaped_and_folded_between_characters() -> None:
    said = "Ward 7; bed, “3” \\ é" * 9 + "\nnext"
    line = f"SUMMARY:{escape(said)}"
    pieces = [*fold(line)]
    assert max(len(piece.encode()) for piece in pieces) <= 75 < len(line)
    assert "".join((pieces[0], *(piece[1:] for piece in pieces[1:]))) == line
    whole = "\r\n".join(("BEGIN:VEVENT", *pieces, "END:VEVENT", ""))
    assert str(icalendar.Event.from_ical(whole)["SUMMARY"]) == said
    assert vobject.readOne(whole).summary.value == said
