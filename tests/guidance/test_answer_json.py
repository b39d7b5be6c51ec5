"""What `assess` answers: the same shape as the question, all or nothing, and the exact JSON."""

import json
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.guidance.answer_json import answer_text
from bot.logic.assessment import RULESET_ID, RULESET_VERSION
from bot.logic.urgency import POLICIES, Policy
from bot.refusal import Refusal
from tests.conftest import NOON
from tests.logic.random_cases import random_case

CORD: dict[str, Any] = {"cancer": "known", "cord_signs": ["gait"]}
ROOT: dict[str, Any] = {
    "cord_signs": [],
    "radicular_deficit": "unilateral_stable",
    "radicular_pain": "none",
    "back_pain": True,
    "infection_signs": False,
}
SYMPTOM_FREE: dict[str, Any] = {
    "cord_signs": [],
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": False,
    "infection_signs": False,
}
COMPRESSED: dict[str, Any] = CORD | {
    "mri": "done",
    "opened_at": "2026-11-22T08:00:00+00:00",
    "lesions": [{"level": "T5", "escc": "3", "pain": "mechanical"}, {}],
}


def ask(case: object, policy: Policy = "stepwise", now: datetime = NOON) -> Any:
    return json.loads(answer_text(json.dumps(case), policy, now))


def refused(text: str) -> str:
    with pytest.raises(Refusal) as caught:
        answer_text(text, "stepwise", NOON)
    line = str(caught.value)
    assert line.isprintable()
    assert line.isascii()
    assert len(line) <= 600
    return line


def lines(*cases: object) -> str:
    return "".join(f"{json.dumps(case)}\n" for case in cases)


def test_one_case_is_answered_on_one_line_or_on_many_as_it_came() -> None:
    many = answer_text(json.dumps(CORD, indent=1), "stepwise", NOON)
    assert many.startswith('{\n  "ruleset": {\n')
    assert many.endswith("}\n")
    one = answer_text(json.dumps(CORD) + "\n", "stepwise", NOON)
    assert one.count("\n") == 1
    assert json.loads(one) == json.loads(many)
    assert json.loads(one)["urgency"]["level"] == "emergency"


def test_a_list_is_answered_by_a_list_in_its_order() -> None:
    text = answer_text(json.dumps([CORD, SYMPTOM_FREE]), "stepwise", NOON)
    assert text.startswith("[\n  {\n")
    assert text.endswith("]\n")
    assert json.loads(text) == [ask(CORD), ask(SYMPTOM_FREE)]


@pytest.mark.parametrize("text", ["[]", " [\n] "])
def test_an_empty_list_is_answered_by_an_empty_list(text: str) -> None:
    assert answer_text(text, "stepwise", NOON) == "[]\n"


def test_a_list_of_one_stays_a_list() -> None:
    assert ask([CORD]) == [ask(CORD)]


def test_json_lines_are_answered_by_a_line_each() -> None:
    answers = answer_text(lines(CORD, {}, ROOT), "stepwise", NOON)
    assert answers.endswith("\n")
    assert [json.loads(line) for line in answers.splitlines()] == [ask(CORD), ask({}), ask(ROOT)]
    assert ', "' not in answers.splitlines()[0].partition('"actions"')[0]


@pytest.mark.parametrize(
    "text",
    [
        "{0}\r\n{1}\r\n",
        "{0}\r\n{1}",
        "\n\n{0}\n\n  \n{1}\n\n",
        "\r\n{0}\r\n\r\n{1}\r\n",
        "  {0}  \n\t{1}\t",
    ],
)
def test_json_lines_may_end_in_crlf_and_have_blank_lines_between(text: str) -> None:
    spaced = text.replace("{0}", json.dumps(CORD)).replace("{1}", json.dumps(ROOT))
    assert answer_text(spaced, "stepwise", NOON) == answer_text(lines(CORD, ROOT), "stepwise", NOON)


