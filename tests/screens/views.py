"""Views of cases given as fields, and random cases that tend to fill a card."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.conversation.engine import Engine
from bot.flows.triage import FLOW
from bot.logic.assessment import assess
from bot.logic.case_input import read_case
from bot.logic.urgency import Policy
from bot.screens.view import View
from state.records import Entry
from tests.conftest import NOON, stored_case

LONGEST_CALL = "Coordinator " + "0" * 48
SIGNS = [
    "weakness", "gait", "sensory_level", "saddle_anaesthesia", "bladder", "bowel", "umn_signs",
    "lhermitte",
]  # fmt: skip
FIELDS: dict[str, list[Any]] = {
    "cancer": ["known", "known", "suspected", "none"],
    "primary": ["breast", "renal_cell", "myeloma", "lung", "prostate"],
    "back_pain": [True, False],
    "radicular_pain": ["none", "unilateral", "bilateral"],
    "radicular_deficit": ["none", "unilateral_stable", "unilateral_progressive", "bilateral"],
    "deficit_days": [3, 7, 9],
    "infection_signs": [True, False, False],
    "asia": list("ABCDE"),
    "walking": ["unaided", "none"],
    "paralysis_hours": [3, 30, 60],
    "previous_rt": ["none", "same_level"],
    "progression_after_rt": [True, False],
    "deterioration_during_rt": [True, False],
    "life_expectancy": ["lt3m", "ge3m"],
    "ecog": [0, 2, 4],
    "mri": ["not_done", "not_possible", "done", "done"],
    "renal": ["normal", "ckd", "haemodialysis", "haemodialysis", "peritoneal"],
    "egfr": [20, 35, 55, 70],
    "access": ["fistula", "catheter"],
    "urine_output": ["anuric", "residual"],
    "dialysis_years": [3, 12],
    "dialysis_days": [["mon", "wed", "fri"], ["sun"]],
    "last_dialysis": ["2026-11-22T07:00:00+00:00", "2026-11-20T10:00:00+00:00"],
    "next_dialysis": [
        "2026-11-22T11:00:00+00:00", "2026-11-22T18:00:00+00:00", "2026-11-24T07:00:00+00:00",
    ],
    "blood_thinners": [[], ["doac"], ["antiplatelet"], ["warfarin", "antiplatelet", "heparin"]],
    "last_blood_thinner": ["2026-11-22T08:00:00+00:00"],
    "potassium": [4.2, 6.0, 6.6],
    "calcium": [1.7, 1.95, 2.15, 2.3, 2.8, 3.2, 3.6],
    "albumin": [10, 25, 40, 50],
    "cord_signs": [[], [], ["gait"], ["bladder"], ["bowel", "sensory_level"], SIGNS],
}  # fmt: skip
LESION: dict[str, list[Any]] = {
    "level": ["C0", "T5", "T11", "L3", "S3"],
    "escc": ["0", "1a", "1c", "2", "3"],
    "pain": ["mechanical", "non_mechanical", "none"],
    "bone": ["lytic", "mixed", "blastic"],
    "alignment": ["subluxation", "normal"],
    "collapse": ["ge50", "lt50", "none"],
    "posterolateral": ["bilateral", "none"],
}
CALM = {
    "cord_signs": [], "radicular_deficit": "none", "radicular_pain": "none",
    "infection_signs": False, "asia": "E",
}  # fmt: skip
STABLE_LESION = {
    "level": "T6", "escc": "1c", "pain": "none", "bone": "blastic", "alignment": "normal",
    "collapse": "none", "posterolateral": "none",
}  # fmt: skip


def view_of(
    engine: Engine,
    fields: dict[str, Any],
    *,
    now: datetime = NOON,
    policy: Policy = "stepwise",
    call: str = "bleep 4321",
    noted: tuple[Entry, ...] = (),
) -> View:
    """Return the view of a case that was suspected at noon, under a policy."""
    case = read_case({"opened_at": NOON.isoformat(), **fields})
    stored = stored_case()
    if isinstance(case.cord_signs, tuple):
        stored = stored.with_answer("cord_signs", list(case.cord_signs), "ann", NOON)
    for entry in noted:
        stored = stored.with_entry(entry)
    standing = replace(
        engine.stand(stored, now), assessment=assess(case, policy, now), settled=True
    )
    return View(stored, standing, FLOW, now, UTC, call)


def random_fields(seed: int) -> dict[str, Any]:
    """Draw a case: each field unasked, not known or one of its values; a third without a sign."""
    chance = random.Random(seed)

    def drawn(values: list[Any]) -> Any:
        return chance.choice([None, "unknown", *values, *values])

    def lesion() -> dict[str, Any]:
        return {name: drawn(values) for name, values in LESION.items()}

    fields = {name: drawn(values) for name, values in FIELDS.items()}
    fields["lesions"] = chance.choice(
        [None, None, [], [lesion()], [lesion(), lesion()], [STABLE_LESION]]
    )
    if chance.random() < 1 / 3:
        fields |= CALM | {"back_pain": chance.choice([True, False])}
    return {name: value for name, value in fields.items() if value is not None}


def random_view(engine: Engine, seed: int) -> View:
    """Draw a case with the longest call number, a steroid given, and an early or late reader."""
    chance = random.Random(seed)
    noted = (
        Entry("steroid_given", "", "ann", NOON - timedelta(days=1)),
        Entry("mri_requested", "", "ann", NOON),
    )
    return view_of(
        engine,
        random_fields(seed),
        now=NOON + timedelta(hours=chance.choice([0, 0, 2, 13, 400 * 24])),
        policy=chance.choice(["stepwise", "nice", "strictest"]),
        call=LONGEST_CALL,
        noted=noted if chance.random() < 1 / 2 else (),
    )
