"""The order of the questions: the urgency first, then what the steroid decision depends on."""

import pytest

from bot.conversation.engine import Engine
from bot.conversation.events import Edited, Picked, WentOn
from bot.conversation.move import Advanced
from bot.conversation.replies import Ask, Notice, Reply, ShowCard
from state.records import StoredCase, Value
from tests.conftest import NOON, stored_case
from tests.dialogue import WITHOUT_SYMPTOMS, answered

FOUR = ("infection_signs", "renal", "cancer", "blood_thinners")
DIALYSIS = ("access", "dialysis_years", "last_dialysis", "next_dialysis")
LABORATORY = ("potassium", "calcium", "albumin")
NEUROLOGY = ("asia", "walking", "mri")
CALM: dict[str, Value] = {**WITHOUT_SYMPTOMS, "renal": "normal", "cancer": "none"}
SEEN: dict[str, Value] = {"mri": "done", "lesions_seen": "some"}


def asked(engine: Engine, up_to: str, **stated: Value) -> tuple[str, ...]:
    """Name the questions in the order in which a case with these answers is asked them."""
    case = answered(engine, stored_case(), up_to=up_to, **stated).case
    return tuple(dict.fromkeys(each.question for each in case.answers))


def went_on(engine: Engine, turn: Advanced) -> tuple[Reply, ...]:
    """Return what the case shows when it goes on from its card."""
    return engine.advance(turn.case, WentOn(), "ann", NOON).replies


def decision(engine: Engine, case: StoredCase) -> tuple[str, tuple[str, ...]]:
    steroid = engine.stand(case, NOON).assessment.steroid
    return steroid.decision, steroid.ask


def test_after_a_sign_come_the_four_that_settle_the_steroid_then_roots(engine: Engine) -> None:
    stated: dict[str, Value] = {"renal": "normal", "cancer": "suspected", "blood_thinners": []}
    order = asked(engine, "mri", cord_signs=["gait"], infection_signs=False, **stated)
    assert order == (
        "cord_signs", *FOUR, "radicular_pain", "back_pain", "primary", "asia", "walking"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "settled"),
    [
        ({"cord_signs": ["gait"], "renal": "normal"}, "give_now"),
        ({"cord_signs": ["gait"], "renal": "haemodialysis"}, "give_now"),
        ({"cord_signs": ["bladder"], "renal": "peritoneal", "urine_output": "residual"},
         "give_now"),
        ({"cord_signs": ["bladder"], "renal": "haemodialysis", "urine_output": "anuric",
          "radicular_deficit": "none"}, "discuss_first"),
    ],
    ids=["a sign", "on dialysis", "bladder, urine passed", "bladder, anuric"],
)  # fmt: skip
def test_after_the_four_the_steroid_decision_is_final(
    engine: Engine, stated: dict[str, Value], settled: str
) -> None:
    known: dict[str, Value] = {"infection_signs": False, "cancer": "known", "blood_thinners": []}
    case = answered(engine, stored_case(), **stated, **known).case
    assert len(case.latest) <= 7
    to_examine = stated.get("urine_output") == "anuric"
    assert decision(engine, case) == (settled, ("asia",) if to_examine else ())


def test_urine_is_asked_at_once_where_bladder_is_the_only_sign(engine: Engine) -> None:
    on_dialysis: dict[str, Value] = {"renal": "haemodialysis", "infection_signs": False}
    alone = asked(engine, "cancer", cord_signs=["bladder"], **on_dialysis)
    assert alone == ("cord_signs", "infection_signs", "renal", "urine_output")
    beside = asked(engine, "access", cord_signs=["bladder", "gait"], **on_dialysis)
    assert beside.index("urine_output") > beside.index(
        "albumin" if "albumin" in beside else "calcium"
    )
    assert "urine_output" not in asked(engine, "asia", cord_signs=["bladder"], renal="normal")


def test_a_root_deficit_is_asked_beside_a_sign_only_where_it_decides(engine: Engine) -> None:
    bladder: dict[str, Value] = {
        "cord_signs": ["bladder"], "renal": "haemodialysis", "cancer": "known"
    }  # fmt: skip
    anuric = asked(engine, "asia", **bladder, urine_output="anuric", infection_signs=False)
    assert anuric.index("radicular_deficit") == anuric.index("radicular_pain") - 1
    assert "radicular_deficit" not in asked(engine, "asia", **bladder, urine_output="residual")


def test_without_a_sign_the_symptoms_come_first(engine: Engine) -> None:
    order = asked(engine, "mri", **CALM, blood_thinners=[])
    symptoms = ("cord_signs", "radicular_deficit", "radicular_pain", "back_pain")
    assert order == (*symptoms, *FOUR, "asia", "walking")


def test_the_primary_comes_early_only_where_it_decides_the_steroid(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "back_pain": True, "cancer": "known"}
    early = asked(engine, "potassium", **pain)
    assert early.index("primary") == early.index("cancer") + 1
    sign = asked(engine, "asia", cord_signs=["gait"], cancer="known")
    assert sign.index("primary") == len(sign) - 1
    assert "primary" not in asked(engine, "mri", **CALM)


def test_laboratory_and_dialysis_come_before_the_wait_for_the_mri(engine: Engine) -> None:
    stated: dict[str, Value] = {"renal": "haemodialysis", "calcium": 2.1}
    order = asked(engine, "", cord_signs=["gait"], mri="not_done", **stated)
    tail = (*LABORATORY, "urine_output", *DIALYSIS, "dialysis_days", *NEUROLOGY)
    assert order[-len(tail) :] == tail


