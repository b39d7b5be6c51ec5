"""What each section of the plan says: the rules that fired, and the lines beside them."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from bot.flows.wording import words_of
from bot.guidance.card_lines import dose_waits, say_steroid
from bot.guidance.sections import limit_settled, tonight_and_day, unknown_fields
from bot.guidance.texts import field_name, guidance, say
from bot.logic.calls import call_coordinator
from bot.logic.case import known
from bot.logic.escc import THECAL_SAC_LEVELS
from bot.logic.fired_rule import Fired
from bot.logic.sins import HIGHEST_SINS
from bot.logic.stability import not_validated
from bot.logic.surgery import explain_reason
from bot.logic.tokuhashi import HIGHEST_TOKUHASHI
from bot.logic.treatment import explain
from bot.logic.urgency import explain_rule, explain_treatment_clock
from bot.screens.citing import cited_lines
from bot.screens.clocks import WORDS, deadline_line
from bot.screens.notices import words
from bot.screens.screen import Line, Part
from bot.screens.view import View, say_category, say_level

HEADINGS: Final = {"treatment": "Radiotherapy and procedures"}
SYMPTOMS_ASSUMED: Final = ("U4?", "U7?", "U8?")  # they change no definite emergency
DAY: Final = "Can wait for the day"


class PlanPart(NamedTuple):
    """Rules and lines that stand together in a section of the plan, under a heading or none."""

    said: tuple[Fired | Line, ...]
    heading: str = ""
    listed: bool = False


def parts(view: View, name: str) -> Iterator[PlanPart]:
    """Say what a section holds: tonight's work, then what can wait for the day."""
    extra = _EXTRA.get(name)
    if extra:
        yield from extra(view)
    tonight, day = tonight_and_day(view.result, name)
    for heading, actions in ((HEADINGS.get(name, ""), tonight), (DAY, day)):
        if actions:
            yield PlanPart((*actions,), heading, listed=True)


def say_fired(view: View, fired: Fired) -> str:
    """Say a rule without its sources; a dose that depends on open questions says so instead."""
    if fired.id == view.result.steroid.rule and dose_waits(view.result):
        return f"{say_steroid(view.result)}. {words('plan', WORDS)['dose_waits']}"
    return say(fired, view.zone)


def _lines(*lines: str, heading: str = "", listed: bool = False) -> PlanPart:
    return PlanPart(tuple((Part(line),) for line in lines), heading, listed)


def _why(view: View) -> Iterator[PlanPart]:
    reasons = [
        explain_rule(view.result.found, rule, view.result.policy)
        for rule in view.result.urgency.rules
        if not (rule in SYMPTOMS_ASSUMED and limit_settled(view.result))
    ]
    yield PlanPart((*reasons,), listed=True)
    said = words("plan", WORDS)
    if view.result.found.read:
        yield _lines(said["read"])
    elif view.result.found.ct_shows_nothing:
        yield _lines(said["after_ct"])
    elif view.result.case.mri == "not_possible":
        yield _lines(said["not_possible"])


def _calls(view: View) -> Iterator[PlanPart]:
    coordinator = call_coordinator(view.result.found)
    if coordinator:
        yield PlanPart((coordinator,), listed=True)
    if view.call:
        yield _lines(f"Here: {view.call}")


def _treatment(view: View) -> Iterator[PlanPart]:
    found, treatment = view.result.found, view.result.treatment
    if view.result.treatment_due:
        yield PlanPart((deadline_line(view, "treatment"),))
        yield PlanPart((explain_treatment_clock(found),), listed=True)
    yield PlanPart((explain(found, treatment),), guidance()[treatment.pathway].name)
    for heading, reasons in (
        ("For surgery", treatment.indications),
        ("Against surgery", treatment.contraindications),
    ):
        fired = tuple(explain_reason(found, reason) for reason in reasons)
        none = _lines("None in the answers.", heading=heading, listed=True)
        yield PlanPart(fired, heading, listed=True) if fired else none


def _stability(view: View) -> Iterator[PlanPart]:
    for lesion, score in zip(view.result.case.lesions or (), view.result.sins, strict=True):
        validity = " – not validated here" if not_validated(view.result.found) else ""
        lines = [f"SINS {score.said} of {HIGHEST_SINS}, {say_category(score)}{validity}"]
        if score.missing:
            missing = ", ".join(_item_label(view, item) for item in score.missing)
            lines.append(f"Missing: {missing} – CT of the level and examination will settle them")
        grade = str(lesion.escc) if known(lesion.escc) else "not known"
        sac = " (graded on the thecal sac here)" if lesion.level in THECAL_SAC_LEVELS else ""
        lines.append(f"ESCC {grade}{sac}")
        yield _lines(*lines, heading=say_level(lesion), listed=True)


def _bones(view: View) -> Iterator[PlanPart]:
    calcium = view.result.adjusted_calcium
    if calcium is not None:
        yield _lines(f"Adjusted calcium: {calcium:.2f} mmol/L")


def _prognosis(view: View) -> Iterator[PlanPart]:
    score = view.result.tokuhashi
    if score is None:
        return
    band = words("survival")[score.band] if score.band else "band open"
    lines = [f"Revised Tokuhashi {score.said} of {HIGHEST_TOKUHASHI}: {band}"]
    if score.missing:
        lines.append("Missing: " + ", ".join(_item_label(view, item) for item in score.missing))
    yield _lines(*lines)


def _unknown(view: View) -> Iterator[PlanPart]:
    said, settled = words("would_change"), limit_settled(view.result)
    lines = [
        f"{_named(field)}: {said.get(f'{field}_settled', said[field]) if settled else said[field]}"
        for field in unknown_fields(view.result)
    ]
    yield _lines(*lines, listed=True)


def _sources(view: View) -> Iterator[PlanPart]:
    fired = (*view.result.urgency.rules, *(each.id for each in view.result.actions))
    cited = (source for rule in fired for source in guidance()[rule].citations)
    *lines, rules = cited_lines(cited, (guidance()[rule].status for rule in fired))
    yield _lines(*lines, listed=True)
    yield _lines(rules, say_policy(view))


def say_policy(view: View) -> str:
    """Say which limits for the MRI this hospital goes by."""
    return f"Policy: {view.result.policy}"


def _named(field: str) -> str:
    name = field_name(field)
    return name[:1].upper() + name[1:]


def _item_label(view: View, field: str) -> str:
    return words_of(view.flow, field).label if field in view.flow.questions else field


_EXTRA: Final[dict[str, Callable[[View], Iterator[PlanPart]]]] = {
    "why": _why,
    "calls": _calls,
    "treatment": _treatment,
    "stability": _stability,
    "bones": _bones,
    "prognosis": _prognosis,
    "unknown": _unknown,
    "sources": _sources,
}
