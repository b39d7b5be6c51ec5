"""A second line of a patient, added to the one that waits: nothing urgent is lost."""

from dataclasses import replace
from math import inf
from typing import Any

from bot.commands.waiting_lines import answers_in, case_of, would_be
from bot.screens.notices import words
from bot.screens.read_answers import WORDS
from bot.screens.read_line import say_answers
from bot.turn import Turn
from state.read_lines import ReadLine


def together(turn: Turn, old: ReadLine, new: ReadLine) -> tuple[ReadLine, str]:
    """Add a line to what waits, and say what it replaces; the more urgent of two values stays.

    What was left out counts again if it is said again. No reminder is lost.
    """
    from bot.lookup.line_answers.together import merged, still_out

    fields = merged(old.fields, new.fields)
    denied = dict.fromkeys((*old.denied, *new.denied))
    both = replace(
        new,
        at=min(old.at, new.at),
        fields=fields,
        denied=[each for each in denied if each not in fields.get("cord_signs", ())],
        unread=old.unread + new.unread,
        doubts=list(dict.fromkeys((*old.doubts, *new.doubts))),
        left_out=still_out(old.left_out, new.fields),
        remind_at=old.remind_at,
    )
    other = replace(both, fields=merged(new.fields, old.fields))
    worse = _urgency(turn, other) < _urgency(turn, both)
    lost = new.fields if worse else old.fields
    kept = other if worse else both
    return kept, _say_lost(turn, lost, kept, "worse" if worse else "replaced")


def _urgency(turn: Turn, line: ReadLine) -> tuple[bool, float]:
    """Return how urgent a case would be: an emergency, then the shorter limit, comes first."""
    standing = would_be(turn, case_of(turn), line).standing
    hours = standing.assessment.urgency.hours
    return not standing.emergency, inf if hours is None else hours


def _say_lost(turn: Turn, fields: dict[str, Any], kept: ReadLine, why: str) -> str:
    """Say the values of a line that others stand in place of."""
    stand = dict(answers_in(turn, case_of(turn), kept.fields, kept.left_out))
    lost = [
        (key, value)
        for key, value in answers_in(turn, case_of(turn), fields, kept.left_out)
        if key in stand and stand[key] != value and not isinstance(stand[key], list)
    ]
    said = say_answers(turn.view(case_of(turn)), tuple(lost))
    return words("said", WORDS)[why].format(answers=said) if lost else ""