@pytest.mark.parametrize("text", ["{0}\n", "\n{0}", "{0}\r\n\r\n", " {0} "])
def test_blanks_around_one_case_leave_it_one_case(text: str) -> None:
    spaced = text.replace("{0}", json.dumps(CORD))
    assert answer_text(spaced, "stepwise", NOON) == answer_text(json.dumps(CORD), "stepwise", NOON)


def test_a_case_over_several_crlf_lines_is_one_case() -> None:
    text = json.dumps(CORD, indent=2).replace("\n", "\r\n")
    assert json.loads(answer_text(text, "stepwise", NOON)) == ask(CORD)


@pytest.mark.parametrize("text", ["", " ", "\n", "\r\n\r\n", "\t\n "])
def test_nothing_is_refused(text: str) -> None:
    assert refused(text) == ("input: nothing given; allowed: a case, a list of cases or JSON lines")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("{", "line 1: JSON: "),
        ("nonsense", "line 1: JSON: "),
        ("\n\nnonsense", "line 3: JSON: "),
        ('{"kps": 70,}', "line 1: JSON: "),
        ('{\n  "kps": 70\n  "ecog": 1\n}', "line 3: JSON: "),
        ("{'kps': 70}", "line 1: JSON: "),
        ('[{},\n{"kps": }]', "line 2: JSON: "),
        ("{}\n{\n{}", "line 2: JSON: "),
        ("{}\n\n\n{'kps': 70}\n", "line 4: JSON: "),
        ("{}\r\nnonsense\r\n", "line 2: JSON: "),
        ("{} {}", "line 1: JSON: "),
        ("{}\n{} {}", "line 2: JSON: "),
        ("\ufeff{}", "line 1: JSON: "),
        ('{"level": "a\tb"}', "line 1: JSON: "),
    ],
)
def test_malformed_json_is_refused_with_its_line(text: str, start: str) -> None:
    assert refused(text).startswith(start)


def test_malformed_json_is_refused_with_its_column() -> None:
    assert refused('{"kps" 70}') == "line 1: JSON: Expecting ':' delimiter at column 8"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[" * 100_000, "JSON: nested too deeply"),
        ('{"kps":' * 100_000, "JSON: nested too deeply"),
        ("{}\n" + "[" * 100_000, "line 2: JSON: nested too deeply"),
        ('{"kps": ' + "9" * 5000 + "}", "JSON: a number is too long"),
        ('{}\n{"kps": ' + "9" * 5000 + "}", "line 2: JSON: a number is too long"),
    ],
    ids=["list", "object", "deep line", "long number", "line with a long number"],
)
def test_json_that_no_reader_takes_is_refused(text: str, line: str) -> None:
    assert refused(text) == line


@pytest.mark.parametrize("depth", [100, 900, 980, 990, 995, 1000])
def test_deep_nesting_inside_a_field_is_refused_at_any_depth(depth: int) -> None:
    line = refused('{"kps": ' + "[" * depth + "]" * depth + "}")
    assert line.startswith("kps: [[[") or line == "JSON: nested too deeply"


