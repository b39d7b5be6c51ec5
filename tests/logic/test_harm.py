"""Mistakes that could have harmed a patient, and similar cases, with the right answer."""

import re
from itertools import product
from random import Random
from typing import Any

import pytest

from bot.guidance.texts import guidance
from bot.logic.assessment import Assessment
from bot.logic.drugs import drugs
from tests.doses import doses, left_out
from tests.logic.answers import answer, rules, said, whole
from tests.logic.random_cases import SIGNS, random_case

LUNG: dict[str, Any] = {"cancer": "known", "primary": "lung"}
HD: dict[str, Any] = {"renal": "haemodialysis"}
QUIET: dict[str, Any] = {
    "cord_signs": [],
    "radicular_deficit": "none",
    "radicular_pain": "none",
    "back_pain": False,
}
RENAL = ("normal", "ckd", "haemodialysis", "peritoneal", "unknown")
TREATMENTS = {"R1", "R2", "R3", "R4", "R5", "P1"}
GIVE = "16 mg at once, by mouth or slowly IV"


def fired(result: Assessment) -> set[str]:
    return set(rules(result))


@pytest.mark.parametrize("renal", RENAL)
@pytest.mark.parametrize("escc", ["0", "1a", "1c", "2", "3", "unknown"])
@pytest.mark.parametrize("mri", ["done", "not_possible", "not_done"])
def test_an_abscess_is_not_treated_as_tumour_because_images_were_graded(
    mri: str, escc: str, renal: str
) -> None:
    result = answer(
        {
            **LUNG,
            "renal": renal,
            "cord_signs": ["weakness"],
            "infection_signs": True,
            "mri": mri,
            "lesions": [{"level": "T8", "escc": escc}],
            "life_expectancy": "ge3m",
            "ecog": 1,
        }
    )
    assert (result.steroid.rule, result.steroid.daily_mg) == ("D6", None)
    assert result.treatment.pathway in ("clarify_diagnosis", "await_mri")
    assert not TREATMENTS & fired(result)
    assert GIVE not in whole(result)
    assert said(result)["N2"].startswith("Infection: blood cultures × 2 always, first.")


@pytest.mark.parametrize(
    "symptom",
    [
        {"back_pain": True},
        {"radicular_pain": "unilateral"},
        {"radicular_pain": "bilateral"},
        {"radicular_deficit": "unilateral_stable"},
        {"lesions": [{"pain": "mechanical"}]},
        {"back_pain": "unknown"},
        {"radicular_pain": "unknown"},
        {"cord_signs": "unknown"},
    ],
)
@pytest.mark.parametrize("cancer", ["known", "suspected", "none", "unknown"])
def test_fever_on_dialysis_with_pain_is_not_answered_with_a_steroid_for_the_pain(
    cancer: str, symptom: dict[str, Any]
) -> None:
    catheter = {**HD, "access": "catheter", "cancer": cancer, "primary": "breast"}
    result = answer({**catheter, **QUIET, "infection_signs": True, **symptom})
    assert result.steroid.rule == "D6"
    assert "exclude an abscess first" in said(result)["D6"]
    assert "NICE allows" not in whole(result)


@pytest.mark.parametrize(
    ("brand", "row"),
    [
        ("Prolia", "denosumab_60_mg"),
        ("Jubbonti", "denosumab_60_mg"),
        ("Xgeva", "denosumab_120_mg"),
        ("Wyost", "denosumab_120_mg"),
        ("Aclasta", "zoledronic_acid_5_mg"),
        ("Reclast", "zoledronic_acid_5_mg"),
        ("Zometa", "zoledronic_acid_4_mg"),
        ("BuTrans", "buprenorphine_7_day_patch"),
        ("Transtec", "buprenorphine_4_day_patch"),
        ("Subutex", "buprenorphine_sublingual"),
    ],
)
def test_a_brand_is_not_given_the_dose_of_another_product(brand: str, row: str) -> None:
    assert [each.id for each in drugs().values() if brand in each.names] == [row]


