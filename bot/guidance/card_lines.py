"""Says a step as one line of the card, with the same steroid wording everywhere."""

from datetime import tzinfo
from typing import Final

from bot.guidance.first_steps import Step
from bot.guidance.texts import guidance, say_figures
from bot.logic.assessment import Assessment
from bot.logic.fired_rule import Fired

COULD_CHANGE: Final = "could_change"
QUESTIONS: Final = "questions"  # of the steroid decision: its dose depends on them
JOINED_BY: Final = {"M7": (": ", "; "), "C1": (", ", ", "), "C2": (", ", ", ")}


def say_step(step: Step, zone: tzinfo | None = None, *, begin: str = "") -> str:
    """Say the rules of one step in one line, with what could still change the steroid decision.

    `begin` replaces the first rule's own wording.
    """
    first, texts = step[0], guidance()
    entry = texts[first.id]
    line = begin or entry.card(first, zone) or first.id
    if QUESTIONS in first.say:
        return line
    parts = entry.card_parts(first, zone)
    for each in step[1:]:
        parts += texts[each.id].beside(each, zone)
    if parts:
        before, between = JOINED_BY.get(first.id, ("; ", "; "))
        line += before + between.join(parts)
    return line + _could_change(first) if COULD_CHANGE in first.say else line


def say_steroid(result: Assessment) -> str:
    """Say the steroid decision as the card does."""
    rules = (result.steroid.rule, "N2")
    return say_step(tuple(each for each in result.actions if each.id in rules))


def dose_waits(result: Assessment) -> bool:
    """Return whether the dose is withheld because questions that decide it were never asked."""
    return any(QUESTIONS in each.say for each in result.actions if each.id == result.steroid.rule)


def _could_change(fired: Fired) -> str:
    """Say what could still change a steroid decision, after its line."""
    sentence = guidance()[fired.id].sentences[COULD_CHANGE].format(**say_figures(fired))
    return f". {sentence.removesuffix('.')}"
