"""The command that notes where the team departs from the plan, and why: both from a list."""

from typing import Final

from bot.commands.notes import ask_from, chosen_from, note, open_case
from bot.conversation.time_line import OVERRIDDEN
from bot.logic.case_input import shown_id
from bot.screens.notices import words
from bot.screens.time_line import WORDS
from bot.turn import Turn

DIFFERS: Final = "differs"


def differs(turn: Turn, given: str) -> None:
    """Note which decision differs from the plan, and why; ask what is not given.

    The rules' own advice stays, and so do deadlines and reminders. No free text is kept.
    """
    decisions, reasons = words("differs", WORDS), words("reasons", WORDS)
    case = open_case(turn)
    if case is None:
        return
    said, (what, _, why) = words("differs_asks", WORDS), given.partition(" ")
    if not turn.standing(case).settled:
        turn.say(said["not_settled"].format(code=case.code))
        return
    decision, reason = chosen_from(what, decisions), chosen_from(why, reasons)
    if decision and reason:
        note(turn, OVERRIDDEN, f"{decision} {reason}")
    elif decision:
        wrong = f"{shown_id(why, f'/{DIFFERS} {decision}')}: not on the list. " if why else ""
        asks = said["why"].format(what=decisions[decision])
        ask_from(turn, case, wrong + asks, f"{DIFFERS} {decision}", reasons)
    else:
        wrong = f"{shown_id(what, f'/{DIFFERS}')}: not on the list. " if what else ""
        ask_from(turn, case, wrong + said["what"], DIFFERS, decisions)
