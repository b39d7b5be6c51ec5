"""Keeps who acts in each group: whoever taps or writes there is one of its colleagues."""

from datetime import timedelta
from typing import Final

from bot.turn import Turn
from state.groups import Colleague

SEEN_AGAIN_AFTER: Final = timedelta(hours=1)


def see(turn: Turn) -> None:
    """Keep that a person acts in the group of a turn, and the name that the group sees."""
    who, groups = turn.incoming.who, turn.store.groups
    known = groups.colleague(turn.chat, who)
    name = turn.incoming.name or (known.name if known else who)
    lately = known is not None and turn.now - known.seen_at < SEEN_AGAIN_AFTER
    if known and lately and known.name == name:
        return
    if groups.find(turn.chat):
        groups.see(Colleague(turn.chat, who, name, turn.now))
