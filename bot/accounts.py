"""Telegram's own accounts, through which others act: none of them is a person."""

from typing import Final

TELEGRAM: Final = "777000"
ANONYMOUS_ADMIN: Final = "1087968824"
CHANNEL: Final = "136817688"
_OF_NOBODY: Final = frozenset({TELEGRAM, ANONYMOUS_ADMIN, CHANNEL})


def is_person(who: str) -> bool:
    """Return whether an id can be a person's: it is none of Telegram's own."""
    return who not in _OF_NOBODY
