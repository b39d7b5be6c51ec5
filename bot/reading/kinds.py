"""Which marks a line speaks of, and which only say more of them."""

from typing import Final

BODY: Final = frozenset(("weak", "numb", "pain", "root_deficit", "func", "sign", "power"))
NEURO: Final = frozenset(("weak", "numb", "root_deficit", "func", "sign", "power", "denies_signs"))
LESION: Final = frozenset(("bone", "alignment", "collapse", "posterolateral", "escc", "lesion"))
ITEMS: Final = BODY | LESION | frozenset((
    "weak_limb", "infection", "temperature", "crp", "cancer", "organ", "disease", "thinner",
    "all_thinners", "anticoagulant", "rt", "rt_none", "surgery", "scan", "diagnosis", "renal", "hd",
    "pd", "access", "urine_output", "denies_signs", "pain_free", "other", "other_pain", "days",
    "organ_mets", "weekly", "scan_not_done", "scan_not_possible", "lab", "asia",
))  # fmt: skip
ATTRIBUTES: Final = frozenset((
    "place", "side", "level", "span", "moment", "ago", "trend", "power", "root", "radiates",
    "year", "mechanical", "paralysed", "walking_lost", "again", "since", "date", "no_longer",
    "including",
))  # fmt: skip
TIMES: Final = frozenset(("span", "moment", "year", "since", "ago", "date"))
