"""Gives the reasons on the card: the rules that fired, weightiest first."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

from bot.guidance.texts import guidance
from bot.logic.case import known
from bot.logic.escc import EPIDURAL_GRADES_SAID, HIGH_GRADES_SAID
from bot.logic.urgency import HOURS, TREATMENT_HOURS, explain_rule
from bot.screens.view import View, in_a_sentence, said_once

MOST_SIGNS: Final = 2


def reasons(view: View, most: int) -> list[str]:
    """Say at most this many reasons, each with its rule and first sources."""
    return [f"{reason} [{cited}]" for reason, cited in islice(_every_reason(view), most)]


def first_reason(view: View) -> str:
    """Say the main reason for the urgency, without sources; empty if nothing presses."""
    return next((reason for reason, _ in _every_reason(view)), "")


def _every_reason(view: View) -> Iterator[tuple[str, str]]:
    result, urgency = view.result, view.result.urgency
    if result.found.compression_confirmed:
        yield f"{_compression(view)}: treatment within {TREATMENT_HOURS} h", "ART, R02, R12"
    if result.found.some_unstable:
        yield guidance()["S3"].sentences["card"], "S3: ART, R70"
    definite = (rule for rule in urgency.rules if not rule.endswith("?"))
    assumed = (rule for rule in urgency.rules if rule.endswith("?") and urgency.provisional)
    hours = HOURS[result.policy]
    shortest = min(hours.values())  # counts for a rule without its own
    for rule in sorted(chain(definite, assumed), key=lambda rule: hours.get(rule, shortest)):
        entry = guidance()[rule]
        signs = rule == "U1" and result.found.cord_signs
        explained = explain_rule(result.found, rule, result.policy)
        reason = _signs(view) if signs else entry.card(explained, view.zone)
        yield str(reason), f"{rule}: {', '.join(entry.citations[:2])}"


def _compression(view: View) -> str:
    if view.result.found.high_grade:
        return f"ESCC {HIGH_GRADES_SAID} on the images"
    graded = all(known(lesion.escc) for lesion in view.result.case.lesions or ())
    return f"Cord sign, ESCC {EPIDURAL_GRADES_SAID}" if graded else "Cord sign, ESCC not known yet"


@said_once
def _signs(view: View) -> str:
    first, *others = view.ticked("cord_signs").split(", ")
    signs = [first, *map(in_a_sentence, others)]
    more = f" and {len(signs) - MOST_SIGNS} more" if len(signs) > MOST_SIGNS else ""
    return f"{', '.join(signs[:MOST_SIGNS])}{more}: cord compression?"
