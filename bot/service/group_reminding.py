"""What a group is reminded of: an alarm that nobody has answered, and a deadline."""

from dataclasses import replace
from typing import Final

from bot.commands.others import turn_in
from bot.conversation.alarm import REPEAT, UNANSWERED
from bot.conversation.events import Noted
from bot.incoming import Incoming, Tap
from bot.screens.group_alert import draw_repeated_alarm
from bot.screens.group_card import draw_group_card
from bot.screens.reminder import draw_group_reminder
from bot.turn import Turn
from state.groups import is_group
from state.records import Reminder, StoredCase

AT_THE_DEADLINE: Final = ("mri_due", "mri_overdue", "mri_still_overdue", "treatment_due")


def repeats_alarm(reminder: Reminder) -> bool:
    """Return whether a reminder repeats an alarm that nobody has answered."""
    return reminder.kind == REPEAT


def repeat_alarm(begun: Turn, case: StoredCase) -> Turn:
    """Call everybody of a group who may have cases, and note that nobody had answered."""
    turn = _in_group(begun, case)
    turn.advance(Noted(UNANSWERED))
    kept = turn.case or case
    view, team = turn.view(kept), turn.team(kept)
    everybody = [each for each in team.colleagues if turn.access.sees_cases(each.who)]
    turn.screens = [draw_repeated_alarm(view, team, everybody), draw_group_card(view, team)]
    return turn


def tells_group(reminder: Reminder, case: StoredCase) -> bool:
    """Return whether the group of a case is reminded as well as its owner."""
    return is_group(case.chat) and reminder.kind in AT_THE_DEADLINE


def tell_group(begun: Turn, case: StoredCase, reminder: Reminder) -> Turn:
    """Remind a group of a deadline: with sound if nobody has the case who is reminded of it."""
    turn = _in_group(begun, case)
    drawn = draw_group_reminder(turn.view(case), reminder)
    alone = tells_group(reminder, case) and not turn.access.shares(case.owner, case)
    turn.screens.append(replace(drawn, alert=True) if alone else drawn)
    return turn


def _in_group(begun: Turn, case: StoredCase) -> Turn:
    incoming = Incoming(case.chat, case.owner, Tap("", 0), thread=case.thread)
    return turn_in(begun, incoming, case, anew=True)
