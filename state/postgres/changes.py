"""What each turn has changed, told to the other workers: they keep what they know of all else.

The last turns are kept, each in the place of an older one. Whoever finds fewer than there were
since it last looked forgets everything.
"""

import json
from typing import Final

from state.sql.known import Memory

TURNS_KEPT: Final = 64
COUNT_TURN: Final = "UPDATE engine SET turns = turns + 1"
FORGET_TURNS: Final = "DELETE FROM changes"
TURNS: Final = "SELECT turns, taken, NULL FROM engine"
SINCE: Final = (
    "SELECT turns, taken, CASE WHEN turns > %s THEN "
    "(SELECT string_agg(what, chr(10)) FROM changes WHERE turn > %s) END FROM engine"
)
NOTE: Final = (
    "INSERT INTO changes (slot, turn, what) VALUES (%d, %d, %s) "
    "ON CONFLICT (slot) DO UPDATE SET turn = excluded.turn, what = excluded.what"
)


def written(memory: Memory) -> str:
    """Write what was changed in a turn in one line, without what is beyond ASCII."""
    return json.dumps([*memory.changed], separators=(",", ":"))


def note(turn: int, literal: str) -> str:
    """Return the statement that notes what a turn has changed, as a literal of SQL."""
    return NOTE % (turn % TURNS_KEPT, turn, literal)


def forget(memory: Memory, told: str | None, turns: int) -> bool:
    """Forget what so many turns have changed; False if not all of them have told it."""
    lines = told.split("\n") if told else []
    if len(lines) != turns:
        return False
    for line in lines:
        for table, about in json.loads(line):
            memory.forget(table, about)
    return True
