"""Every table, one after the other."""

from tests.bench import core, telegram

core.measure()
telegram.measure()