def test_prolia_is_not_given_four_weekly() -> None:
    row = drugs()["denosumab_60_mg"]
    assert "60 mg under the skin once every 6 months" in row.dose
    assert "4 weeks" not in row.dose


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("deficit", ["none", "unilateral_progressive", "unknown"])
def test_one_cord_sign_is_not_taken_for_a_root_deficit(sign: str, deficit: str) -> None:
    result = answer({**QUIET, "cord_signs": [sign], "radicular_deficit": deficit})
    assert (result.urgency.level, result.urgency.hours) == ("emergency", 12)
    assert not result.urgency.provisional
    assert ("U11" in result.urgency.rules) == (sign in ("saddle_anaesthesia", "bladder", "bowel"))


@pytest.mark.parametrize("calcium", [None, "unknown"])
@pytest.mark.parametrize("renal", ["haemodialysis", "peritoneal", "ckd"])
def test_calcium_and_vitamin_d_are_not_given_blind(renal: str, calcium: Any) -> None:
    result = answer({"cancer": "known", "primary": "breast", "renal": renal, "calcium": calcium})
    none = "Supplements (calcium, active vitamin D): none while calcium is not known"
    assert none in said(result)["B2"]
    assert "with nephrology; the article supplements" not in said(result)["B2"]


@pytest.mark.parametrize("calcium", [None, "unknown", 2.09, 1.7])
@pytest.mark.parametrize("egfr", [30, 45, 60, 90])
def test_zoledronic_acid_has_no_dose_while_calcium_is_unknown_or_low(
    egfr: float, calcium: Any
) -> None:
    seen = {"mri": "done", "lesions": [{"level": "T8", "escc": "1a"}]}
    case = {"cancer": "known", "renal": "ckd", "egfr": egfr, **seen}
    assert "B6" not in fired(answer({**case, "calcium": calcium}))
    assert "B6" in fired(answer({**case, "calcium": 2.3}))


@pytest.mark.parametrize(
    ("kidneys", "way"),
    [
        (HD, "low-calcium dialysate"),
        ({"renal": "peritoneal"}, "low-calcium dialysate"),
        ({"renal": "ckd", "egfr": 22}, "Nephrology before any fluids"),
        ({"renal": "normal", "egfr": 80}, "Fluids IV"),
    ],
)
def test_calcium_of_3_10_is_treated_today_and_stands_on_the_card(
    kidneys: dict[str, Any], way: str
) -> None:
    texts = said(answer({**kidneys, "calcium": 2.90, "albumin": 30}))
    assert way.casefold() in texts["B5"].casefold()
    assert way in texts["B8"]
    assert "Treat it today" in texts["B8"]
    assert "| Calcium 2.90 (adjusted 3.10): ionised calcium now, treat today" in texts["B8"]


@pytest.mark.parametrize("renal", ["normal", "haemodialysis"])
def test_calcium_of_1_80_is_treated_at_once_and_stands_on_the_card(renal: str) -> None:
    text = said(answer({"renal": renal, "egfr": 80, "calcium": 1.80}))["B7"]
    assert "calcium gluconate 10 %, 10–20 mL in 50–100 mL glucose 5 % IV once over 10 min" in text
    assert "| Calcium 1.80 (adjusted 1.80): ECG, monitor, ionised calcium now" in text


@pytest.mark.parametrize(("potassium", "insulin"), [(6.0, False), (6.4, False), (6.5, True)])
def test_high_potassium_is_treated_with_whole_doses_and_never_salbutamol_alone(
    potassium: float, insulin: bool
) -> None:
    text = said(answer({**HD, "potassium": potassium}))["G12"]
    assert "calcium gluconate 10 %, 30 mL IV once over 10 min" in text
    assert "insulin 10 units with 25 g glucose IV once" in text
    assert "never salbutamol alone" in text
    assert ("Without ECG changes both may be used" in text) != insulin


@pytest.mark.parametrize(
    "thinners",
    [["doac"], ["warfarin"], ["heparin"], ["doac", "heparin"], ["antiplatelet", "warfarin"]],
)
@pytest.mark.parametrize("last", [None, "2026-11-22T08:00:00+00:00"])
def test_a_bleed_into_the_canal_is_thought_of_in_every_patient_on_blood_thinners(
    last: str | None, thinners: list[str]
) -> None:
    result = answer(
        {
            **LUNG,
            **HD,
            "urine_output": "anuric",
            "cord_signs": ["weakness"],
            "blood_thinners": thinners,
            "last_blood_thinner": last,
            "last_dialysis": "2026-11-22T10:00:00+00:00",
        }
    )
    text = said(result)["M7"]
    assert sum(line.startswith("M7:") for line in whole(result).splitlines()) == 1
    for thinner in thinners:
        assert {"doac": "DOAC"}.get(thinner, thinner) in text
    assert "Anticoagulant: no dose until the images are read" in text
    assert ("Antiplatelet: not stopped by this line" in text) == ("antiplatelet" in thinners)
    when = "Sun 22 Nov 08:00" if last else "ask when"
    assert re.search(rf"Last dose(?: of the [\w ]+)?: {when}", text)
    assert "Dialysis heparin counts." in text
    assert "Heparin-free" in said(result)["G13"]


