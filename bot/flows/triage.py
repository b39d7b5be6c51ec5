"""The triage flow: the shortest path to the urgency first, then everything the plan needs."""

from typing import Final, get_args

from bot.flows.conditions import answered, not_answered
from bot.flows.grammar import Choice, Flow, Landmarks, Moment, Number, Option, Outcome, Several
from bot.flows.triage_conditions import (
    BLOOD_THINNERS,
    CORD_SIGNS,
    CT_LESIONS_SEEN,
    LESIONS_SEEN,
    MRI,
    bladder_alone,
    cancer_known,
    cancer_not_excluded,
    decides_steroid,
    dialysed,
    haemodialysed,
    irradiated,
    kidneys_failing,
    lesion_read,
    lesions_reported,
    no_cord_sign,
    not_asked,
    not_dialysed,
    pain_open,
    renal_not_normal,
    room_for_lesion,
    some_blood_thinner,
    some_lesion,
    tokuhashi_applies,
    urgency_settled,
)
from bot.flows.triage_questions import (
    back_pain,
    laboratory,
    lesion,
    options,
    picks,
    primary,
    radicular_deficit,
    radicular_pain,
    urine_output,
    yes_no,
)
from bot.logic.case import BloodThinner, CordSign, Level, Weekday
from bot.logic.findings import HIGH_PTH_TIMES_ULN, KIDNEYS_FAILING_BELOW_EGFR, LONG_DIALYSIS_YEARS
from bot.logic.surgery import PARALYSIS_LIMIT_HOURS, TRIAL_PARALYSIS_LIMIT_HOURS
from bot.logic.urgency import FAST_WITHIN_DAYS

SUSPECTED_AT: Final = "suspected_at"
PLAN: Final = "plan"
WAITING: Final = "waiting"
UNREAD: Final = "unread"
CT_UNREAD: Final = "ct_unread"
CT_CLEAR: Final = "ct_clear"

_NO_RADIOTHERAPY: Final = {"progression_after_rt": False, "deterioration_during_rt": False}