@pytest.mark.parametrize("given", ["1", "true", "null", '"case"', "1.5"])
def test_json_that_is_no_case_is_refused(given: str) -> None:
    assert refused(given) == f"case: {given} given; allowed: one JSON object"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('{"kps": 75}', "kps: 75 given; "),
        ('[{"kps": 75}]', "item 1: kps: 75 given; "),
        ('[{}, {"kps": 75}]', "item 2: kps: 75 given; "),
        ("[{}, [{}]]", "item 2: case: [{}] given; "),
        ("[{}, {}, null]", "item 3: case: null given; "),
        ('{}\n{}\n{"kps": 75}', "line 3: kps: 75 given; "),
        ('\n{}\r\n\n{"kps": 75}\n', "line 4: kps: 75 given; "),
        ("{}\n[{}]", "line 2: case: [{}] given; "),
        ("1\n{}", "line 1: case: 1 given; "),
        ('[{}, {"lesions": [{}, {"escc": 2}]}]', "item 2: lesions.1.escc: 2 given; "),
    ],
)
def test_a_refusal_says_which_case_is_meant(text: str, start: str) -> None:
    assert refused(text).startswith(start)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"kps": 70, "kps": 70}', "kps: given twice; allowed: once"),
        ('{"kps": 70, "ecog": 1, "ecog": 2, "kps": 80}', "kps: given twice; allowed: once"),
        ('{"kps": 70, "ecog": 1, "ecog": 2}', "ecog: given twice; allowed: once"),
        ('[{}, {"kps": 70, "kps": 80}]', "item 2: kps: given twice; allowed: once"),
        ('{}\n{"kps": 70, "kps": 80}', "line 2: kps: given twice; allowed: once"),
        (
            '{"lesions": [{"escc": "2", "escc": "0"}]}',
            "lesions.0.escc: given twice; allowed: once",
        ),
        (
            '{}\n{"lesions": [{}, {"escc": "2", "escc": "0"}]}',
            "line 2: lesions.1.escc: given twice; allowed: once",
        ),
    ],
)
def test_a_key_given_twice_is_refused_at_its_place(text: str, line: str) -> None:
    assert refused(text) == line


@pytest.mark.parametrize("name", ['"\\ud800"', '"\\udfff"'])
def test_a_field_named_with_half_a_character_is_refused(name: str) -> None:
    assert "unknown field" in refused(f"{{{name}: 1}}")


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_refused_by_its_field(word: str) -> None:
    assert refused(f'{{"egfr": {word}}}').startswith("egfr: ")


def test_one_bad_case_leaves_all_the_others_unanswered() -> None:
    good = json.dumps(CORD)
    assert refused(f"[{good}, {good}, {{}}, 7]").startswith("item 4: ")
    assert refused(f"{good}\n{good}\n7").startswith("line 3: ")


