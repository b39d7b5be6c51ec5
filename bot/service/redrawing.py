"""Redraws every open card after a time in which taps may have been lost."""

from bot.conversation.replies import Notice
from bot.incoming import Incoming, Tap
from bot.service.service import Service
from state.records import Priority
from state.store import StoreError


def redraw_all(service: Service) -> list[Exception]:
    """Redraw every open card, unless out of use; return the errors of single cases."""
    failed = list[Exception]()
    if service.out_of_use:
        return failed
    with service.store.turn() as store:
        for code in store.cases.shown_codes():
            try:
                with store.part():
                    _redraw(service, code)
            except StoreError:
                raise
            except Exception as error:
                failed.append(error)
    return failed


def _redraw(service: Service, code: str) -> None:
    case = service.store.cases.find(code)
    if case is None or not service.may_use(case.owner):
        return
    turn = service.begin(Incoming(case.chat, case.owner, Tap("", 0)), case)
    replies = (Notice("was_away"), *service.setting.engine.here(case, turn.now))
    turn.screens += turn.draw(case, replies)
    service.send(turn, Priority.BOARD)
