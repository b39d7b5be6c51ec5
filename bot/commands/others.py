"""Tells others something in the course of a turn, each in their own chat."""

from bot.incoming import Command, Incoming
from bot.turn import Turn
from state.records import StoredCase


def turn_in(
    turn: Turn,
    incoming: Incoming,
    case: StoredCase | None = None,
    *,
    anew: bool = False,
    redraws: bool = False,
) -> Turn:
    """Begin a turn of another chat in the same transaction."""
    return Turn(
        turn.setting,
        turn.store,
        incoming,
        turn.now,
        case,
        touch=turn.touch,
        anew=anew,
        redraws=redraws,
        access=turn.access,
    )


def turn_for(turn: Turn, who: str) -> Turn:
    """Begin a turn in another person's private chat; what it says is sent with this one."""
    other = turn_in(turn, Incoming(who, who, Command("")))
    turn.beside.append(other)
    return other
