"""The card: its order, its clocks and whose they are, what people act on, and what it folds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.conversation.engine import Engine
from bot.guidance.answer_json import to_json
from bot.guidance.card_lines import say_steroid
from bot.logic.assessment import REVIEWED_UNTIL
from bot.logic.urgency import Policy
from bot.screens.card import draw_card
from bot.screens.screen import Screen, say_line
from state.records import Entry
from tests.conftest import NOON
from tests.screens.views import STABLE_LESION, view_of

ASKED = {"infection_signs": False, "renal": "normal", "cancer": "known"}
DIALYSED = ASKED | {"renal": "haemodialysis"}
SIGN = {"cord_signs": ["gait"]} | ASKED
CALM = {
    "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "none", "back_pain": True,
    "infection_signs": False,
}  # fmt: skip
ROOT_PAIN = CALM | {"radicular_pain": "unilateral", "cancer": "known"}
HIGH_GRADE = {"mri": "done", "lesions": [STABLE_LESION | {"escc": "2"}]}
FEBRILE = {"infection_signs": True, "cancer": "known"}
DOSE = "Dexamethasone: 16 mg now, oral or slow IV; 16 mg daily from next morning"


def card(engine: Engine, fields: dict[str, Any], **more: Any) -> Screen:
    return draw_card(view_of(engine, fields, **more))


def lines(engine: Engine, fields: dict[str, Any], **more: Any) -> list[str]:
    return card(engine, fields, **more).plain().split("\n")


def do_now(engine: Engine, fields: dict[str, Any], **more: Any) -> list[str]:
    """Return the steps in their order: those in view, then those that are folded."""
    blocks = card(engine, fields, **more).blocks
    said = [say_line(line) for b in blocks if b.look in ("list", "fold") for line in b.lines]
    rest = ("Why: ", "Limit elsewhere: ", "That counts ", "Infection open: ", "Decision support")
    return [line for line in said if not line.startswith(rest)]


def reasons(engine: Engine, fields: dict[str, Any]) -> list[str]:
    return [line[5:] for line in lines(engine, fields) if line.startswith("Why: ")]


def test_an_emergency_says_when_what_and_whom(engine: Engine) -> None:
    drawn = card(engine, {"cord_signs": ["gait", "bladder"]})
    said = drawn.plain().split("\n")
    assert not drawn.alert
    assert said == [
        "EMERGENCY · MRI by Mon 00:00 (in 12 h) · KES-42",
        "Cauda equina: MRI within 4 h of the request, where offered",
        "MRI: whole spine, by Mon 23 Nov 00:00 UTC, in 12 h; limit here 12 h (Dutch stepwise)",
        "Do now",
        "Dexamethasone: 3 questions first (signs of infection, cancer, kidney function)",
        "Call now: spinal surgeon, radiation oncologist – bleep 4321",
        "Position: flat, log-roll; collar if cervical",
        "Bleeding: ask for blood thinners and the last dose",
        "Examine: power, sensation, reflexes, gait, saddle, anal tone",
        "Limit elsewhere: NICE: 24 h",
        "Why: Gait or balance, bladder: cord compression? [U1: ART, R02]",
        "Why: Saddle, bladder or bowel: cauda equina or conus? [U11: R68, CC]",
        "Decision support for clinicians; check local guidance.",
    ]
    shown = [drawn.head, *(line for block in drawn.blocks for line in block.lines)]
    moments = [part.unix for line in shown for part in line if part.unix]
    assert moments == [int((NOON + timedelta(hours=12)).timestamp())] * 3


def test_a_confirmed_compression_says_by_when_treatment_begins_and_its_pathway_second(
    engine: Engine,
) -> None:
    fields = SIGN | HIGH_GRADE | {"primary": "breast", "blood_thinners": []}
    said = lines(engine, fields)
    assert said[:4] == [
        "EMERGENCY · Treat by Mon 12:00 (in 24 h) · KES-42",
        "Images: read, no MRI deadline",
        "Treatment: begin by Mon 23 Nov 12:00 UTC, in 24 h",
        "Do now",
    ]
    assert "That counts from suspicion; NICE counts from the decision to treat" in said
    assert do_now(engine, fields)[:3] == [
        DOSE,
        "Next: the urgent meeting decides on surgery or radiotherapy",
        "Call now: spinal surgeon, radiation oncologist – bleep 4321",
    ]
    assert reasons(engine, fields)[0].startswith("ESCC 2–3 on the images: treatment within 24 h")


def test_unconfirmed_the_pathway_is_the_last_of_the_steps(engine: Engine) -> None:
    assert do_now(engine, ROOT_PAIN | {"renal": "normal"})[2].startswith("Next: MRI")
    assert not [line for line in do_now(engine, SIGN) if line.startswith("Next: ")]


def test_after_a_session_a_high_potassium_is_repeated_first(engine: Engine) -> None:
    ended = {"potassium": 6.6, "last_dialysis": "2026-11-22T10:00:00+00:00"}
    first = "Potassium 6.6: treat first; ECG, repeat the sample, nephrology now"
    assert do_now(engine, SIGN | DIALYSED | ended)[0] == first
    later = do_now(engine, SIGN | DIALYSED | ended, now=NOON + timedelta(hours=5))
    assert later[0] == "Potassium 6.6: treat first; ECG, nephrology now, dialysis today"


def test_a_grade_alone_is_named_as_the_reason(engine: Engine) -> None:
    grade = {"cord_signs": [], "radicular_deficit": "none", "asia": "D"}
    said = reasons(engine, SIGN | grade)
    assert "ASIA D without a root deficit: cord compression? [U1: ART, R02]" in said


def test_what_kills_comes_before_the_steroid_and_the_pathway(engine: Engine) -> None:
    kills = {"potassium": 6.2, "calcium": 3.1}
    steps = do_now(engine, SIGN | HIGH_GRADE | DIALYSED | kills)
    assert steps[:2] == [
        "Potassium 6.2: treat first; ECG, nephrology now, dialysis today",
        "Calcium 3.10 (adjusted 3.10): ionised calcium now, treat today",
    ]
    assert [step.split(":")[0] for step in steps[2:]] == ["Next", "Dexamethasone", "Call now"]
    low = do_now(engine, SIGN | {"calcium": 1.7, "potassium": 5.9})
    assert low[0] == "Calcium 1.70 (adjusted 1.70): ECG, monitor, ionised calcium now"
    assert low[1] == DOSE


def test_where_nobody_examined_the_examination_comes_first(engine: Engine) -> None:
    steps = do_now(engine, {"cord_signs": "unknown", "back_pain": True})
    assert steps[0] == "Examine now: power, sensation, reflexes, gait, saddle, anal tone"
    assert steps[1].startswith("Dexamethasone: examine the cord signs first, then decide. Could")
    assert steps[2].startswith("Not examined within the hour: call spinal surgeon")
    assert len([step for step in steps if "anal tone" in step]) == 1


def test_a_deadline_that_has_passed_leads(engine: Engine) -> None:
    fields, later = SIGN, NOON + timedelta(hours=13)
    assert lines(engine, fields, now=later)[0] == (
        "EMERGENCY · MRI OVERDUE since Mon 00:00 (1 h ago) · KES-42"
    )
    assert do_now(engine, fields, now=later)[0] == (
        "Deadline passed: phone radiology and the coordinator now"
    )


@pytest.mark.parametrize(
    ("fields", "said", "next_step"),
    [
        ({"mri": "not_possible"}, "CT instead of the MRI, done and read by", "Next: CT"),
        ({"mri": "done"}, "MRI: done, not read – phone the radiologist now; read by", ""),
    ],
)
def test_an_mri_that_is_impossible_or_unread_is_not_ordered_again(
    engine: Engine, fields: dict[str, Any], said: str, next_step: str
) -> None:
    drawn = lines(engine, SIGN | fields)
    assert f"{said} Mon 23 Nov 00:00 UTC, in 12 h; limit here 12 h (Dutch stepwise)" in drawn
    assert not any("MRI: whole spine" in line for line in drawn)
    nothing = CALM | {"back_pain": False, "mri": "done", "cancer": "known"}
    assert lines(engine, nothing)[1] == "MRI: done, not read – phone the radiologist now"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "3 questions first (signs of infection, cancer, kidney function)"),
        ({"cancer": "known"}, "1 question first (signs of infection)"),
        ({"infection_signs": False}, "2 questions first (cancer, kidney function)"),
        ({"infection_signs": "unknown"}, "2 questions first (cancer, kidney function)"),
        ({"infection_signs": False, "cancer": "suspected"}, "1 question first (kidney function)"),
    ],
)
def test_the_dose_waits_for_the_questions_that_were_never_asked(
    engine: Engine, fields: dict[str, Any], said: str
) -> None:
    view = view_of(engine, {"cord_signs": ["gait"]} | fields)
    assert f"Dexamethasone: {said}" in draw_card(view).plain().split("\n")
    assert say_steroid(view.result) == f"Dexamethasone: {said}"
    (dose,) = [each["text"] for each in to_json(view.result)["actions"] if each["id"] == "D1"]
    assert "16 mg at once, by mouth or slowly IV" in dose
    assert "Could still change this: " in dose


def test_the_dose_shows_once_each_was_answered_or_is_not_known(engine: Engine) -> None:
    answered = {"cord_signs": ["gait"], "infection_signs": "unknown", "cancer": "unknown"}
    view = view_of(engine, answered | {"renal": "unknown", "urine_output": "unknown"})
    could_change = "Could still change this: signs of infection, cancer, kidney function"
    assert f"{DOSE}. {could_change}" in draw_card(view).plain().split("\n")
    (dose,) = [each["text"] for each in to_json(view.result)["actions"] if each["id"] == "D1"]
    assert f"{could_change}." in dose
    assert DOSE in do_now(engine, SIGN)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (SIGN, "Dexamethasone: given 11:00; then 16 mg a day from next morning"),
        (
            SIGN | {"infection_signs": "unknown"},
            "Dexamethasone: given 11:00; then 16 mg a day from next morning. "
            "Could still change this: signs of infection",
        ),
        (
            {"cord_signs": ["gait"], "cancer": "known"},
            "Dexamethasone: given 11:00; before any more, 1 question first (signs of infection)",
        ),
        (
            {"cord_signs": ["gait"]} | FEBRILE,
            "Dexamethasone: given 11:00; no more until agreed in the call; "
            "cultures × 2, then antibiotics at once; surgeon and infection specialist now",
        ),
        (
            CALM | {"radicular_deficit": "unilateral_progressive", "cancer": "known"},
            "Dexamethasone: given 11:00; no more until agreed in the call. "
            "Could still change this: ASIA grade, primary tumour",
        ),
        (
            CALM,
            "Dexamethasone: given 11:00; no more until agreed in the call. "
            "Could still change this: ASIA grade",
        ),
        (
            CALM | {"mri": "done", "lesions": [], "asia": "E", "cancer": "known"},
            "Dexamethasone: given 11:00; stop (taper only after more than a week)",
        ),
    ],
)
def test_a_dose_that_was_given_is_not_given_again(
    engine: Engine, fields: dict[str, Any], said: str
) -> None:
    given = Entry("steroid_given", "", "ann", NOON - timedelta(hours=1))
    assert said in do_now(engine, fields, noted=(given,))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            FEBRILE | HIGH_GRADE | {"cord_signs": ["gait"]},
            "Dexamethasone: not yet, abscess first; cultures × 2, then antibiotics at once; "
            "surgeon and infection specialist now",
        ),
        (
            CALM | FEBRILE | {"renal": "haemodialysis", "access": "catheter"},
            "Dexamethasone: not yet, abscess first; cultures × 2, antibiotics at once if septic; "
            "phone surgeon and infection specialist – bleep 4321",
        ),
        (
            CALM | FEBRILE | {"radicular_deficit": "unilateral_progressive", "deficit_days": 2},
            "Dexamethasone: not yet, abscess first; cultures × 2, then antibiotics at once; "
            "surgeon and infection specialist now",
        ),
    ],
    ids=["ESCC 2", "dialysis catheter, back pain only", "failing root"],
)
def test_in_fever_the_steroid_line_holds_the_infection_step(
    engine: Engine, fields: dict[str, Any], said: str
) -> None:
    head, *drawn = lines(engine, fields)
    assert said in drawn
    assert "16 mg" not in head
    assert not any("16 mg" in line or "adiotherapy;" in line for line in drawn)
    assert len([line for line in drawn if "antibiotics" in line and "begin by" not in line]) <= 2


def test_in_fever_the_treatment_clock_speaks_of_drainage(engine: Engine) -> None:
    said = lines(engine, FEBRILE | HIGH_GRADE | {"cord_signs": ["gait"]})
    assert "Drainage and antibiotics: begin by Mon 23 Nov 12:00 UTC, in 24 h" in said
    assert "Infection open: drainage and antibiotics are what cannot wait" in said
    assert not any(line.startswith("Treatment: begin") for line in said)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "ask for blood thinners and the last dose"),
        (
            {"blood_thinners": ["doac"]},
            "no anticoagulant until the images are read and the surgeon has decided; "
            "last dose when?",
        ),
        (
            {"blood_thinners": ["antiplatelet"], "last_blood_thinner": "2026-11-22T08:00:00+00:00"},
            "antiplatelet not stopped (stent: cardiology); last dose Sun 22 Nov 08:00 UTC",
        ),
        (
            {"blood_thinners": ["doac"], "renal": "haemodialysis"},
            "no anticoagulant until the images are read and the surgeon has decided; "
            "last dose of the DOAC when?; dialysis in bed, heparin-free",
        ),
        ({"blood_thinners": [], "renal": "haemodialysis"}, "dialysis in bed, heparin-free"),
    ],
)
def test_bleeding_is_one_line_above_the_examination(
    engine: Engine, fields: dict[str, Any], said: str
) -> None:
    steps = do_now(engine, SIGN | fields)
    (bleeding,) = [n for n, step in enumerate(steps) if step.startswith("Bleeding")]
    assert steps[bleeding] == f"Bleeding: {said}"
    assert steps[bleeding + 1].startswith("Examine: ")
    assert not any("heparin" in step for step in steps if not step.startswith("Bleeding"))


def test_without_blood_thinners_and_dialysis_no_line_speaks_of_bleeding(engine: Engine) -> None:
    steps = do_now(engine, SIGN | {"blood_thinners": []})
    assert not any("Bleeding" in step for step in steps)


def test_stability_that_is_known_lifts_the_flat_position_in_one_sentence(engine: Engine) -> None:
    stable = {"mri": "done", "lesions": [STABLE_LESION]}
    steps = do_now(engine, SIGN | stable | {"renal": "haemodialysis"})
    assert "Position: stable by SINS, no log-roll needed for stability" in steps
    assert not any("flat" in step for step in steps)


def test_root_pain_names_both_clocks_and_who_is_phoned(engine: Engine) -> None:
    said = lines(engine, ROOT_PAIN)
    assert said[:3] == [
        "SOON · MRI by Sun 29 Nov 12:00 (in 7 d) · KES-42",
        "MRI: whole spine, by Sun 29 Nov 12:00 UTC, in 7 d; limit here 1 week (Dutch stepwise)",
        "Do now",
    ]
    assert "Limit elsewhere: NICE: 24 h" in said
    assert do_now(engine, ROOT_PAIN)[1] == (
        "Call the coordinator now, as NICE asks (the MRI limit above stays) – bleep 4321"
    )
    assert not any("oordinator" in line for line in lines(engine, CALM | {"cancer": "known"}))


@pytest.mark.parametrize(
    ("policy", "limit"),
    [
        ("nice", "limit here 24 h (NICE)"),
        ("strictest", "limit here 24 h (stricter of the two)"),
    ],
)
def test_the_clock_of_the_policy_is_the_hospital_s(
    engine: Engine, policy: Policy, limit: str
) -> None:
    said = lines(engine, ROOT_PAIN, policy=policy)
    assert said[0] == "URGENT · MRI by Mon 12:00 (in 24 h) · KES-42"
    assert said[1] == f"MRI: whole spine, by Mon 23 Nov 12:00 UTC, in 24 h; {limit}"
    assert "Limit elsewhere: Dutch stepwise: 1 week" in said


def test_with_a_level_the_four_hours_speak_of_the_cord(engine: Engine) -> None:
    fields = SIGN | {"cord_signs": ["bladder", "bowel", "sensory_level"]}
    said = lines(engine, fields)
    assert said[1] == "Cord, whole spine: MRI within 4 h of the request, where offered"
    assert not any("auda equina" in line for line in said)
    impossible = lines(engine, fields | {"mri": "not_possible"})
    assert impossible[1] == "Cord, whole spine: scan within 4 h of the request, where offered"
    assert not any("of the request" in line for line in lines(engine, fields | HIGH_GRADE))


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        (
            {"next_dialysis": "2026-11-23T07:00:00+00:00"},
            "Next dialysis Mon 23 Nov 07:00 UTC is after the MRI deadline: do not wait for it",
        ),
        (
            {"dialysis_days": ["mon"]},
            "Next dialysis Mon 23 Nov, the day of the MRI deadline: do not wait for it",
        ),
        ({"next_dialysis": "2026-11-22T18:00:00+00:00"}, ""),
        ({}, ""),
    ],
)
def test_a_session_that_collides_with_the_deadline_is_said(
    engine: Engine, sessions: dict[str, Any], said: str
) -> None:
    fields = SIGN | {"renal": "haemodialysis"} | sessions
    told = [line for line in lines(engine, fields) if line.startswith("Next dialysis")]
    assert told == ([said] if said else [])
    late = lines(engine, fields, now=NOON + timedelta(hours=13))
    assert not any("do not wait" in line for line in late)


def test_without_a_number_the_call_says_how_to_find_it(engine: Engine) -> None:
    steps = do_now(engine, SIGN, call="")
    call = "Call now: spinal surgeon, radiation oncologist (no number set: ask the switchboard)"
    assert call in steps


@pytest.mark.parametrize(
    ("fields", "called"),
    [
        ({"cancer": "none"}, "Call now: spinal surgeon – bleep 4321"),
        (
            {"primary": "myeloma", "renal": "haemodialysis"},
            "Call now: spinal surgeon, radiation oncologist, haematology, nephrology – bleep 4321",
        ),
        (
            {"cancer": "none", "mri": "done", "lesions": []},
            "Call now: spinal surgeon, neurologist – bleep 4321",
        ),
        (
            {"mri": "done", "lesions": []},
            "Call now: spinal surgeon, radiation oncologist, neurologist – bleep 4321",
        ),
        (
            {"cord_signs": [], "radicular_pain": "bilateral", "mri": "done", "lesions": []},
            "Call now: neurologist, then spinal surgeon, radiation oncologist – bleep 4321",
        ),
    ],
)
def test_whom_to_call_fits_the_case(engine: Engine, fields: dict[str, Any], called: str) -> None:
    assert called in do_now(engine, SIGN | fields)


def test_a_grade_that_is_not_known_is_said_to_be(engine: Engine) -> None:
    ungraded = {"mri": "done", "lesions": [{"level": "T7"}]}
    said = card(engine, SIGN | ungraded).plain()
    assert "Cord sign, ESCC not known yet: treatment within 24 h" in said
    said = card(engine, SIGN | {"mri": "done", "lesions": [STABLE_LESION]}).plain()
    assert "Cord sign, ESCC 1a–1c: treatment within 24 h" in said


def test_the_reason_that_sets_the_limit_stands_first(engine: Engine) -> None:
    said = reasons(engine, CALM | FEBRILE)
    assert said[0].startswith("Infection signs with pain or deficit: abscess?")


def test_what_has_no_room_in_view_is_folded_and_not_left_out(engine: Engine) -> None:
    beside = ("Limit elsewhere: NICE: 24 h", "NICE: 24 h")
    view = view_of(engine, SIGN | DIALYSED | {"cord_signs": ["gait", "bladder"]})
    steps = do_now(engine, SIGN | DIALYSED | {"cord_signs": ["gait", "bladder"]})
    for below, notices in ((False, 0), (False, 4), (True, 0)):
        drawn = draw_card(view, below=below, notices=notices)
        said = drawn.plain()
        assert [step for step in steps if step not in said] == []
        assert any(each in said for each in beside)
        assert "U1: ART, R02" in said
    in_view = [line for b in drawn.blocks if b.look != "fold" for line in b.lines]
    assert not [step for step in steps if step in map(say_line, in_view)]
    roomy = lines(engine, CALM | {"back_pain": True, "cancer": "none"})
    assert any(line.endswith("limit here 2 weeks (Dutch stepwise); NICE: 1 week") for line in roomy)


def test_a_calm_case_is_for_the_weekly_board(engine: Engine) -> None:
    steps = do_now(engine, CALM | {"cancer": "known", "renal": "normal"})
    assert "Weekly tumour board (MDT)" in steps
    assert "Safety net: same-day review if neurology changes" in steps


def test_past_their_review_every_card_says_so(engine: Engine) -> None:
    last = datetime(REVIEWED_UNTIL.year, REVIEWED_UNTIL.month, REVIEWED_UNTIL.day, 23, tzinfo=UTC)
    old = "Rules: reviewed until 26 Nov 2027 only; check every step."
    for fields in (SIGN, CALM, SIGN | HIGH_GRADE):
        assert old not in lines(engine, fields, now=last)
        assert lines(engine, fields, now=last + timedelta(hours=1))[-1] == old
