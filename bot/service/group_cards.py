"""Shows in their groups what a turn has changed: the card of a case, and an alert with sound."""

from collections.abc import Iterator

from bot.commands.others import turn_in
from bot.commands.readable import readable
from bot.commands.waiting_lines import draw_for_group
from bot.conversation.alarm import alarm
from bot.incoming import Incoming, Tap
from bot.screens.group_alert import draw_group_alert
from bot.turn import Turn
from state.groups import is_group
from state.records import StoredCase


def show_in_groups(turn: Turn) -> None:
    """Redraw the cards in groups that a turn has changed, but not the one that it shows itself."""
    for case in _changed(turn):
        if not (turn.chat == case.chat and any(each.kind == "card" for each in turn.screens)):
            turn.beside.append(_in_group(turn, case))


def _changed(turn: Turn) -> Iterator[StoredCase]:
    changed = [*turn.shown_in_group, *(after for _, _, after in turn.moves)]
    codes = dict.fromkeys(case.code for case in changed if is_group(case.chat))
    return readable(turn.store, codes)


def _in_group(turn: Turn, case: StoredCase) -> Turn:
    """Begin a turn in the group of a case; an alert of this turn sounds there too."""
    incoming = Incoming(case.chat, turn.incoming.who, Tap("", 0), thread=case.thread)
    other = turn_in(turn, incoming, case, redraws=True)
    own = turn.case is not None and turn.case.code == case.code
    drawn = next(
        (each for each in turn.screens if own and each.kind == "alert" and each.alert), None
    )
    view, team = other.view(case), other.team(case)
    if drawn or alarm(case):
        other.screens.append(draw_group_alert(view, team, drawn))
    other.screens.append(draw_for_group(other, case))
    return other
