"""What is said of a drug, in order: its dose, what to give instead, and why."""

from bot.logic.drugs import Drug
from bot.lookup.phrases import phrases
from bot.screens.answer_first import MOST_LINES
from bot.screens.drawn_lines import drawn_lines


def drug_lines(row: Drug) -> tuple[str, ...]:
    """Say dose, alternative and reason, one a line.

    The alternative to a drug to avoid comes first if the dose leaves no room for it.
    """
    said = phrases("drug")
    instead = said["instead"].format(instead=row.instead)
    why = said["why"].format(why=row.why)
    if not row.instead:
        return row.dose, why
    if drawn_lines(f"{row.dose}\n{instead}") <= MOST_LINES:
        return row.dose, instead, why
    return instead, said["dose"].format(dose=row.dose), why
