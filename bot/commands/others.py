"""Tells others something in the course of a turn, each in their own chat."""

from bot.incoming import Command, Incoming
from bot.turn import Turn


def turn_for(turn: Turn, who: str) -> Turn:
    """Begin a turn in another person's private chat; what it says is sent with this one."""
    other = Turn(
        turn.setting,
        turn.store,
        Incoming(who, who, Command("")),
        turn.now,
        touch=turn.touch,
        access=turn.access,
    )
    turn.beside.append(other)
    return other
