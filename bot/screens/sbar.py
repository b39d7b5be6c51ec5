"""The hand-over text: S, B, A, R, what is missing. Names no patient; up to 3,500 characters."""

from collections.abc import Iterator
from typing import Final

from bot.conversation.time_line import cauda_equina_due
from bot.guidance.spoken_times import say_moment, say_time_left
from bot.guidance.texts import guidance
from bot.logic.case import known
from bot.logic.figures import say_hours
from bot.screens.card import cauda_equina_line, do_now, first_reason
from bot.screens.notices import words
from bot.screens.screen import Screen, text
from bot.screens.time_line import every_line
from bot.screens.view import View, say_category, say_level

WORDS: Final = "sbar.toml"
MOST_DONE: Final = 12
DRUG: Final = "Dexamethasone"
SITUATION: Final = (
    "cord_signs", "radicular_deficit", "deficit_days", "radicular_pain", "back_pain",
    "infection_signs",
)  # fmt: skip
BACKGROUND: Final = (
    "cancer", "primary", "previous_rt", "anticoagulant", "renal", "dialysis_days", "access",
    "dialysis_years", "last_dialysis", "next_dialysis", "urine_output", "potassium",
)  # fmt: skip
SAID_THOUGH_UNKNOWN: Final = ("cancer",)
ASSESSMENT: Final = ("asia", "walking", "paralysis_hours", "ecog", "life_expectancy")


def draw_sbar(view: View) -> Screen:
    """Draw the hand-over text as one block to copy."""
    lines = "\n\n".join("\n".join(part) for part in _parts(view)).split("\n")
    return Screen("plan", f"{view.case.code} · SBAR", (text(*lines, look="copy"),))


def _parts(view: View) -> Iterator[list[str]]:
    said, heading = words("lines", WORDS), words("headings", WORDS)
    title = said["title"].format(code=view.case.code, time=say_moment(view.now, view.zone))
    yield [title, said["patient"], said["number"]]
    yield [heading["situation"], *_situation(view)]
    background = [*_answers(view, BACKGROUND)]
    yield [heading["background"], *(background or [said["not_asked"]])]
    yield [heading["assessment"], *_assessment(view)]
    yield [heading["recommendation"], *_request(view)]
    yield [_missing(view), said["end"].format(policy=view.result.policy)]


def _situation(view: View) -> Iterator[str]:
    said, urgency = words("lines", WORDS), view.result.urgency
    if view.standing.settled:
        limit = f", MRI within {say_hours(urgency.hours)}" if urgency.hours else ""
        level = words("levels")[urgency.level]
        yield said["urgency"].format(level=level, limit=limit)
        yield from _clocks(view)
    else:
        yield said["not_settled"]
    yield from _answers(view, SITUATION)
    moved = view.newest(view.flow.landmarks.suspected_at) is not None
    since = say_moment(view.result.opened_at, view.zone)
    yield said["onset" if moved else "no_onset"].format(time=since)
    yield from _done(view)


def _clocks(view: View) -> Iterator[str]:
    said, result = words("lines", WORDS), view.result
    cauda = cauda_equina_line(view)
    if cauda:
        yield cauda
    if result.due:
        impossible = result.case.mri == "not_possible"
        yield said["deadline_ct" if impossible else "deadline"].format(
            time=say_moment(result.due, view.zone), left=say_time_left(result.due, view.now)
        )
    elif result.case.mri_done:
        yield said["mri_unread" if result.case.lesions is None else "mri_done"]
    else:
        yield said["no_deadline"]
    begun = view.case.newest_entry("treatment_begun")
    if result.treatment_due and begun:
        yield said["treatment_begun"].format(time=say_moment(begun.at, view.zone))
    elif result.treatment_due:
        yield said["treatment"].format(
            time=say_moment(result.treatment_due, view.zone),
            left=say_time_left(result.treatment_due, view.now),
        )


def _done(view: View) -> Iterator[str]:
    said, lines = words("lines", WORDS), [*every_line(view)]
    if not lines:
        yield said["nothing_done"]
        return
    yield said["done"]
    if len(lines) > MOST_DONE:
        yield said["earlier_done"].format(count=len(lines) - MOST_DONE)
    yield from (f"- {line}" for line in lines[-MOST_DONE:])


def _assessment(view: View) -> Iterator[str]:
    said, case = words("lines", WORDS), view.result.case
    if view.standing.settled:
        yield first_reason(view)
        yield said["pathway"].format(name=guidance()[view.result.treatment.pathway].name)
    yield from _answers(view, ASSESSMENT)
    if case.lesions == ():
        yield said["clean"]
    for lesion, score in zip(case.lesions or (), view.result.sins, strict=True):
        yield said["sins"].format(
            level=say_level(lesion),
            points=score.said,
            category=say_category(score),
            grade=lesion.escc if known(lesion.escc) else "not known",
        )
    given = view.case.newest_entry("steroid_given")
    if given:
        yield said["steroid_given"].format(time=say_moment(given.at, view.zone))
    for line in do_now(view):
        if line.startswith(DRUG):
            yield said["advice"].format(line=line)


def _request(view: View) -> Iterator[str]:
    said, result = words("lines", WORDS), view.result
    cauda = cauda_equina_due(view.case, result)
    if cauda:
        yield said["mri_cauda_equina"].format(time=say_moment(cauda, view.zone))
    if result.due:
        yield said["mri"].format(time=say_moment(result.due, view.zone))
    elif result.case.mri_done and result.case.lesions is None:
        yield said["read"]
    asks = words("asks", WORDS)
    if result.treatment.pathway in asks and result.case.lesions != ():
        yield asks[result.treatment.pathway]
    elif result.treatment.pathway == "clarify_diagnosis":
        yield said["look_again"]
    if result.treatment_due and view.case.newest_entry("treatment_begun") is None:
        yield said["treat"].format(time=say_moment(result.treatment_due, view.zone))
    yield from (line for line in do_now(view) if not line.startswith(DRUG))


def _answers(view: View, keys: tuple[str, ...]) -> Iterator[str]:
    """Say the answers that count and are known; that the cancer is not known counts too."""
    for step in view.standing.trail.steps:
        if step.key in keys and (known(step.value) or step.key in SAID_THOUGH_UNKNOWN):
            yield f"{view.label(step.key)}: {view.answer(step.question, step.value)}"


def _missing(view: View) -> str:
    said, names = words("lines", WORDS), words("missing", WORDS)
    items = ", ".join(names[each] for each in missing_items(view))
    return said["missing"].format(items=items) if items else said["nothing_missing"]


def missing_items(view: View) -> tuple[str, ...]:
    """Name what a coordinator asks for and is not answered yet."""
    case = view.result.case
    lacks = {
        "levels": not any(known(each.level) for each in case.lesions or ()) and case.lesions != (),
        "onset": view.newest(view.flow.landmarks.suspected_at) is None,
        "walking": not known(case.walking),
        "steroid": view.case.newest_entry("steroid_given") is None,
        "primary": not known(case.primary) and case.cancer != "none",
        "previous_rt": not known(case.previous_rt),
        "renal": not known(case.renal),
        "dialysis_days": view.result.found.dialysis and not known(case.dialysis_days),
        "anticoagulant": not known(case.anticoagulant),
    }
    return tuple(item for item, lacking in lacks.items() if lacking)
