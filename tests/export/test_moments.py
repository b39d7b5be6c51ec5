"""The moments of a case: only what was noted and what the rules decided, in order of time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation.engine import Engine
from bot.export.moments import DEADLINES, FROM_LINE, Moment, moments, next_deadline
from bot.screens.do_now import do_now
from bot.screens.plan import draw_whole
from bot.screens.time_line import entries_that_count, say_by, say_entry
from bot.screens.view import View
from state.records import Entry
from tests.conftest import NOON
from tests.export.random_cases import random_views
from tests.export.table_cases import table_views
from tests.screens.views import view_of
from tests.shares import some_or_all

HOUR = timedelta(hours=1)
DIALYSED: dict[str, Any] = {
    "cord_signs": ["gait"], "infection_signs": False, "renal": "haemodialysis",
    "cancer": "known", "mri": "not_done", "last_dialysis": "2026-11-22T07:00:00+00:00",
    "next_dialysis": "2026-11-22T18:00:00+00:00",
}  # fmt: skip


@pytest.fixture(scope="module", params=some_or_all(200, 400))
def views(request: pytest.FixtureRequest) -> list[View]:
    return [*random_views(request.param), *(view for _, view in table_views())]


def of(view: View, kind: str) -> list[Moment]:
    return [each for each in moments(view) if each.kind == kind]


def test_they_stand_in_order_of_time_with_the_present_between(views: list[View]) -> None:
    for view in views:
        found = moments(view)
        (present,) = (n for n, each in enumerate(found) if each.kind == "now")
        exact = [each for each in found if not each.day]
        times = [each.shown_at.astimezone(UTC) for each in exact]
        assert times == sorted(times)
        assert all(each.shown_at <= view.now for each in found[:present])
        assert all(each.day or each.shown_at >= view.now for each in found[present:])


def test_deadlines_are_those_of_the_rules_and_none_of_a_closed_case(views: list[View]) -> None:
    seen = Counter[str]()
    for view in views:
        result, open_ = view.result, view.case.status != "closed"
        begun = view.case.newest_entry("treatment_begun") is not None
        runs = open_ and view.standing.settled
        mri = [result.due] if result.due and runs else []
        treatment = [result.treatment_due] if result.treatment_due and open_ and not begun else []
        assert [each.at for each in of(view, "mri")] == mri
        assert [each.at for each in of(view, "treatment")] == treatment
        others = [
            result.opened_at + timedelta(hours=hours) for _, hours in result.urgency.others if hours
        ]
        assert [each.at for each in of(view, "mri_elsewhere")] == (sorted(others) if mri else [])
        seen.update(each.kind for each in moments(view))
        running = [each for each in moments(view) if each.kind in DEADLINES]
        assert next_deadline(moments(view)) == min(running, key=lambda each: each.at, default=None)
    assert min(seen[kind] for kind in ("mri", "mri_elsewhere", "mri_first", "treatment")) > 1
    assert min(seen[kind] for kind in ("theatre", "contrast", "dose_due", "blood_thinner")) > 1


def test_what_was_noted_and_not_taken_back_stands_there_once(views: list[View]) -> None:
    for view in views:
        found = [(e.at, e.label) for e in moments(view) if e.kind in FROM_LINE]
        noted = list[tuple[datetime, str]]()
        for entry in entries_that_count(view):
            by = say_by(view, entry)
            noted.append(
                (entry.at, f"{say_entry(view, entry)} ({by})" if by else say_entry(view, entry))
            )
        assert sorted(found) == sorted(noted)


def test_a_dose_is_due_while_the_card_says_to_give_it(views: list[View]) -> None:
    for view in views:
        due = of(view, "dose_due")
        assert len(due) <= 1
        if due:
            assert view.case.newest_entry("steroid_given") is None
            assert due[0].note.startswith("Dexamethasone: 16 mg now")
            assert due[0].note in do_now(view)


def test_the_windows_of_dialysis_are_those_of_the_plan(engine: Engine) -> None:
    view = view_of(engine, DIALYSED)
    (theatre,) = of(view, "theatre")
    assert (theatre.at, theatre.until) == (NOON - 5 * HOUR, NOON + 19 * HOUR)
    (contrast,) = of(view, "contrast")
    assert contrast.at == NOON + 6 * HOUR
    plan = draw_whole(view, "dialysis").plain()
    assert theatre.note in plan and contrast.note in plan
    assert not of(view_of(engine, DIALYSED, now=NOON + 20 * HOUR), "theatre")
    late = DIALYSED | {"next_dialysis": "2026-11-24T07:00:00+00:00"}
    assert not of(view_of(engine, late), "contrast")
    (session,) = of(view_of(engine, late), "next_session")
    assert session.note in draw_whole(view_of(engine, late), "dialysis").plain()


def test_a_session_of_which_only_the_day_is_known_takes_that_day(views: list[View]) -> None:
    found = 0
    for view in views:
        for each in of(view, "next_session"):
            if each.day:
                found += 1
                rule = next(rule for rule in view.result.actions if rule.id == "G15")
                assert rule.figures["session"] == f"{each.at:%a} {each.at.day} {each.at:%b}"
                assert (each.at.hour, each.at.minute, each.at.tzinfo) == (0, 0, view.zone)
    assert found > 5


def test_a_dose_that_was_given_is_not_due_again(engine: Engine) -> None:
    fields = DIALYSED | {"renal": "normal"}
    assert of(view_of(engine, fields), "dose_due")
    given = view_of(engine, fields, noted=(Entry("steroid_given", "", "ann", NOON),))
    assert not of(given, "dose_due")
    (dose,) = of(given, "dose_given")
    assert dose.note in do_now(given)


def test_nothing_is_advised_about_a_closed_case(views: list[View]) -> None:
    closed = [view for view in views if view.case.status == "closed"]
    assert len(closed) > 10
    for view in closed:
        assert not any(each.note for each in moments(view))
        kinds = {each.kind for each in moments(view)}
        facts = {"now", "suspected", "last_session", "next_session", "blood_thinner", *FROM_LINE}
        assert kinds <= facts


def test_an_overdue_deadline_stays_the_one_that_stands_out(engine: Engine) -> None:
    late = view_of(engine, DIALYSED, now=NOON + 13 * HOUR)
    shown = next_deadline(moments(late))
    assert shown is not None and shown.kind == "mri" and shown.is_overdue(late.now)
