"""One invented patient whose every answer has a button: weak legs on haemodialysis, lung cancer."""

from __future__ import annotations

from collections.abc import Mapping

from bot.flows.grammar import Value

BEGINNING: Mapping[str, Value] = {
    "cord_signs": ["weakness", "sensory_level"], "infection_signs": False,
    "renal": "haemodialysis", "cancer": "known", "primary": "lung", "blood_thinners": ["heparin"],
    "last_blood_thinner": "24 h ago", "radicular_pain": "none", "back_pain": True, "potassium": 5,
    "calcium": 2.3, "albumin": 35, "urine_output": "anuric", "access": "fistula",
    "dialysis_years": 5, "last_dialysis": "24 h ago", "next_dialysis": "in 24 h", "asia": "D",
    "walking": "aided", "mri": "not_done",
}  # fmt: skip
IMAGES: Mapping[str, Value] = {
    "mri": "done", "lesions_seen": "some", "level": "T8", "escc": "2", "pain": "mechanical",
    "bone": "lytic", "alignment": "normal", "collapse": "lt50", "posterolateral": "unilateral",
    "another_level": False, "previous_rt": "none", "previous_surgery": False,
    "life_expectancy": "ge3m", "ecog": 1, "kps": 80, "extraspinal_bone": 1, "vertebral_mets": 1,
    "organ_mets": "none", "pth_times_uln": 2,
}  # fmt: skip
