"""What is exported is read back as it was: every answer with who and when, and the time line."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.export.fhir.bundle import bundle, bundle_text
from bot.export.fhir.reading import read_case
from bot.flows.triage import FLOW
from bot.screens.view import View
from state.records import TAKEN_BACK, Answer, StoredCase, Told
from tests.conftest import NOON, stored_case
from tests.conversation.random_conversations import conversation
from tests.export.fhir.bundles import item, items, only
from tests.export.random_cases import random_views
from tests.export.table_cases import table_views
from tests.shares import quick_for


def read_back(view: View) -> StoredCase:
    return read_case(bundle_text(view).encode(), FLOW).case


def assert_same(view: View) -> None:
    """Assert that a case comes back, but for its saves here and what follows from its answers."""
    case = read_back(view)
    assert case == replace(view.case, version=0, position="")
    assert bundle_text(replace(view, case=case)) == bundle_text(view)


def view_of(case: StoredCase, now: datetime = NOON) -> View:
    engine = Engine(FlowMachine(FLOW), "stepwise", UTC)
    return View(case, engine.stand(case, now), FLOW, now, UTC, "")


@pytest.mark.parametrize("share", quick_for(range(16), 0))
def test_every_case_of_the_tables_comes_back(share: int) -> None:
    for name, view in table_views()[share::16]:
        seen = replace(view, now=max(view.now, view.case.begun_at))
        case = read_back(seen)
        assert len(case.answers) == len(view.case.answers), name
        assert bundle_text(replace(seen, case=case)) == bundle_text(seen), name


@pytest.mark.parametrize("seed", quick_for(range(1, 26), 1))
def test_random_cases_come_back(seed: int) -> None:
    views = [*random_views(40, seed)]
    assert len({each.kind for view in views for each in view.case.timeline}) > 10
    for view in views:
        assert_same(view)


@pytest.mark.parametrize("seed", quick_for(range(60), *range(4)))
def test_each_turn_of_a_random_conversation_comes_back(machine: FlowMachine, seed: int) -> None:
    """They tick, edit, correct, take back, close, reopen, and meet other rules and policies."""
    for turned in [*conversation(machine, "stepwise", seed)][::7]:
        if any(each.detail == "died" for each in turned.view.case.timeline):
            return  # an outcome that only the tests have
        assert_same(turned.view)


def test_answers_that_were_changed_or_taken_back_keep_their_place() -> None:
    case = stored_case()
    given = ["ckd", "haemodialysis", TAKEN_BACK, "unknown", TAKEN_BACK, TAKEN_BACK]
    for minute, value in enumerate(given):
        who = "ann" if minute % 2 else "ben"
        case = case.with_answer("renal", value, who, NOON + timedelta(minutes=minute))
    view = view_of(case, NOON + timedelta(hours=1))
    assert read_back(view).answers == case.answers
    assert "answer" not in item(bundle(view), "renal"), "nothing counts"


def test_nothing_but_the_times_of_export_differs_an_hour_later() -> None:
    case = view_of(stored_case().with_answer("cord_signs", ["gait"], "ann", NOON)).case
    early, late = (bundle(view_of(case, NOON + timedelta(hours=each))) for each in (1, 2))
    kept = ("QuestionnaireResponse", "Basic")
    for kind in kept:
        before, after = only(early, kind), only(late, kind)
        before.pop("text", None), after.pop("text", None)
        assert before == after, kind
    assert only(early, "Provenance")["recorded"] != only(late, "Provenance")["recorded"]


def test_an_answer_that_the_flow_no_longer_offers_is_kept_and_counts_for_nothing() -> None:
    case = stored_case().with_answer("renal", "transplanted", "ann", NOON)
    case = case.with_answer("smoker", True, "ann", NOON).with_answer("asia", "C", "ann", NOON)
    view = view_of(case)
    assert read_back(view).answers == case.answers
    assert [each["linkId"] for each in items(bundle(view))] == ["asia"]


def test_a_number_that_is_not_known_has_the_extension_that_says_so() -> None:
    case = stored_case().with_answer("potassium", "unknown", "ann", NOON)
    case = case.with_answer("last_dialysis", "unknown", "ann", NOON)
    found = bundle(view_of(case))
    for link, kind in (("potassium", "Decimal"), ("last_dialysis", "DateTime")):
        (answer,) = item(found, link)["answer"]
        assert [*answer] == [f"_value{kind}"]
    assert read_back(view_of(case)).answers == case.answers


@pytest.mark.parametrize("value", [5, 5.0, 5.4])
def test_a_number_stays_whole_or_not(value: float) -> None:
    case = stored_case().with_answer("potassium", value, "ann", NOON)
    (answer,) = read_back(view_of(case)).answers
    assert (answer.value, type(answer.value)) == (value, type(value))


def test_moments_are_kept_to_the_microsecond() -> None:
    at = NOON + timedelta(microseconds=3)
    case = stored_case().with_answer("cord_signs", [], "ann", at)
    assert read_back(view_of(case)).answers == (Answer("cord_signs", [], "ann", at),)


def test_what_was_said_last_comes_back() -> None:
    for told in (None, Told("emergency", 12, "give_now"), Told("no_mri", None, "none")):
        case = replace(stored_case(), told=told, adding=True, revisiting="renal", policy="nice")
        assert_same(view_of(case))


def test_no_lesion_is_renumbered() -> None:
    case = stored_case().with_answer("level.3", "T8", "ann", NOON)
    assert read_back(view_of(case)).answers == case.answers


def test_the_text_is_json_with_one_end_of_line_and_always_the_same() -> None:
    (view,) = random_views(1, 9)
    said = bundle_text(view)
    assert json.loads(said) == bundle(view)
    assert said.endswith("}\n") and said == bundle_text(view)