@pytest.mark.parametrize("thinners", [None, "unknown"])
def test_blood_thinners_that_nobody_asked_about_are_asked_for(thinners: Any) -> None:
    result = answer({"cord_signs": ["weakness"], "blood_thinners": thinners})
    assert "ask for blood thinners and the last dose" in said(result)["M7"]


@pytest.mark.parametrize(
    "case",
    [
        {"cord_signs": ["weakness"]},
        {"back_pain": True, "infection_signs": True},
        {"cord_signs": ["gait"], "lesions": [{"escc": "0"}]},
        {},
    ],
)
def test_an_impossible_mri_is_not_asked_for(case: dict[str, Any]) -> None:
    result = answer({**LUNG, **case, "mri": "not_possible"})
    text = whole(result)
    clean = case.get("lesions") == [{"escc": "0"}]
    ct = "CT: whole spine, in the MRI's place and to the same deadline"
    assert (ct in text) == (not clean)
    assert "MRI: whole spine" not in text
    assert "take medicine patches off" not in text
    assert "whether an MRI is really impossible" in said(result)["I7"]
    assert "CT myelography" in said(result)["I3"]
    assert "spinal centre" in said(result)["I3"]


@pytest.mark.parametrize("cord_signs", [None, "unknown"])
@pytest.mark.parametrize("policy", ["stepwise", "nice", "strictest"])
def test_an_emergency_on_assumption_says_that_nobody_has_examined(
    policy: Any, cord_signs: Any
) -> None:
    result = answer({**LUNG, **QUIET, "back_pain": True, "cord_signs": cord_signs}, policy)
    assert result.urgency.level == "emergency"
    assert result.urgency.provisional
    assert "assumed present until somebody has examined" in said(result)["U3?"]
    assert "Examine first" in said(result)["C1"]
    assert "Cord signs are not known: examine, then decide" in said(result)["D3"]


@pytest.mark.parametrize(
    "deficit",
    [
        {"cord_signs": [], "radicular_deficit": "bilateral"},
        {"cord_signs": ["weakness"]},
        {"cord_signs": ["saddle_anaesthesia", "bladder"]},
        {"asia": "B"},
    ],
)
@pytest.mark.parametrize("renal", ["normal", "haemodialysis"])
def test_a_disc_or_a_haematoma_is_not_given_the_steroid_of_a_tumour(
    renal: str, deficit: dict[str, Any]
) -> None:
    result = answer({"cancer": "none", "renal": renal, "infection_signs": False, **deficit})
    assert result.steroid.decision == "discuss_first"
    assert result.steroid.rule == ("D2" if renal == "normal" else "D7")
    assert GIVE not in whole(result)
    assert said(result)["C1"].startswith("Spinal surgeon, now, with the responsible physician.")
    assert "Radiation oncologist: once a tumour is shown" in said(result)["C1"]


@pytest.mark.parametrize(
    "open_question", [{"infection_signs": True}, {"cancer": "suspected"}, {"cancer": "unknown"}]
)
def test_a_score_that_is_not_validated_here_ends_no_bed_rest(open_question: dict[str, Any]) -> None:
    stable = {
        "level": "T6",
        "escc": "1c",
        "pain": "non_mechanical",
        "bone": "mixed",
        "alignment": "normal",
        "collapse": "none",
        "posterolateral": "none",
    }
    case = {**LUNG, "cord_signs": ["weakness"], "infection_signs": False, "mri": "done"}
    settled = answer({**case, "lesions": [stable]})
    unsettled = answer({**case, "lesions": [stable], **open_question})
    assert "no log-roll is needed for stability" in said(settled)["M1"]
    assert said(unsettled)["M1"].startswith("Position: flat, log-roll, until stability is known.")
    assert "S1" not in fired(unsettled)


