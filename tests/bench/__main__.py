"""Every table, one after the other."""

from tests.bench import core

core.measure()
