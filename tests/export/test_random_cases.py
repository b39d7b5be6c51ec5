"""The random cases cover what an export must cope with, and are the same for the same seed."""

from itertools import islice

from bot.flows.triage import FLOW
from bot.logic.urgency import POLICIES
from tests.export.random_cases import ZONES, random_views
from tests.export.table_cases import table_views

KINDS = {
    "alarmed", "called", "handed_over", "steroid_given", "mri_requested", "closed", "seen",
    "overridden", "treatment_begun", "undone", "coming", "unanswered", "mri_done", "corrected",
    "new_signs",
}  # fmt: skip


def test_the_random_cases_cover_the_flow_the_time_line_zones_policies_and_hands() -> None:
    views = list(random_views(200))
    assert {str(each.zone) for each in views} == set(ZONES)
    assert {each.case.policy for each in views} == set(POLICIES)
    assert {each.case.status for each in views} == {"open", "waiting", "closed"}
    assert {entry.kind for each in views for entry in each.case.timeline} == KINDS
    answered = {answer.question.partition(".")[0] for each in views for answer in each.case.given}
    assert answered == set(FLOW.questions)
    assert any(each.case.answers != each.case.given for each in views)
    assert any(each.result.overdue_at(each.now) for each in views)
    assert any(len({e.who for e in each.case.timeline}) > 2 for each in views)
    assert any(not each.case.answers for each in views)


def test_the_random_cases_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    first = list(random_views(5, seed=7))
    assert [each.case for each in islice(random_views(50, seed=7), 5)] == [v.case for v in first]
    assert [each.case for each in random_views(5, seed=8)] != [each.case for each in first]


def test_the_answers_of_a_row_of_the_case_tables_lead_to_its_case() -> None:
    views = table_views()
    assert len(views) >= 500
    for name, view in views:
        for answer in view.case.given:
            question = FLOW.question(answer.question)
            assert question is not None, name
            assert question.accepts(answer.value), f"{name}: {answer}"
