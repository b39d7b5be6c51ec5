"""Redraws every open card after a time in which taps may have been lost."""

from bot.commands.waiting_lines import show, waiting_in
from bot.conversation.replies import Notice
from bot.incoming import Incoming, Tap
from bot.service.group_moves import show_card
from bot.service.open_cases import Part, do_part
from bot.service.service import Service
from state.groups import is_group
from state.records import Priority


def redraw_part(service: Service) -> Part:
    """Redraw the next open cards and keep how far this is, in the current transaction."""
    place = service.store.redraws.place()
    if place is None:
        return Part(None, (), ())
    part = do_part(service, place, lambda case: case.shown, _redraw)
    service.store.redraws.keep(part.place)
    return part


def _redraw(service: Service, code: str) -> str | None:
    case = service.store.cases.find(code)
    if case is None or not service.access.is_seen(case):
        return None
    if is_group(case.chat):
        show_card(service, case)
        return case.chat
    turn = service.begin(Incoming(case.chat, case.owner, Tap("", 0)), case)
    replies = (Notice("was_away"), *service.setting.engine.here(case, turn.now))
    turn.screens += turn.draw(case, replies)
    if waiting := waiting_in(turn, case):
        show(turn, waiting)
    service.send(turn, Priority.CARD)
    return case.chat
