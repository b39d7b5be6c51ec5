"""The reply of a colleague to the one question that they were sent, in their private chat."""

from collections.abc import Mapping
from typing import Final

from bot.commands.asking import show_request
from bot.commands.request_ends import newest_answer, settle_case
from bot.conversation.events import Replied
from bot.screens.asking import REPLIES, WORDS, draw_no_longer, draw_thanks
from bot.screens.notices import words
from bot.screens.screen import Screen
from bot.turn import Turn
from state.records import StoredCase
from state.requests import Request

TICKS: Final[Mapping[str, bool]] = {REPLIES["tick"]: True, REPLIES["untick"]: False}
DONE: Final = REPLIES["done"]
VERBS: Final = tuple(REPLIES.values())


def reply(turn: Turn, case: StoredCase, verb: str, key: str, value: str) -> None:
    """Take a reply as an answer of the case; the chat stays on the case that it works on."""
    request = turn.store.requests.find(case.code, turn.incoming.who)
    turn.case = case
    if request is None or request.question != key or case.status == "closed":
        asked = request or Request(case.code, turn.incoming.who, key, case.owner, turn.now)
        turn.screens.append(draw_no_longer(turn.view(case), asked, ""))
        return
    if verb != DONE:
        turn.advance(Replied(key, value, TICKS.get(verb)))
    kept = turn.case
    said = words("reply", WORDS)
    if verb == DONE and not isinstance(case.latest.get(key), list):
        turn.toast(said["nothing_ticked"])
    elif verb != DONE and len(kept.answers) == len(case.answers):
        turn.screens = [_again(turn, kept, request)]
        turn.toast(said["asked_back"].format(code=case.code))
    elif verb in TICKS:
        turn.screens = [*_alerts(turn), _again(turn, kept, request)]
    else:
        _finish(turn, kept, request)


def _finish(turn: Turn, case: StoredCase, request: Request) -> None:
    """Thank for the answer, unless the chat goes on with this case, and tell the owner."""
    given, own = newest_answer(case, request), turn.active_code
    if given is None:
        return
    if own != case.code:
        owner = turn.team(case).name(case.owner)
        thanks = draw_thanks(turn.view(case), request, given, owner, own)
        turn.screens = [*_alerts(turn), thanks]
    settle_case(turn, case)


def _alerts(turn: Turn) -> list[Screen]:
    return [each for each in turn.screens if each.kind == "alert"]


def _again(turn: Turn, case: StoredCase, request: Request) -> Screen:
    return show_request(turn, case, request, sounds=False)
