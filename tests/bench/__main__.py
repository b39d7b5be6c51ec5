"""Prints every table in turn, or only those named: core, lookup, telegram, …"""

import sys

from tests.bench import core, lookup, reminders, scale, speed, starts, telegram, turn

TABLES = {
    "core": core,
    "turn": turn,
    "lookup": lookup,
    "telegram": telegram,
    "speed": speed,
    "scale": scale,
    "starts": starts,
    "reminders": reminders,
}

for name in sys.argv[1:] or TABLES:
    TABLES[name].measure()
