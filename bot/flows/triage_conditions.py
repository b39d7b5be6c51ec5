"""When the triage flow asks its questions, and when the urgency is settled."""

from typing import Final

from bot.flows.conditions import Condition, answered, not_answered
from bot.flows.facts import Facts
from bot.flows.grammar import UNKNOWN
from bot.logic import tokuhashi
from bot.logic.case import known
from bot.logic.steroid import decide
from bot.logic.urgency import certain_emergency

MOST_LESIONS: Final = 8
LESIONS_SEEN: Final = "lesions_seen"
CT_LESIONS_SEEN: Final = "ct_lesions_seen"
BLOOD_THINNERS: Final = "blood_thinners"
CORD_SIGNS: Final = "cord_signs"
MRI: Final = "mri"
SYMPTOMS: Final = (CORD_SIGNS, "radicular_deficit", "radicular_pain", "back_pain")
SETTLED_HOURS: Final = 24  # at this limit or shorter, infection signs do not change the urgency

no_cord_sign = Condition("no cord sign was ticked", lambda f: not f.found.cord_sign)
bladder_alone = Condition("bladder is the only sign", lambda f: f.get(CORD_SIGNS) == ["bladder"])
pain_open = Condition(
    "no emergency yet, or no root pain",
    lambda f: not _by_symptoms(f) or f.get("radicular_pain") not in ("unilateral", "bilateral"),
)
some_blood_thinner = Condition(
    "some blood thinner was ticked", lambda f: f.get(BLOOD_THINNERS) not in (None, [], UNKNOWN)
)
some_lesion = Condition("a lesion was entered", lambda f: f.lesion_count > 0)
lesion_read = Condition(
    "images are read and show a lesion", lambda f: f.found.read and f.lesion_count > 0
)
room_for_lesion = Condition(
    f"fewer than {MOST_LESIONS} lesions", lambda f: f.lesion_count < MOST_LESIONS
)
tokuhashi_applies = Condition("the Tokuhashi score applies", lambda f: tokuhashi.applies(f.case))
kidneys_failing = Condition("the kidneys fail", lambda f: f.found.kidneys_failing)
calcium_known = Condition("calcium is known", lambda f: known(f.get("calcium")))
cancer_known = answered("cancer", "known")
cancer_not_excluded = not_answered("cancer", "none")
dialysed = answered("renal", "haemodialysis", "peritoneal")
not_dialysed = not_answered("renal", "haemodialysis", "peritoneal")
haemodialysed = answered("renal", "haemodialysis")
irradiated = not_answered("previous_rt", "none")
renal_not_normal = not_answered("renal", "normal")
lesions_reported = answered(LESIONS_SEEN, "some") | answered(CT_LESIONS_SEEN, "some")


def not_asked(field: str) -> Condition:
    """True if an earlier place did not ask for a field."""
    return Condition(f"{field} was not asked before", lambda facts: not facts.was_asked(field))


def decides_steroid(field: str) -> Condition:
    """True if the answer could still change the steroid decision."""
    return Condition(
        f"{field} could change the steroid decision",
        lambda facts: field in decide(facts.found).ask,
    )


def urgency_settled(facts: Facts) -> bool:
    """Return whether the urgency can be answered: a certain emergency, or every symptom asked.

    Images may show one before a symptom was asked: compression on a scan, or a CT, that was read.
    """
    certain = certain_emergency(facts.found, facts.rules)
    if certain or facts.get(CORD_SIGNS) == "unknown":
        return True
    asked = all(facts.was_asked(symptom) for symptom in SYMPTOMS)
    limit = facts.limit_hours
    fast_or_none = limit is None or limit <= SETTLED_HOURS
    return asked and (fast_or_none or facts.was_asked("infection_signs"))


def _by_symptoms(facts: Facts) -> bool:
    """Return whether the symptoms make it an emergency."""
    return "U1" in facts.rules or "U2" in facts.rules
