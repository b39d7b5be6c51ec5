"""Checks of what is kept: the database, its key, for how long, and whether CordCall is in use."""

from datetime import timedelta
from typing import Final

from bot.doctor.facts import Facts
from bot.doctor.finding import Finding, fail, ok, warn
from bot.service.keeping import WAIT_AFTER_A_JUMP
from state.sqlite.version import SCHEMA_VERSION

GRACE: Final = timedelta(days=2)  # the bot erases every hour while it runs
RESTORE: Final = "restore a backup, see `docs/operations.md`, Restore"
NO_DATABASE: Final = "there is none yet"


def database(facts: Facts) -> Finding:
    """Look whether the database is whole, ours, and of a version that this program knows."""
    if facts.database_problem:
        return fail(facts.database_problem.partition("; ")[0], RESTORE)
    looked = facts.looked
    if looked is None:
        return ok(f"{NO_DATABASE}: {facts.settings.database}")
    if looked.damage:
        return fail(f"is damaged: {looked.damage}", RESTORE)
    if not looked.is_ours:
        return fail("is another program's", "set CORDCALL_DATABASE to CordCall's own")
    if looked.schema > SCHEMA_VERSION:
        return fail(f"has schema {looked.schema}, newer than this program", "install its version")
    if looked.schema < SCHEMA_VERSION:
        said = f"has schema {looked.schema}; the next start migrates it to {SCHEMA_VERSION}"
        return warn(said, "back it up before the start")
    return ok(f"is whole; open cases: {sum(looked.open_cases.values())}")


def key(facts: Facts) -> Finding:
    """Look whether what is stored is encrypted, with a key that is kept apart."""
    if facts.looked is None:
        return ok(NO_DATABASE)
    do = "keep it and its backups on an encrypted disk"
    return warn("CordCall does not encrypt the database", do)


def retention(facts: Facts) -> Finding:
    """Look whether closed cases are erased when they should be."""
    days = facts.settings.retention_days
    said = f"closed cases are erased after {days} days"
    looked = facts.looked
    if looked and looked.jumped_at and facts.now - looked.jumped_at < WAIT_AFTER_A_JUMP:
        return warn(f"{said}, but nothing is for a day: the clock jumped", "check the clock")
    oldest = looked.oldest_closed if looked else None
    if oldest and facts.now - oldest > timedelta(days=days) + GRACE:
        kept = (facts.now - oldest).days
        return warn(f"{said}, but one is {kept} days old", "start the bot: it erases every hour")
    return ok(said)


def use(facts: Facts) -> Finding:
    """Look whether CordCall is out of use."""
    if facts.settings.out_of_use:
        return warn("out of use by CORDCALL_OUT_OF_USE", "remove it and restart when it is safe")
    if facts.looked and facts.looked.out_of_use:
        return warn("an owner took CordCall out of use", "/inuse puts it back when it is safe")
    return ok("is in use")