@pytest.mark.parametrize(
    ("opened_at", "due"),
    [
        ("2026-11-22T08:00:00+00:00", "2026-11-22T20:00:00+00:00"),
        ("2026-11-22T08:00:00Z", "2026-11-22T20:00:00+00:00"),
        ("2026-11-22T08:00Z", "2026-11-22T20:00:00+00:00"),
        ("2026-11-22T08:00:00.999Z", "2026-11-22T20:00:00+00:00"),
        ("2026-11-22T13:30:00+05:30", "2026-11-23T01:30:00+05:30"),
        ("2026-11-22T13:30:00+0530", "2026-11-23T01:30:00+05:30"),
        ("2026-11-22T03:00:00-05", "2026-11-22T15:00:00-05:00"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T12:00:00+14:00"),
        ("9999-12-17T23:59:59-14:00", "9999-12-18T11:59:59-14:00"),
    ],
)
def test_deadlines_keep_the_offset_of_the_moment_of_suspicion(opened_at: str, due: str) -> None:
    assert ask(CORD | {"opened_at": opened_at})["urgency"]["due"] == due


@pytest.mark.parametrize("opening", [{}, {"opened_at": None}])
def test_without_a_moment_of_suspicion_the_clock_starts_now(opening: dict[str, Any]) -> None:
    now = NOON.astimezone(timezone(timedelta(hours=-3)))
    assert ask(CORD | opening, now=now)["urgency"]["due"] == "2026-11-22T21:00:00-03:00"


def test_a_deadline_counts_the_hours_that_pass_also_when_the_clocks_change() -> None:
    evening = datetime(2026, 10, 24, 20, tzinfo=ZoneInfo("Europe/London"))
    assert ask(CORD, now=evening)["urgency"]["due"] == "2026-10-25T08:00:00+01:00"


def test_the_keys_and_their_order() -> None:
    answer = ask(COMPRESSED)
    assert list(answer) == [
        "ruleset", "urgency", "treatment_clock", "lesions", "tokuhashi", "adjusted_calcium",
        "steroid", "treatment", "actions", "warnings",
    ]  # fmt: skip
    assert list(answer["ruleset"]) == ["id", "version", "policy"]
    assert list(answer["urgency"]) == [
        "level", "hours", "due", "provisional", "rules", "others", "ask",
    ]  # fmt: skip
    assert list(answer["treatment_clock"]) == ["hours", "due"]
    for lesion in answer["lesions"]:
        assert list(lesion) == ["level", "sins", "escc"]
        assert list(lesion["sins"]) == ["total", "low", "high", "category", "missing"]
        assert list(lesion["escc"]) == ["grade", "high_grade"]
    assert list(answer["tokuhashi"]) == ["applicable", "total", "low", "high", "band", "missing"]
    assert list(answer["steroid"]) == ["decision", "rule", "daily_mg", "ask"]
    assert list(answer["treatment"]) == ["pathway", "for", "against", "ask"]
    assert answer["actions"]
    assert {tuple(action) for action in answer["actions"]} == {("id", "text", "citations")}
    assert answer["warnings"]
    assert {tuple(warning) for warning in answer["warnings"]} == {("id", "text")}
    assert [list(other) for other in ask(ROOT)["urgency"]["others"]] == [["guideline", "hours"]]


@pytest.mark.parametrize("case", [{}, CORD, ROOT, SYMPTOM_FREE, COMPRESSED])
def test_the_keys_are_the_same_for_every_case(case: dict[str, Any]) -> None:
    answer, full = ask(case), ask(COMPRESSED)
    assert list(answer) == list(full)
    for part in ("ruleset", "urgency", "tokuhashi", "steroid", "treatment"):
        assert list(answer[part]) == list(full[part])


def test_actions_stand_in_the_order_of_their_letters_and_numbers_d4_right_after_d1() -> None:
    chance, seen = Random(9), set[str]()
    for _ in range(1500):
        answer = ask(random_case(chance))
        ids = [action["id"] for action in answer["actions"]]
        assert ids == sorted(ids, key=lambda id: ("ISDMCRPQBGN".index(id[0]), int(id[1:])))
        assert len(set(ids)) == len(ids)
        steroid = [id for id in ids if id.startswith("D")]
        rule = answer["steroid"]["rule"]
        assert steroid == (["D1", "D4"] if rule == "D1" else [rule])
        assert all(warning["id"].startswith("W") for warning in answer["warnings"])
        seen.update(ids)
    highest = {"I": 8, "S": 3, "D": 10, "M": 7, "C": 7, "R": 6, "P": 3, "Q": 1, "B": 8, "G": 15}
    highest["N"] = 2
    assert seen == {f"{each}{n}" for each, last in highest.items() for n in range(1, last + 1)}


def test_the_dose_of_a_day_stands_only_where_it_is_given_now() -> None:
    given = ask(CORD | {"infection_signs": False})["steroid"]
    assert given == {"decision": "give_now", "rule": "D1", "daily_mg": 16, "ask": []}
    held = ask(CORD | {"infection_signs": True})["steroid"]
    assert held == {"decision": "discuss_first", "rule": "D6", "daily_mg": None, "ask": []}


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ({}, ["infection_signs", "cord_signs", "radicular_deficit", "asia"]),
        ({"cord_signs": ["gait"]}, ["infection_signs", "cancer", "renal"]),
        (SYMPTOM_FREE | {"asia": "E"}, []),
    ],
)
def test_what_could_change_the_steroid_is_asked_in_the_order_of_the_case(
    case: dict[str, Any], fields: list[str]
) -> None:
    assert ask(case)["steroid"]["ask"] == fields