@pytest.mark.parametrize("sign", ["sensory_level", "umn_signs"])
@pytest.mark.parametrize("tail", ["saddle_anaesthesia", "bladder", "bowel"])
def test_a_thoracic_cord_is_not_scanned_as_a_cauda_equina(tail: str, sign: str) -> None:
    with_level = said(answer({"cord_signs": [tail, sign]}))["U11"]
    without = said(answer({"cord_signs": [tail, "weakness"]}))["U11"]
    assert "Scan the whole spine" in with_level
    assert "cauda equina" not in with_level
    assert "cauda equina or conus" in without


@pytest.mark.parametrize(
    ("deficit", "failing"),
    [
        ({"cord_signs": ["weakness"]}, True),
        ({"radicular_deficit": "bilateral"}, True),
        ({"radicular_deficit": "unilateral_stable"}, True),
        ({"asia": "C"}, True),
        ({"back_pain": True}, False),
        ({"radicular_pain": "bilateral"}, False),
    ],
)
def test_cultures_are_never_skipped_nor_antibiotics_left_to_the_day_in_failing_neurology(
    deficit: dict[str, Any], failing: bool
) -> None:
    result = answer({**LUNG, **QUIET, "infection_signs": True, **deficit})
    text = said(result)["N2"]
    assert text.startswith("Infection: blood cultures × 2 always, first.")
    if failing:
        assert "antibiotics at once: neurology is failing" in text
        assert "surgeon and infection specialist: now" in text
        assert "day" not in text
    else:
        assert "antibiotics at once when septic" in text
        met_now = "C1" in fired(result)
        seen = "now" if met_now else "the same day"
        assert f"surgeon and infection specialist: {seen}" in text
        assert "neurology is failing" not in text


@pytest.mark.parametrize("cancer", ["known", "suspected", "none", "unknown"])
@pytest.mark.parametrize("renal", ["haemodialysis", "peritoneal"])
def test_a_bladder_without_urine_is_no_reason_for_16_mg(renal: str, cancer: str) -> None:
    case = {
        "cancer": cancer,
        "renal": renal,
        "urine_output": "anuric",
        "infection_signs": False,
        "cord_signs": ["bladder"],
    }
    result = answer(case)
    assert result.steroid.rule == "D10"
    assert "examine legs, saddle and anal tone now" in said(result)["D10"]
    assert "no scan and no catheter" in said(result)["M3"]
    assert "U11" not in result.urgency.rules
    other = answer({**case, "cord_signs": ["bladder", "bowel"]})
    assert other.steroid.rule == ("D1" if cancer == "known" else "D7")


@pytest.mark.parametrize("escc", ["0", "1a", "1b", "1c"])
@pytest.mark.parametrize("primary", ["breast", "lung", "renal_cell", "lymphoma"])
def test_months_to_live_do_not_leave_one_schedule_of_radiotherapy(primary: str, escc: str) -> None:
    case = {
        "cancer": "known",
        "primary": primary,
        **QUIET,
        "back_pain": True,
        "infection_signs": False,
        "mri": "done",
        "lesions": [{"level": "T8", "escc": escc}],
    }
    longer, shorter = (answer({**case, "life_expectancy": each}) for each in ("ge3m", "lt3m"))
    assert {"R1", "R2", "R3"} <= fired(longer)
    assert "retreatment is likelier" in said(longer)["R1"]
    assert {"R1", "R2"} <= fired(shorter)
    assert "R3" not in fired(shorter)


@pytest.mark.parametrize(
    ("rule", "key", "text"),
    [
        pytest.param(rule, key, text, id=f"{rule}.{key}")
        for rule, entry in guidance().items()
        for key, text in entry.sentences.items()
        if doses(text)
    ],
)
def test_no_dose_is_left_without_route_and_interval(rule: str, key: str, text: str) -> None:
    assert left_out(text) == set()


def test_some_sentences_give_a_dose() -> None:
    texts = [text for entry in guidance().values() for text in entry.sentences.values()]
    assert sum(bool(doses(text)) for text in texts) >= 9


def test_no_desmopressin_is_dosed_against_its_label() -> None:
    entry = guidance()["G9"]
    assert all(doses(text) == [] for text in entry.sentences.values())
    assert "off-label" in entry.sentences["text"]


