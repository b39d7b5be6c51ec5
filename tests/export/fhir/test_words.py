"""What a bundle says is what card, plan and SBAR say, word for word; and it names nobody."""

import json
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from bot.export.content import content
from bot.export.fhir.bundle import bundle, bundle_text
from bot.export.fhir.elements import PERSON
from bot.export.fhir.people import without_names
from bot.export.fhir.reading import read_case
from bot.guidance.ruleset import ruleset_hash
from bot.screens.plan import draw_whole, filled_sections
from bot.screens.sbar import sbar_of
from bot.screens.time_line import lines_that_count
from bot.screens.view import View
from state.groups import Colleague
from state.records import Entry
from tests.conftest import NOON, stored_case
from tests.export.fhir.bundles import Bundle, only, resources
from tests.export.fhir.test_round_trip import view_of
from tests.export.random_cases import NAMES, random_views
from tests.export.table_cases import table_views
from tests.shares import some_or_all

IDS = {"ann": "7351946201", "ben": "7351946202", "cy": "7351946203", "dee": "7351946204"}


def paragraphs(resource: Bundle) -> list[str]:
    """Return the lines of a resource's text, as XML reads them."""
    div = ElementTree.fromstring(resource["text"]["div"])
    return ["".join(each.itertext()) for each in div]


def rules(found: Bundle) -> list[dict[str, Any]]:
    """Return what is said of each step: its rules, text, sources and status."""
    steps = [each["part"] for each in only(found, "Parameters")["parameter"] if "part" in each]
    return [
        {part["name"]: part.get("valueString") for part in step if part["name"] != "rule"}
        for step in steps
    ]


@pytest.fixture(scope="module", params=some_or_all(20, 200))
def views(request: pytest.FixtureRequest) -> list[View]:
    return [*random_views(request.param), *(view for _, view in table_views()[::40])]


def test_the_sentences_are_those_of_sbar_plan_and_time_line(views: list[View]) -> None:
    for view in views:
        assert_said(view)


def assert_said(view: View) -> None:
    found, sbar = bundle(view), sbar_of(view)
    told = paragraphs(only(found, "QuestionnaireResponse"))
    parts = (sbar.situation, sbar.background, sbar.assessment, sbar.request)
    for part, heading in zip(parts, "SBAR", strict=True):
        begins = next(n for n, line in enumerate(told) if line.startswith(f"{heading} – "))
        assert told[begins + 1 : begins + 1 + len(part)] == [*part]
    advised = paragraphs(only(found, "GuidanceResponse"))
    assert {sbar.missing, sbar.end} <= {*advised}
    plan = "\n".join(draw_whole(view, each).plain() for each in filled_sections(view))
    for step in rules(found):
        assert step["text"] in advised
        if step.get("section"):
            assert step["text"] in plan and step["status"]
    noted = [*lines_that_count(without_names(view))]
    said = paragraphs(only(found, "Basic")) if noted else []
    assert {*noted} <= {*said}


def test_every_rule_of_the_plan_is_there_once_with_its_status(views: list[View]) -> None:
    for view in views:
        plan = content(view).plan
        said = [each for each in rules(bundle(view)) if each.get("section")]
        assert [each["text"] for each in said] == [each.text for each in plan]
        assert [each["status"] for each in said] == [each.status for each in plan]


def test_the_module_names_the_rules_by_their_hash() -> None:
    (advice,) = resources(bundle(view_of(stored_case())), "GuidanceResponse")
    assert advice["moduleCanonical"].endswith(f"-{ruleset_hash()}")


def test_what_would_be_markup_is_only_said() -> None:
    colleague = Colleague("-100123", "ann", "<Ann> &Bell", NOON)
    case = replace(stored_case(), chat="-100123").with_answer("cord_signs", ["gait"], "ann", NOON)
    case = case.with_entry(Entry("called", "surgeon", "ann", NOON))
    view = replace(view_of(case), colleagues={"ann": colleague}, call="<b>4321 & 1</b>")
    for resource in (e["resource"] for e in bundle(view)["entry"]):
        if "text" in resource:
            assert "<b>" not in resource["text"]["div"] and "<A" not in resource["text"]["div"]
    advised = paragraphs(only(bundle(view), "GuidanceResponse"))
    assert any("<b>4321 & 1</b>" in line for line in advised)


def identified(view: View) -> View:
    """Give everybody in a case the id of a person."""
    case = view.case
    answers = tuple(replace(each, who=IDS.get(each.who, each.who)) for each in case.answers)
    timeline = tuple(
        replace(each, who=IDS.get(each.who, each.who), detail=IDS.get(each.detail, each.detail))
        for each in case.timeline
    )
    people = {
        IDS[who]: replace(each, who=IDS[who]) for who, each in (view.colleagues or {}).items()
    }
    owner = IDS.get(case.owner, case.owner)
    known = replace(case, answers=answers, timeline=timeline, owner=owner)
    return replace(view, case=known, colleagues=people if view.colleagues else None)


def test_who_somebody_is_stands_in_one_place_and_no_name_in_any() -> None:
    seen = handed_over = 0
    for view in map(identified, random_views(60, 3)):
        found: Bundle = json.loads(bundle_text(view))
        agents = only(found, "Provenance").pop("agent")
        held = {each["who"]["identifier"]["value"] for each in agents}
        assert {each["who"]["identifier"]["system"] for each in agents} == {PERSON}
        acted = {each.who for each in (*view.case.answers, *view.case.timeline)}
        assert acted <= held
        rest = json.dumps(found, ensure_ascii=False)
        assert not re.search(r"735194620\d", rest)
        assert not [name for name in NAMES.values() if len(name) > 3 and name in rest]
        handed_over += "Handed over: " in rest
        seen += len(held & {*IDS.values()})
        assert not resources(found, "Patient") and not resources(found, "Practitioner")
        subjects = [e["resource"]["subject"] for e in found["entry"] if "subject" in e["resource"]]
        assert all(each == {"display": f"case {view.case.code}"} for each in subjects)
    assert seen > 60 and handed_over > 2


def test_no_name_of_a_colleague_is_markup_a_line_or_a_letter_that_turns_others() -> None:
    hostile = "\u202e</div>\r\n\u2028<script> \x07Bell"
    view = next(each for each in random_views(60, 3) if "Handed over: " in bundle_text(each))
    people = {who: replace(each, name=hostile) for who, each in (view.colleagues or {}).items()}
    data = bundle_text(replace(view, colleagues=people))
    assert not [each for each in ("\u202e", "script", "Bell", "\\u0007", "\\r") if each in data]
    assert read_case(data.encode(), view.flow).case.timeline == view.case.timeline
