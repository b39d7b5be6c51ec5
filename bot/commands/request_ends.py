"""Ends the questions that colleagues were sent: answered, needless or left, and tells both."""

from dataclasses import replace

from bot.commands.others import turn_for, turn_in
from bot.commands.readable import find_readable
from bot.conversation.events import Event, Replied, Ticked
from bot.incoming import Incoming, Tap
from bot.screens.asking import draw_no_longer, draw_told, say_answer
from bot.turn import Turn
from state.records import Answer, StoredCase
from state.requests import Request


def settle(turn: Turn) -> None:
    """End what this turn has answered or made needless, unless ticks are still being set."""
    for _, event, case in turn.moves:
        if not _ticks(event):
            settle_case(turn, case)


def settle_case(turn: Turn, case: StoredCase) -> None:
    """End each question of a case that is answered, or that is needless as the case is closed.

    Its owner is told of an answer once, whoever else was asked for it.
    """
    told = set[str]()
    found = [(each, newest_answer(case, each)) for each in turn.store.requests.of(case.code)]
    found.sort(key=lambda each: each[1] is None or each[1].who != each[0].whom)
    for request, given in found:
        if given or case.status == "closed":
            end(turn, case, request, given, tells=request.question not in told)
            told.add(request.question)


def _ticks(event: Event) -> bool:
    return isinstance(event, Ticked) or (isinstance(event, Replied) and event.on is not None)


def newest_answer(case: StoredCase, request: Request) -> Answer | None:
    """Return the answer that a question was given after it had been sent; None if none stands."""
    answers = [each for each in case.answers if each.question == request.question]
    given = [each for each in case.given if each.question == request.question]
    since = answers[request.answered :]
    return given[-1] if given and any(each is given[-1] for each in since) else None


def end(
    turn: Turn, case: StoredCase, request: Request, given: Answer | None, *, tells: bool = True
) -> None:
    """End a question: tell its owner of the answer, and whoever was asked that it is over."""
    turn.store.requests.end(request.code, request.whom)
    team = turn.team(case)
    name = team.name(request.whom)
    by_them = given is not None and given.who == request.whom
    if given and tells and case.owner != turn.incoming.who:
        key = "answered" if by_them else "by_another"
        said = say_answer(turn.view(case), given)
        tell_owner(turn, case, key, request, name=name, other=team.name(given.who), answer=said)
    if request.whom != turn.incoming.who:
        other = team.name(given.who) if given and not by_them else ""
        withdraw(turn, case, request, other)


def end_those_of(turn: Turn, who: str) -> None:
    """End the questions that were sent to a person, or by one, who is about to be erased."""
    for request in turn.store.requests.of_person(who):
        if case := find_readable(turn.store, request.code):
            give_up(turn, case, request)


def give_up(turn: Turn, case: StoredCase, request: Request) -> None:
    """End a question that cannot be answered any more: its owner is told, and who was asked."""
    turn.store.requests.end(request.code, request.whom)
    tell_owner(turn, case, "ended", request, name=turn.team(case).name(request.whom))
    withdraw(turn, case, request)
    turn.shown_in_group.append(case)


def tell_owner(turn: Turn, case: StoredCase, key: str, request: Request, **said: str) -> None:
    """Tell the owner of a case in one line, with sound, what became of a question.

    An owner who has left the group is told nothing.
    """
    if turn.access.shares(case.owner, case):
        screen = draw_told(turn.view(case), key, request, **said)
        turn_for(turn, case.owner).screens.append(screen)


def withdraw(turn: Turn, case: StoredCase, request: Request, answered_by: str = "") -> None:
    """Say to whoever was asked that it is not needed any more, in place of the question.

    Whoever works on that case sees it as it is; they are told below.
    """
    if not turn.access.shares(request.whom, case):
        return
    other = turn_in(turn, Incoming(request.whom, request.whom, Tap("", 0)))
    screen = draw_no_longer(turn.view(case), request, answered_by)
    if other.active_code == case.code:
        screen = replace(screen, kind="info", rows=())
    else:
        other.case = case
    other.screens.append(screen)
    turn.beside.append(other)
