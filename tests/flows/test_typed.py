"""Typed answers to the questions of the triage flow, and the replies to any other text."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flows.grammar import UNKNOWN, Choice, Moment, Number, Option, Question, Several, Value
from bot.flows.triage import FLOW
from bot.flows.typed import Clock, NotAnAnswer, allowed, option_keys, read_typed
from bot.flows.wording import words_of
from tests.conftest import NOON

CLOCK = Clock(NOON, ZoneInfo("Europe/London"), NOON - timedelta(hours=1))
UNKNOWN_WORDS = ("unknown", "not known", "not examined", "?", "dk", "don't know")
QUESTIONS = tuple(FLOW.questions.values())
CHOICES = [q for q in QUESTIONS if isinstance(q, Choice)]
SEVERAL = [q for q in QUESTIONS if isinstance(q, Several)]
NUMBERS = [q for q in QUESTIONS if isinstance(q, Number)]
MOMENTS = [q for q in QUESTIONS if isinstance(q, Moment)]
DAYS = next(q for q in SEVERAL if q.id == "dialysis_days")


def read(typed: str, question: str) -> Value:
    return read_typed(typed, FLOW.questions[question], words_of(FLOW, question), CLOCK)


def refused(typed: str, question: str) -> str:
    with pytest.raises(NotAnAnswer) as caught:
        read(typed, question)
    line = str(caught.value)
    assert line.isprintable()
    assert len(line) <= 160
    return line


def name(question: Question) -> str:
    return question.id


@pytest.mark.parametrize("question", [*CHOICES, *SEVERAL], ids=name)
def test_every_option_is_read_by_what_is_shown_to_type_by_label_and_by_value(
    question: Choice | Several,
) -> None:
    words = words_of(FLOW, question.id)
    keys = option_keys(question, words)
    assert len(set(keys)) == len(keys) == len(question.options)
    for key, option in zip(keys, question.options, strict=True):
        expected = [option.value] if isinstance(question, Several) else option.value
        for typed in (key, words.option(option), option.key, f" {option.key.upper()} "):
            value = read(typed, question.id)
            assert value == expected, typed
            assert type(value) is type(expected)


@pytest.mark.parametrize("question", NUMBERS, ids=name)
def test_every_pick_of_a_number_is_read_with_and_without_unit(question: Number) -> None:
    for pick in question.picks:
        for typed in (f"{pick:g}", f"{pick:g} {question.unit}", f"{pick:g}{question.unit}"):
            assert read(typed, question.id) == pick


@pytest.mark.parametrize("question", MOMENTS, ids=name)
def test_every_pick_of_a_time_is_read(question: Moment) -> None:
    for pick in question.picks:
        value = read(pick, question.id)
        assert question.accepts(value)
        assert value != UNKNOWN


@pytest.mark.parametrize("question", [q for q in QUESTIONS if q.can_be_unknown], ids=name)
def test_not_known_is_an_answer_in_every_wording(question: Question) -> None:
    for word in (*UNKNOWN_WORDS, words_of(FLOW, question.id).unknown, "NOT  KNOWN", " Unknown\t"):
        assert read(word, question.id) == UNKNOWN


@pytest.mark.parametrize("question", [q for q in QUESTIONS if not q.can_be_unknown], ids=name)
def test_not_known_is_refused_where_it_answers_nothing(question: Question) -> None:
    for word in UNKNOWN_WORDS:
        assert "not known" not in refused(word, question.id)


@pytest.mark.parametrize("question", QUESTIONS, ids=name)
@pytest.mark.parametrize("typed", ["", "   ", "nonsense", "0x1", "-", "1;2", "none of it"])
def test_what_answers_nothing_is_refused_with_what_is_allowed(
    question: Question, typed: str
) -> None:
    assert refused(typed, question.id).startswith("allowed: ")


@pytest.mark.parametrize(
    ("typed", "question", "value"),
    [
        ("1", "radicular_deficit", "bilateral"),
        ("4", "radicular_deficit", "none"),
        ("5", "radicular_deficit", UNKNOWN),
        ("both SIDES", "radicular_deficit", "bilateral"),
        ("one side,  worsening", "radicular_deficit", "unilateral_progressive"),
        ("unilateral_stable", "radicular_deficit", "unilateral_stable"),
        ("1", "back_pain", True),
        ("yes", "back_pain", True),
        ("2", "back_pain", False),
        ("No", "back_pain", False),
        ("3", "back_pain", UNKNOWN),
        ("25", "primary", "other"),
        ("26", "primary", UNKNOWN),
        ("unknown primary", "primary", "unknown_primary"),
        ("CUP", "primary", "unknown_primary"),
        ("osteosarc.", "primary", "osteosarcoma"),
        ("Osteosarcoma", "primary", "osteosarcoma"),
        ("head & neck", "primary", "head_neck"),
        ("head and neck", "primary", "head_neck"),
        ("unknown", "primary", UNKNOWN),
        ("none", "cancer", "none"),
        ("no", "cancer", "none"),
        ("none, >50 % involved", "collapse", "none_gt50_involved"),
        ("no, >50 % tumour", "collapse", "none_gt50_involved"),
        ("none", "collapse", "none"),
        ("h&n", "primary", "head_neck"),
        ("head & neck", "primary", "head_neck"),
        ("gastric", "primary", "stomach"),
        ("renal cell", "primary", "renal_cell"),
        ("2", "mri", "not_done"),
        ("not done yet", "mri", "not_done"),
        ("1", "another_level", True),
        ("2", "another_level", False),
    ],
)
def test_one_of_several_options(typed: str, question: str, value: Value) -> None:
    assert read(typed, question) == value


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("0", "radicular_deficit"),
        ("6", "radicular_deficit"),
        ("01", "radicular_deficit"),
        ("1.", "radicular_deficit"),
        ("1,2", "radicular_deficit"),
        ("-1", "radicular_deficit"),
        ("\u0661", "radicular_deficit"),
        ("27", "primary"),
        ("true", "back_pain"),
        ("no", "collapse"),
        ("y", "back_pain"),
        ("3", "another_level"),
        ("known ", "mri"),
    ],
)
def test_a_number_or_word_that_is_not_on_the_list_is_refused(typed: str, question: str) -> None:
    assert refused(typed, question).startswith("allowed: a number from the list, or its words")


@pytest.mark.parametrize(
    ("typed", "question", "value"),
    [
        ("2", "escc", "2"),
        ("3", "escc", "3"),
        ("1C", "escc", "1c"),
        ("0", "escc", "0"),
        ("t11", "level", "T11"),
        ("C0", "level", "C0"),
        ("s5", "level", "S5"),
        ("0", "ecog", 0),
        ("1", "ecog", 1),
        ("4", "ecog", 4),
        ("70", "kps", 70),
        ("100", "kps", 100),
        ("10", "kps", 10),
        ("0", "extraspinal_bone", 0),
        ("3", "extraspinal_bone", 3),
        ("1", "vertebral_mets", 1),
        ("d", "asia", "D"),
    ],
)
def test_where_options_have_short_names_the_name_counts_and_not_the_place(
    typed: str, question: str, value: Value
) -> None:
    found = read(typed, question)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("typed", "question", "line"),
    [
        ("4", "escc", "allowed: 3, 2, 1c, 1b, 1a, 0, or not known"),
        ("1", "escc", "allowed: 3, 2, 1c, 1b, 1a, 0, or not known"),
        ("7", "escc", "allowed: 3, 2, 1c, 1b, 1a, 0, or not known"),
        ("1", "level", "allowed: C0 to S5, or not known"),
        ("31", "level", "allowed: C0 to S5, or not known"),
        ("T13", "level", "allowed: C0 to S5, or not known"),
        ("5", "ecog", "allowed: 0, 1, 2, 3, 4, or not known"),
        ("6", "ecog", "allowed: 0, 1, 2, 3, 4, or not known"),
        ("1", "kps", "allowed: 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, or not known"),
        ("75", "kps", "allowed: 100, 90, 80, 70, 60, 50, 40, 30, 20, 10, or not known"),
        ("0", "vertebral_mets", "allowed: 1, 2, 3, or not known"),
        ("1", "asia", "allowed: A, B, C, D, E, or not known"),
    ],
)
def test_where_options_have_short_names_no_place_is_read(
    typed: str, question: str, line: str
) -> None:
    assert refused(typed, question) == line


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1", ["weakness"]),
        ("1,3", ["weakness", "sensory_level"]),
        ("1, 3", ["weakness", "sensory_level"]),
        ("1 3", ["weakness", "sensory_level"]),
        (" 3 ,, 1 , ", ["weakness", "sensory_level"]),
        ("3,1,3,1", ["weakness", "sensory_level"]),
        ("1,weakness", ["weakness"]),
        ("bowel bladder", ["bladder", "bowel"]),
        ("Lhermitte,5 GAIT", ["gait", "bladder", "lhermitte"]),
        ("limb weakness, 5 gait", ["weakness", "gait", "bladder"]),
        ("limb weakness", ["weakness"]),
        ("gait and bladder", ["gait", "bladder"]),
        ("weakness gait", ["weakness", "gait"]),
        ("gait, bladder and bowel", ["gait", "bladder", "bowel"]),
        ("gait, bladder, and bowel", ["gait", "bladder", "bowel"]),
        ("Bladder & bowel", ["bladder", "bowel"]),
        ("bladder&bowel", ["bladder", "bowel"]),
        ("bladder + bowel plus gait", ["gait", "bladder", "bowel"]),
        ("1 and 3", ["weakness", "sensory_level"]),
        ("1+3", ["weakness", "sensory_level"]),
        ("limb weakness saddle numbness", ["weakness", "saddle_anaesthesia"]),
        ("limb weakness and saddle numbness and 5", ["weakness", "saddle_anaesthesia", "bladder"]),
        ("gait or balance bladder", ["gait", "bladder"]),
        ("gait or", ["gait"]),
        ("limb and sensory lev, bla", ["weakness", "sensory_level", "bladder"]),
        ("UMN signs and lhermitte", ["umn_signs", "lhermitte"]),
        ("upper motor neurone gait", ["gait", "umn_signs"]),
        ("sensory_level and saddle_anaesthesia", ["sensory_level", "saddle_anaesthesia"]),
        ("Saddle numbness", ["saddle_anaesthesia"]),
        ("1 2 3 4 5 6 7 8", [option.value for option in SEVERAL[0].options]),
        ("none", []),
        ("No", []),
        ("None of these", []),
        ("9", []),
        ("10", UNKNOWN),
        ("not examined", UNKNOWN),
        ("unexamined", UNKNOWN),
    ],
)
def test_several_ticks_are_read_in_the_order_of_the_list(typed: str, value: Value) -> None:
    assert read(typed, "cord_signs") == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("mon wed fri", ["mon", "wed", "fri"]),
        ("fri, wed, mon", ["mon", "wed", "fri"]),
        ("2,4,6", ["tue", "thu", "sat"]),
        ("8", []),
        ("9", UNKNOWN),
    ],
)
def test_days_are_ticked_alike(typed: str, value: Value) -> None:
    assert read(typed, "dialysis_days") == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("Limb weakness, Gait or balance", ["weakness", "gait"]),
        ("bladder, saddle numbness", ["saddle_anaesthesia", "bladder"]),
    ],
)
def test_labels_of_several_words_are_parted_by_commas(typed: str, value: Value) -> None:
    assert read(typed, "cord_signs") == value


SEVERAL_ALLOWED = "allowed: a number from the list, or its words, or not known; several such as 1,3"


@pytest.mark.parametrize("typed", ["0", "11", "13", "1-3", ",", "and", "bladder-bowel", "1;2"])
def test_a_line_of_nothing_on_the_list_is_refused(typed: str) -> None:
    assert refused(typed, "cord_signs") == SEVERAL_ALLOWED


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("1,9", "“9”"),
        ("1,10", "“10”"),
        ("1,11", "“11”"),
        ("1 and 13", "“13”"),
        ("1,unknown", "word 2"),
        ("gait foot", "word 2"),
        ("leg, weakness", "word 1"),
        ("weakness in both legs", "word 2"),
        ("gait or bladder", "word 2"),
        ("gait, bladder and Miller", "word 4"),
        ("gait and", "word 2"),
        ("gait &", "word 2"),
        ("and gait", "word 1"),
        ("bowel maybe", "word 2"),
    ],
)
def test_one_word_that_is_not_understood_spoils_the_whole_answer_and_is_pointed_to(
    typed: str, part: str
) -> None:
    assert refused(typed, "cord_signs") == f"{SEVERAL_ALLOWED}; not understood: {part}"


@pytest.mark.parametrize(
    "typed",
    [
        "no bladder",
        "not gait",
        "gait, not bladder",
        "gait and no bladder",
        "gait without bladder",
        "weakness but bowel",
        "bladder no",
        "denies bladder",
        "1,none",
        "none of it",
        "neither bladder nor bowel",
    ],
)
def test_a_denied_sign_is_never_a_tick(typed: str) -> None:
    hint = '; name only what is present, without "no" or "not"'
    assert refused(typed, "cord_signs") == SEVERAL_ALLOWED + hint


def test_the_part_of_a_line_that_fits_is_not_taken_alone() -> None:
    for line in ("gait " * 70 + "no bladder", "gait " * 70):
        assert refused(line, "cord_signs") == SEVERAL_ALLOWED


def test_two_options_that_begin_alike_are_named() -> None:
    assert refused("gait and b", "cord_signs").endswith("; not understood: “b”")
    days = replace(DAYS, options=(Option("mon"), Option("early"), Option("late")))
    labels = {"mon": "Mon", "early": "Sat am", "late": "Sat pm"}
    words = replace(words_of(FLOW, "dialysis_days"), options=labels)
    with pytest.raises(NotAnAnswer, match="several options begin like that: Sat am, Sat pm"):
        read_typed("mon sat", days, words, CLOCK)


def test_an_option_whose_own_words_deny_or_join_is_read_whole() -> None:
    question = replace(DAYS, options=(Option("flaccid"), Option("numb"), Option("both")))
    labels = {"flaccid": "No power", "numb": "No feeling", "both": "Bladder and bowel"}
    words = replace(words_of(FLOW, "dialysis_days"), options=labels)
    clear = "no power and bladder and bowel"
    assert read_typed(clear, question, words, CLOCK) == ["flaccid", "both"]
    with pytest.raises(NotAnAnswer, match="only what is present"):
        read_typed("no bladder and bowel", question, words, CLOCK)


def test_a_denial_is_not_the_beginning_of_an_option() -> None:
    question = replace(DAYS, options=(Option("numb"), Option("gait")))
    labels = {"numb": "Nothing felt", "gait": "Gait"}
    words = replace(words_of(FLOW, "dialysis_days"), options=labels)
    assert read_typed("nothing felt, gait", question, words, CLOCK) == ["numb", "gait"]
    with pytest.raises(NotAnAnswer, match="only what is present"):
        read_typed("gait, nothing", question, words, CLOCK)


def test_where_options_are_buttons_no_number_of_a_list_is_asked_for() -> None:
    for typed, why in (("gait foot", "; not understood: word 2"), ("foot", "")):
        with pytest.raises(NotAnAnswer) as caught:
            read(typed, "cord_signs")
        assert caught.value.by_tap == (
            'allowed: a button, or its words, or not known; several with "and" between' + why
        )
    with pytest.raises(NotAnAnswer) as caught:
        read("foot", "radicular_pain")
    assert caught.value.by_tap == "allowed: a button, or its words, or not known"
    with pytest.raises(NotAnAnswer) as caught:
        read("foot", "egfr")
    assert caught.value.by_tap == str(caught.value)


@pytest.mark.parametrize(
    ("typed", "question", "value"),
    [
        ("5", "potassium", 5),
        ("5.0", "potassium", 5),
        ("5.5", "potassium", 5.5),
        ("5,5", "potassium", 5.5),
        ("5,5 mmol/L", "potassium", 5.5),
        ("5.5MMOL/L", "potassium", 5.5),
        ("1", "potassium", 1),
        ("12", "potassium", 12),
        ("2.345", "calcium", 2.345),
        ("0", "deficit_days", 0),
        ("-0", "deficit_days", 0),
        ("+3", "deficit_days", 3),
        ("0,5 days", "deficit_days", 0.5),
        ("7 DAYS", "deficit_days", 7),
        ("12 h", "paralysis_hours", 12),
        ("10 y", "dialysis_years", 10),
        ("9 \u00d7 ULN", "pth_times_uln", 9),
    ],
)
def test_numbers_are_read_with_point_or_comma_and_unit(
    typed: str, question: str, value: float
) -> None:
    found = read(typed, question)
    assert found == value
    assert type(found) is type(value)
    assert json.dumps(found) == json.dumps(value)


@pytest.mark.parametrize(
    ("typed", "question", "line"),
    [
        ("0.9", "potassium", "allowed: a number from 1 to 12 mmol/L, or not known"),
        ("12.1", "potassium", "allowed: a number from 1 to 12 mmol/L, or not known"),
        ("-1", "deficit_days", "allowed: a number from 0 to 3650 days, or not known"),
        ("3651", "deficit_days", "allowed: a number from 0 to 3650 days, or not known"),
        ("nan", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("inf", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("-inf", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("9" * 5000, "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("mL/min", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("30 mL", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("30 40", "egfr", "allowed: a number from 0 to 250 mL/min, or not known"),
        ("1,234.5", "paralysis_hours", "allowed: a number from 0 to 8760 h, or not known"),
        ("<4", "calcium", "allowed: a number from 0.5 to 5 mmol/L, or not known"),
        ("71", "albumin", "allowed: a number from 5 to 70 g/L, or not known"),
    ],
    ids=lambda value: value[:12],
)
def test_what_is_no_number_of_the_range_is_refused_with_the_range(
    typed: str, question: str, line: str
) -> None:
    assert refused(typed, question) == line


def test_digits_parted_by_a_slip_of_the_finger_are_no_number() -> None:
    assert refused("1_0", "egfr").startswith("allowed: a number from 0 to 250 mL/min")


@pytest.mark.parametrize(
    ("typed", "question", "value"),
    [
        ("20 h ago", "last_dialysis", "2026-11-21T16:00:00+00:00"),
        ("Fri 13:00", "last_dialysis", "2026-11-20T13:00:00+00:00"),
        ("Tomorrow 07:00", "next_dialysis", "2026-11-23T07:00:00+00:00"),
        ("in 5 h", "next_dialysis", "2026-11-22T17:00:00+00:00"),
        ("09:30", "suspected_at", "2026-11-22T09:30:00+00:00"),
        ("3 h before", "suspected_at", "2026-11-22T08:00:00+00:00"),
        ("11:00", "suspected_at", "2026-11-22T11:00:00+00:00"),
        ("1 June 2026 09:00", "last_dialysis", "2026-06-01T09:00:00+01:00"),
    ],
)
def test_times_are_read_in_the_zone_of_the_clock(typed: str, question: str, value: str) -> None:
    assert read(typed, question) == value


@pytest.mark.parametrize(
    ("typed", "question", "line"),
    [
        (
            "11:01",
            "suspected_at",
            "that is later than the start of this case, Sun 22 Nov 11:00 GMT; "
            "type: 2 h before, or 22 Nov 09:00",
        ),
        (
            "0 h ago",
            "suspected_at",
            "that is later than the start of this case, Sun 22 Nov 11:00 GMT; "
            "type: 2 h before, or 22 Nov 09:00",
        ),
        (
            "13:00",
            "last_dialysis",
            "that is later than now; for last night type: yesterday 13:00",
        ),
        (
            "07:00",
            "next_dialysis",
            "that is earlier than now; for the next day type: tomorrow 07:00",
        ),
        (
            "1/2 07:00",
            "last_dialysis",
            "day and month could be swapped; type 22 Nov 21:00 or 2026-11-22 21:00",
        ),
    ],
)
def test_a_time_on_the_wrong_side_is_refused(typed: str, question: str, line: str) -> None:
    assert refused(typed, question) == line


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("radicular_pain", "allowed: a number from the list, or its words, or not known"),
        ("another_level", "allowed: a number from the list, or its words"),
        ("level", "allowed: C0 to S5, or not known"),
        ("calcium", "allowed: a number from 0.5 to 5 mmol/L, or not known"),
        ("last_dialysis", "allowed: a time, or not known"),
        ("suspected_at", "allowed: a time"),
    ],
)
def test_what_is_allowed_is_said_in_one_line(question: str, line: str) -> None:
    assert allowed(FLOW.questions[question], words_of(FLOW, question)) == line


WORDS = [
    "1", "2", "3", "10", "30", "70", "0", "-1", "5.5", "2,3", ",", "none", "no", "yes", "unknown",
    "?", "not", "known", "gait", "t11", "1a", "mon", "mmol/l", "days", "h", "ago", "in", "before",
    "yesterday", "tomorrow", "22", "nov", "07:00", "21:00", "2026-11-22", "1e400", "nan", "inf",
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    typed=st.text(max_size=30) | st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join),
    question=st.sampled_from(QUESTIONS),
)
def test_any_text_is_an_answer_that_the_question_accepts_or_none(
    typed: str, question: Question
) -> None:
    try:
        value = read_typed(typed, question, words_of(FLOW, question.id), CLOCK)
    except NotAnAnswer as error:
        assert str(error).isprintable()
    else:
        assert question.accepts(value)
        assert question.accepts(json.loads(json.dumps(value)))


@pytest.mark.parametrize(
    ("typed", "question", "value"),
    [
        ("no", "radicular_pain", "none"),
        ("no", "blood_thinners", []),
        ("No", "lesions_seen", "none"),
        ("no", "back_pain", False),
        ("3 d", "deficit_days", 3),
        ("1 day", "deficit_days", 1),
        ("3d", "deficit_days", 3),
        ("5 years", "dialysis_years", 5),
        ("24 hours", "paralysis_hours", 24),
    ],
)
def test_what_is_said_at_the_bedside_is_read(typed: str, question: str, value: Value) -> None:
    assert read(typed, question) == value


def test_no_is_nothing_where_two_options_say_none_or_none_does() -> None:
    assert refused("no", "collapse").startswith("allowed")
    assert refused("no", "walking").startswith("allowed")


def test_options_that_begin_alike_are_named() -> None:
    assert refused("one", "radicular_deficit") == (
        "several options begin like that: One side, worse, One side, stable; type more of it"
    )
    assert refused("not", "organ_mets") == (
        "several options begin like that: Not removable, Not known; type more of it"
    )


@pytest.mark.parametrize("hours", [1, 7, 13, 30])
def test_what_a_refusal_of_a_later_suspicion_suggests_is_accepted(hours: int) -> None:
    begun = NOON - timedelta(hours=hours)
    question = FLOW.question("suspected_at")
    assert question is not None
    clock = Clock(NOON, ZoneInfo("Europe/Amsterdam"), begun)
    with pytest.raises(NotAnAnswer, match="later than the start of this case") as refusal:
        read_typed("5 m ago", question, words_of(FLOW, "suspected_at"), clock)
    _, _, suggested = str(refusal.value).partition("; type: ")
    for typed in suggested.split(", or "):
        value = read_typed(typed, question, words_of(FLOW, "suspected_at"), clock)
        assert datetime.fromisoformat(str(value)) <= begun


def test_a_time_read_late_is_compared_with_when_it_was_sent() -> None:
    sent = datetime(2026, 11, 22, 23, 55, tzinfo=UTC)
    question = FLOW.question("last_dialysis")
    assert question is not None
    words, clock = words_of(FLOW, "last_dialysis"), Clock(sent, UTC, sent, waited=True)
    line = "that is later than 23:55, when you sent it; for last night type: 21 Nov 23:58"
    with pytest.raises(NotAnAnswer, match=line):
        read_typed("23:58", question, words, clock)
    later = Clock(sent + timedelta(minutes=10), UTC, sent)
    assert read_typed("21 Nov 23:58", question, words, later) == "2026-11-21T23:58:00+00:00"
