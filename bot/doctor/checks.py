"""Every check by its name, in the order in which they are shown."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bot.doctor.database import database, key, retention, use
from bot.doctor.facts import Facts
from bot.doctor.finding import Finding, fail
from bot.doctor.machine import clock, disk, permissions, zone
from bot.doctor.people import call, members
from bot.doctor.rules import rules
from bot.doctor.server import connections, durability, encryption, rights, server
from bot.doctor.telegram import api, bot, token, updates

CHECKS: Final[Mapping[str, Callable[[Facts], Finding]]] = {
    "token": token,
    "telegram": api,
    "updates": updates,
    "bot": bot,
    "clock": clock,
    "zone": zone,
    "database": database,
    "key": key,
    "disk": disk,
    "permissions": permissions,
    "retention": retention,
    "rules": rules,
    "members": members,
    "call": call,
    "use": use,
}
ON_POSTGRESQL: Final[Mapping[str, Callable[[Facts], Finding]]] = {
    "server": server,
    "rights": rights,
    "encryption": encryption,
    "durability": durability,
    "connections": connections,
}


def examine(facts: Facts) -> Iterator[tuple[str, Finding]]:
    """Make every check; one that breaks is a finding of its own."""
    on_server = {} if facts.is_in_file else ON_POSTGRESQL
    for name, check in {**CHECKS, **on_server}.items():
        try:
            yield name, check(facts)
        except Exception as error:
            yield name, fail(f"cannot be checked: {type(error).__name__}", "report this")
