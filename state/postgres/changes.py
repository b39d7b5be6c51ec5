"""What each turn has changed, told to the other workers: they keep what they know of all else.

The last turns are kept, each in the place of an older one. Whoever finds fewer than there were
since it last looked forgets everything.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from state.sql.known import Memory

TURNS_KEPT: Final = 64
COUNT_TURN: Final = "UPDATE engine SET turns = turns + 1"
FORGET_TURNS: Final = "DELETE FROM changes"
TURNS: Final = "SELECT turns, taken, NULL FROM engine"
SINCE: Final = (
    "SELECT turns, taken, CASE WHEN turns > ? THEN "
    "(SELECT string_agg(what, chr(10)) FROM changes WHERE turn > ?) END FROM engine"
)
NOTE: Final = (
    "INSERT INTO changes (slot, turn, what) VALUES (?, ?, ?) "
    "ON CONFLICT (slot) DO UPDATE SET turn = excluded.turn, what = excluded.what"
)
TELL: Final = "SELECT pg_notify(?, ?)"
CHATS_TOLD: Final = 100  # at once: PostgreSQL takes less than 8,000 bytes


def told(chats: Sequence[str]) -> Iterator[str]:
    """Write chats for which something was queued, so many at once as can be told."""
    for place in range(0, len(chats), CHATS_TOLD):
        yield json.dumps(chats[place : place + CHATS_TOLD])


def note(turn: int, memory: Memory) -> tuple[int, int, str]:
    """Return the values of NOTE for a turn that has changed what a memory has noted."""
    return turn % TURNS_KEPT, turn, json.dumps([*memory.changed], separators=(",", ":"))


def forget(memory: Memory, told: str | None, turns: int) -> bool:
    """Forget what so many turns have changed; False if not all of them have told it."""
    lines = told.split("\n") if told else []
    if len(lines) != turns:
        return False
    for line in lines:
        for table, about in json.loads(line):
            memory.forget(table, about)
    return True