FLOW: Final = Flow(
    id="triage",
    urgency_settled=urgency_settled,
    landmarks=Landmarks(
        suspected_at=SUSPECTED_AT, cord_signs=CORD_SIGNS, mri=MRI, lesions_seen=LESIONS_SEEN
    ),
    repeat_from="level",
    repeat_asks="another_level",
    aside=(
        Moment(
            id=SUSPECTED_AT,
            part="cord",
            fills="opened_at",
            past=True,
            before_start=True,
            can_be_unknown=False,
            picks=("1 h before", "3 h before", "6 h before", "12 h before", "0 h before"),
        ),
    ),
    nodes=(
        Several(
            id=CORD_SIGNS,
            part="cord",
            options=tuple(Option(sign, danger=True) for sign in get_args(CordSign)),
        ),
        radicular_deficit(no_cord_sign),
        Number(
            id="deficit_days",
            part="roots",
            when=answered("radicular_deficit", "unilateral_progressive"),
            low=0, high=3650, unit="days",
            picks=picks(1, 3, FAST_WITHIN_DAYS, 10, 14, 30),
        ),
        radicular_pain(no_cord_sign),
        back_pain(no_cord_sign & pain_open),
        yes_no("infection_signs", "roots"),
        Choice(
            id="renal",
            part="kidneys",
            options=options("haemodialysis", "peritoneal", "ckd", "normal"),
        ),
        urine_output(dialysed & bladder_alone),
        Choice(id="cancer", part="cancer", options=options("known", "suspected", "none")),
        primary(decides_steroid("primary")),
        Several(id=BLOOD_THINNERS, part="bleeding", options=options(*get_args(BloodThinner))),
        Moment(id="last_blood_thinner", part="bleeding", when=some_blood_thinner, past=True,
               picks=("2 h ago", "6 h ago", "12 h ago", "24 h ago", "48 h ago", "72 h ago")),
        radicular_deficit(not_asked("radicular_deficit") & decides_steroid("radicular_deficit")),
        radicular_pain(not_asked("radicular_pain")),
        back_pain(not_asked("back_pain") & pain_open),
        Number(
            id="egfr",
            part="kidneys",
            when=answered("renal", "ckd", "unknown"),
            low=0, high=250, unit="mL/min",
            picks=picks(10, 20, KIDNEYS_FAILING_BELOW_EGFR, 40, 50, 70),
        ),
        *laboratory(
            potassium=kidneys_failing | cancer_known, calcium=kidneys_failing | cancer_known
        ),
        urine_output(dialysed & not_asked("urine_output")),
        Choice(id="access", part="kidneys", when=haemodialysed,
               options=options("catheter", "fistula", "graft", danger=("catheter",))),
        Number(
            id="dialysis_years", part="kidneys", when=dialysed,
            low=0, high=80, unit="y", picks=picks(1, 3, 5, LONG_DIALYSIS_YEARS, 15, 20),
        ),
        Moment(id="last_dialysis", part="kidneys", when=dialysed, past=True,
               picks=("6 h ago", "12 h ago", "24 h ago", "36 h ago", "48 h ago", "72 h ago")),
        Moment(id="next_dialysis", part="kidneys", when=dialysed, past=False,
               picks=("in 6 h", "in 12 h", "in 24 h", "in 36 h", "in 48 h", "in 72 h")),
        Several(id="dialysis_days", part="kidneys", when=answered("next_dialysis", "unknown"),
                options=options(*get_args(Weekday))),
        primary(answered("cancer", "known", "suspected") & not_asked("primary")),
        Choice(id="asia", part="neurology", by_name=True,
               options=options("A", "B", "C", "D", "E", danger=("A", "B", "C"))),
        Choice(id="walking", part="neurology",
               options=options("none", "aided", "unaided", danger=("none",))),
        Number(
            id="paralysis_hours", part="neurology", when=answered("asia", "A", "B"),
            low=0, high=8760, unit="h",
            picks=picks(6, 12, PARALYSIS_LIMIT_HOURS, 36, TRIAL_PARALYSIS_LIMIT_HOURS, 72),
        ),
        Choice(id=MRI, part="mri", options=options("done", "not_done", "not_possible")),
        Outcome(WAITING, when=answered(MRI, "not_done", "unknown"), waits_for=MRI),
        Choice(
            id=LESIONS_SEEN,
            part="lesions",
            when=not_answered(MRI, "not_possible"),
            options=(Option("some"), Option("none", sets={"lesions": []})),
        ),
        Outcome(UNREAD, when=answered(LESIONS_SEEN, "unknown"), waits_for=LESIONS_SEEN),
        Choice(
            id=CT_LESIONS_SEEN,
            part="lesions",
            when=answered(MRI, "not_possible"),
            options=(Option("some"), Option("none", sets={"lesions": []})),
        ),
        Outcome(CT_UNREAD, when=answered(CT_LESIONS_SEEN, "unknown"), waits_for=CT_LESIONS_SEEN),
        Outcome(CT_CLEAR, when=answered(CT_LESIONS_SEEN, "none"), waits_for=MRI),
        lesion("level", *get_args(Level), by_name=True, long_list=True),
        lesion("escc", "3", "2", "1c", "1b", "1a", "0", danger=("3", "2"), by_name=True),
        lesion("pain", "mechanical", "non_mechanical", "none", danger=("mechanical",)),
        lesion("bone", "lytic", "mixed", "blastic"),
        lesion("alignment", "subluxation", "deformity", "normal", danger=("subluxation",)),
        lesion("collapse", "ge50", "lt50", "none_gt50_involved", "none"),
        lesion("posterolateral", "bilateral", "unilateral", "none"),
        Choice(
            id="another_level",
            part="lesions",
            when=lesions_reported & room_for_lesion,
            repeated=True,
            can_be_unknown=False,
            options=options(True, False),
        ),
        Choice(
            id="previous_rt",
            part="background",
            when=some_lesion,
            options=(
                Option("same_level"),
                Option("other_level"),
                Option("none", sets=_NO_RADIOTHERAPY),
            ),
        ),
        yes_no("progression_after_rt", "background", some_lesion & irradiated),
        yes_no("deterioration_during_rt", "background", some_lesion & irradiated),
        yes_no("previous_surgery", "background", some_lesion),
        Choice(id="life_expectancy", part="background", when=some_lesion,
               options=options("lt3m", "ge3m")),
        Choice(id="ecog", part="background", when=some_lesion, by_name=True,
               options=options(0, 1, 2, 3, 4)),
        Choice(id="kps", part="background", when=some_lesion & tokuhashi_applies, by_name=True,
               options=options(*range(100, 0, -10)), long_list=True),
        Choice(id="extraspinal_bone", part="background", when=some_lesion & tokuhashi_applies,
               by_name=True, options=options(0, 1, 2, 3)),
        Choice(id="vertebral_mets", part="background", when=some_lesion & tokuhashi_applies,
               by_name=True, options=options(1, 2, 3)),
        Choice(id="organ_mets", part="background", when=some_lesion & tokuhashi_applies,
               options=options("unremovable", "removable", "none")),
        *laboratory(
            potassium=renal_not_normal & not_asked("potassium"),
            calcium=(cancer_not_excluded | renal_not_normal) & not_asked("calcium"),
        ),
        Number(
            id="pth_times_uln", part="laboratory", when=kidneys_failing,
            low=0, high=200, unit="× ULN", picks=picks(1, 2, 5, HIGH_PTH_TIMES_ULN, 12, 20),
        ),
        Number(
            id="egfr_for_bone_drug", fills="egfr", part="laboratory",
            when=cancer_known & lesion_read & not_asked("egfr") & not_dialysed,
            low=0, high=250, unit="mL/min", picks=(20, 35, 45, 55, 70, 90),
        ),
        Outcome(PLAN),
    ),
)  # fmt: skip
