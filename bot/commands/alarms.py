"""How a colleague answers the emergency of a group: seen, or on the way."""

from bot.commands.sharing import find_shared
from bot.conversation.alarm import COMING, SEEN, alarm
from bot.conversation.events import Noted
from bot.screens.notices import words
from bot.screens.team import WORDS
from bot.turn import Turn


def seen(turn: Turn, code: str) -> None:
    """Note that somebody has seen the emergency of a group's case."""
    _answer(turn, code, SEEN)


def coming(turn: Turn, code: str) -> None:
    """Note that somebody is on the way."""
    _answer(turn, code, COMING)


def _answer(turn: Turn, code: str, kind: str) -> None:
    case = find_shared(turn, code)
    if case is None:
        return
    raised, who = alarm(case), turn.incoming.who
    if raised is None or raised.who == who:
        turn.say(words("alarm", WORDS)["yours" if raised else "none"].format(code=case.code))
        return
    turn.take_up(case)
    turn.advance(Noted(kind, who))
