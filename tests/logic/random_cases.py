"""Random cases, valid and rich in values at the edges of the rules; the same for the same seed."""

from random import Random
from typing import Any, get_args

from bot.logic import case as fields

SIGNS = get_args(fields.CordSign)
STATES = ("cord", "bladder", "root", "pain", "quiet", "any")
NUMBERS: dict[str, tuple[float, ...]] = {
    "deficit_days": (0, 3, 7, 7.1, 30),
    "paralysis_hours": (0, 24, 24.1, 48, 49, 72),
    "egfr": (8, 29.9, 30, 49.9, 59.9, 60, 90),
    "dialysis_years": (1, 9.9, 10, 25),
    "potassium": (4.2, 5.9, 6.0, 6.4, 6.5, 7.2),
    "calcium": (1.7, 1.89, 1.9, 2.09, 2.1, 2.19, 2.2, 2.4, 2.65, 2.66, 2.99, 3.0, 3.5),
    "albumin": (5, 25, 30, 40, 43, 50),
    "pth_times_uln": (3, 8.9, 9, 20),
}
CHOICES: dict[str, tuple[object, ...]] = {
    "walking": get_args(fields.Walking),
    "previous_rt": get_args(fields.PreviousRt),
    "previous_surgery": (True, False),
    "life_expectancy": ("lt3m", "ge3m", "ge3m"),
    "ecog": (0, 1, 2, 3, 4),
    "kps": (40, 50, 80, 100),
    "extraspinal_bone": (0, 1, 3),
    "vertebral_mets": (1, 2, 3),
    "organ_mets": get_args(fields.OrganMets),
    "mri": ("not_done", "not_possible", "done", "done", "done"),
    "access": get_args(fields.Access),
    "urine_output": get_args(fields.UrineOutput),
}
LESION: dict[str, tuple[str, ...]] = {
    "level": get_args(fields.Level),
    "escc": get_args(fields.Escc),
    "pain": get_args(fields.LesionPain),
    "bone": get_args(fields.Bone),
    "alignment": get_args(fields.Alignment),
    "collapse": get_args(fields.Collapse),
    "posterolateral": get_args(fields.Posterolateral),
}
TIMES: dict[str, tuple[str, ...]] = {
    "opened_at": ("2026-11-22T08:00:00+00:00", "2026-11-21T20:30:00+01:00"),
    "last_blood_thinner": ("2026-11-22T07:00:00+00:00",),
    "last_dialysis": ("2026-11-22T10:00:00+00:00", "2026-11-20T13:00:00+00:00"),
    "next_dialysis": ("2026-11-22T11:30:00+00:00", "2026-11-23T07:00:00+00:00"),
}


def random_case(chance: Random) -> dict[str, Any]:
    """Draw a case as JSON; each answer may be missing or "unknown"."""
    gap = chance.choice((0, 0.05, 0.2, 0.6))
    state = chance.choice(STATES)
    case: dict[str, Any] = {
        "cancer": chance.choice(("known", "known", "known", "suspected", "none")),
        "primary": chance.choice((*get_args(fields.Primary), "breast", "prostate", "myeloma")),
        "back_pain": chance.random() < (0 if state == "quiet" else 0.6),
        "radicular_pain": _one(chance, fields.RadicularPain, state not in ("quiet", "cord")),
        "radicular_deficit": _one(chance, fields.RadicularDeficit, state in ("root", "any")),
        "infection_signs": chance.random() < 0.25,
        "cord_signs": _signs(chance, state),
        "asia": chance.choice("ABCD" if state == "cord" else "EEED"),
        "progression_after_rt": chance.random() < 0.15,
        "deterioration_during_rt": chance.random() < 0.15,
        "blood_thinners": _some(chance, get_args(fields.BloodThinner)),
        "renal": chance.choice(("normal", "ckd", "haemodialysis", "haemodialysis", "peritoneal")),
        "dialysis_days": _some(chance, get_args(fields.Weekday)),
        "lesions": _lesions(chance, gap),
    }
    case |= {name: chance.choice(values) for name, values in CHOICES.items()}
    rare = "paralysis_hours"
    for name, numbers in NUMBERS.items():
        if chance.random() < (0.1 if name == rare else 0.7):
            case[name] = chance.choice(numbers)
    for name, times in TIMES.items():
        if chance.random() < 0.5:
            case[name] = chance.choice(times)
    return {name: _asked(chance, name, value, gap) for name, value in case.items()}


def _one(chance: Random, kind: Any, present: bool) -> str:
    """Draw a value of a field whose first one means absent."""
    values: tuple[str, ...] = get_args(kind)
    return chance.choice(values) if present else values[0]


def _some(chance: Random, values: tuple[str, ...]) -> list[str]:
    return chance.sample(values, chance.choice((0, 1, 2, 3)))


def _signs(chance: Random, state: str) -> list[str]:
    if state == "bladder":
        return ["bladder"]
    return chance.sample(SIGNS, chance.choice((1, 1, 2, 3))) if state in ("cord", "any") else []


def _lesions(chance: Random, gap: float) -> list[dict[str, Any]] | None:
    kind = chance.choice(("null", "none", "clean", "any", "any", "any"))
    if kind == "null":
        return None
    count = 0 if kind == "none" else chance.choice((1, 1, 2))
    lesions = [
        {name: chance.choice(values) for name, values in LESION.items()} for _ in range(count)
    ]
    for lesion in lesions:
        worst = chance.choice((None, None, 0, -1))
        if worst is not None:
            lesion |= {name: values[worst] for name, values in LESION.items() if name != "escc"}
        if kind == "clean":
            lesion["escc"] = "0"
    return [
        {name: _asked(chance, name, value, gap / 2) for name, value in lesion.items()}
        for lesion in lesions
    ]


def _asked(chance: Random, name: str, value: Any, gap: float) -> Any:
    """Leave out an answer at times: not asked, or asked and not known."""
    if chance.random() >= gap:
        return value
    return None if name in ("opened_at", "lesions") else chance.choice((None, "unknown"))
