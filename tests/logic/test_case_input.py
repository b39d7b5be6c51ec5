"""What a case may contain, and the one-line error for anything else."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.logic.case import Case, CordSign, Lesion, Level
from bot.logic.case_input import GivenTwice, quoted, read_case
from bot.refusal import Refusal
from tests.conftest import NOON

LONGEST_LINE = 600
LONGEST_GIVEN = 60
MOMENTS = ("opened_at", "last_blood_thinner", "last_dialysis", "next_dialysis")
TRUTHS = (
    "back_pain", "infection_signs", "previous_surgery", "progression_after_rt",
    "deterioration_during_rt",
)  # fmt: skip
WHOLE = ("ecog", "kps", "extraspinal_bone", "vertebral_mets")
AMOUNTS = ("deficit_days", "paralysis_hours", "egfr", "dialysis_years", "pth_times_uln")
MEASURED = (*AMOUNTS, "potassium", "calcium", "albumin")
FIELDS = tuple(Case.model_fields)
PARTS = tuple(Lesion.model_fields)
SIGNS = ", ".join(f'"{sign}"' for sign in get_args(CordSign))
LEVELS = ", ".join(f'"{level}"' for level in get_args(Level))
A_MOMENT = "an ISO 8601 date-time with offset, such as 2026-11-22T23:40:00+00:00"
LONG_LISTS = ("cord_signs", "dialysis_days", "blood_thinners")


def refusal(data: object) -> str:
    with pytest.raises(Refusal) as caught:
        read_case(data)
    line = str(caught.value)
    assert line.isascii()
    assert line.isprintable()
    assert len(line) <= LONGEST_LINE
    return line


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (
            {"cancer": "maybe"},
            'cancer: "maybe" given; allowed: "known", "suspected", "none", "unknown", null',
        ),
        ({"asia": "F"}, 'asia: "F" given; allowed: "A", "B", "C", "D", "E", "unknown", null'),
        ({"ecog": 5}, 'ecog: 5 given; allowed: 0, 1, 2, 3, 4, "unknown", null'),
        (
            {"kps": 75},
            'kps: 75 given; allowed: 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, "unknown", null',
        ),
        ({"back_pain": "yes"}, 'back_pain: "yes" given; allowed: true, false, "unknown", null'),
        ({"egfr": -1}, 'egfr: -1 given; allowed: a number of 0 or more, "unknown", null'),
        (
            {"potassium": 12.1},
            'potassium: 12.1 given; allowed: a number of 1 to 12, "unknown", null',
        ),
        ({"calcium": 0.4}, 'calcium: 0.4 given; allowed: a number of 0.5 to 5, "unknown", null'),
        (
            {"cord_signs": "gait"},
            f'cord_signs: "gait" given; allowed: a list of {SIGNS}, "unknown", null',
        ),
        ({"opened_at": "noon"}, f'opened_at: "noon" given; allowed: {A_MOMENT}, null'),
        (
            {"last_dialysis": "Fri"},
            f'last_dialysis: "Fri" given; allowed: {A_MOMENT}, "unknown", null',
        ),
        ({"lesions": {}}, "lesions: {} given; allowed: a list of objects, null"),
        ({"lesions": [{}, 7]}, "lesions.1: 7 given; allowed: an object"),
        (
            {"lesions": [{}, {"level": "T13"}]},
            f'lesions.1.level: "T13" given; allowed: {LEVELS}, "unknown", null',
        ),
        (
            {"lesions": [{"escc": 2}]},
            'lesions.0.escc: 2 given; allowed: "0", "1a", "1b", "1c", "2", "3", "unknown", null',
        ),
        ({"age": 60}, f"age: unknown field; allowed: {', '.join(FIELDS)}"),
        (
            {"anticoagulant": "doac"},
            f"anticoagulant: unknown field; allowed: {', '.join(FIELDS)}",
        ),
        (
            {"lesions": [{"grade": "2"}]},
            f"lesions.0.grade: unknown field; allowed: {', '.join(PARTS)}",
        ),
    ],
)
def test_a_refusal_names_the_field_what_was_given_and_what_is_allowed(
    data: dict[str, Any], line: str
) -> None:
    assert refusal(data) == line


@pytest.mark.parametrize("data", [None, [], "known", 3, True, [{}]])
def test_only_an_object_is_a_case(data: object) -> None:
    assert refusal(data) == f"case: {json.dumps(data)} given; allowed: one JSON object"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("wrong", ["nonsense", "", "Unknown", {}, {"unknown": 1}])
def test_every_field_refuses_what_is_not_on_its_list(field: str, wrong: object) -> None:
    assert refusal({field: wrong}).startswith(f"{field}: {json.dumps(wrong)} given; allowed: ")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("wrong", ["nonsense", "", "T1 ", 0, True, 1.5, ["T1"], {}])
def test_every_part_of_a_lesion_refuses_what_is_not_on_its_list(part: str, wrong: object) -> None:
    line = refusal({"lesions": [{part: wrong}]})
    assert line.startswith(f"lesions.0.{part}: {json.dumps(wrong)} given; allowed: ")


@pytest.mark.parametrize("field", [field for field in FIELDS if field not in TRUTHS])
@pytest.mark.parametrize("truth", [True, False])
def test_a_boolean_is_no_number_no_word_and_no_time(field: str, truth: bool) -> None:
    assert refusal({field: truth}).startswith(f"{field}: {json.dumps(truth)} given; ")


@pytest.mark.parametrize("field", TRUTHS)
@pytest.mark.parametrize("wrong", [0, 1, 1.0, "true", "false", [], [True]])
def test_nothing_but_true_and_false_is_a_truth(field: str, wrong: object) -> None:
    assert refusal({field: wrong}).startswith(f"{field}: {json.dumps(wrong)} given; ")


@pytest.mark.parametrize("field", [*WHOLE, *MEASURED])
@pytest.mark.parametrize("wrong", ["2", "10", "2.0", "1e1", "1/2", [2]])
def test_a_number_in_a_string_or_a_list_is_no_number(field: str, wrong: object) -> None:
    assert refusal({field: wrong}).startswith(f"{field}: {json.dumps(wrong)} given; ")


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize("wrong", [2.0, 10.0, 0.5, 1e300])
def test_a_whole_number_has_no_point(field: str, wrong: float) -> None:
    assert refusal({field: wrong}).startswith(f"{field}: {json.dumps(wrong)} given; ")


@pytest.mark.parametrize("field", [*WHOLE, *MEASURED])
@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_finite_number_is_refused(field: str, word: str) -> None:
    assert refusal(json.loads(f'{{"{field}": {word}}}')).startswith(f"{field}: {word} given; ")


@pytest.mark.parametrize("field", [*WHOLE, *MEASURED, *MOMENTS])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_whole_number_too_long_for_any_measure_is_refused(field: str, sign: int) -> None:
    assert refusal({field: sign * 10**400}).startswith(f"{field}: {'1' if sign > 0 else '-1'}000")


def test_a_whole_number_too_long_to_be_written_is_refused() -> None:
    assert refusal({"kps": 10**5000}).startswith("kps: ")


@pytest.mark.parametrize(
    ("field", "below", "least", "most", "above"),
    [
        ("ecog", -1, 0, 4, 5),
        ("kps", 0, 10, 100, 110),
        ("extraspinal_bone", -1, 0, 3, 4),
        ("vertebral_mets", 0, 1, 3, 4),
        ("potassium", 0.999, 1, 12, 12.001),
        ("calcium", 0.499, 0.5, 5, 5.001),
        ("albumin", 4.999, 5, 70, 70.001),
    ],
)
def test_a_range_holds_its_ends_and_nothing_beyond(
    field: str, below: float, least: float, most: float, above: float
) -> None:
    assert getattr(read_case({field: least}), field) == least
    assert getattr(read_case({field: most}), field) == most
    for beyond in (below, above):
        assert refusal({field: beyond}).startswith(f"{field}: {beyond} given; ")


@pytest.mark.parametrize("field", AMOUNTS)
def test_an_amount_starts_at_nothing_and_has_no_upper_end(field: str) -> None:
    assert getattr(read_case({field: 0}), field) == 0
    assert getattr(read_case({field: 1e9}), field) == 1e9
    assert refusal({field: -0.1}) == (
        f'{field}: -0.1 given; allowed: a number of 0 or more, "unknown", null'
    )


@pytest.mark.parametrize("kps", [11, 15, 99])
def test_kps_goes_in_tens(kps: int) -> None:
    assert refusal({"kps": kps}).startswith(f"kps: {kps} given; ")


@pytest.mark.parametrize("field", LONG_LISTS)
@pytest.mark.parametrize(
    "wrong", [["unknown"], [None], ["gait", "mon"], [["gait"]], ["gait", 1], [""]]
)
def test_a_list_holds_its_own_words_only_and_never_unknown(field: str, wrong: list[Any]) -> None:
    assert refusal({field: wrong}).startswith(f"{field}: {json.dumps(wrong)} given; ")


@pytest.mark.parametrize("field", ["opened_at", "lesions"])
def test_what_is_never_asked_as_such_cannot_be_unknown(field: str) -> None:
    line = refusal({field: "unknown"})
    assert line.startswith(f'{field}: "unknown" given; ')
    assert '"unknown"' not in line.partition("allowed: ")[2]


@pytest.mark.parametrize("field", MOMENTS)
@pytest.mark.parametrize(
    "wrong",
    [
        "2026-11-22",
        "2026-11-22T12:00:00",
        "2026-11-22T12:00",
        "2026-11-22 12:00:00+00:00",
        "2026-11-22t12:00:00+00:00",
        "2026-11-22T12:00:00z",
        "2026-11-22T12:00:00 +00:00",
        " 2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z\n",
        "2026-11-22T12Z",
        "20261122T120000Z",
        "2026-W47-7T12:00:00Z",
        "22/11/2026 12:00",
        "2026-02-29T12:00:00Z",
        "2026-02-30T12:00:00Z",
        "2026-13-01T12:00:00Z",
        "2026-11-00T12:00:00Z",
        "0000-01-01T12:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T12:60:00Z",
        "2026-11-22T12:00:60Z",
        "2026-11-22T12:00:00+24:00",
        "2026-11-22T12:00:00.Z",
        "9999-12-18T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "\u0662\u0660\u0662\u0666-11-22T12:00:00Z",
        1795348800,
        12.5,
        [],
    ],
)
def test_what_is_no_moment_with_an_offset_is_refused(field: str, wrong: object) -> None:
    line = refusal({field: wrong})
    assert line.startswith(f"{field}: {json.dumps(wrong)} given; allowed: {A_MOMENT}")


@pytest.mark.parametrize("field", MOMENTS)
@pytest.mark.parametrize(
    ("given_as", "read_as"),
    [
        ("2026-11-22T12:00:00Z", NOON),
        ("2026-11-22T12:00Z", NOON),
        ("2026-11-22T12:00:00+00:00", NOON),
        ("2026-11-22T12:00:00-00:00", NOON),
        ("2026-11-22T12:00:00.999999Z", NOON),
        ("2026-11-22T12:00:00,5Z", NOON),
        ("2026-11-22T12:00:00.123456789012Z", NOON),
        ("2026-11-22T17:30:00+05:30", NOON),
        ("2026-11-22T17:30:00+0530", NOON),
        ("2026-11-22T07:00:00-05", NOON),
        ("2024-02-29T00:00:00Z", datetime(2024, 2, 29, tzinfo=UTC)),
        ("9999-12-17T23:59:59Z", datetime(9999, 12, 17, 23, 59, 59, tzinfo=UTC)),
        (datetime(2026, 11, 22, 12, 0, 0, 7, tzinfo=UTC), NOON),
    ],
)
def test_a_moment_is_read_to_the_second(
    field: str, given_as: str | datetime, read_as: datetime
) -> None:
    moment = getattr(read_case({field: given_as}), field)
    assert moment == read_as
    assert moment.microsecond == 0


def test_a_moment_keeps_the_offset_it_was_given_in() -> None:
    opened = read_case({"opened_at": "2026-11-22T17:30:00+05:30"}).opened_at
    assert opened is not None
    assert opened.tzinfo == timezone(timedelta(hours=5, minutes=30))


def test_a_datetime_without_zone_is_refused() -> None:
    naive = NOON.replace(tzinfo=None)
    assert refusal({"opened_at": naive}).endswith(f" given; allowed: {A_MOMENT}, null")


def test_a_datetime_in_a_zone_is_read_with_the_offset_it_has_there() -> None:
    zoned = datetime(2026, 10, 24, 20, tzinfo=ZoneInfo("Europe/London"))
    opened = read_case({"opened_at": zoned}).opened_at
    assert opened is not None
    assert opened + timedelta(hours=12) == datetime(2026, 10, 25, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (GivenTwice("kps"), "kps: given twice; allowed: once"),
        (GivenTwice("a b"), '"a b": given twice; allowed: once'),
        (GivenTwice("\u00e9\n"), '"\\u00e9\\n": given twice; allowed: once'),
        ({"lesions": [GivenTwice("escc")]}, "lesions.0.escc: given twice; allowed: once"),
        ({"lesions": [{}, GivenTwice("x y")]}, 'lesions.1."x y": given twice; allowed: once'),
    ],
)
def test_a_key_given_twice_is_refused_where_it_stands(data: object, line: str) -> None:
    assert refusal(data).startswith(line)


@pytest.mark.parametrize("field", ["kps", "cord_signs", "opened_at", "lesions"])
@pytest.mark.parametrize("listed", [True, False])
def test_an_object_with_a_key_given_twice_in_place_of_a_value_is_refused_as_an_object(
    field: str, listed: bool
) -> None:
    twice = GivenTwice("a")
    line = refusal({field: ["gait", twice] if listed else twice})
    assert line.startswith(field)
    assert " object at 0x" not in line


@pytest.mark.parametrize(
    "name", ["", "a b", "Cancer", "\u00e9", "a\nb", "\u2028", "\x7f", "'", "1"]
)
def test_an_unknown_field_is_named_in_plain_characters(name: str) -> None:
    shown = name if name == "Cancer" else json.dumps(name)
    assert refusal({name: 1}).startswith(f"{shown}: unknown field; allowed: opened_at, ")
    assert refusal({"lesions": [{name: 1}]}).startswith(
        f"lesions.0.{shown}: unknown field; allowed: level, "
    )


@pytest.mark.parametrize("data", [{"\ud800": 1}, {"lesions": [{"\ud800": 1}]}])
def test_a_field_named_with_half_a_character_is_refused(data: dict[str, Any]) -> None:
    assert "\\ud800" in refusal(data)


@pytest.mark.parametrize(
    "data",
    [
        {"a" * 10_000: 1},
        {" " * 10_000: 1},
        {"lesions": [{"a" * 10_000: 1}]},
        GivenTwice("a" * 10_000),
        {"lesions": [GivenTwice("a" * 10_000)]},
    ],
    ids=["letters", "blanks", "in a lesion", "given twice", "given twice in a lesion"],
)
def test_a_long_name_is_cut(data: object) -> None:
    assert "..." in refusal(data)


@pytest.mark.parametrize("given", ["x", "\u00e9", "\x7f", [0]])
def test_a_long_value_is_cut(given: str | list[int]) -> None:
    line = refusal({"cancer": given * 10_000})
    shown = line.removeprefix("cancer: ").partition(" given; ")[0]
    assert len(shown) == LONGEST_GIVEN
    assert shown.endswith("...")


def test_a_value_of_just_the_greatest_length_is_shown_whole() -> None:
    exact = "x" * (LONGEST_GIVEN - 2)
    assert quoted(exact) == f'"{exact}"'
    assert quoted(exact + "x") == f'"{"x" * (LONGEST_GIVEN - 4)}...'


@pytest.mark.parametrize("given", ["a\nb", "a\rb", "a\x1bb", "a\x7fb", "a\u2028b", "\U0001f9b4"])
def test_no_control_character_of_a_value_reaches_the_line(given: str) -> None:
    assert refusal({"cancer": given}).startswith('cancer: "')


def test_the_first_of_several_faults_is_named() -> None:
    assert refusal({"kps": 75, "cancer": "maybe"}).startswith("cancer: ")


def test_an_empty_case_is_a_case_in_which_nothing_was_asked() -> None:
    assert read_case({}) == Case()


def test_null_is_taken_everywhere_as_not_asked() -> None:
    assert read_case(dict.fromkeys(FIELDS)) == Case()
    assert read_case({"lesions": [dict.fromkeys(PARTS)]}).lesions == (Lesion(),)


@pytest.mark.parametrize("field", [f for f in FIELDS if f not in ("opened_at", "lesions")])
def test_unknown_is_taken_by_every_question(field: str) -> None:
    assert getattr(read_case({field: "unknown"}), field) == "unknown"


@pytest.mark.parametrize("part", PARTS)
def test_unknown_is_taken_by_every_part_of_a_lesion(part: str) -> None:
    lesions = read_case({"lesions": [{part: "unknown"}, {}]}).lesions
    assert lesions is not None
    assert getattr(lesions[0], part) == "unknown"
    assert getattr(lesions[1], part) is None


def test_an_empty_lesion_and_no_lesion_are_two_things() -> None:
    assert read_case({"lesions": [{}]}).lesions == (Lesion(),)
    assert read_case({"lesions": []}).lesions == ()


def test_a_word_named_twice_in_a_list_counts_once_and_the_order_stays() -> None:
    case = read_case(
        {"cord_signs": ["gait", "bowel", "gait"], "dialysis_days": ["wed", "mon", "wed", "wed"]}
    )
    assert case.cord_signs == ("gait", "bowel")
    assert case.dialysis_days == ("wed", "mon")


def test_an_empty_list_of_signs_is_an_answer() -> None:
    assert read_case({"cord_signs": []}).cord_signs == ()


@pytest.mark.parametrize("field", MEASURED)
def test_a_whole_number_measures_as_well(field: str) -> None:
    value = getattr(read_case({field: 5}), field)
    assert value == 5
    assert isinstance(value, float)
    assert math.isfinite(value)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=80)
    | st.sampled_from(("unknown", "known", "gait", "2026-11-22T12:00:00Z")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(PARTS) | st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(deadline=None, max_examples=150)
@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), ANY_JSON, max_size=3))
def test_any_object_is_read_or_refused_in_one_line(data: dict[str, Any]) -> None:
    try:
        case = read_case(data)
    except Refusal:
        assert ": " in refusal(data)
    else:
        assert set(data) <= set(FIELDS)
        assert case == read_case(data)
