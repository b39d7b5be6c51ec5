"""The Questionnaire says what the flow asks: words, options, units, and conditions exactly."""

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from bot.__main__ import app
from bot.command_line.commands import call
from bot.export.fhir.canonical import address, canonical, fingerprint, option, version
from bot.export.fhir.questionnaire import questionnaire, questionnaire_text
from bot.flows.grammar import UNKNOWN, Choice, Moment, Number, Several
from bot.flows.triage import FLOW
from bot.flows.wording import words_of
from bot.refusal import Refusal
from tests.dialogue import ask
from tests.export.random_cases import random_views
from tests.shares import some_or_all

Item = dict[str, Any]
WHOLE = questionnaire(FLOW)


def items(within: Mapping[str, Any] = WHOLE) -> Iterator[Item]:
    for item in within.get("item", ()):
        yield item
        yield from items(item)


ITEMS = {item["linkId"]: item for item in items()}


def codes(item: Item) -> list[str]:
    return [each["valueCoding"]["code"] for each in item.get("answerOption", ())]


def test_every_question_is_an_item_once_in_its_words() -> None:
    asked = [item for item in items() if item["type"] not in ("group", "display")]
    assert sorted(item["linkId"] for item in asked) == sorted(FLOW.questions)
    for item in asked:
        assert item["text"] == ask(item["linkId"])
        helps = item["item"]
        assert [each["text"] for each in helps] == [words_of(FLOW, item["linkId"]).help]
    assert len(ITEMS) == sum(1 for _ in items())


@pytest.mark.parametrize("name", FLOW.questions)
def test_an_item_offers_the_options_of_its_question_and_not_known(name: str) -> None:
    question, item = FLOW.questions[name], ITEMS[name]
    match question:
        case Choice() | Several():
            offered = [f"{name}.{each.key}" for each in question.options]
            nothing = [f"{name}.none"] if isinstance(question, Several) else []
            unknown = [f"{name}.{UNKNOWN}"] if question.can_be_unknown else []
            assert codes(item) == [*offered, *nothing, *unknown]
            assert item["type"] == "choice"
            assert item.get("repeats", False) == isinstance(question, Several)
        case Number():
            values = {e["url"].rpartition("/")[2]: e for e in item["extension"]}
            assert values["minValue"]["valueDecimal"] == question.low
            assert values["maxValue"]["valueDecimal"] == question.high
            assert values["questionnaire-unit"]["valueCoding"]["display"] == question.unit
            assert item["type"] == "decimal"
        case Moment():
            assert item["type"] == "dateTime"


def test_no_code_of_an_option_stands_twice() -> None:
    every = [code for item in items() for code in codes(item)]
    assert len(every) == len(set(every))
    assert len(every) > 150


def test_nothing_ticked_is_said_as_the_card_says_it() -> None:
    view = next(random_views(1))
    question = FLOW.questions["cord_signs"]
    assert option(FLOW, question, "none")["display"] == view.answer(question, [])
    assert option(FLOW, question, UNKNOWN)["display"] == view.answer(question, UNKNOWN)


def test_the_repeated_questions_are_one_group_that_repeats() -> None:
    repeated = [each.id for each in FLOW.questions.values() if each.repeated]
    group = ITEMS["lesion"]
    assert group["repeats"] is True
    assert [each["linkId"] for each in group["item"]] == repeated
    assert [each for each in items() if each.get("repeats") and each["type"] == "group"] == [group]


def test_the_address_and_version_are_those_that_a_response_names() -> None:
    assert canonical(FLOW) == f"{WHOLE['url']}|{WHOLE['version']}"
    assert WHOLE["url"] == address(FLOW)
    assert WHOLE["version"] == version(FLOW)
    assert WHOLE["url"].startswith("urn:uuid:")
    assert fingerprint(canonical(FLOW)) == FLOW.fingerprint
    assert fingerprint("urn:uuid:0") == ""


def enabled(item: Item, given: Mapping[str, Any]) -> bool:
    """Judge enableWhen as FHIR R4 defines it; the answers are codes."""

    def holds(test: Mapping[str, Any]) -> bool:
        answers = given.get(test["question"], [])
        if test["operator"] == "exists":
            return bool(answers) == test["answerBoolean"]
        code = test["answerCoding"]["code"]
        if test["operator"] == "=":
            return code in answers
        return any(each != code for each in answers)

    held = [holds(test) for test in item["enableWhen"]]
    if len(held) > 1:
        assert item["enableBehavior"] == "any"
    return any(held)


@pytest.mark.parametrize("count", some_or_all(200, 600))
def test_an_enable_when_holds_exactly_when_the_flow_asks(count: int) -> None:
    """For whatever was answered: the condition of the node and that of the item agree."""
    conditional = [item for item in ITEMS.values() if "enableWhen" in item]
    seen = set[tuple[str, bool]]()
    for view in random_views(count):
        trail = view.standing.trail
        given = {
            key: [option(FLOW, question, trail.taken[key])["code"]]
            for key in trail.keys
            if isinstance(question := FLOW.question(key), Choice)
        }
        for item in conditional:
            node = FLOW.questions["level" if item["linkId"] == "lesion" else item["linkId"]]
            assert node.when is not None
            asks = node.when.holds(trail.facts)
            assert enabled(item, given) == asks, (item["linkId"], given)
            seen.add((item["linkId"], asks))
    assert seen == {(item["linkId"], asks) for item in conditional for asks in (True, False)}
    assert len(conditional) >= 10


def test_a_condition_that_fhir_cannot_say_stands_in_words() -> None:
    for name, question in FLOW.questions.items():
        places = [node for node in FLOW.nodes if node.id == name]
        item = ITEMS[name]
        notes = [e["valueMarkdown"] for e in item.get("extension", ()) if "valueMarkdown" in e]
        if question.repeated and question.when == FLOW.questions["level"].when:
            assert "enableWhen" in ITEMS["lesion"]
        elif any(node.when for node in places if node.id == name and hasattr(node, "when")):
            assert ("enableWhen" in item) != bool(notes), name
            for node in places:
                assert "enableWhen" in item or str(node.when) in notes[0]
        elif question not in FLOW.aside:
            assert "enableWhen" not in item
            assert notes == []


def test_the_text_is_the_same_each_time_and_is_json() -> None:
    assert json.loads(questionnaire_text(FLOW)) == WHOLE
    assert questionnaire_text(FLOW) == questionnaire_text(FLOW)


def test_the_command_prints_the_questionnaire_and_refuses_two_forms_at_once(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["cordcall", "flow", "--fhir"])
    call(app())
    assert json.loads(capfdbinary.readouterr().out) == WHOLE
    monkeypatch.setattr(sys, "argv", ["cordcall", "flow", "--fhir", "--page"])
    with pytest.raises(Refusal, match="--page --fhir: both given; allowed: one of them"):
        call(app())
