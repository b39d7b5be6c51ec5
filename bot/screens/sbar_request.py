"""Says what the hand-over asks for: what the case needs, and what is done here meanwhile."""

from collections.abc import Iterator
from typing import Final

from bot.conversation.time_line import cauda_equina_due
from bot.guidance.first_steps import first_steps
from bot.guidance.spoken_times import say_moment
from bot.logic.case import known
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
from bot.screens.view import View, in_a_sentence

BEDSIDE: Final = "BGMN"  # what is done here: bones, kidneys, bedside, mimics


def request(view: View) -> Iterator[str]:
    """Say what the coordinator is asked for, then what is done at the bedside until then."""
    asks = [*_scan(view), *_infection(view), *_stability(view), *_pathway(view), *_others(view)]
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
    time = say_moment(result.due, view.zone)
    if case.mri_done:
        yield asks["read_by"].format(time=time)
        return
    clean_ct = impossible and bool(case.lesions)
    scan = "after_clean_ct" if clean_ct else "ct" if impossible else "mri"
    yield asks[scan].format(time=f"{_earlier(view)}{time}")
    if impossible:
        yield asks["mri_safety"]
    yield from _haematoma(view)
    if result.found.infection_open:
        yield asks["contrast"]


def _haematoma(view: View) -> Iterator[str]:
    """Tell the radiologist of the blood thinners behind rule M7, and of the last dose."""
    case = view.result.case
    if view.result.fires("M7") and isinstance(case.blood_thinners, tuple) and case.blood_thinners:
        thinners = view.latest("blood_thinners").split(", ")
        last = view.latest("last_blood_thinner") if known(case.last_blood_thinner) else ""
        yield words("asks", WORDS)["haematoma"].format(
            thinners=", ".join(map(in_a_sentence, thinners)),
            last=last or words("lines", WORDS)["not_known"],
        )


def _earlier(view: View) -> str:
    """Say the limit of rule U11 before the deadline, if it already applies."""
    due = cauda_equina_due(view.case, view.result)
    if due is None:
        return ""
    above = "cord" in explain_rule(view.result.found, "U11", view.result.policy).say
    said = words("asks", WORDS)["cord_first" if above else "cauda_equina_first"]
    return said.format(time=say_moment(due, view.zone))


def _infection(view: View) -> Iterator[str]:
    found = view.result.found
    if found.infection_open:
        now = found.deficit or found.cord_signs_unknown
        yield words("asks", WORDS)["infection_now" if now else "infection_same_day"]


def _stability(view: View) -> Iterator[str]:
    """Ask for the surgeon first, unless one is asked for anyway."""
    result = view.result
    asked = result.treatment.pathway in (SURGERY, MDT_DECISION)
    if (result.fires("S2") or result.fires("S3")) and not asked:
        yield words("asks", WORDS)["stability_too" if result.found.infection_open else "stability"]


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
        yield asks["look_again_deficit" if found.deficit else "look_again"]
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
    if result.treatment_due and view.case.newest_entry("treatment_begun") is None:
        key = "drain" if result.found.infection_open else "treat"
        yield asks[key].format(time=say_moment(result.treatment_due, view.zone))


def _meanwhile(view: View) -> Iterator[str]:
    """Say the first steps at the bedside."""
    for step, line in zip(first_steps(view.result), do_now(view), strict=True):
        if step[0].id[0] in BEDSIDE:
            yield line
