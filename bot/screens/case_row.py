"""The last row of every view of a case, and what leads from one view to another."""

from typing import Final

from bot.screens.screen import Button
from bot.screens.view import View

CASE: Final = Button("Case", "card", typed="/card")
PLAN: Final = Button("Plan", "plan", typed="/plan")
MORE: Final = Button("More", "more", typed="/more")
ANSWERS: Final = Button("Answers", "edit", typed="/edit")
CONTINUE: Final = Button("Continue", "continue", typed="/continue", style="primary")


def case_row(view: View, *, on: Button | None = None) -> tuple[Button, ...]:
    """Offer to continue, the plan and more; `on` is the view itself, which leads to the card.

    With nothing left to answer, the answers stand in the place of the question. A closed case
    offers nothing.
    """
    if view.case.status == "closed":
        return ()
    first = ANSWERS if view.standing.at_end else CONTINUE
    return tuple(CASE if button == on else button for button in (first, PLAN, MORE))
