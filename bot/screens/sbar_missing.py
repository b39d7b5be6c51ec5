"""Names what is not yet known and the coordinator will ask next, in plain field names."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

from bot.flows.grammar import UNKNOWN
from bot.flows.wording import words_of
from bot.guidance.sections import urgency_still_asks
from bot.logic.case import Case, known
from bot.screens.notices import words
from bot.screens.sbar_recorded import WORDS
from bot.screens.view import View, in_a_sentence

ORDER: Final = (
    "cord_signs", "radicular_deficit", "deficit_days", "radicular_pain", "back_pain",
    "infection_signs", "asia", "walking", "paralysis_hours", "mri", "lesions", "level",
    "escc", "sins", "cancer", "primary", "previous_rt", "progression_after_rt",
    "deterioration_during_rt", "renal", "egfr", "urine_output", "dialysis_days", "last_dialysis",
    "next_dialysis", "blood_thinners", "last_blood_thinner", "potassium", "calcium", "ecog",
    "life_expectancy", "steroid",
)  # fmt: skip
FIRST_ASKED: Final = ("cancer", "walking", "previous_rt", "renal", "blood_thinners", "mri")
SAME: Final = {"lesions_seen": "lesions"}  # whether any were seen, and which
FITNESS: Final = ("ecog", "life_expectancy")
AFTER_RADIOTHERAPY: Final = ("progression_after_rt", "deterioration_during_rt")


def missing(view: View) -> dict[str, str]:
    """Return what is still to be asked with its ward name, decisive fields first."""
    fields = {*_to_be_asked(view)} - {*_beside_the_point(view.result.case)}
    fields -= {key for key, value in view.case.latest.items() if value != UNKNOWN} - {"lesions"}
    answered_unknown = (
        SAME.get(each.question.field, each.question.field)
        for each in view.standing.trail.steps
        if each.value == UNKNOWN and not each.question.repeated
    )
    named = {**_labels(view), **words("missing", WORDS)}
    items = (*(field for field in ORDER if field in fields), *answered_unknown)
    return {item: named[item] for item in items if item in named}


def _labels(view: View) -> dict[str, str]:
    return {
        each.field: in_a_sentence(words_of(view.flow, each.id).label)
        for each in view.flow.questions.values()
    }


def _to_be_asked(view: View) -> Iterator[str]:
    result, case = view.result, view.result.case
    decisive = chain(
        urgency_still_asks(result), result.steroid.ask, result.treatment.ask, FIRST_ASKED
    )
    yield from (field for field in decisive if not known(getattr(case, field, None)))
    if case.lesions != () and not any(known(lesion.level) for lesion in case.lesions or ()):
        yield "level"
    if view.case.newest_entry("steroid_given") is None:
        yield "steroid"
    yield from (field for field in _of_the_patient(view) if not known(getattr(case, field)))


def _beside_the_point(case: Case) -> Iterator[str]:
    """Name what is not asked without cancer, a lesion or earlier radiotherapy."""
    if case.cancer == "none":
        yield from ("primary", "previous_rt")
    if case.cancer == "none" or case.lesions == ():
        yield from FITNESS
    if case.cancer == "none" or case.previous_rt not in ("same_level", "other_level"):
        yield from AFTER_RADIOTHERAPY


def _of_the_patient(view: View) -> Iterator[str]:
    """Name the fields that matter given what is known of the patient."""
    found, case = view.result.found, view.result.case
    yield "primary"
    if found.deficit or found.cord_signs_unknown:
        yield "asia"
    if found.dialysis:
        yield from ("infection_signs", "urine_output", "dialysis_days", "last_dialysis")
        yield "next_dialysis"
    elif case.renal != "normal":
        yield "egfr"
    if found.kidneys_failing:
        yield from ("potassium", "calcium")
    if isinstance(case.blood_thinners, tuple) and case.blood_thinners:
        yield "last_blood_thinner"
