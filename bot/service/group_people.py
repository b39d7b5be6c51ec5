"""Keeps who acts in each group: whoever taps or writes there is one of its colleagues."""

import unicodedata
from datetime import datetime, timedelta
from typing import Final

from bot.turn import Turn
from state.groups import Colleague
from state.store import Store

SEEN_AGAIN_AFTER: Final = timedelta(hours=1)
DIGITS_APART: Final = 3
LONGEST_APART: Final = 20  # with a space and the digits as long as any name


def see(turn: Turn) -> None:
    """Keep that a person acts in the group of a turn, and the name that the group sees.

    Whoever is named like a colleague who was there before them is told apart by their id's end.
    """
    who, groups = turn.incoming.who, turn.store.groups
    known = groups.colleague(turn.chat, who)
    name = turn.incoming.name or (known.name if known else who)
    apart = f"{name[:LONGEST_APART].rstrip()} {who[-DIGITS_APART:]}"
    lately = acted_lately(turn.store, turn.chat, who, turn.now)
    if (known and known.name in (name, apart) and lately) or groups.find(turn.chat) is None:
        return
    others = (each for each in groups.colleagues(turn.chat) if each.who != who)
    named = apart if any(_folded(each.name) == _folded(name) for each in others) else name
    groups.see(Colleague(turn.chat, who, named, turn.now))


def _folded(name: str) -> str:
    """Return a name as it is compared: its letters and digits, without accents and capitals."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", name).casefold()))


def acted_lately(store: Store, chat: str, who: str, now: datetime) -> bool:
    """Return whether somebody has acted in a group within the hour, as a colleague of it."""
    known = store.groups.colleague(chat, who)
    return known is not None and abs(now - known.seen_at) < SEEN_AGAIN_AFTER