@pytest.mark.parametrize(
    ("images", "fields"),
    [
        ({}, ["mri"]),
        ({"mri": "not_done"}, ["mri"]),
        ({"mri": "done"}, ["lesions"]),
        ({"mri": "not_possible"}, ["lesions"]),
        ({"mri": "not_possible", "lesions": [{"escc": "0"}]}, ["mri"]),
    ],
)
def test_while_images_are_awaited_nothing_else_is_asked_for_treatment(
    images: dict[str, Any], fields: list[str]
) -> None:
    assert ask(CORD | images)["treatment"]["ask"] == fields


def test_what_is_not_there_is_null_or_empty() -> None:
    answer = ask(SYMPTOM_FREE)
    assert answer["urgency"]["hours"] is None
    assert answer["urgency"]["due"] is None
    assert answer["urgency"]["rules"] == ["U9"]
    assert answer["treatment_clock"] is None
    assert answer["lesions"] == []
    assert answer["adjusted_calcium"] is None
    assert ask({"cancer": "none"})["tokuhashi"] == {
        "applicable": False,
        "total": None,
        "low": None,
        "high": None,
        "band": None,
        "missing": [],
    }


def test_confirmed_compression_starts_the_treatment_clock_and_ends_the_one_for_mri() -> None:
    answer = ask(COMPRESSED)
    assert answer["urgency"]["hours"] is answer["urgency"]["due"] is None
    assert answer["treatment_clock"] == {"hours": 24, "due": "2026-11-23T08:00:00+00:00"}


def test_a_lesion_is_answered_with_its_scores() -> None:
    first, second = ask(COMPRESSED)["lesions"]
    assert first == {
        "level": "T5",
        "sins": {
            "total": None,
            "low": 4,
            "high": 16,
            "category": None,
            "missing": ["bone", "alignment", "collapse", "posterolateral"],
        },
        "escc": {"grade": "3", "high_grade": True},
    }
    assert second["level"] is None
    assert second["escc"] == {"grade": None, "high_grade": None}


@pytest.mark.parametrize(
    ("policy", "hours", "others"),
    [
        ("stepwise", 48, [{"guideline": "nice", "hours": 24}]),
        ("nice", 24, [{"guideline": "stepwise", "hours": 48}]),
        ("strictest", 24, [{"guideline": "stepwise", "hours": 48}]),
    ],
)
def test_the_policy_sets_the_limit_and_the_others_are_named(
    policy: Policy, hours: int, others: list[dict[str, Any]]
) -> None:
    answer = ask(ROOT, policy)
    assert answer["ruleset"] == {"id": RULESET_ID, "version": RULESET_VERSION, "policy": policy}
    assert answer["urgency"]["hours"] == hours
    assert answer["urgency"]["due"] == (NOON + timedelta(hours=hours)).isoformat()
    assert answer["urgency"]["others"] == others


@pytest.mark.parametrize("policy", POLICIES)
def test_the_policy_holds_for_every_case_of_a_list_and_of_lines(policy: Policy) -> None:
    listed = json.loads(answer_text(json.dumps([CORD, ROOT]), policy, NOON))
    lined = [json.loads(line) for line in answer_text(lines(CORD, ROOT), policy, NOON).splitlines()]
    assert listed == lined
    assert {answer["ruleset"]["policy"] for answer in listed} == {policy}


def test_texts_are_written_in_their_own_characters() -> None:
    case = {"cancer": "known", "renal": "haemodialysis"}
    for text in (json.dumps(case), json.dumps([case]), lines(case, case)):
        answer = answer_text(text, "stepwise", NOON)
        assert "2 \u00d7 ULN" in answer
        assert "\\u" not in answer


def test_null_and_unknown_are_answered_alike_as_not_asked() -> None:
    asked = ("cord_signs", "back_pain", "radicular_pain", "radicular_deficit", "kps", "primary")
    assert ask(dict.fromkeys(asked)) == ask({})
    assert ask(dict.fromkeys(asked, "unknown")) == ask({})
