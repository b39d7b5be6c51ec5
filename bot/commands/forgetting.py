"""`/mydata` and `/forget`: what is stored of a person, given to them or erased at once."""

from collections.abc import Sequence
from typing import Final

from bot.access import Right
from bot.commands import handover_ends, request_ends
from bot.commands.board import end_board
from bot.commands.departing import depart
from bot.commands.expiring import expire
from bot.commands.takeover import offer
from bot.incoming import TERMINAL
from bot.screens.people import about
from bot.screens.screen import Button, Screen, text
from bot.turn import Turn
from state.groups import is_group
from state.records import FORGOTTEN

MY_DATA: Final = "mydata"
YES: Final = "yes"
NO: Final = "no"
NO_CASE: Final = "none"  # in a button, in place of the open cases that its question named
ERASING: Final = "forget "  # kept as the look-up that a typed yes or no answers


def mydata(turn: Turn, _: str) -> None:
    """Send what is stored of the person, as a file that is made when it is sent."""
    said = about("forget")
    if turn.chat == TERMINAL:
        turn.say(said["in_terminal"])
        return
    file = f"{MY_DATA} {turn.incoming.who}"
    turn.note_action("exported")
    turn.screens.append(
        Screen(
            "kept",
            said["data_title"],
            (text(said["data"].format(audit_days=turn.setting.audit_days)),),
            file=file,
        )
    )


def forget(turn: Turn, given: str) -> None:
    """Erase the person after one confirmation; open cases go to the others first.

    A button confirms what its question said: with other open cases by now it is asked again.
    Nothing is erased while there is an open case that nobody else could take over.
    """
    said, who = about("forget"), turn.incoming.who
    left = turn.store.ownership.under_way_of(who)
    confirmed = (YES, " ".join([YES, *(left or [NO_CASE])]).casefold())
    turn.look_up = ""
    if turn.chat == TERMINAL:
        turn.say(said["in_terminal"])
    elif given.casefold() == NO:
        turn.say(said["kept"])
    elif left and not any(each != who for each in turn.access.people(Right.CLINICIAN)):
        turn.say(said["nobody_else"].format(codes=", ".join(left)))
    elif given.casefold() not in confirmed:
        turn.look_up = ERASING
        asks = [said["handed_over"].format(codes=", ".join(left))] if left else []
        asks.append(said["asks"].format(audit_days=turn.setting.audit_days))
        if not turn.access.stays(who):
            asks.append(said["member_ends"])
        does = f"forget {confirmed[1]}"
        turn.say(
            " ".join(asks),
            (Button("Yes, erase it all", does, typed=f"/forget {YES}", style="danger"),),
            (Button("No, keep it", "help", typed="/help"),),
        )
    else:
        _erase(turn, left)
        done = said["erased_user" if turn.access.may_use(who) else "erased"]
        stays = f" {said['owner_stays']}" if who in turn.access.owners else ""
        turn.say(done.format(audit_days=turn.setting.audit_days) + stays)


def _erase(turn: Turn, left: Sequence[str]) -> None:
    """Erase the person; what others answered in a case that is handed over stays theirs."""
    store, who = turn.store, turn.incoming.who
    store.outbox.drop_all(who)
    expire(store, store.cards.of(store.people.cases_of(who)), turn.now, handed_on=left)
    for board in store.boards.of(who):
        end_board(store, board, turn.now)
    for code in left:
        case = store.cases.find(code)
        if case and not is_group(case.chat):
            store.ownership.move(case, FORGOTTEN, FORGOTTEN, None)
    for chat in store.groups.groups_of(who):
        depart(turn, chat, who)
    handover_ends.end_those_of(turn, who)
    request_ends.end_those_of(turn, who)
    store.cases.erase(store.people.cases_of(who))
    store.people.forget(who)
    turn.access.forget(who)
    turn.note_action("erased")
    turn.case = None
    offer(turn, besides=who)
