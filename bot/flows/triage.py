"""The triage flow: the shortest way to the urgency first, then everything the plan needs."""

from typing import Final, get_args

from bot.flows.facts import Facts
from bot.flows.grammar import (
    Choice,
    Condition,
    Flow,
    Landmarks,
    Moment,
    Number,
    Option,
    Outcome,
    Question,
    Several,
    answered,
    not_answered,
)
from bot.logic import tokuhashi
from bot.logic.case import CordSign, Level, Primary, Weekday
from bot.logic.dialysis import HIGH_POTASSIUM_FROM
from bot.logic.findings import HIGH_PTH_TIMES_ULN, KIDNEYS_FAILING_BELOW_EGFR, LONG_DIALYSIS_YEARS
from bot.logic.treatment import PARALYSIS_LIMIT_HOURS, TRIAL_PARALYSIS_LIMIT_HOURS
from bot.logic.urgency import FAST_WITHIN_DAYS, fired

MOST_LESIONS: Final = 8
LESIONS_SEEN: Final = "lesions_seen"
SUSPECTED_AT: Final = "suspected_at"
CORD_SIGNS: Final = "cord_signs"
MRI: Final = "mri"
PLAN: Final = "plan"
WAITING: Final = "waiting"
UNREAD: Final = "unread"
SYMPTOMS: Final = (CORD_SIGNS, "radicular_deficit", "radicular_pain", "back_pain")
SETTLED_HOURS: Final = 24  # at this limit or a shorter one infection signs change no urgency

no_cord_sign = Condition("no cord sign was ticked", lambda f: not f.found.cord_sign)
pain_open = Condition(
    "no emergency yet, or no root pain",
    lambda f: not _emergency(f) or f.get("radicular_pain") not in ("unilateral", "bilateral"),
)
some_lesion = Condition("a lesion was entered", lambda f: f.lesion_count > 0)
room_for_lesion = Condition(
    f"fewer than {MOST_LESIONS} lesions", lambda f: f.lesion_count < MOST_LESIONS
)
tokuhashi_applies = Condition("the Tokuhashi score applies", lambda f: tokuhashi.applies(f.case))
kidneys_failing = Condition("the kidneys fail", lambda f: f.found.kidneys_failing)
egfr_open = Condition(
    "egfr was not asked and there is no dialysis",
    lambda f: not f.was_asked("egfr") and not f.found.dialysis,
)
dialysed = answered("renal", "haemodialysis", "peritoneal")
haemodialysed = answered("renal", "haemodialysis")
irradiated = not_answered("previous_rt", "none")
mri_not_done = not_answered("mri", "done")


def urgency_settled(facts: Facts) -> bool:
    """Return whether the urgency can be answered: an emergency, or every symptom asked."""
    if _emergency(facts) or facts.get(CORD_SIGNS) == "unknown":
        return True
    asked = all(facts.was_asked(symptom) for symptom in SYMPTOMS)
    limit = facts.limit_hours
    fast_or_none = limit is None or limit <= SETTLED_HOURS
    return asked and (fast_or_none or facts.was_asked("infection_signs"))


def _emergency(facts: Facts) -> bool:
    return any(rule in ("U1", "U2") for rule in fired(facts.found))


def _options(
    *values: bool | int | str, danger: tuple[bool | int | str, ...] = ()
) -> tuple[Option, ...]:
    return tuple(Option(value, value in danger) for value in values)


def _picks(*values: float) -> tuple[float, ...]:
    """Offer each number once, in order, wherever the thresholds among them lie."""
    return tuple(sorted(set(values)))


def _yes_no(id: str, part: str, when: Condition | None = None) -> Question:
    return Choice(id=id, part=part, when=when, options=_options(True, False, danger=(True,)))


