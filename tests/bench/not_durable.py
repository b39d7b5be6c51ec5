"""Runs CordCall without waiting for the disk, only to measure what that waiting costs."""

from bot.__main__ import main
from state.sqlite.store import SqliteStore

defaults = SqliteStore.__init__.__kwdefaults__
assert defaults is not None
defaults["durability"] = "OFF"
main()
