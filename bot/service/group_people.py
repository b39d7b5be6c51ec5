"""Keeps who acts in each group: whoever taps or writes there is one of its colleagues."""

from datetime import datetime, timedelta
from typing import Final

from bot.turn import Turn
from state.groups import Colleague
from state.store import Store

SEEN_AGAIN_AFTER: Final = timedelta(hours=1)


def see(turn: Turn) -> None:
    """Keep that a person acts in the group of a turn, and the name that the group sees."""
    who, groups = turn.incoming.who, turn.store.groups
    known = groups.colleague(turn.chat, who)
    name = turn.incoming.name or (known.name if known else who)
    if known and known.name == name and acted_lately(turn.store, turn.chat, who, turn.now):
        return
    if groups.find(turn.chat):
        groups.see(Colleague(turn.chat, who, name, turn.now))


def acted_lately(store: Store, chat: str, who: str, now: datetime) -> bool:
    """Return whether somebody has acted in a group within the hour, as a colleague of it."""
    known = store.groups.colleague(chat, who)
    return known is not None and abs(now - known.seen_at) < SEEN_AGAIN_AFTER
