"""Redraws what colleagues see of a group's case in private, when somebody else goes on with it."""

from bot.commands.others import turn_in
from bot.conversation.replies import Notice, RenewAlert
from bot.incoming import Incoming, Tap
from bot.screens.notices import words
from bot.screens.time_line import WORDS, say_entry, say_time
from bot.turn import Turn
from state.groups import is_group
from state.records import SCREEN, TAKEN_BACK, StoredCase


def show_in_private(turn: Turn) -> None:
    """Redraw, in the private chats of others, the case of a group that a turn has changed.

    Where its owner has seen it, and where somebody is working on it. The message stays where it is,
    and says who has gone on.
    """
    changed = {after.code: before for before, _, after in reversed(turn.moves)}
    for code, before in changed.items():
        case = turn.store.cases.find(code) if is_group(before.chat) else None
        if case and case.version != before.version:
            for card in turn.store.cards.of([code]):
                if card.role == SCREEN and not is_group(card.chat) and card.chat != turn.chat:
                    _redraw(turn, card.chat, before, case)


def _redraw(turn: Turn, who: str, before: StoredCase, case: StoredCase) -> None:
    other = turn_in(turn, Incoming(who, who, Tap("", 0)), case, redraws=True)
    works_on_it = who == case.owner or other.active_code == case.code
    if not works_on_it or not turn.access.shares(who, case):
        return
    notice = Notice("gone_on", _say_what(other, turn.incoming.who, before, case))
    renewed = (RenewAlert(),) if other.standing(case).settled else ()
    here = turn.setting.engine.here(case, turn.now)
    other.screens += other.draw(case, (*renewed, notice, *here))
    turn.beside.append(other)


def _say_what(turn: Turn, who: str, before: StoredCase, case: StoredCase) -> str:
    """Say who has changed a case and when, and the newest of it."""
    view = turn.view(case)
    said = f"{view.name(who)}, {say_time(turn.now, turn.now, view.zone)}"
    newest = case.answers[-1] if len(case.answers) > len(before.answers) else None
    if newest and newest.value != TAKEN_BACK:
        return f"{said}: {view.label(newest.question)}: {view.latest(newest.question)}"
    if len(case.timeline) > len(before.timeline):
        return f"{said}: {say_entry(view, case.timeline[-1])}"
    if case.adding and not before.adding:
        return f"{said}: {words('buttons', WORDS)['new_signs']}"
    return said
