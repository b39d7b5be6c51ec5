"""Every table, one after the other; or those that are named: core, telegram, speed, scale,
reminders.
"""

import sys

from tests.bench import core, reminders, scale, speed, telegram

TABLES = {
    "core": core,
    "telegram": telegram,
    "speed": speed,
    "scale": scale,
    "reminders": reminders,
}

for name in sys.argv[1:] or TABLES:
    TABLES[name].measure()