def _lesion(id: str, *values: str, danger: tuple[str, ...] = (), by_name: bool = False) -> Question:
    return Choice(
        id=id,
        part="lesions",
        when=answered(LESIONS_SEEN, "some"),
        repeated=True,
        options=_options(*values, danger=danger),
        by_name=by_name,
    )


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
        Choice(
            id="radicular_deficit",
            part="roots",
            when=no_cord_sign,
            options=_options(
                "bilateral", "unilateral_progressive", "unilateral_stable", "none",
                danger=("bilateral", "unilateral_progressive"),
            ),
        ),
        Number(
            id="deficit_days",
            part="roots",
            when=answered("radicular_deficit", "unilateral_progressive"),
            low=0, high=3650, unit="days",
            picks=_picks(1, 3, FAST_WITHIN_DAYS, 10, 14, 30),
        ),
        Choice(
            id="radicular_pain",
            part="roots",
            options=_options("bilateral", "unilateral", "none", danger=("bilateral",)),
        ),
        Choice(id="back_pain", part="roots", when=pain_open, options=_options(True, False)),
        _yes_no("infection_signs", "roots"),
        Choice(
            id="renal",
            part="kidneys",
            options=_options("haemodialysis", "peritoneal", "ckd", "normal"),
        ),
        Number(
            id="egfr",
            part="kidneys",
            when=answered("renal", "ckd", "unknown"),
            low=0, high=250, unit="mL/min",
            picks=_picks(10, 20, KIDNEYS_FAILING_BELOW_EGFR, 40, 50, 70),
        ),
        Choice(id="urine_output", part="kidneys", when=dialysed,
               options=_options("anuric", "residual")),
        Choice(id="access", part="kidneys", when=haemodialysed,
               options=_options("catheter", "fistula", "graft", danger=("catheter",))),
        Number(
            id="dialysis_years", part="kidneys", when=haemodialysed,
            low=0, high=80, unit="y", picks=_picks(1, 3, 5, LONG_DIALYSIS_YEARS, 15, 20),
        ),
        Moment(id="last_dialysis", part="kidneys", when=dialysed, past=True,
               picks=("6 h ago", "12 h ago", "24 h ago", "36 h ago", "48 h ago", "72 h ago")),
        Moment(id="next_dialysis", part="kidneys", when=dialysed, past=False,
               picks=("in 6 h", "in 12 h", "in 24 h", "in 36 h", "in 48 h", "in 72 h")),
        Several(id="dialysis_days", part="kidneys", when=dialysed,
                options=_options(*get_args(Weekday))),
        Number(
            id="potassium", part="kidneys", when=not_answered("renal", "normal"),
            low=1, high=12, unit="mmol/L", picks=_picks(4, 4.5, 5, 5.5, HIGH_POTASSIUM_FROM, 6.5),
        ),
        Choice(id="cancer", part="cancer", options=_options("known", "suspected", "none")),
        Choice(id="primary", part="cancer", when=answered("cancer", "known", "suspected"),
               options=_options(*get_args(Primary))),
        Choice(
            id="anticoagulant",
            part="cancer",
            options=_options("heparin", "doac", "warfarin", "antiplatelet", "none"),
        ),
        Choice(id="asia", part="neurology", by_name=True,
               options=_options("A", "B", "C", "D", "E", danger=("A", "B", "C"))),
        Choice(id="walking", part="neurology",
               options=_options("none", "aided", "unaided", danger=("none",))),
        Number(
            id="paralysis_hours", part="neurology", when=answered("asia", "A", "B"),
            low=0, high=8760, unit="h",
            picks=_picks(6, 12, PARALYSIS_LIMIT_HOURS, 36, TRIAL_PARALYSIS_LIMIT_HOURS, 72),
        ),
        Choice(id=MRI, part="mri", options=_options("done", "not_done", "not_possible")),
        Outcome(WAITING, when=mri_not_done, waits_for=MRI),
        Choice(
            id=LESIONS_SEEN,
            part="lesions",
            options=(Option("some"), Option("none", sets={"lesions": []})),
        ),
        Outcome(UNREAD, when=answered(LESIONS_SEEN, "unknown"), waits_for=LESIONS_SEEN),
        _lesion("level", *get_args(Level), by_name=True),
        _lesion("escc", "3", "2", "1c", "1b", "1a", "0", danger=("3", "2"), by_name=True),
        _lesion("pain", "mechanical", "non_mechanical", "none", danger=("mechanical",)),
        _lesion("bone", "lytic", "mixed", "blastic"),
        _lesion("alignment", "subluxation", "deformity", "normal", danger=("subluxation",)),
        _lesion("collapse", "ge50", "lt50", "none_gt50_involved", "none"),
        _lesion("posterolateral", "bilateral", "unilateral", "none"),
        Choice(
            id="another_level",
            part="lesions",
            when=answered(LESIONS_SEEN, "some") & room_for_lesion,
            repeated=True,
            can_be_unknown=False,
            options=_options(True, False),
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
        _yes_no("progression_after_rt", "background", some_lesion & irradiated),
        _yes_no("deterioration_during_rt", "background", some_lesion & irradiated),
        Choice(id="life_expectancy", part="background", when=some_lesion,
               options=_options("lt3m", "ge3m")),
        Choice(id="ecog", part="background", when=some_lesion, by_name=True,
               options=_options(0, 1, 2, 3, 4)),
        Choice(id="kps", part="background", when=some_lesion & tokuhashi_applies, by_name=True,
               options=_options(*range(100, 0, -10))),
        Choice(id="extraspinal_bone", part="background", when=some_lesion & tokuhashi_applies,
               by_name=True, options=_options(0, 1, 2, 3)),
        Choice(id="vertebral_mets", part="background", when=some_lesion & tokuhashi_applies,
               by_name=True, options=_options(1, 2, 3)),
        Choice(id="organ_mets", part="background", when=some_lesion & tokuhashi_applies,
               options=_options("unremovable", "removable", "none")),
        Number(
            id="calcium", part="background", low=0.5, high=5, unit="mmol/L",
            picks=(1.9, 2.1, 2.3, 2.5, 2.7, 3.0),
        ),
        Number(
            id="albumin", part="background", when=not_answered("calcium", "unknown"),
            low=5, high=70, unit="g/L", picks=(20, 25, 30, 35, 40, 45),
        ),
        Number(
            id="pth_times_uln", part="background", when=kidneys_failing,
            low=0, high=200, unit="× ULN", picks=_picks(1, 2, 5, HIGH_PTH_TIMES_ULN, 12, 20),
        ),
        Number(
            id="egfr_for_bone_drug", fills="egfr", part="background",
            when=answered("cancer", "known") & egfr_open,
            low=0, high=250, unit="mL/min", picks=(20, 35, 45, 55, 70, 90),
        ),
        Outcome(PLAN),
    ),
)  # fmt: skip