def test_weekdays_are_asked_only_where_the_next_session_is_not_known(engine: Engine) -> None:
    on_dialysis: dict[str, Value] = {"cord_signs": ["gait"], "renal": "haemodialysis"}
    known = asked(engine, "asia", **on_dialysis, next_dialysis="tomorrow 07:00")
    assert known[-1] == "next_dialysis"
    assert asked(engine, "asia", **on_dialysis)[-1] == "dialysis_days"


@pytest.mark.parametrize(
    ("stated", "early"),
    [
        ({"renal": "normal", "cancer": "suspected"}, False),
        ({"renal": "normal", "cancer": "known"}, True),
        ({"renal": "ckd", "egfr": 20, "cancer": "none"}, True),
        ({"renal": "ckd", "egfr": 40, "cancer": "none"}, False),
        ({"renal": "ckd", "cancer": "none"}, True),
    ],
)
def test_laboratory_comes_early_where_kidneys_fail_or_cancer_is_known(
    engine: Engine, stated: dict[str, Value], early: bool
) -> None:
    order = asked(engine, "mri", cord_signs=["gait"], **stated)
    assert ("potassium" in order, "calcium" in order) == (early, early)


def test_what_was_not_asked_early_comes_at_the_end(engine: Engine) -> None:
    seen: dict[str, Value] = {"mri": "done", "lesions_seen": "none", "calcium": 2.3}
    suspected = asked(engine, "plan", **{**CALM, **seen, "cancer": "suspected"})
    assert suspected[-3:] == ("lesions_seen", "calcium", "albumin")
    ckd = asked(engine, "plan", **{**CALM, **seen, "renal": "ckd", "egfr": 40})
    assert ckd[-4:] == ("lesions_seen", *LABORATORY)


def test_calcium_is_not_asked_without_cancer_and_with_normal_kidneys(engine: Engine) -> None:
    order = asked(engine, "plan", **CALM, mri="done", lesions_seen="none")
    assert not {"calcium", "albumin", "potassium"} & {*order}


@pytest.mark.parametrize(("lesions_seen", "needed"), [("some", True), ("none", False)])
def test_the_egfr_for_a_bone_drug_is_asked_only_where_a_lesion_is_seen(
    engine: Engine, lesions_seen: str, needed: bool
) -> None:
    known: dict[str, Value] = {**CALM, "cancer": "known", "mri": "done"}
    order = asked(engine, "plan", **known, lesions_seen=lesions_seen)
    assert ("egfr_for_bone_drug" in order) == needed


def test_the_last_dose_is_asked_only_of_somebody_on_a_blood_thinner(engine: Engine) -> None:
    for given, follows in ((["doac"], True), ([], False), ("unknown", False)):
        order = asked(engine, "asia", cord_signs=["gait"], blood_thinners=given)
        assert ("last_blood_thinner" in order) == follows


def test_an_earlier_operation_is_asked_with_the_radiotherapy(engine: Engine) -> None:
    order = asked(engine, "life_expectancy", cord_signs=["gait"], **SEEN, previous_rt="none")
    assert order[-2:] == ("previous_rt", "previous_surgery")


def test_where_the_mri_is_impossible_the_ct_is_asked_for(engine: Engine) -> None:
    impossible: dict[str, Value] = {"cord_signs": ["gait"], "mri": "not_possible"}
    no_report = answered(engine, stored_case(), **impossible, ct_lesions_seen="unknown")
    assert no_report.case.status == "waiting"
    assert no_report.replies[-2:] == (Notice("ct_unread"), ShowCard())
    assert went_on(engine, no_report) == (Ask("ct_lesions_seen"),)
    clear = answered(engine, stored_case(), **impossible, ct_lesions_seen="none")
    assert clear.case.status == "waiting"
    assert clear.replies[-2:] == (Notice("ct_clear"), ShowCard())
    assert went_on(engine, clear) == (Ask("mri"),)
    assert clear.standing.assessment.due is not None
    seen = answered(
        engine, stored_case(), **impossible, ct_lesions_seen="some", escc="2", up_to="previous_rt"
    )
    assert seen.standing.assessment.due is None
    assert seen.standing.assessment.found.compression_confirmed


def test_an_older_scan_still_counts_when_the_mri_is_to_be_done_anew(engine: Engine) -> None:
    pain: dict[str, Value] = {**WITHOUT_SYMPTOMS, "back_pain": True, **SEEN, "escc": "2"}
    case = answered(engine, stored_case(), **pain, up_to="previous_rt").case
    case = engine.advance(case, Edited("mri"), "ann", NOON).case
    older = engine.advance(case, Picked("mri", "not done yet"), "ann", NOON)
    assert older.case.status == "waiting"
    assert older.replies[-1] == ShowCard()
    assert went_on(engine, older) == (Ask("mri"),)
    assert "U12" in older.standing.assessment.urgency.rules
    assert older.standing.assessment.urgency.hours == 12
    anew = engine.advance(older.case, Picked("mri", "done"), "ann", NOON)
    assert anew.replies[-2:] == (Notice("unread"), ShowCard())
    assert went_on(engine, anew) == (Ask("lesions_seen"),)
    assert anew.standing.assessment.case.lesions is None
    seen = engine.advance(anew.case, Picked("lesions_seen", "yes"), "ann", NOON)
    assert any(isinstance(each, Notice) and each.name == "brought_back" for each in seen.replies)
    assert seen.standing.assessment.found.high_grade


def test_a_question_in_two_places_is_asked_once_and_keeps_its_answer(engine: Engine) -> None:
    case = answered(engine, stored_case(), **CALM, up_to="asia").case
    case = engine.advance(case, Edited("cord_signs"), "ann", NOON).case
    sign = engine.advance(case, Picked("cord_signs", "gait"), "ann", NOON)
    keys = sign.standing.trail.keys
    assert keys.index("radicular_pain") > keys.index("blood_thinners")
    assert len(set(keys)) == len(keys)
