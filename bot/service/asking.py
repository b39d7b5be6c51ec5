"""Brings back to its owner what a colleague was asked, and has not answered."""

from datetime import datetime

from bot.commands.asking import ANSWERED_WITHIN
from bot.commands.request_ends import end, newest_answer, tell_owner, withdraw
from bot.incoming import TERMINAL, Command, Incoming
from bot.service.group_cards import show_in_groups
from bot.service.service import Service
from state.requests import Request


def next_question(service: Service) -> datetime | None:
    """Return when the next question comes back; at once from somebody who cannot be reached."""
    if service.out_of_use:
        return None
    lost, first = service.store.requests.first_unreachable(), service.store.requests.first()
    if lost:
        return lost.asked_at
    return first.asked_at + ANSWERED_WITHIN if first else None


def claim_question(service: Service) -> Request | None:
    """End the question that is due first, in the current transaction, so that it is due no more."""
    due, requests = next_question(service), service.store.requests
    if due is None or due > service.clock():
        return None
    request = requests.first_unreachable() or requests.first()
    if request:
        requests.end(request.code, request.whom)
    return request


def bring_back(service: Service, request: Request) -> tuple[str, ...]:
    """Tell the owner that a question is theirs again, in the current transaction.

    So is whoever was asked, if they can be reached. Returns the chats told.
    """
    store = service.store
    case = store.cases.find(request.code)
    if case is None or case.status == "closed":
        return ()
    turn = service.begin(Incoming(TERMINAL, TERMINAL, Command("remind")))
    given, name = newest_answer(case, request), turn.team(case).name(request.whom)
    if given:
        end(turn, case, request, given)
    elif store.chats.is_reachable(request.whom) is False:
        tell_owner(turn, case, "unreachable", request, name=name)
    else:
        tell_owner(turn, case, "unanswered", request, name=name)
        withdraw(turn, case, request)
    turn.shown_in_group.append(case)
    show_in_groups(turn)
    return tuple(service.send_beside(turn))
