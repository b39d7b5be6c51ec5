"""The hand-over text: what it says, what it leaves to be asked, and that it stays short."""

from datetime import timedelta

from bot.conversation.engine import Engine
from bot.conversation.machine import FlowMachine
from bot.flows.triage import FLOW
from bot.screens.sbar import draw_sbar, missing_items
from bot.screens.view import View
from bot.service.service import Service
from state.records import Entry, Value
from tests.commands.test_notes import at_work
from tests.conftest import NOON, Clock, stored_case
from tests.conversation.paths import Chance
from tests.dialogue import answer, do, triage
from tests.limits import assert_fits

MOST_CHARACTERS = 3500
SYMPTOMS: dict[str, Value] = {"cord_signs": ["gait"], "infection_signs": False}
ON_DIALYSIS: dict[str, Value] = {
    "renal": "haemodialysis", "urine_output": "anuric", "access": "catheter", "dialysis_years": 3,
    "last_dialysis": "20 h ago", "next_dialysis": "in 24 h", "dialysis_days": ["mon", "wed", "fri"],
    "potassium": 5,
}  # fmt: skip
BACKGROUND: dict[str, Value] = {
    "cancer": "known", "primary": "breast", "blood_thinners": ["heparin"], "asia": "D",
    "walking": "aided",
}  # fmt: skip
DIALYSED = {**SYMPTOMS, **ON_DIALYSIS, **BACKGROUND}
IMAGES: dict[str, Value] = {"mri": "done", "lesions_seen": "some", "level": "T7"}


def test_one_command_gives_the_hand_over(service: Service, clock: Clock) -> None:
    triage(service, **DIALYSED)
    do(service, "/requested", "/called surgeon")
    clock.pass_by(minutes=30)
    (screen,) = do(service, "/sbar")
    code = at_work(service).code
    said = screen.plain()
    assert [block.look for block in screen.blocks] == ["copy"]
    order = [said.index(each) for each in ("S – ", "B – ", "A – ", "R – ", "You will ask")]
    assert order == sorted(order)
    for line in (
        f"SBAR {code}, Sun 22 Nov 12:30 UTC",
        "Patient: ____________________",
        "Urgency: EMERGENCY, MRI within 12 h",
        "MRI: by Mon 23 Nov 00:00 UTC, in 11 h 30 min",
        "Cord signs: Gait or balance",
        "Suspected since: as opened, Sun 22 Nov 12:00 UTC",
        "- 12:00 MRI requested",
        "- 12:00 Called: spinal surgeon",
        "Kidneys: Haemodialysis",
        "Dialysis days: Mon, Wed, Fri",
        "Access: Catheter",
        "Last session: Sat 21 Nov 16:00 UTC",
        "Next session: Mon 23 Nov 12:00 UTC",
        "Blood thinner: Heparin",
        "Walking: With help",
    ):
        assert line in said.split("\n"), line
    assert "Dexamethasone" in said


def test_only_what_is_not_answered_is_left_to_be_asked(service: Service) -> None:
    do(service, "/triage", "gait")
    assert missing(service) == (
        "level, onset, mobility, steroid given or not, histology, earlier radiotherapy, "
        "dialysis or not, blood thinners"
    )
    answer(service, renal="haemodialysis")
    assert "dialysis days" in missing(service) and "dialysis or not" not in missing(service)
    asked_already = ("cord_signs", "infection_signs", "renal")
    answer(service, **{key: DIALYSED[key] for key in DIALYSED if key not in asked_already})
    do(service, "/given", "/earlier 1 h before")
    assert missing(service) == "level, earlier radiotherapy"
    answer(service, **IMAGES, previous_rt="none")
    assert missing(service) == ""


def test_the_fullest_hand_over_stays_short(engine: Engine, machine: FlowMachine) -> None:
    longest = 0
    for seed in range(300):
        case = stored_case()
        for step in machine.replay(Chance(seed), "stepwise").steps:
            case = case.with_answer(step.key, step.value, "ann", NOON)
        for minute in range(40):
            at = NOON + timedelta(minutes=minute * 2)
            case = case.with_entry(Entry("new_signs", "saddle_anaesthesia,bladder", "ann", at))
        view = View(case, engine.stand(case, NOON), FLOW, NOON, engine.zone, "")
        screen = draw_sbar(view)
        assert_fits(screen)
        longest = max(longest, len(screen.plain()))
        assert "steroid" in missing_items(view)
    assert 1500 < longest <= MOST_CHARACTERS


def test_a_hand_over_says_what_the_images_show(service: Service) -> None:
    triage(service, **DIALYSED, **IMAGES, escc="3", pain="mechanical", bone="lytic")
    said = do(service, "/sbar")[0].plain()
    assert "T7: SINS 6–16 of 18, band open; ESCC 3" in said
    assert "Treatment: to begin by Mon 23 Nov 12:00 UTC, in 24 h" in said
    assert "MRI: done" in said and "MRI of the whole spine by" not in said


def test_a_hand_over_before_the_urgency_is_settled_says_so(service: Service) -> None:
    do(service, "/triage", "none")
    said = do(service, "/sbar")[0].plain()
    assert "not settled" in said and "Not answered yet." in said


def missing(service: Service) -> str:
    said = do(service, "/sbar")[0].plain()
    found = [line for line in said.split("\n") if line.startswith("You will ask")]
    return found[0].removeprefix("You will ask, I cannot say yet: ").rstrip(".") if found else ""


def test_a_hand_over_says_what_is_suspected_and_asks_for_what_the_pathway_needs(
    service: Service,
) -> None:
    open_cancer = {key: DIALYSED[key] for key in DIALYSED if key != "primary"}
    triage(service, **{**open_cancer, "cancer": "unknown"})
    said = do(service, "/sbar")[0].plain().split("\n")
    assert said[said.index("A – Assessment") + 1 :][:2] == [
        "Gait or balance: cord compression?",
        "Pathway: Await the MRI",
    ]
    assert "Cancer: Not known" in said
    assert "Years on dialysis: 3 y" in said
    answer(service, **IMAGES)
    said = do(service, "/sbar")[0].plain().split("\n")
    assert "Cord sign, ESCC not known yet: treatment within 24 h" in said
    assert "Pathway: Clarify the diagnosis" in said
    assert "Tissue and the surgeon's decision, please: say where and when." in said


def test_a_hand_over_asks_for_surgery_where_the_pathway_is_surgery(service: Service) -> None:
    known: dict[str, Value] = {"renal": "normal", "cancer": "known", "primary": "lung", "asia": "D"}
    fitness: dict[str, Value] = {"previous_rt": "none", "life_expectancy": "ge3m", "ecog": 2}
    triage(service, **SYMPTOMS, **known, **IMAGES, escc="3", **fitness)
    said = do(service, "/sbar")[0].plain().split("\n")
    assert "Pathway: Surgery, then radiotherapy" in said
    assert "Surgery, then radiotherapy, please: say when." in said
    assert not any(line.startswith("Tissue") for line in said)
