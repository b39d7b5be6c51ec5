"""Says what the hand-over asks for: what the case needs, and what is done here meanwhile."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from bot.conversation.time_line import cauda_equina_due
from bot.guidance.card_lines import say_step
from bot.guidance.first_steps import bleeding_step
from bot.guidance.spoken_times import say_moment
from bot.logic.bedside import taken_beside_dialysis
from bot.logic.fired_rule import Fired
from bot.logic.surgery import BLOOD_CANCERS
from bot.logic.treatment import (
    AWAIT_MRI,
    CLARIFY_DIAGNOSIS,
    MDT_DECISION,
    NO_LOCAL_TREATMENT,
    SURGERY,
)
from bot.logic.urgency import explain_rule
from bot.screens.do_now import do_now
from bot.screens.notices import words
from bot.screens.sbar_recorded import WORDS
from bot.screens.view import View, in_a_sentence, say_level

ONE_CALL: Final = "D7"
DECIDED_IN_CALL: Final = ("D2", "D6", ONE_CALL)
SEEN_ON_CT: Final = {"bone", "alignment", "collapse", "posterolateral"}
BEDSIDE: Final = "BGMN"  # what is done here: bones, kidneys, bedside, mimics


def request(view: View) -> Iterator[str]:
    """Say what is asked of the coordinator, then what is done at the bedside until then."""
    calls = [*_infection(view), *_calls(view), *_stability(view)]
    asks = [*_scan(view), *calls, *_pathway(view), *_others(view)]
    yield from asks or [words("asks", WORDS)["nothing"]]
    meanwhile = [*_meanwhile(view)]
    if meanwhile:
        yield words("lines", WORDS)["meanwhile"]
        yield from (f"- {line}" for line in meanwhile)


def _scan(view: View) -> Iterator[str]:
    """Ask for the scan that is possible, or for it to be read."""
    asks, result = words("asks", WORDS), view.result
    case, impossible = result.case, result.case.mri == "not_possible"
    if not result.due:
        if case.mri_done and case.lesions is None:
            yield asks["read"]
        return
    if case.mri_done:
        key = "read_overdue" if result.due < view.now else "read_by"
        yield asks[key].format(time=say_moment(result.due, view.zone))
        return
    after_ct = result.found.ct_shows_nothing
    scan = "after_clean_ct" if after_ct else "ct" if impossible else "mri"
    yield asks[scan].format(when=_scan_when(view, result.due))
    if impossible:
        yield asks["mri_safety_again" if after_ct else "mri_safety"]
    yield from _haematoma(view)
    if result.found.infection_open:
        yield asks["contrast"]


def _scan_when(view: View, due: datetime) -> str:
    """Say by when the scan is asked for: before its deadline also by that of rule U11."""
    earlier = _earlier(view) if due >= view.now else ""
    return f"{earlier}{say_moment(due, view.zone)}" if earlier else _when(view, due)


def _when(view: View, at: datetime) -> str:
    """Say by when something is asked for: nobody can keep a deadline that has passed."""
    key = "overdue" if at < view.now else "by"
    return words("lines", WORDS)[key].format(time=say_moment(at, view.zone))


def _haematoma(view: View) -> Iterator[str]:
    """Tell the radiologist of the blood thinners behind rule M7, and of the last dose."""
    case = view.result.case
    if view.result.fires("M7") and isinstance(case.blood_thinners, tuple) and case.blood_thinners:
        taken = taken_beside_dialysis(view.result.found)
        named = view.flow.questions["blood_thinners"]
        thinners = view.answer(named, [*(taken or case.blood_thinners)]).split(", ")
        yield words("asks", WORDS)["haematoma_dialysis" if taken else "haematoma"].format(
            thinners=", ".join(map(in_a_sentence, thinners)),
            last=_time(view, case.last_blood_thinner),
            session=_time(view, case.last_dialysis),
        )


def _time(view: View, at: object) -> str:
    said = words("lines", WORDS)["not_known"]
    return say_moment(at, view.zone) if isinstance(at, datetime) else said


def _earlier(view: View) -> str:
    """Say the limit of rule U11 before the deadline, if it already applies."""
    due = cauda_equina_due(view.case, view.result)
    if due is None:
        return ""
    above = "cord" in explain_rule(view.result.found, "U11", view.result.policy).say
    said = words("asks", WORDS)["cord_first" if above else "cauda_equina_first"]
    return said.format(time=say_moment(due, view.zone))


def _infection(view: View) -> Iterator[str]:
    """Ask for the surgeon and the infection specialist as soon as rule N2 does."""
    step = _fired(view, "N2")
    if step:
        key = "infection_now" if "now" in step.say else "infection_same_day"
        yield words("asks", WORDS)[key]


def _calls(view: View) -> Iterator[str]:
    """Ask for the people whom the card names, and for the steroid decision that waits for them."""
    asks, result = words("asks", WORDS), view.result
    meeting = _fired(view, "C1")
    if result.steroid.rule == ONE_CALL:
        yield asks["one_call"]
    elif meeting and not _surgeon_in_pathway(view):
        yield asks["examine_first" if "examine_first" in meeting.say else "call_now"].format(
            who=_who(view, meeting)
        )
    elif not meeting and (surgeon := _fired(view, "C2")) and not _stability_asked(view):
        yield asks["call"].format(who=_who(view, surgeon))
    needed = result.found.steroid_needed and (meeting or _fired(view, "N2"))
    if result.steroid.rule in DECIDED_IN_CALL and needed:
        given = view.case.newest_entry("steroid_given")
        yield asks["next_steroid_in_call" if given else "steroid_in_call"]


def _who(view: View, call: Fired) -> str:
    """Name whom the card says to call: "spinal surgeon, radiation oncologist, nephrology"."""
    nephrology = _fired(view, "C4")
    line = say_step((call, *((nephrology,) if nephrology else ())))
    return line.partition(": ")[2].removeprefix("call ")


def _surgeon_in_pathway(view: View) -> bool:
    """Return whether what the pathway asks for names the surgeon or the meeting already."""
    result = view.result
    clarified = result.treatment.pathway == CLARIFY_DIAGNOSIS
    no_cancer = result.case.cancer == "none" and clarified
    return result.treatment.pathway == MDT_DECISION or result.found.unexplained or no_cancer


def _stability_asked(view: View) -> bool:
    """Return whether the surgeon is asked for by stability or by the pathway."""
    asked = view.result.treatment.pathway in (SURGERY, MDT_DECISION)
    return asked or view.result.fires("S2") or view.result.fires("S3")


def _stability(view: View) -> Iterator[str]:
    """Ask for the surgeon where the spine is or may be unstable, and for what the score lacks."""
    asks, result = words("asks", WORDS), view.result
    if result.fires("S3"):
        yield asks["unstable"]
    elif result.fires("S2"):
        no_radiotherapy = result.found.infection_open or result.case.cancer == "none"
        yield asks["stability_alone" if no_radiotherapy else "stability"]
    lesions = zip(result.case.lesions or (), result.sins, strict=True)
    levels = [say_level(lesion) for lesion, score in lesions if {*score.missing} & SEEN_ON_CT]
    if levels:
        key = "sins_from_ct" if result.case.mri == "not_possible" else "ct_of_level"
        yield asks[key].format(levels=", ".join(map(in_a_sentence, dict.fromkeys(levels))))


def _fired(view: View, rule: str) -> Fired | None:
    return next((each for each in view.result.actions if each.id == rule), None)


def _pathway(view: View) -> Iterator[str]:
    asks, pathway = words("asks", WORDS), view.result.treatment.pathway
    if pathway == CLARIFY_DIAGNOSIS:
        yield from _clarify(view)
    elif pathway == NO_LOCAL_TREATMENT:
        yield asks["other_cause" if view.result.found.pain else "nothing"]
    elif pathway == MDT_DECISION and view.result.fires("C1"):
        yield asks["urgent_mdt_decision"]
    elif pathway != AWAIT_MRI:
        yield asks[pathway]


def _clarify(view: View) -> Iterator[str]:
    """Ask for a second reading if the images explain nothing, for tissue if there is any."""
    asks, found = words("asks", WORDS), view.result.found
    if found.unexplained:
        now = found.deficit and view.result.fires("C1")
        key = "look_again_now" if now else "look_again_deficit" if found.deficit else "look_again"
        yield asks[key]
    if found.cancer_known:
        return
    if found.no_lesion_seen:
        if found.pain:
            yield asks["other_cause"]
    else:
        failing = (found.deficit or found.cord_signs_unknown) and not found.clean
        yield asks["tissue_and_surgeon" if failing else "tissue"]


def _others(view: View) -> Iterator[str]:
    asks, result = words("asks", WORDS), view.result
    if result.case.cancer in ("known", "suspected") and result.case.primary in BLOOD_CANCERS:
        yield asks["haematology"].format(name=result.case.primary)
    if result.fires("R6"):
        yield asks["castration"]
    if result.treatment_due and view.case.newest_entry("treatment_begun") is None:
        key = "drain" if result.found.infection_open else "treat"
        yield asks[key].format(when=_when(view, result.treatment_due))


def _meanwhile(view: View) -> Iterator[str]:
    """Say the first steps at the bedside, and always what forbids a blood thinner or heparin."""
    for step, line in zip(view.standing.steps, do_now(view), strict=True):
        if step[0].id[0] in BEDSIDE:
            yield line
    bleeding = bleeding_step(view.result)
    if bleeding and bleeding not in view.standing.steps:
        yield say_step(bleeding, view.zone)
