"""Where a database of PostgreSQL is; a password in its address is never shown."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self
from urllib.parse import parse_qsl

SCHEME: Final = re.compile(r"postgres(?:ql)?:(?://)?", re.IGNORECASE)
_CHARACTER: Final = r"(?:%(?!00)[0-9A-Fa-f]{2}|[^%\s:/?#@&=,])"
_WORD: Final = rf"{_CHARACTER}*"
_HOST: Final = rf"(?:\[[0-9A-Fa-f:.]+\]|{_WORD})(?::\d*)?"
_OPTION: Final = rf"[a-z_]+=(?:{_CHARACTER}|[/:,])*"
_FORM: Final = re.compile(
    rf"postgres(?:ql)?://(?:(?P<user>{_WORD})(?::{_WORD})?@)?(?P<hosts>{_HOST}(?:,{_HOST})*)"
    rf"(?:/(?P<name>{_WORD}))?(?:\?(?P<options>{_OPTION}(?:&{_OPTION})*)?)?"
)
_PASSWORD: Final = re.compile(r"//[^/?@]*:[^/?@]+@|[?&](?:ssl)?password=")
_SHOWN: Final = ("service", "host", "hostaddr", "port", "user", "dbname")


def is_address(text: str) -> bool:
    """Return whether a text is meant as an address of PostgreSQL; it may hold a password."""
    return SCHEME.match(text) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """An address as given, and the same without what may be secret.

    What is shown has no @ in it: the log takes what is before one for a password.
    """

    shown: str
    given: str = field(repr=False)

    @classmethod
    def read(cls, given: str) -> Self:
        """Check the form, so that no part of a password is taken for something that is shown.

        Raises ValueError, which does not repeat any of it, if it is wrong.
        """
        parts = _FORM.fullmatch(given)
        if parts is None:
            raise ValueError("no address of PostgreSQL")
        user, hosts, name, options = parts.group("user", "hosts", "name", "options")
        kept = [("user", user)] if user else []
        kept += [each for each in parse_qsl(options or "") if each[0] in _SHOWN]
        shown = f"postgresql://{hosts}{'/' + name if name else ''}"
        if kept:
            shown += f"?{'&'.join(f'{key}={value}' for key, value in kept)}"
        return cls(shown, given)

    @property
    def holds_password(self) -> bool:
        return _PASSWORD.search(self.given) is not None

    def __str__(self) -> str:
        return self.shown


def say_place(database: Path | Address) -> str:
    """Say where a database is: its file with all folders, or its address without a password."""
    return str(database.absolute() if isinstance(database, Path) else database)