def test_what_could_still_change_the_steroid_is_said_wherever_it_is_decided() -> None:
    chance, told = Random(18), 0
    for _ in range(600):
        result = answer(random_case(chance))
        text = said(result)[result.steroid.rule]
        assert ("Could still change this: " in text) == bool(result.steroid.ask)
        told += bool(result.steroid.ask)
    assert told > 100


@pytest.mark.parametrize(
    ("asked", "ask"),
    [
        ({}, ("infection_signs", "cancer", "renal")),
        ({"infection_signs": False}, ("cancer", "renal")),
        ({"infection_signs": False, "renal": "normal"}, ("cancer",)),
        ({"infection_signs": False, "renal": "normal", "cancer": "suspected"}, ()),
        (
            {"infection_signs": "unknown", "renal": "normal", "cancer": "known"},
            ("infection_signs",),
        ),
    ],
)
def test_16_mg_are_not_said_without_what_could_turn_them(
    asked: dict[str, Any], ask: tuple[str, ...]
) -> None:
    result = answer({"cord_signs": ["weakness"], "primary": "lung", **asked})
    questions = sum(asked.get(field) is None for field in ask)
    assert result.steroid.decision == "give_now"
    assert result.steroid.ask == ask
    assert ("question" in said(result)["D1"]) == (questions > 0)
    assert (f"| Dexamethasone: {questions} question" in said(result)["D1"]) == (questions > 0)


@pytest.mark.parametrize(
    ("case", "call"),
    [
        ({"radicular_pain": "unilateral"}, "at once"),
        ({"radicular_deficit": "unilateral_stable"}, "at once"),
        ({"cord_signs": ["gait"]}, "at once"),
        ({"cord_signs": "unknown"}, "at once"),
        ({"back_pain": True}, "within 24 h"),
    ],
)
def test_the_call_of_another_guideline_bears_its_name(case: dict[str, Any], call: str) -> None:
    text = said(answer({**LUNG, **QUIET, **case}))["nice_coordinator"]
    assert text.startswith(f"NICE: phone the cord-compression coordinator {call} (")


@pytest.mark.parametrize(
    ("mri", "escc"), list(product(["not_done", "not_possible", "done", "unknown"], ["2", "3"]))
)
def test_compression_that_was_seen_anywhere_is_an_emergency(mri: str, escc: str) -> None:
    result = answer({**LUNG, **QUIET, "mri": mri, "lesions": [{"level": "T8", "escc": escc}]})
    assert result.urgency.level == "emergency"
    assert ("U12" in result.urgency.rules) == (mri in ("not_done", "unknown"))
    assert (result.treatment_due is not None) == (mri in ("not_possible", "done"))


@pytest.mark.parametrize("mri", ["done", "not_possible"])
@pytest.mark.parametrize(
    ("symptom", "hours"),
    [
        ({"cord_signs": ["gait"]}, 12),
        ({"radicular_deficit": "unilateral_progressive", "deficit_days": 2}, 24),
        ({"back_pain": True}, 336),
    ],
)
def test_images_that_nobody_has_read_do_not_stop_the_clock(
    symptom: dict[str, Any], hours: int, mri: str
) -> None:
    result = answer({**LUNG, **QUIET, **symptom, "mri": mri})
    assert result.urgency.hours == hours
    unread = "nobody has read them" if mri == "done" else "have it read now"
    assert unread in said(result)["I8"]


@pytest.mark.parametrize(
    "unexplained",
    [
        {"cord_signs": ["weakness"]},
        {"cord_signs": "unknown"},
        {"radicular_pain": "bilateral"},
        {"radicular_deficit": "bilateral"},
    ],
)
@pytest.mark.parametrize("lesions", [[], [{"escc": "0"}]])
def test_a_clean_scan_does_not_end_the_search_while_signs_are_unexplained(
    lesions: list[dict[str, Any]], unexplained: dict[str, Any]
) -> None:
    result = answer({**LUNG, **QUIET, **unexplained, "mri": "done", "lesions": lesions})
    assert result.steroid.rule == "D8"
    assert result.treatment.pathway == "clarify_diagnosis"
    assert "look again, and elsewhere" in said(result)["clarify_diagnosis"]
