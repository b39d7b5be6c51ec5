"""Prints every table in turn, or only those named: core, lookup, telegram, …"""

import sys

from tests.bench import (
    audit,
    board,
    core,
    crypt,
    lookup,
    reminders,
    scale,
    speed,
    starts,
    telegram,
    turn,
)

TABLES = {
    "core": core,
    "turn": turn,
    "audit": audit,
    "crypt": crypt,
    "lookup": lookup,
    "telegram": telegram,
    "speed": speed,
    "scale": scale,
    "starts": starts,
    "reminders": reminders,
    "board": board,
}

for name in sys.argv[1:] or TABLES:
    TABLES[name].measure()
