"""What is no bundle of CordCall, or holds what no conversation could have led to, is refused."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.export.fhir.bundle import bundle_text
from bot.export.fhir.elements import EARLIER, NOT_OFFERED
from bot.export.fhir.parsing import DEEPEST, MOST_BYTES
from bot.export.fhir.reading import read_case
from bot.flows.triage import FLOW
from bot.refusal import Refusal
from bot.screens.view import View
from state.records import Entry
from tests.conftest import NOON, stored_case
from tests.export.fhir.bundles import (
    Bundle,
    case_of,
    changed,
    given,
    item,
    items,
    line,
    only,
    part,
    resources,
)
from tests.export.fhir.test_round_trip import view_of

LATER = NOON + timedelta(hours=1)
LONG_BEFORE = "2026-11-20T12:00:00+00:00"


@pytest.fixture
def view() -> View:
    case = stored_case().with_answer("cord_signs", ["gait"], "ann", NOON)
    case = case.with_answer("renal", "ckd", "ann", NOON + timedelta(minutes=1))
    case = case.with_answer("renal", "normal", "ben", NOON + timedelta(minutes=2))
    case = case.with_answer("potassium", 5.4, "ann", NOON + timedelta(minutes=3))
    case = case.with_answer("level.1", "T8", "ann", NOON + timedelta(minutes=4))
    case = case.with_entry(Entry("called", "surgeon", "ann", NOON + timedelta(minutes=5)))
    case = case.with_entry(Entry("undone", "1", "ann", NOON + timedelta(minutes=6)))
    return view_of(case, LATER)


def refusal(data: bytes) -> str:
    with pytest.raises(Refusal) as refused:
        read_case(data, FLOW)
    said = str(refused.value)
    assert "\n" not in said and len(said) < 300 and said.isprintable()
    return said


def test_as_it_was_it_is_taken(view: View) -> None:
    assert read_case(changed(view, lambda found: None), FLOW).case.answers == view.case.answers


def value(found: Bundle, link: str) -> Bundle:
    answer: Bundle = item(found, link)["answer"][0]
    return answer


def coded(link: str, code: str) -> Callable[[Bundle], object]:
    return lambda found: value(found, link)["valueCoding"].update(code=code)


def timed(link: str, at: str) -> Callable[[Bundle], object]:
    return lambda found: part(given(found, link), "at").update(valueDateTime=at)


def numbered(link: str, number: object) -> Callable[[Bundle], object]:
    return lambda found: part(given(found, link), "number").update(valuePositiveInt=number)


def stated(url: str, kind: str, to: object) -> Callable[[Bundle], object]:
    def change(found: Bundle) -> None:
        extensions = case_of(found)["extension"]
        extensions[:] = [each for each in extensions if each["url"] != url]
        extensions.append({"url": url, f"value{kind}": to})

    return change


def noted(kind: str, detail: str | None, place: int = 0) -> Callable[[Bundle], object]:
    def change(found: Bundle) -> None:
        parts = line(found, place)["extension"]
        part(line(found, place), "kind")["valueCoding"]["code"] = kind
        parts[:] = [each for each in parts if each["url"] != "detail"]
        if detail is not None:
            parts.append({"url": "detail", "valueString": detail})

    return change


def in_a_group_with_topic(number: int) -> Callable[[Bundle], object]:
    def change(found: Bundle) -> None:
        stated("group", "String", "-100123")(found)
        stated("topic", "Integer", number)(found)

    return change


def agent(who: object) -> Callable[[Bundle], object]:
    def change(found: Bundle) -> None:
        only(found, "Provenance")["agent"][0]["who"]["identifier"]["value"] = who

    return change


def not_offered(question: str, answer: str) -> Callable[[Bundle], object]:
    def change(found: Bundle) -> None:
        response = only(found, "QuestionnaireResponse")
        parts = [
            {"url": "question", "valueString": question},
            {"url": "answer", "valueString": answer},
            {"url": "number", "valuePositiveInt": 6},
            {"url": "at", "valueDateTime": "2026-11-22T12:10:00+00:00"},
            {"url": "by", "valueString": "person 1"},
        ]
        response["extension"] = [{"url": NOT_OFFERED, "extension": parts}]

    return change


HOSTILE: dict[str, tuple[Callable[[Bundle], object], str]] = {
    "another bundle": (lambda f: f.update(type="document"), "Bundle"),
    "another resource": (lambda f: f.update(resourceType="Patient"), "resourceType"),
    "no entries": (lambda f: f.update(entry=[]), "QuestionnaireResponse"),
    "two responses": (lambda f: f["entry"].append(f["entry"][0]), "QuestionnaireResponse"),
    "no people": (lambda f: only(f, "Provenance").pop("agent"), "who"),
    "another questionnaire": (
        lambda f: only(f, "QuestionnaireResponse").update(questionnaire="urn:uuid:1|2"),
        "questionnaire",
    ),
    "another version": (
        lambda f: only(f, "QuestionnaireResponse").update(
            questionnaire=only(f, "QuestionnaireResponse")["questionnaire"][:-1] + "g"
        ),
        "version of the questions",
    ),
    "no code of a case": (lambda f: f["identifier"].update(value="Ann Bell"), "code"),
    "a code with more": (lambda f: f["identifier"].update(value="KES-42\u2028"), "code"),
    "codes of others": (lambda f: f["identifier"].update(system="urn:x"), "identifier"),
    "unknown question": (lambda f: item(f, "renal").update(linkId="smoker"), "smoker"),
    "question elsewhere": (
        lambda f: only(f, "QuestionnaireResponse")["item"].append(item(f, "renal")), "renal"
    ),
    "question twice": (
        lambda f: only(f, "QuestionnaireResponse")["item"].append(
            only(f, "QuestionnaireResponse")["item"][0]
        ),
        "given 2 times",
    ),
    "option of no question": (coded("renal", "renal.transplanted"), "renal"),
    "option of another question": (coded("renal", "cancer.known"), "renal"),
    "option of nobody": (lambda f: value(f, "renal")["valueCoding"].update(system="x"), "renal"),
    "no option": (lambda f: value(f, "renal").clear(), "renal"),
    "two of one": (
        lambda f: item(f, "renal")["answer"].append(item(f, "renal")["answer"][0]), "one answer"
    ),
    "one tick twice": (
        lambda f: item(f, "cord_signs")["answer"].append(item(f, "cord_signs")["answer"][0]),
        "each option once",
    ),
    "a number as text": (lambda f: value(f, "potassium").update(valueDecimal="5"), "potassium"),
    "a number too high": (lambda f: value(f, "potassium").update(valueDecimal=99), "potassium"),
    "a truth as number": (lambda f: value(f, "potassium").update(valueDecimal=True), "potassium"),
    "a level that is none": (coded("level", "level.T13"), "level"),
    "an answer without who": (lambda f: item(f, "renal").pop("extension"), "who and when"),
    "an answer of nobody": (
        lambda f: item(f, "renal")["extension"][0].update(
            valueReference={"display": "person 9"}
        ),
        "person 9",
    ),
    "an answer of a name": (
        lambda f: item(f, "renal")["extension"][0].update(
            valueReference={"display": "Ann Bell"}
        ),
        "Ann Bell",
    ),
    "before those before it": (timed("potassium", LONG_BEFORE), "order of their times"),
    "after the export": (timed("level", "2026-11-22T14:00:00+00:00"), "before the export"),
    "no time": (timed("renal", "yesterday"), "at"),
    "a time without zone": (timed("renal", "2026-11-22T12:00:00"), "at"),
    "a time of no calendar": (timed("renal", "2026-02-30T12:00:00+00:00"), "at"),
    "a time of another age": (timed("renal", "0001-01-01T00:00:00+14:00"), "at"),
    "a number twice": (numbered("renal", 1), "numbers"),
    "a number left out": (numbered("level", 9), "numbers"),
    "a number that is none": (numbered("level", "5"), "number"),
    "no such status": (stated("status", "Code", "lost"), "status"),
    "no such policy": (stated("policy", "Code", "none"), "policy"),
    "no such flow": (stated("flow", "String", "other"), "flow"),
    "a rule set with a name in it": (stated("ruleset", "String", "Bell, Ann"), "ruleset"),
    "an odd fingerprint": (stated("fingerprint", "String", "ann"), "fingerprint"),
    "an odd question to go back to": (stated("revisiting", "String", "smoker"), "revisiting"),
    "a group that is none": (stated("group", "String", "Ward 7"), "group"),
    "a topic outside a group": (stated("topic", "Integer", 3), "topic"),
    "a topic that is none": (in_a_group_with_topic(0), "topic"),
    "a topic beyond all": (in_a_group_with_topic(2**40), "topic"),
    "a question with more": (stated("revisiting", "String", "renal.x<b>\u202e"), "revisiting"),
    "a lesion in other digits": (stated("revisiting", "String", "level.\u0663"), "revisiting"),
    "a lesion beyond all": (stated("revisiting", "String", "level." + "9" * 999), "revisiting"),
    "one sign many times": (noted("corrected", ",".join(["gait"] * 999)), "corrected"),
    "said an odd level": (
        lambda f: case_of(f)["extension"].append({"url": "told", "extension": []}), "level"
    ),
    "a line of no kind": (noted("died", None), "died"),
    "called a name": (noted("called", "Ann Bell"), "called"),
    "closed with a name": (noted("closed", "Ann Bell"), "closed"),
    "signs that are none": (noted("new_signs", "gait,Ann"), "new_signs"),
    "differs in odd words": (noted("overridden", "urgency Ann"), "overridden"),
    "a plain line with more": (noted("mri_done", "Ann Bell"), "mri_done"),
    "takes back what is not there": (noted("undone", "9", 1), "taken back"),
    "takes back itself": (noted("undone", "2", 1), "taken back"),
    "takes back nothing": (noted("undone", None, 1), "taken back"),
    "an id that names": (agent("Ann Bell"), "who"),
    "an id that is none": (agent(7), "value"),
    "an id twice": (agent("ben"), "people"),
    "an offered answer put aside": (not_offered("asia", '"C"'), "asia"),
    "a sentence put aside": (not_offered("smoker", '"Ann Bell, 12.03.1951"'), "no longer offered"),
    "damage put aside": (not_offered("smoker", "{"), "smoker"),
    "no number put aside": (not_offered("smoker", "NaN"), "smoker"),
    "a number without end put aside": (not_offered("smoker", "1e999"), "smoker"),
    "a number too long put aside": (not_offered("smoker", str(2**63)), "smoker"),
    "a bomb put aside": (not_offered("smoker", "[" * 100_000), "smoker"),
    "an object put aside": (not_offered("smoker", '{"a": 1}'), "no longer offered"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_conversation_leads_to_is_refused_in_one_line(view: View, name: str) -> None:
    change, expected = HOSTILE[name]
    assert expected in refusal(changed(view, change))


def test_no_clock_starts_after_its_case(view: View) -> None:
    late = (NOON + timedelta(minutes=1)).isoformat()
    case = view.case.with_answer("suspected_at", late, "ann", NOON + timedelta(minutes=8))
    assert "before the case was begun" in refusal(bundle_text(view_of(case, LATER)).encode())


def test_nothing_is_taken_back_before_it_was_given(view: View) -> None:
    assert "taken back before" in refusal(changed(view, take_back_first))


def take_back_first(found: Bundle) -> None:
    """Make the first answer about the kidneys say that one was taken back."""
    parts = part(item(found, "renal"), EARLIER)["extension"]
    parts[:] = [each for each in parts if each["url"] != "answer"]
    parts.append({"url": "takenBack", "valueBoolean": True})


def test_damage_anywhere_is_found(view: View) -> None:
    def change(found: Bundle) -> None:
        resources(found, "GuidanceResponse")[0]["status"] = "failure"

    def renamed(found: Bundle) -> None:
        found["identifier"]["value"] = "KES-43"

    assert "changed or damaged" in refusal(changed(view, renamed, sealed=False))
    assert "changed or damaged" in refusal(changed(view, change, sealed=False))
    assert "hash" in refusal(changed(view, lambda found: found.pop("meta"), sealed=False))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "a bundle"),
        (b'"a"', "a bundle"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": 1, "a": 2}', "given twice"),
        (b'{"a": {"b": [{"c": 1, "c": 1}]}}', "given twice"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "-Infinity"),
        (b'{"a": 1e999}', "1e999"),
        (b'{"a": %s}' % (b"9" * 5000), "too long"),
        (b'{"a": %d}' % 2**63, "too long"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "deep"),
        (b'{"a":' * 100_000, "deep"),
        (b'"' + b"[" * 100 + b'"', "a bundle"),
        (b'{"a": "\\u0007"}', "control character"),
        (b'{"a\\n": 1}', "control character"),
        (b'{"a": "\\ud800"}', "control character"),
        (b" " * (MOST_BYTES + 1), "bytes"),
        (b'"' + b'\\"' * 500_000, "not JSON"),
    ],
)
def test_what_is_no_json_of_ours_is_refused(data: bytes, expected: str) -> None:
    assert expected in refusal(data)


def test_no_cut_of_a_bundle_is_taken(view: View) -> None:
    data = bundle_text(view).encode()
    for size in range(0, len(data) - 3, 997):
        refusal(data[:size])


def test_no_changed_byte_is_taken_for_another_case(view: View) -> None:
    """One that stays JSON and matches its hash is as it was."""
    data = bundle_text(view).encode()
    for place in range(0, len(data), 611):
        for put in (b"0", b'"', b"\x00"):
            other = data[:place] + put + data[place + 1 :]
            try:
                case = read_case(other, FLOW).case
            except Refusal:
                continue
            assert case == read_case(data, FLOW).case


def test_the_items_are_those_that_were_answered(view: View) -> None:
    found = json.loads(bundle_text(view))
    assert {each["linkId"] for each in items(found)} == {
        "cord_signs", "renal", "potassium", "level",
    }  # fmt: skip
