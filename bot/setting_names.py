"""The names of settings: refuses a slip in one, and what `.env` cannot set."""

import os
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from bot.masks import mask
from bot.refusal import SettingsError

OURS: Final = ("CORDCALL_", "TELEGRAM_")
CLOSE: Final = 0.85  # of the letters are the same, in order: two slips in a name of ours
READ_BY_LIBRARIES: Final = (
    "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ",
)  # fmt: skip
READ_BY_LIBPQ: Final = (
    "PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE",
    "PGSERVICE", "PGSERVICEFILE", "PGOPTIONS", "PGAPPNAME", "PGCONNECT_TIMEOUT", "PGSSLMODE",
    "PGSSLROOTCERT", "PGSSLCERT", "PGSSLKEY", "PGCHANNELBINDING", "PGTARGETSESSIONATTRS",
)  # fmt: skip


def refuse_unread(names: Iterable[str], allowed: Mapping[str, str]) -> None:
    """Refuse a misspelt variable of ours, which would silently have no effect.

    Raises SettingsError for one with our beginning, or so close to one of ours that it is a slip.
    """
    for given in names:
        name = given.upper()
        if name in allowed:
            continue
        near = [each for each in allowed if close_to(each, (name,))]
        if name.startswith(OURS):
            prefix = name.partition("_")[0]
            near = [each for each in allowed if each.startswith(prefix)]
        if near:
            raise SettingsError(f"{mask(given)[:80]}: unknown variable; allowed: {', '.join(near)}")


def close_to(name: str, given: Iterable[str]) -> list[str]:
    """List what is one of our names with a slip or two."""
    return [each for each in given if _likeness(each.upper(), name) >= CLOSE]


def _likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1; difflib is loaded only for likely ones."""
    if 2 * min(len(one), len(other)) < CLOSE * (len(one) + len(other)):
        return 0.0
    if 2 * len({*one} & {*other}) < CLOSE * (len({*one}) + len({*other})):
        return 0.0
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def refuse_not_read_here(in_file: Collection[str], by_others: Collection[str]) -> None:
    """Raise SettingsError for a line of `.env` that only the environment can set, and has not."""
    outside = [*map(str.upper, os.environ)]
    for name in in_file:
        if name.upper() in by_others and name.upper() not in outside:
            raise SettingsError(
                f"{name}: in .env, where nothing reads it; allowed: set in the environment of the "
                "process"
            )
