"""Every table, one after the other; or those that are named: core, telegram, speed, scale."""

import sys

from tests.bench import core, scale, speed, telegram

TABLES = {"core": core, "telegram": telegram, "speed": speed, "scale": scale}

for name in sys.argv[1:] or TABLES:
    TABLES[name].measure()
